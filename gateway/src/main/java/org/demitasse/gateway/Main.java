package org.demitasse.gateway;

import java.io.File;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import org.demitasse.core.Clock;

/**
 * The gateway's process. Standard input and output are the wire; mistakes are told on standard
 * error.
 */
public final class Main {
  private static final File RESOLV_CONF = new File("/etc/resolv.conf");
  private static final int BACKLOG = 1_024;

  private Main() {}

  /**
   * Runs until the wire ends.
   *
   * @param arguments see {@link Options#USAGE}
   */
  public static void main(String[] arguments) {
    int code = 0;
    try {
      serve(arguments);
    } catch (GatewayException e) {
      System.err.println("demi: gateway: " + e.getMessage());
      code = e.code();
    } catch (IOException e) {
      System.err.println("demi: gateway: " + e);
      code = GatewayException.FAILED;
    } catch (RuntimeException | Error e) {
      System.err.println("demi: gateway: an internal error, please report it:");
      e.printStackTrace();
      code = GatewayException.FAILED;
    }
    System.exit(code);
  }

  private static void serve(String[] arguments) throws GatewayException, IOException {
    Options options = Options.parse(arguments);
    List<Forward> forwards = options.forwards();
    // The host's ports first: from then on, clients wait instead of being refused.
    ServerSocketChannel[] listeners = new ServerSocketChannel[forwards.size()];
    DatagramChannel[] channels = new DatagramChannel[forwards.size()];
    for (int i = 0; i < listeners.length; i++) {
      Forward forward = forwards.get(i);
      if (forward.udp()) {
        channels[i] = bindUdp(forward);
      } else {
        listeners[i] = listen(forward);
      }
    }
    try (Gateway gateway =
        new Gateway(
            options, new DescriptorWire(), Clock.system(), new HostEntropy(), RESOLV_CONF)) {
      for (int i = 0; i < listeners.length; i++) {
        if (listeners[i] != null) {
          gateway.forward(listeners[i], forwards.get(i).guestPort());
        } else {
          gateway.forward(channels[i], forwards.get(i).guestPort());
        }
      }
      gateway.run();
    }
  }

  static ServerSocketChannel listen(Forward forward) throws GatewayException {
    try {
      return ServerSocketChannel.open(UdpRelay.familyOf(forward.address()))
          .bind(new InetSocketAddress(forward.address(), forward.hostPort()), BACKLOG);
    } catch (IOException e) {
      throw cannotListen(forward, e);
    }
  }

  static DatagramChannel bindUdp(Forward forward) throws GatewayException {
    try {
      return DatagramChannel.open(UdpRelay.familyOf(forward.address()))
          .bind(new InetSocketAddress(forward.address(), forward.hostPort()));
    } catch (IOException e) {
      throw cannotListen(forward, e);
    }
  }

  private static GatewayException cannotListen(Forward forward, IOException e) {
    String port =
        (forward.udp() ? "UDP port " : "TCP port ")
            + forward.hostPort()
            + " of "
            + forward.address().getHostAddress();
    String why = e.getMessage();
    if (e instanceof BindException && why != null && why.contains("in use")) {
      return new GatewayException(
          GatewayException.PORT_TAKEN,
          port + " is taken by another process; give a free one with -p");
    }
    return new GatewayException(
        GatewayException.PORT_DENIED, port + " cannot be opened: " + (why == null ? e : why));
  }
}

package org.demitasse.gateway;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;

/** The host's ports that lead to the guest, open: from now on clients wait, none is refused. */
final class HostPorts {
  private static final int BACKLOG = 1_024;

  private record Listener(ServerSocketChannel channel, int guestPort) {}

  private record Datagrams(DatagramChannel channel, int guestPort) {}

  private final List<Listener> listeners = new ArrayList<>();
  private final List<Datagrams> datagrams = new ArrayList<>();

  private HostPorts() {}

  /** Opens all or none. */
  static HostPorts open(List<Forward> forwards) throws GatewayException {
    HostPorts ports = new HostPorts();
    try {
      for (Forward forward : forwards) {
        if (forward.udp()) {
          ports.datagrams.add(new Datagrams(bindUdp(forward), forward.guestPort()));
        } else {
          ports.listeners.add(new Listener(listen(forward), forward.guestPort()));
        }
      }
      return ports;
    } catch (GatewayException e) {
      ports.close();
      throw e;
    }
  }

  /** Gives the ports to the gateway, which closes them from now on. */
  void lead(Gateway gateway) throws IOException {
    for (Listener listener : listeners) {
      gateway.forward(listener.channel, listener.guestPort);
    }
    for (Datagrams socket : datagrams) {
      gateway.forward(socket.channel, socket.guestPort);
    }
  }

  /** Closes ports that no gateway has been given. */
  void close() {
    for (Listener listener : listeners) {
      Gateway.closeQuietly(listener.channel);
    }
    for (Datagrams socket : datagrams) {
      Gateway.closeQuietly(socket.channel);
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

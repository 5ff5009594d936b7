package org.demitasse.gateway;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.demitasse.core.Clock;

/**
 * The gateway within the process that starts a hypervisor: a machine's network that needs no
 * rights. The machine connects to a Unix socket and sends each Ethernet frame behind its length,
 * four bytes in network order, as QEMU's network {@code stream} does. Safe for any thread.
 */
public final class UserNetwork implements AutoCloseable {
  private final Options options;
  private final HostPorts ports;
  private final ServerSocketChannel door;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile SocketChannel wire;
  private volatile boolean closed;

  private UserNetwork(Options options, HostPorts ports, ServerSocketChannel door) {
    this.options = options;
    this.ports = ports;
    this.door = door;
  }

  /**
   * Opens the host's ports and waits, on a thread of its own, for the one machine.
   *
   * @param socket where the machine will connect; no file may be there, and whoever can reach it
   *     can be the machine
   * @param forwards {@code tcp:HOST_ADDRESS:HOST_PORT:GUEST_PORT} or {@code udp:...}, an IPv6
   *     address in brackets
   * @throws IOException when a port or the socket cannot be opened, with the reason
   */
  public static UserNetwork open(Path socket, List<String> forwards) throws IOException {
    HostPorts ports = null;
    ServerSocketChannel door = null;
    try {
      List<String> words = new ArrayList<>();
      for (String forward : forwards) {
        words.add("--forward");
        words.add(forward);
      }
      Options options = Options.parse(words.toArray(new String[0]));
      ports = HostPorts.open(options.forwards());
      door = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      door.bind(UnixDomainSocketAddress.of(socket), 1);
      UserNetwork network = new UserNetwork(options, ports, door);
      Thread.ofPlatform().daemon().name("gateway").start(network::serve);
      return network;
    } catch (GatewayException e) {
      throw new IOException(e.getMessage(), e);
    } catch (IOException e) {
      ports.close();
      if (door != null) {
        Gateway.closeQuietly(door);
      }
      throw e;
    }
  }

  /**
   * Ends when the machine has gone and what it has sent is delivered, or exceptionally, when the
   * gateway cannot go on.
   */
  public CompletableFuture<Void> ended() {
    return ended.copy();
  }

  /** Waits so long for {@link #ended}, then ends everything. */
  public void await(long patience, TimeUnit unit) throws InterruptedException {
    try {
      ended.get(patience, unit);
    } catch (TimeoutException | ExecutionException e) {
      // Who wants to know why asks ended(); here everything ends in any case.
    }
    close();
  }

  /** Ends everything; what has not been delivered is lost. */
  @Override
  public void close() {
    closed = true;
    Gateway.closeQuietly(door);
    SocketChannel connected = wire;
    if (connected != null) {
      Gateway.closeQuietly(connected);
    }
  }

  private void serve() {
    try (Gateway gateway = connect()) {
      if (gateway != null) {
        gateway.run();
      }
      ended.complete(null);
    } catch (IOException | RuntimeException | Error e) {
      ended.completeExceptionally(e);
    } finally {
      ports.close();
      close();
    }
  }

  /** Takes the machine's connection; null when everything has been closed before it came. */
  private Gateway connect() throws IOException {
    try {
      wire = door.accept();
      door.close();
      if (closed) {
        wire.close();
      }
    } catch (ClosedChannelException e) {
      return null;
    }
    Gateway gateway =
        new Gateway(
            options, new StreamWire(wire), Clock.system(), new HostEntropy(), Main.RESOLV_CONF);
    ports.lead(gateway);
    return gateway;
  }
}

package org.demitasse.net.sim;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.demitasse.core.Clock;
import org.demitasse.core.NetDevice;
import org.demitasse.core.PacketBuffer;
import org.demitasse.core.PacketMemory;
import org.demitasse.core.PacketPool;
import org.demitasse.net.NetworkConfig;
import org.demitasse.net.NetworkStack;
import org.demitasse.net.socket.TcpListener;
import org.demitasse.net.socket.TcpSocket;

/**
 * Two stacks whose devices hand their buffers to each other, without a copy and without allocating:
 * what is measured between them is the stacks' own. For one thread.
 */
public final class BackToBack {
  private final PacketPool pool = new PacketPool(PacketMemory.direct(), 2048, 4096);
  private final Pipe left = new Pipe(1);
  private final Pipe right = new Pipe(2);

  /** The stack that asks. */
  public final NetworkStack client = stack(left, 1);

  /** The stack that answers, at {@link #address}. */
  public final NetworkStack server = stack(right, 2);

  /** A connection's two ends. */
  public record Connection(TcpSocket client, TcpSocket server) {}

  /** Where a port of the answering stack is reached. */
  public static InetSocketAddress address(int port) {
    return new InetSocketAddress(host(2), port);
  }

  /** Connects to port 80 of the answering stack. */
  public Connection connect() throws IOException {
    TcpListener listener = server.openTcpListener();
    listener.listen(new InetSocketAddress(80), 10);
    TcpSocket socket = client.openTcp();
    socket.connect(address(80));
    settle();
    return new Connection(socket, listener.accept());
  }

  /** Lets both stacks work until no frame is under way. */
  public void settle() {
    while (!left.inbox.isEmpty() || !right.inbox.isEmpty()) {
      client.poll();
      server.poll();
    }
  }

  private static InetAddress host(int number) {
    return InetAddress.ofLiteral("10.0.0." + number);
  }

  private static NetworkStack stack(Pipe device, int number) {
    return new NetworkStack(
        new NetworkConfig().address("eth0", device, host(number), 24, null),
        Clock.system(),
        (bytes, offset, length) -> Arrays.fill(bytes, offset, offset + length, (byte) 5),
        () -> {});
  }

  private final class Pipe implements NetDevice {
    private final int number;
    private final ArrayDeque<PacketBuffer> inbox = new ArrayDeque<>(4096);

    Pipe(int number) {
      this.number = number;
    }

    @Override
    public long macAddress() {
      return 0x02_00_00_00_00_00L | number;
    }

    @Override
    public int mtu() {
      return 1500;
    }

    @Override
    public int offloads() {
      return 0;
    }

    @Override
    public PacketPool pool() {
      return pool;
    }

    @Override
    public PacketBuffer receive() {
      return inbox.poll();
    }

    @Override
    public boolean transmit(PacketBuffer frame) {
      (this == left ? right : left).inbox.add(frame);
      return true;
    }
  }
}

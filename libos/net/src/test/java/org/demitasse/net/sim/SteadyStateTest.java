package org.demitasse.net.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.demitasse.core.Clock;
import org.demitasse.core.NetDevice;
import org.demitasse.core.PacketBuffer;
import org.demitasse.core.PacketMemory;
import org.demitasse.core.PacketPool;
import org.demitasse.net.NetworkConfig;
import org.demitasse.net.NetworkStack;
import org.demitasse.net.socket.TcpListener;
import org.demitasse.net.socket.TcpSocket;
import org.demitasse.net.socket.UdpSocket;
import org.junit.jupiter.api.Test;

/** Nothing is allocated per packet once connections stand and pools are filled. */
class SteadyStateTest {
  private static final int PACKETS = 20_000;

  /** A few bytes a thousand packets: what the runtime itself may need in between. */
  private static final long TOLERANCE = 40_000;

  private final PacketPool pool = new PacketPool(PacketMemory.direct(), 2048, 4096);
  private final Pipe left = new Pipe(1);
  private final Pipe right = new Pipe(2);
  private final NetworkStack a = stack(left, 1);
  private final NetworkStack b = stack(right, 2);

  /** Two devices back to back that pass buffers on. */
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

  private static NetworkStack stack(Pipe device, int number) {
    return new NetworkStack(
        new NetworkConfig().address("eth0", device, SimNetwork.address(number), 24, null),
        Clock.system(),
        (bytes, offset, length) -> java.util.Arrays.fill(bytes, offset, offset + length, (byte) 5),
        () -> {});
  }

  private void settle() {
    while (!left.inbox.isEmpty() || !right.inbox.isEmpty()) {
      a.poll();
      b.poll();
    }
  }

  private interface Step {
    void run() throws IOException;
  }

  private static void assertAllocatesNothing(Step step) throws IOException {
    assertAllocatesNothing(PACKETS, step);
  }

  private static void assertAllocatesNothing(int count, Step step) throws IOException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int i = 0; i < count; i++) {
      step.run();
    }
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < count; i++) {
      step.run();
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(allocated).as("bytes allocated in %d steps", count).isLessThan(TOLERANCE);
  }

  @Test
  void udpEchoAllocatesNothing() throws IOException {
    UdpSocket server = b.openUdp();
    server.bind(new InetSocketAddress(7));
    UdpSocket client = a.openUdp();
    InetSocketAddress to = new InetSocketAddress(SimNetwork.address(2), 7);
    ByteBuffer bytes = ByteBuffer.allocateDirect(500);
    assertAllocatesNothing(
        () -> {
          client.send(bytes.clear(), to);
          settle();
          InetSocketAddress from = server.receive(bytes.clear());
          server.send(bytes.flip(), from);
          settle();
          if (client.receive(bytes.clear()) == null) {
            throw new AssertionError("no echo");
          }
        });
  }

  @Test
  void tcpAllocatesNothing() throws IOException {
    TcpListener listener = b.openTcpListener();
    listener.listen(new InetSocketAddress(80), 10);
    TcpSocket client = a.openTcp();
    client.connect(new InetSocketAddress(SimNetwork.address(2), 80));
    settle();
    TcpSocket server = listener.accept();
    ByteBuffer request = ByteBuffer.allocateDirect(100);
    ByteBuffer response = ByteBuffer.allocateDirect(5000);
    assertAllocatesNothing(
        () -> {
          client.write(request.clear());
          settle();
          server.read(request.clear());
          server.write(response.clear());
          settle();
          client.read(response.clear());
          settle();
        });
  }

  /** A connection that is busy and idle by turns gives its arrays back, and takes them again. */
  @Test
  void bulkByTurnsAllocatesNothing() throws IOException {
    TcpListener listener = b.openTcpListener();
    listener.listen(new InetSocketAddress(80), 10);
    TcpSocket client = a.openTcp();
    client.connect(new InetSocketAddress(SimNetwork.address(2), 80));
    settle();
    TcpSocket server = listener.accept();
    ByteBuffer bytes = ByteBuffer.allocateDirect(60_000);
    assertAllocatesNothing(
        2_000,
        () -> {
          for (bytes.clear(); bytes.hasRemaining(); settle()) {
            client.write(bytes);
          }
          for (bytes.clear(); bytes.hasRemaining(); settle()) {
            server.read(bytes);
          }
        });
  }
}

package org.demitasse.net.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.demitasse.net.socket.TcpSocket;
import org.demitasse.net.socket.UdpSocket;
import org.junit.jupiter.api.Test;

/** Nothing is allocated per packet once connections stand and pools are filled. */
class SteadyStateTest {
  private static final int PACKETS = 20_000;

  /** A few bytes a thousand packets: what the runtime itself may need in between. */
  private static final long TOLERANCE = 40_000;

  private final BackToBack link = new BackToBack();

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
    UdpSocket server = link.server.openUdp();
    server.bind(new InetSocketAddress(7));
    UdpSocket client = link.client.openUdp();
    InetSocketAddress to = BackToBack.address(7);
    ByteBuffer bytes = ByteBuffer.allocateDirect(500);
    assertAllocatesNothing(
        () -> {
          client.send(bytes.clear(), to);
          link.settle();
          InetSocketAddress from = server.receive(bytes.clear());
          server.send(bytes.flip(), from);
          link.settle();
          if (client.receive(bytes.clear()) == null) {
            throw new AssertionError("no echo");
          }
        });
  }

  @Test
  void tcpAllocatesNothing() throws IOException {
    BackToBack.Connection connection = link.connect();
    TcpSocket client = connection.client();
    TcpSocket server = connection.server();
    ByteBuffer request = ByteBuffer.allocateDirect(100);
    ByteBuffer response = ByteBuffer.allocateDirect(5000);
    assertAllocatesNothing(
        () -> {
          client.write(request.clear());
          link.settle();
          server.read(request.clear());
          server.write(response.clear());
          link.settle();
          client.read(response.clear());
          link.settle();
        });
  }

  /** A connection that is busy and idle by turns gives its arrays back, and takes them again. */
  @Test
  void bulkByTurnsAllocatesNothing() throws IOException {
    BackToBack.Connection connection = link.connect();
    TcpSocket client = connection.client();
    TcpSocket server = connection.server();
    ByteBuffer bytes = ByteBuffer.allocateDirect(60_000);
    assertAllocatesNothing(
        2_000,
        () -> {
          for (bytes.clear(); bytes.hasRemaining(); link.settle()) {
            client.write(bytes);
          }
          for (bytes.clear(); bytes.hasRemaining(); link.settle()) {
            server.read(bytes);
          }
        });
  }
}

package org.demitasse.net.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.demitasse.net.socket.SocketSetting;
import org.demitasse.net.socket.TcpListener;
import org.demitasse.net.socket.TcpSocket;
import org.demitasse.net.tcp.TcpConnectionInfo;
import org.junit.jupiter.api.Test;

/**
 * On a short path the end of a long write waits for more, so that the device gets full bursts; not
 * longer than until the next acknowledgement, and not where the application or the path forbid it.
 */
class TcpBurstFillTest {
  private static final long SHORT_DELAY = 20_000;
  private static final long LONG_DELAY = 1_000_000;
  private static final long MILLISECOND = 1_000_000;

  /** Three bursts and a part of one, in segments of 1,448 bytes. */
  private static final int WRITE = 200_000;

  private static final int BURSTS = 3 * 45 * 1448;

  private final List<TcpSocket> accepted = new ArrayList<>();
  private SimNetwork network;
  private SimHost sender;
  private TcpSocket socket;
  private long arrived;

  /** Connects, and sends until the windows are open. */
  private void connect(long delay) throws IOException {
    network = new SimNetwork(1, Impairment.delay(delay));
    sender = network.offloadingHost(1);
    SimHost receiver = network.host(2);
    TcpListener listener = receiver.stack().openTcpListener();
    listener.listen(new InetSocketAddress(SimNetwork.address(2), 80), 1);
    listener.addListener(() -> accept(listener));
    socket = sender.stack().openTcp();
    socket.connect(new InetSocketAddress(SimNetwork.address(2), 80));
    network.runUntil(() -> accepted.size() == 1, 1000 * MILLISECOND);
    for (int i = 0; i < 20; i++) {
      long before = arrived;
      int count = socket.write(ByteBuffer.allocate(2 * WRITE));
      network.runUntil(() -> arrived == before + count, 1000 * MILLISECOND);
      assertThat(arrived).isEqualTo(before + count);
    }
    network.runUntil(() -> info().inFlight() == 0, 1000 * MILLISECOND);
    arrived = 0;
  }

  private void accept(TcpListener listener) {
    try {
      TcpSocket s = listener.accept();
      if (s != null) {
        accepted.add(s);
        s.addListener(() -> read(s));
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void read(TcpSocket s) {
    try {
      ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
      for (int n = s.read(buffer); n > 0; n = s.read(buffer.clear())) {
        arrived += n;
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private TcpConnectionInfo info() {
    return sender.stack().connections().getFirst();
  }

  private void write(int count) throws IOException {
    assertThat(socket.write(ByteBuffer.allocate(count))).isEqualTo(count);
  }

  @Test
  void restWaitsForTheNextAcknowledgement() throws IOException {
    connect(SHORT_DELAY);
    write(WRITE);
    assertThat(info().inFlight()).isEqualTo(BURSTS);
    long begin = network.monotonicNanos();
    network.runUntil(() -> arrived == WRITE, 1000 * MILLISECOND);
    assertThat(arrived).isEqualTo(WRITE);
    assertThat(network.monotonicNanos() - begin).isLessThan(6 * SHORT_DELAY);
  }

  @Test
  void nextWriteFillsTheBurst() throws IOException {
    connect(SHORT_DELAY);
    write(WRITE);
    write(50_000);
    assertThat(info().inFlight()).isEqualTo(BURSTS);
    write(BURSTS / 3);
    assertThat(info().inFlight()).isEqualTo(BURSTS / 3 * 4);
  }

  @Test
  void endOfTheStreamDoesNotWait() throws IOException {
    connect(SHORT_DELAY);
    write(WRITE);
    socket.shutdownOutput();
    assertThat(info().inFlight()).isGreaterThanOrEqualTo(WRITE);
  }

  @Test
  void noDelayDoesNotWait() throws IOException {
    connect(SHORT_DELAY);
    socket.setOption(SocketSetting.NO_DELAY, true);
    write(WRITE);
    assertThat(info().inFlight()).isEqualTo(WRITE);
  }

  @Test
  void longPathDoesNotWait() throws IOException {
    connect(LONG_DELAY);
    write(WRITE);
    assertThat(info().inFlight()).isGreaterThanOrEqualTo(WRITE - 1447);
  }

  @Test
  void littleUnderWayDoesNotHoldAnythingBack() throws IOException {
    connect(SHORT_DELAY);
    write(100_000);
    assertThat(info().inFlight()).isEqualTo(100_000);
  }
}

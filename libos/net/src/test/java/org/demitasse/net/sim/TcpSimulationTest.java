package org.demitasse.net.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.demitasse.net.socket.SocketSetting;
import org.demitasse.net.socket.TcpListener;
import org.demitasse.net.socket.TcpSocket;
import org.demitasse.net.tcp.TcpCounters;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every byte arrives once and in order, whatever the wire does; then everything is given back. */
class TcpSimulationTest {
  private static final long SECOND = 1_000_000_000L;

  @TestFactory
  List<DynamicTest> everyByteArrivesOnceAndInOrder() {
    return Seeds.tests(TcpSimulationTest.class, 1, TcpSimulationTest::run);
  }

  private static void run(long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    SimNetwork network = new SimNetwork(seed, Impairment.random(random));
    if (random.nextInt(4) == 0) {
      network.bufferBytes(random.nextLong(1 << 16, 1 << 18));
    }
    if (random.nextInt(4) == 0) {
      network.markCongestion(random.nextDouble(0.3));
    }
    int mtu = random.nextInt(4) == 0 ? random.nextInt(576, 1500) : 1500;
    network.variousDevices(seed);
    SimHost server = network.host(1, mtu);
    SimHost client = network.host(2, random.nextInt(4) == 0 ? 576 : 1500);
    List<Transfer> transfers = new ArrayList<>();
    TcpListener listener = server.stack().openTcpListener();
    InetAddress target = random.nextInt(3) == 0 ? SimNetwork.address6(1) : SimNetwork.address(1);
    listener.listen(new InetSocketAddress(target, 80), 64);
    int connections = random.nextInt(1, 6);
    long[] up = new long[connections];
    long[] down = new long[connections];
    int[] ports = new int[connections];
    for (int i = 0; i < connections; i++) {
      up[i] = random.nextInt(3) == 0 ? 0 : random.nextLong(200_000);
      down[i] = random.nextInt(3) == 0 ? 0 : random.nextLong(200_000);
      int index = i;
      network.after(
          random.nextLong(SECOND),
          () -> {
            try {
              TcpSocket socket = client.stack().openTcp();
              if (random.nextInt(3) == 0) {
                socket.setOption(SocketSetting.RECEIVE_BUFFER, random.nextInt(2048, 100_000));
              }
              if (random.nextInt(3) == 0) {
                socket.setOption(SocketSetting.SEND_BUFFER, random.nextInt(2048, 100_000));
              }
              socket.setOption(SocketSetting.NO_DELAY, random.nextBoolean());
              socket.connect(new InetSocketAddress(target, 80));
              ports[index] = socket.localAddress().getPort();
              transfers.add(
                  new Transfer(network, socket, 2 * index, up[index], 2 * index + 1, down[index]));
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          });
    }
    Runnable accept =
        () -> {
          try {
            for (TcpSocket s = listener.accept(); s != null; s = listener.accept()) {
              int index = 0;
              while (ports[index] != s.remoteAddress().getPort()) {
                index++;
              }
              transfers.add(
                  new Transfer(network, s, 2 * index + 1, down[index], 2 * index, up[index]));
            }
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        };
    listener.addListener(accept);
    network.runUntil(
        () -> transfers.size() == 2 * connections && transfers.stream().allMatch(Transfer::isDone),
        3600 * SECOND);
    for (Transfer transfer : transfers) {
      assertThat(transfer.failure()).isNull();
      assertThat(transfer.isDone()).isTrue();
    }
    assertThat(transfers).hasSize(2 * connections);
    // A last acknowledgement that got lost is made up for by retransmissions, two minutes apart.
    network.run(900 * SECOND);
    network.assertNothingLeft();
    listener.removeListener(accept);
    listener.close();
  }

  @Test
  void rfc3168_6_marksSlowDownWithoutLoss() throws IOException {
    for (InetAddress target : List.of(SimNetwork.address(1), SimNetwork.address6(1))) {
      SimNetwork network = new SimNetwork(3, Impairment.delay(5_000_000));
      network.markCongestion(0.05);
      SimHost server = network.host(1);
      SimHost client = network.host(2);
      TcpListener listener = server.stack().openTcpListener();
      listener.listen(new InetSocketAddress(target, 80), 64);
      TcpSocket socket = client.stack().openTcp();
      socket.connect(new InetSocketAddress(target, 80));
      network.run(SECOND);
      long bytes = 1_000_000;
      Transfer up = new Transfer(network, socket, 1, bytes, 2, 0);
      Transfer down = new Transfer(network, listener.accept(), 2, 0, 1, bytes);
      network.runUntil(() -> up.isDone() && down.isDone(), 1000 * SECOND);
      assertThat(down.bytesRead()).isEqualTo(bytes);
      TcpCounters sent = client.stack().tcp().counters();
      assertThat(server.stack().tcp().counters().congestionMarks).isPositive();
      assertThat(sent.markReductions).isPositive();
      assertThat(sent.retransmittedSegments).isZero();
    }
  }
}

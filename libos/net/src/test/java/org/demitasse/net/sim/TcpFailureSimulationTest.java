package org.demitasse.net.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.demitasse.net.socket.SocketSetting;
import org.demitasse.net.socket.TcpListener;
import org.demitasse.net.socket.TcpSocket;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Networks that break, heal or stay broken, and peers that leave: connections end as they should.
 */
class TcpFailureSimulationTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long BYTES = 300_000;

  private SimNetwork network;
  private SimHost server;
  private SimHost client;
  private TcpListener listener;
  private final List<Transfer> transfers = new ArrayList<>();

  private TcpSocket start(long seed, Impairment wire) throws IOException {
    network = new SimNetwork(seed, wire);
    network.variousDevices(seed);
    server = network.host(1);
    client = network.host(2);
    listener = server.stack().openTcpListener();
    listener.listen(new InetSocketAddress(SimNetwork.address(1), 80), 64);
    listener.addListener(
        () -> {
          try {
            TcpSocket s = listener.accept();
            if (s != null) {
              transfers.add(new Transfer(network, s, 1, BYTES, 2, BYTES));
            }
          } catch (IOException e) {
            // The listener was closed.
          }
        });
    TcpSocket socket = client.stack().openTcp();
    socket.connect(new InetSocketAddress(SimNetwork.address(1), 80));
    transfers.add(new Transfer(network, socket, 2, BYTES, 1, BYTES));
    return socket;
  }

  private boolean allDone() {
    return transfers.stream().allMatch(Transfer::isDone);
  }

  private void assertNothingLeft() {
    network.run(1500 * SECOND);
    network.assertNothingLeft();
  }

  @TestFactory
  List<DynamicTest> partitionsThatHealAreSurvived() {
    return Seeds.tests(
        TcpFailureSimulationTest.class, 5, seed -> new TcpFailureSimulationTest().heal(seed));
  }

  private void heal(long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    Impairment wire = Impairment.delay(random.nextLong(30_000_000)).withLoss(0.01);
    start(seed, wire.withRate(5_000_000, 50));
    network.runUntil(() -> transfers.size() == 2, 100 * SECOND);
    Impairment broken = wire.withLoss(1);
    for (int i = 0; i < 3; i++) {
      network.run(random.nextLong(SECOND / 2));
      network.impair(broken);
      // All three together shorter than half the patience for data of a socket that was closed: the
      // time between retransmissions doubles, and one must still come when all is well.
      network.run(random.nextLong(15 * SECOND));
      network.impair((i < 2 ? wire : wire.withLoss(0)).withRate(5_000_000, 50));
    }
    network.runUntil(() -> transfers.size() == 2 && allDone(), 1000 * SECOND);
    for (Transfer transfer : transfers) {
      assertThat(transfer.failure()).isNull();
      assertThat(transfer.bytesRead()).isEqualTo(BYTES);
    }
    assertNothingLeft();
  }

  @TestFactory
  List<DynamicTest> aPartitionThatStaysEndsBothSides() {
    return Seeds.tests(
        TcpFailureSimulationTest.class, 5, seed -> new TcpFailureSimulationTest().stay(seed));
  }

  private void stay(long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    Impairment wire = Impairment.delay(10_000_000).withRate(5_000_000, 50);
    start(seed, wire);
    network.runUntil(() -> transfers.size() == 2, SECOND);
    network.run(random.nextLong(SECOND / 4));
    network.impair(wire.withLoss(1));
    network.runUntil(this::allDone, 3000 * SECOND);
    assertThat(transfers).hasSize(2).allMatch(t -> t.failure() != null);
    assertNothingLeft();
  }

  @Test
  void rfc2923_2_1_pathsThatSwallowLongPacketsAreUsedWithShortOnes() throws IOException {
    for (int longest : new int[] {1400, 700}) {
      transfers.clear();
      start(longest, Impairment.delay(5_000_000));
      network.swallowAbove(longest);
      network.runUntil(() -> transfers.size() == 2 && allDone(), 1000 * SECOND);
      assertThat(transfers).hasSize(2).allMatch(t -> t.bytesRead() == BYTES);
      assertNothingLeft();
    }
  }

  @TestFactory
  List<DynamicTest> anAbortReachesThePeer() {
    return Seeds.tests(
        TcpFailureSimulationTest.class, 5, seed -> new TcpFailureSimulationTest().abort(seed));
  }

  private void abort(long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    TcpSocket socket = start(seed, Impairment.delay(10_000_000).withRate(5_000_000, 50));
    network.runUntil(() -> transfers.size() == 2, SECOND);
    network.run(random.nextLong(SECOND / 4));
    socket.setOption(SocketSetting.LINGER, 0);
    socket.close();
    network.run(10 * SECOND);
    assertThat(transfers).hasSize(2).allMatch(t -> t.failure() != null);
    assertNothingLeft();
  }
}

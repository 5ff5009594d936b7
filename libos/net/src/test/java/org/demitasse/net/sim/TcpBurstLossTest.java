package org.demitasse.net.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.demitasse.net.socket.TcpListener;
import org.demitasse.net.socket.TcpSocket;
import org.junit.jupiter.api.Test;

/**
 * What is sent in bursts that the device cuts is one record until a part of it is lost: only that
 * part is to be sent again, and no later than if each segment had been sent by itself.
 */
class TcpBurstLossTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long BYTES = 1_000_000;
  private static final int RUNS = 12;

  private long retransmitted;
  private long nanos;

  private void run(long seed, Impairment wire, boolean offloading) throws IOException {
    SimNetwork network = new SimNetwork(seed, wire);
    SimHost sender = offloading ? network.offloadingHost(1) : network.host(1);
    SimHost receiver = network.host(2);
    List<Transfer> transfers = new ArrayList<>();
    TcpListener listener = receiver.stack().openTcpListener();
    listener.listen(new InetSocketAddress(SimNetwork.address(2), 80), 1);
    listener.addListener(
        () -> {
          try {
            TcpSocket s = listener.accept();
            if (s != null) {
              transfers.add(new Transfer(network, s, 1, 0, 2, BYTES));
            }
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
    TcpSocket socket = sender.stack().openTcp();
    socket.connect(new InetSocketAddress(SimNetwork.address(2), 80));
    transfers.add(new Transfer(network, socket, 2, BYTES, 1, 0));
    long begin = network.monotonicNanos();
    network.runUntil(
        () -> transfers.size() == 2 && transfers.stream().allMatch(Transfer::isDone),
        3600 * SECOND);
    assertThat(transfers).hasSize(2).allMatch(Transfer::isDone);
    nanos += network.monotonicNanos() - begin;
    retransmitted += sender.stack().tcp().counters().retransmittedSegments;
    if (offloading) {
      assertThat(sender.device().largePool().created()).as("bursts").isPositive();
    }
  }

  private static TcpBurstLossTest runs(Impairment wire, boolean offloading) throws IOException {
    TcpBurstLossTest sum = new TcpBurstLossTest();
    for (int seed = 1; seed <= RUNS; seed++) {
      sum.run(seed, wire, offloading);
    }
    return sum;
  }

  @Test
  void randomLoss() throws IOException {
    compare(Impairment.delay(10_000_000).withLoss(0.02));
  }

  @Test
  void lossAndReordering() throws IOException {
    compare(Impairment.delay(10_000_000).withLoss(0.02).withJitter(5_000_000));
  }

  @Test
  void queueThatOverflows() throws IOException {
    compare(Impairment.delay(10_000_000).withRate(20_000_000, 30));
  }

  private static void compare(Impairment wire) throws IOException {
    TcpBurstLossTest bursts = runs(wire, true);
    TcpBurstLossTest segments = runs(wire, false);
    assertThat(segments.retransmitted).as("the wire loses").isPositive();
    assertThat(bursts.retransmitted).isLessThan(segments.retransmitted * 5 / 4);
    assertThat(bursts.nanos).isLessThan(segments.nanos * 5 / 4);
  }
}

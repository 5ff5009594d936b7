package org.demitasse.net.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.demitasse.net.socket.TcpListener;
import org.demitasse.net.socket.TcpSocket;
import org.junit.jupiter.api.Test;

/** Many connections of which most do nothing. */
class IdleConnectionsTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int IDLE = 10_000;
  private static final int ACTIVE = 100;

  private final SimNetwork network = new SimNetwork(1, Impairment.delay(100_000));
  private final SimHost server = network.host(1);
  private final SimHost client = network.host(2);
  private final List<TcpSocket> clients = new ArrayList<>(IDLE);
  private final List<TcpSocket> servers = new ArrayList<>(IDLE);
  private final ByteBuffer bytes = ByteBuffer.allocate(4096);

  private TcpListener listen() throws IOException {
    TcpListener listener = server.stack().openTcpListener();
    listener.listen(new InetSocketAddress(SimNetwork.address(1), 80), 1000);
    return listener;
  }

  private void connect(TcpListener listener, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      TcpSocket socket = client.stack().openTcp();
      socket.connect(new InetSocketAddress(SimNetwork.address(1), 80));
      clients.add(socket);
      // The very first waits for the neighbour's address; more than a few would not all wait.
      if (i == 0 || i % 100 == 99) {
        network.run(10_000_000);
        for (TcpSocket s = listener.accept(); s != null; s = listener.accept()) {
          servers.add(s);
        }
      }
    }
    assertThat(servers.size()).isEqualTo(clients.size());
  }

  /** A request of 500 bytes and a response of 3000. */
  private void exchange(int from, int to) throws IOException {
    for (int i = from; i < to; i++) {
      clients.get(i).write(bytes.clear().limit(500));
    }
    network.run(10_000_000);
    for (int i = from; i < to; i++) {
      assertThat(servers.get(i).read(bytes.clear())).isEqualTo(500);
      servers.get(i).write(bytes.clear().limit(3000));
    }
    network.run(10_000_000);
    for (int i = from; i < to; i++) {
      assertThat(clients.get(i).read(bytes.clear())).isEqualTo(3000);
    }
    network.run(SECOND);
  }

  private static long heap() throws InterruptedException {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      System.gc();
      Thread.sleep(20);
      Runtime runtime = Runtime.getRuntime();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }

  @Test
  void anIdleConnectionTakesTwoKilobytesAtMost() throws IOException, InterruptedException {
    TcpListener listener = listen();
    connect(listener, 500);
    exchange(0, 500);
    // What is shared exists now: pools, tables, classes. The rest is the connections' own.
    long before = heap();
    int count = IDLE / 2;
    connect(listener, count);
    for (int i = 500; i < 500 + count; i += 500) {
      exchange(i, i + 500);
    }
    network.run(10 * SECOND);
    long each = (heap() - before) / (2 * count);
    System.out.println("an idle connection and its socket take " + each + " bytes of heap");
    assertThat(each).as("bytes of one idle connection").isBetween(100L, 2048L);
    assertThat(server.stack().tcp().chunks().used()).isZero();
    assertThat(client.stack().tcp().chunks().used()).isZero();
    assertThat(clients).allMatch(TcpSocket::isConnected);
  }

  @Test
  void tenThousandIdleOnesDoNotHinderAHundredActiveOnes() throws IOException {
    TcpListener listener = listen();
    connect(listener, IDLE);
    connect(listener, ACTIVE);
    List<Transfer> transfers = new ArrayList<>(2 * ACTIVE);
    long size = 100_000;
    for (int i = IDLE; i < IDLE + ACTIVE; i++) {
      transfers.add(new Transfer(network, clients.get(i), 2 * i, size, 2 * i + 1, size));
      transfers.add(new Transfer(network, servers.get(i), 2 * i + 1, size, 2 * i, size));
    }
    network.runUntil(() -> transfers.stream().allMatch(Transfer::isDone), 600 * SECOND);
    assertThat(transfers).allMatch(t -> t.failure() == null && t.bytesRead() == size);
    assertThat(server.stack().tcp().counters().retransmissionTimeouts).isZero();
    // The idle ones are still there.
    network.run(3600 * SECOND);
    exchange(0, IDLE / 10);
    assertThat(server.stack().tcp().connectionCount()).isEqualTo(IDLE);
    for (TcpSocket each : clients) {
      each.close();
    }
    network.run(SECOND);
    for (TcpSocket each : servers) {
      each.close();
    }
    network.run(120 * SECOND);
    for (SimHost host : List.of(server, client)) {
      assertThat(host.stack().tcp().connectionCount()).isZero();
      assertThat(host.stack().tcp().chunks().used()).isZero();
      assertThat(host.device().pool().outstanding()).isZero();
    }
  }
}

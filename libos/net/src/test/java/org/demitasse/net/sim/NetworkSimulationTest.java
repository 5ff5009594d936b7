package org.demitasse.net.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.demitasse.net.socket.SocketSetting;
import org.demitasse.net.socket.TcpListener;
import org.demitasse.net.socket.TcpSocket;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Networks of several hosts that talk to each other while the wire changes, swallows long frames,
 * hosts are unplugged for a while and lose their power: what arrives is right, every connection
 * ends, well where both of its ends lived, and nothing is left over.
 */
class NetworkSimulationTest {
  private static final long SECOND = 1_000_000_000L;

  /** Troubles begin within this; shorter than the patience for data of a socket that was closed. */
  private static final long TROUBLE = 20 * SECOND;

  @TestFactory
  List<DynamicTest> everyConnectionEndsAsItShould() {
    return Seeds.tests(
        NetworkSimulationTest.class, 4, seed -> new NetworkSimulationTest().run(seed));
  }

  /** One connection: its two ends and where they are. */
  private record Pair(int from, int to, long bytesUp, long bytesDown, List<Transfer> ends) {}

  private SimNetwork network;
  private SplittableRandom random;
  private final List<SimHost> hosts = new ArrayList<>();
  private final List<Pair> pairs = new ArrayList<>();

  /** Connections that nobody has accepted yet, by the client's address and port. */
  private final Map<String, Integer> expected = new HashMap<>();

  private void run(long seed) throws IOException {
    random = new SplittableRandom(seed ^ 0x6e6574);
    network = new SimNetwork(seed, Impairment.random(random));
    if (random.nextInt(3) == 0) {
      network.markCongestion(random.nextDouble(0.2));
    }
    network.variousDevices(seed);
    int count = random.nextInt(2, 6);
    for (int i = 0; i < count; i++) {
      hosts.add(network.host(i + 1, random.nextInt(4) == 0 ? random.nextInt(1280, 1500) : 1500));
      listen(i);
    }
    int connections = random.nextInt(1, 10);
    for (int i = 0; i < connections; i++) {
      network.after(random.nextLong(20 * SECOND), this::connect);
    }
    for (int i = random.nextInt(6); i > 0; i--) {
      network.after(random.nextLong(TROUBLE), this::trouble);
    }
    network.run(TROUBLE + 10 * SECOND);
    // From here on the wire is kind, so that what can end does.
    network.impair(Impairment.delay(5_000_000));
    network.swallowAbove(Integer.MAX_VALUE);
    for (SimHost host : hosts) {
      network.plug(host, true);
    }
    network.runUntil(() -> pairs.stream().allMatch(NetworkSimulationTest::isOver), 3600 * SECOND);
    for (Pair pair : pairs) {
      check(pair);
    }
    network.run(1500 * SECOND);
    network.assertNothingLeft();
  }

  private static boolean isOver(Pair pair) {
    return pair.ends.stream().allMatch(Transfer::isDone);
  }

  private static void check(Pair pair) {
    assertThat(isOver(pair)).as("%s is over", pair).isTrue();
    boolean lost = pair.ends.stream().anyMatch(Transfer::isLost);
    if (!lost && pair.ends.size() == 2) {
      assertThat(pair.ends.get(0).failure()).isNull();
      assertThat(pair.ends.get(1).failure()).isNull();
      assertThat(pair.ends.get(0).bytesRead()).isEqualTo(pair.bytesDown);
      assertThat(pair.ends.get(1).bytesRead()).isEqualTo(pair.bytesUp);
    }
  }

  private void listen(int index) throws IOException {
    for (InetAddress at : List.of(SimNetwork.address(index + 1), SimNetwork.address6(index + 1))) {
      TcpListener listener = hosts.get(index).stack().openTcpListener();
      listener.listen(new InetSocketAddress(at, 80), 64);
      listener.addListener(() -> accept(listener));
    }
  }

  private void accept(TcpListener listener) {
    try {
      for (TcpSocket s = listener.accept(); s != null; s = listener.accept()) {
        Integer number = expected.remove(s.remoteAddress().toString());
        if (number == null) {
          // The client has lost its power meanwhile.
          s.close();
          continue;
        }
        Pair pair = pairs.get(number);
        keepAlive(s);
        pair.ends.add(
            new Transfer(network, s, 2 * number + 1, pair.bytesDown, 2 * number, pair.bytesUp));
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** So that the ends of peers that have lost their power are noticed when nothing is sent. */
  private static void keepAlive(TcpSocket socket) throws IOException {
    socket.setOption(SocketSetting.KEEP_ALIVE_IDLE, 300);
    socket.setOption(SocketSetting.KEEP_ALIVE_INTERVAL, 30);
    socket.setOption(SocketSetting.KEEP_ALIVE, true);
  }

  private void connect() {
    int from = random.nextInt(hosts.size());
    int to = (from + random.nextInt(1, hosts.size())) % hosts.size();
    int number = pairs.size();
    long up = random.nextInt(4) == 0 ? 0 : random.nextLong(150_000);
    long down = random.nextInt(4) == 0 ? 0 : random.nextLong(150_000);
    Pair pair = new Pair(from, to, up, down, new ArrayList<>(2));
    boolean v6 = random.nextInt(3) == 0;
    try {
      TcpSocket socket = hosts.get(from).stack().openTcp();
      keepAlive(socket);
      socket.setOption(SocketSetting.NO_DELAY, random.nextBoolean());
      socket.connect(
          new InetSocketAddress(v6 ? SimNetwork.address6(to + 1) : SimNetwork.address(to + 1), 80));
      pairs.add(pair);
      expected.put(socket.localAddress().toString(), number);
      pair.ends.add(new Transfer(network, socket, 2 * number, up, 2 * number + 1, down));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void trouble() {
    SimHost host = hosts.get(random.nextInt(hosts.size()));
    switch (random.nextInt(4)) {
      case 0 -> network.impair(Impairment.random(random));
      case 1 -> network.swallowAbove(random.nextInt(4) == 0 ? 10_000 : random.nextInt(700, 1400));
      case 2 -> {
        network.plug(host, false);
        network.after(random.nextLong(10 * SECOND), () -> network.plug(host, true));
      }
      default -> restart(host);
    }
  }

  private void restart(SimHost host) {
    int index = hosts.indexOf(host);
    for (Pair pair : pairs) {
      if (pair.from == index && !pair.ends.isEmpty()) {
        pair.ends.get(0).lost();
      }
      if (pair.to == index && pair.ends.size() == 2) {
        pair.ends.get(1).lost();
      }
    }
    network.restart(host, index + 1);
    try {
      listen(index);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}

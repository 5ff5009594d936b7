package org.demitasse.net.sim;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.demitasse.net.socket.SocketSetting;
import org.demitasse.net.socket.TcpListener;
import org.demitasse.net.socket.TcpSocket;

/**
 * Opens and closes many connections in random ways over a wire that loses some frames: closed by
 * either side or both, in order, with a reset, with data unread or unsent, half first, while the
 * handshake lasts, against a port where nobody listens. What is left when all is over leaked.
 *
 * <p>Run by hand with the number of connections, 1,000,000 unless given: {@code java -cp
 * libos/core/target/classes:libos/net/target/classes:libos/net/target/test-classes
 * org.demitasse.net.sim.ConnectionChurn [connections] [seed]}. It prints what is held every 50,000
 * connections, and fails when anything is left.
 */
public final class ConnectionChurn {
  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1_000_000_000L;
  private static final int CONCURRENT = 100;
  private static final int PORT = 80;
  private static final int DEAF_PORT = 81;

  /** Longer than every timeout of a connection that was closed. */
  private static final long AFTERMATH = 1500 * SECOND;

  private enum End {
    CLOSE,
    ABORT,
    HALF
  }

  private final SplittableRandom random;
  private final SimNetwork network;
  private final SimHost server;
  private final SimHost client;
  private final TcpListener listener;
  private final TcpListener listener6;
  private final ByteBuffer bytes = ByteBuffer.allocate(8192);
  private final long total;
  private long opened;
  private long running;
  private long accepted;

  ConnectionChurn(long total, long seed) throws IOException {
    this.total = total;
    random = new SplittableRandom(seed);
    network = new SimNetwork(seed, Impairment.delay(MILLI).withLoss(0.01).withJitter(MILLI));
    network.unbounded();
    server = network.host(1);
    client = network.host(2);
    listener = listen(SimNetwork.address(1));
    listener6 = listen(SimNetwork.address6(1));
  }

  private TcpListener listen(InetAddress address) throws IOException {
    TcpListener made = server.stack().openTcpListener();
    made.listen(new InetSocketAddress(address, PORT), CONCURRENT);
    made.addListener(
        () -> {
          try {
            for (TcpSocket s = made.accept(); s != null; s = made.accept()) {
              accepted++;
              new Side(s, false).schedule(0);
            }
          } catch (IOException e) {
            // The listener was closed: all is over.
          }
        });
    return made;
  }

  /** One end of a connection and what it is going to do. */
  private final class Side {
    private final TcpSocket socket;
    private final boolean counted;
    private final End end;
    private final boolean reads;
    private final long endAt;
    private final long giveUpAt;
    private int toWrite;
    private boolean scheduled;
    private boolean halfClosed;
    private boolean closed;

    Side(TcpSocket socket, boolean counted) {
      this.socket = socket;
      this.counted = counted;
      int chance = random.nextInt(10);
      end = chance < 5 ? End.CLOSE : chance < 8 ? End.HALF : End.ABORT;
      reads = random.nextInt(10) > 0;
      toWrite = random.nextInt(3) == 0 ? 0 : random.nextInt(6000);
      // Some are closed before the handshake is over, most after a few round trips.
      long now = network.monotonicNanos();
      endAt = now + (random.nextInt(20) == 0 ? 0 : random.nextLong(50 * MILLI));
      giveUpAt = endAt + 3 * SECOND;
      socket.addListener(() -> schedule(0));
      network.at(endAt, this::act);
      network.at(giveUpAt, this::act);
    }

    void schedule(long delay) {
      if (!scheduled && !closed) {
        scheduled = true;
        network.after(delay, this::act);
      }
    }

    private void act() {
      scheduled = false;
      if (closed) {
        return;
      }
      try {
        long now = network.monotonicNanos();
        boolean over = now >= giveUpAt;
        if (!over && socket.finishConnect()) {
          over = transfer();
        }
        if (over || now >= endAt && finish()) {
          close();
        }
      } catch (IOException e) {
        close();
      }
    }

    /** Returns whether the peer has closed and there is no more to do. */
    private boolean transfer() throws IOException {
      if (toWrite > 0 && !halfClosed) {
        toWrite -= socket.write(bytes.clear().limit(Math.min(toWrite, bytes.capacity())));
      }
      if (!reads) {
        return false;
      }
      int count = 1;
      while (count > 0) {
        count = socket.read(bytes.clear());
      }
      return count < 0 && (halfClosed || end != End.HALF);
    }

    private boolean finish() throws IOException {
      if (end == End.HALF && !halfClosed && socket.isConnected()) {
        halfClosed = true;
        socket.shutdownOutput();
        return false;
      }
      if (end == End.ABORT) {
        socket.setOption(SocketSetting.LINGER, 0);
      }
      return end != End.HALF;
    }

    private void close() {
      closed = true;
      socket.close();
      if (counted) {
        running--;
      }
    }
  }

  private void open() throws IOException {
    boolean v6 = random.nextInt(4) == 0;
    int port = random.nextInt(50) == 0 ? DEAF_PORT : PORT;
    TcpSocket socket = client.stack().openTcp();
    opened++;
    running++;
    Side side = new Side(socket, true);
    try {
      InetAddress to = v6 ? SimNetwork.address6(1) : SimNetwork.address(1);
      socket.connect(new InetSocketAddress(to, port));
    } catch (IOException e) {
      side.close();
    }
  }

  /** Opens and closes all; then nothing may be left. */
  void run(boolean print) throws IOException {
    long printed = 0;
    while (opened < total || running > 0) {
      while (running < CONCURRENT && opened < total) {
        open();
      }
      network.run(MILLI);
      if (print && opened - printed >= 50_000) {
        printed = opened;
        System.out.println(state());
      }
    }
    listener.close();
    listener6.close();
    network.run(AFTERMATH);
    if (print) {
      System.out.println(state());
    }
    for (SimHost host : List.of(server, client)) {
      require(host.stack().tcp().connectionCount(), "connections");
      require(host.stack().tcp().chunks().used(), "chunks");
      require(host.device().pool().outstanding(), "packet buffers");
      require(host.stack().ip().largePool().outstanding(), "large packet buffers");
    }
  }

  long opened() {
    return opened;
  }

  long accepted() {
    return accepted;
  }

  private static void require(int left, String what) {
    if (left != 0) {
      throw new AssertionError(left + " " + what + " were not given back");
    }
  }

  private String state() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return String.format(
        "%,d opened, %,d accepted; now %d and %d connections, %d and %d chunks, %d and %d buffers of"
            + " %d and %d; heap %,d KiB",
        opened,
        accepted,
        client.stack().tcp().connectionCount(),
        server.stack().tcp().connectionCount(),
        client.stack().tcp().chunks().used(),
        server.stack().tcp().chunks().used(),
        client.device().pool().outstanding(),
        server.device().pool().outstanding(),
        client.device().pool().created(),
        server.device().pool().created(),
        (runtime.totalMemory() - runtime.freeMemory()) / 1024);
  }

  public static void main(String[] arguments) throws IOException {
    long total = arguments.length > 0 ? Long.parseLong(arguments[0]) : 1_000_000;
    long seed = arguments.length > 1 ? Long.parseLong(arguments[1]) : 1;
    long begun = System.nanoTime();
    new ConnectionChurn(total, seed).run(true);
    System.out.printf("nothing is left (%.0f s)%n", (System.nanoTime() - begun) * 1e-9);
  }
}

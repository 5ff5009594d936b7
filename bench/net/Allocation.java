package org.demitasse.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
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
import org.demitasse.net.socket.UdpSocket;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Two stacks back to back, for JMH's allocation profile (bench/net/allocation): in the steady state
 * nothing is allocated a packet.
 */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 3, time = 2)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(java.util.concurrent.TimeUnit.MICROSECONDS)
public class Allocation {
  private static final int BULK = 60_000;

  private final PacketPool pool = new PacketPool(PacketMemory.direct(), 2048, 4096);
  private final Pipe left = new Pipe(1);
  private final Pipe right = new Pipe(2);
  private final ByteBuffer bytes = ByteBuffer.allocateDirect(BULK);
  private final ByteBuffer small = ByteBuffer.allocateDirect(64);
  private NetworkStack a;
  private NetworkStack b;
  private TcpSocket client;
  private TcpSocket server;
  private UdpSocket asking;
  private UdpSocket answering;
  private InetSocketAddress port;

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

  private static InetAddress address(int number) {
    return InetAddress.ofLiteral("10.0.0." + number);
  }

  private static NetworkStack stack(Pipe device, int number) {
    return new NetworkStack(
        new NetworkConfig().address("eth0", device, address(number), 24, null),
        Clock.system(),
        (target, offset, length) -> Arrays.fill(target, offset, offset + length, (byte) 5),
        () -> {});
  }

  @Setup
  public void connect() throws IOException {
    a = stack(left, 1);
    b = stack(right, 2);
    TcpListener listener = b.openTcpListener();
    listener.listen(new InetSocketAddress(80), 10);
    client = a.openTcp();
    client.connect(new InetSocketAddress(address(2), 80));
    settle();
    server = listener.accept();
    answering = b.openUdp();
    answering.bind(new InetSocketAddress(7));
    asking = a.openUdp();
    port = new InetSocketAddress(address(2), 7);
  }

  private void settle() {
    while (!left.inbox.isEmpty() || !right.inbox.isEmpty()) {
      a.poll();
      b.poll();
    }
  }

  /** 60,000 bytes one way: some 42 segments and their acknowledgements, sent and received. */
  @Benchmark
  public int tcpBulk() throws IOException {
    bytes.clear();
    while (bytes.hasRemaining()) {
      client.write(bytes);
      settle();
    }
    bytes.clear();
    while (bytes.hasRemaining()) {
      if (server.read(bytes) == 0) {
        settle();
      }
    }
    settle();
    return bytes.position();
  }

  /** A request and an answer of 64 bytes. */
  @Benchmark
  public int tcpRequest() throws IOException {
    client.write(small.clear());
    settle();
    server.read(small.clear());
    server.write(small.flip());
    settle();
    return client.read(small.clear());
  }

  /** A datagram of 64 bytes there and back. */
  @Benchmark
  public int udpEcho() throws IOException {
    asking.send(small.clear(), port);
    settle();
    InetSocketAddress from = answering.receive(small.clear());
    answering.send(small.flip(), from);
    settle();
    if (asking.receive(small.clear()) == null) {
      throw new IllegalStateException("no echo");
    }
    return small.position();
  }
}

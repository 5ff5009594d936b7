package org.demitasse.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.demitasse.net.sim.BackToBack;
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

  private final BackToBack link = new BackToBack();
  private final ByteBuffer bytes = ByteBuffer.allocateDirect(BULK);
  private final ByteBuffer small = ByteBuffer.allocateDirect(64);
  private TcpSocket client;
  private TcpSocket server;
  private UdpSocket asking;
  private UdpSocket answering;
  private InetSocketAddress port;

  @Setup
  public void connect() throws IOException {
    BackToBack.Connection connection = link.connect();
    client = connection.client();
    server = connection.server();
    answering = link.server.openUdp();
    answering.bind(new InetSocketAddress(7));
    asking = link.client.openUdp();
    port = BackToBack.address(7);
  }

  /** 60,000 bytes one way: some 42 segments and their acknowledgements, sent and received. */
  @Benchmark
  public int tcpBulk() throws IOException {
    bytes.clear();
    while (bytes.hasRemaining()) {
      client.write(bytes);
      link.settle();
    }
    bytes.clear();
    while (bytes.hasRemaining()) {
      if (server.read(bytes) == 0) {
        link.settle();
      }
    }
    link.settle();
    return bytes.position();
  }

  /** A request and an answer of 64 bytes. */
  @Benchmark
  public int tcpRequest() throws IOException {
    client.write(small.clear());
    link.settle();
    server.read(small.clear());
    server.write(small.flip());
    link.settle();
    return client.read(small.clear());
  }

  /** A datagram of 64 bytes there and back. */
  @Benchmark
  public int udpEcho() throws IOException {
    asking.send(small.clear(), port);
    link.settle();
    InetSocketAddress from = answering.receive(small.clear());
    answering.send(small.flip(), from);
    link.settle();
    if (asking.receive(small.clear()) == null) {
      throw new IllegalStateException("no echo");
    }
    return small.position();
  }
}

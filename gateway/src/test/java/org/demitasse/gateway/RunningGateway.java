package org.demitasse.gateway;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.util.concurrent.atomic.AtomicLong;
import org.demitasse.core.Clock;

/** A gateway on a thread of its own, for tests. */
final class RunningGateway implements AutoCloseable {
  final MemoryWire wire;
  final Gateway gateway;

  /** Nanoseconds that the gateway's clock is ahead of the real one. */
  final AtomicLong ahead = new AtomicLong();

  private final Thread thread;

  RunningGateway(String... options) throws Exception {
    this(new File("none"), options);
  }

  RunningGateway(File resolvConf, String... options) throws Exception {
    this(new MemoryWire(FrameHeader.BYTES), resolvConf, options);
  }

  RunningGateway(MemoryWire wire, File resolvConf, String... options) throws Exception {
    this.wire = wire;
    Clock clock =
        new Clock() {
          @Override
          public long monotonicNanos() {
            return System.nanoTime() + ahead.get();
          }

          @Override
          public long wallNanos() {
            return Clock.system().wallNanos();
          }
        };
    gateway = new Gateway(Options.parse(options), wire, clock, new HostEntropy(), resolvConf);
    thread =
        new Thread(
            () -> {
              try {
                gateway.run();
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            },
            "gateway");
    thread.start();
  }

  /** Forwards a free port of the host; returns its address. */
  InetSocketAddress forwardTcp(int guestPort) throws Exception {
    ServerSocketChannel listener = HostPorts.listen(Forward.parse("tcp:127.0.0.1:0:" + guestPort));
    SocketAddress address = listener.getLocalAddress();
    gateway.forward(listener, guestPort);
    return (InetSocketAddress) address;
  }

  InetSocketAddress forwardUdp(int guestPort) throws Exception {
    DatagramChannel channel = HostPorts.bindUdp(Forward.parse("udp:127.0.0.1:0:" + guestPort));
    SocketAddress address = channel.getLocalAddress();
    gateway.forward(channel, guestPort);
    return (InetSocketAddress) address;
  }

  /** Whether the gateway has ended by itself within some seconds. */
  boolean awaitEnd() throws InterruptedException {
    thread.join(10_000);
    return !thread.isAlive();
  }

  @Override
  public void close() {
    gateway.close();
  }
}

package org.demitasse.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.demitasse.core.Clock;
import org.demitasse.core.NetDevice;
import org.demitasse.core.PacketBuffer;
import org.demitasse.core.PacketMemory;
import org.demitasse.core.PacketPool;
import org.demitasse.net.NetworkConfig;
import org.demitasse.net.NetworkStack;
import org.demitasse.net.socket.InterfaceInfo;
import org.demitasse.net.socket.Pollable;
import org.demitasse.net.socket.TcpListener;
import org.demitasse.net.socket.TcpSocket;

/**
 * A guest at the other end of a {@link MemoryWire}: our own stack, with blocking calls for tests.
 */
final class TestGuest implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 20;

  private final MemoryWire wire;
  private final Semaphore events = new Semaphore(0);
  private final Thread thread;
  private volatile boolean closed;

  /** Bytes of the longest frame that has come in. */
  volatile int largest;

  final NetworkStack stack;

  /** Where the guest's addresses come from, besides routers. */
  enum Setup {
    DHCP,
    /** It has the address that DHCP would give. */
    CONFIGURED,
    IPV6_ONLY
  }

  /**
   * @param dhcp else it has the address that it should
   */
  TestGuest(MemoryWire wire, boolean dhcp) {
    this(wire, dhcp ? Setup.DHCP : Setup.CONFIGURED);
  }

  TestGuest(MemoryWire wire, Setup setup) {
    this.wire = wire;
    wire.onFrame = events::release;
    NetDevice device = new Device();
    NetworkConfig config = new NetworkConfig().ipv6(true);
    if (setup == Setup.DHCP) {
      config.dhcp("eth0", device);
    } else if (setup == Setup.IPV6_ONLY) {
      config.address("eth0", device, InetAddress.ofLiteral("fe80::99"), 64, null);
    } else {
      config.address(
          "eth0",
          device,
          InetAddress.ofLiteral("10.0.2.15"),
          24,
          InetAddress.ofLiteral("10.0.2.2"));
      config.nameServer(InetAddress.ofLiteral("10.0.2.3"));
    }
    stack = new NetworkStack(config, Clock.system(), new HostEntropy(), events::release);
    thread = new Thread(this::loop, "guest");
    thread.setDaemon(true);
    thread.start();
  }

  private void loop() {
    try {
      while (!closed) {
        long nanos = stack.poll();
        if (nanos > 0) {
          events.tryAcquire(nanos, TimeUnit.NANOSECONDS);
          events.drainPermits();
        }
      }
    } catch (InterruptedException e) {
      // The test is over.
    }
  }

  /** Waits until the socket is ready for one of these. */
  static void await(Pollable pollable, int bits) throws InterruptedException {
    Semaphore changed = new Semaphore(0);
    Runnable listener = changed::release;
    pollable.addListener(listener);
    try {
      while ((pollable.readiness() & bits) == 0) {
        if (!changed.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          throw new AssertionError("nothing happens on the guest's socket");
        }
      }
    } finally {
      pollable.removeListener(listener);
    }
  }

  /** All addresses that it has. */
  List<InetAddress> addresses() {
    List<InetAddress> all = new ArrayList<>();
    for (InterfaceInfo each : stack.interfaces()) {
      for (InterfaceInfo.Address address : each.addresses()) {
        all.add(address.address());
      }
    }
    return all;
  }

  /** Waits until a router's advertisement has given it an address. */
  void awaitAddress6() throws InterruptedException {
    InetAddress wanted = InetAddress.ofLiteral("fd64:656d:6900::5054:ff:fe12:3456");
    long end = System.nanoTime() + PATIENCE_SECONDS * 1_000_000_000L;
    while (!addresses().contains(wanted)) {
      if (System.nanoTime() > end) {
        throw new AssertionError("no address from the router: " + addresses());
      }
      Thread.sleep(2);
    }
  }

  TcpListener listen(int port) throws IOException {
    TcpListener listener = stack.openTcpListener();
    listener.listen(new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), port), 100);
    return listener;
  }

  static TcpSocket accept(TcpListener listener) throws Exception {
    while (true) {
      TcpSocket socket = listener.accept();
      if (socket != null) {
        return socket;
      }
      await(listener, Pollable.READ);
    }
  }

  TcpSocket connect(String address, int port) throws Exception {
    TcpSocket socket = stack.openTcp();
    if (!socket.connect(new InetSocketAddress(InetAddress.ofLiteral(address), port))) {
      await(socket, Pollable.WRITE | Pollable.HANGUP);
      socket.finishConnect();
    }
    return socket;
  }

  static int read(TcpSocket socket, ByteBuffer target) throws Exception {
    while (true) {
      int count = socket.read(target);
      if (count != 0) {
        return count;
      }
      await(socket, Pollable.READ | Pollable.HANGUP);
    }
  }

  static void write(TcpSocket socket, ByteBuffer source) throws Exception {
    while (source.hasRemaining()) {
      if (socket.write(source) == 0) {
        await(socket, Pollable.WRITE | Pollable.HANGUP);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    events.release();
  }

  /** Frames that come out of and go into the wire. */
  private final class Device implements NetDevice {
    private final PacketPool pool =
        new PacketPool(PacketMemory.direct(), PacketPool.sizeFor(1500), 4096);
    private final PacketPool largePool =
        new PacketPool(PacketMemory.direct(), PacketPool.sizeFor(65_575), 64);

    @Override
    public long macAddress() {
      return 0x525400123456L;
    }

    @Override
    public int mtu() {
      return 1500;
    }

    @Override
    public int offloads() {
      return WireDevice.offloads(wire.header());
    }

    @Override
    public PacketPool pool() {
      return pool;
    }

    @Override
    public PacketPool largePool() {
      return largePool;
    }

    @Override
    public PacketBuffer receive() {
      byte[] whole = wire.poll();
      if (whole == null) {
        return null;
      }
      int header = wire.header();
      int length = whole.length - header;
      largest = Math.max(largest, length);
      PacketBuffer buffer = (length <= 1514 ? pool : largePool).allocate();
      buffer.append(length);
      buffer.put(0, whole, header, length);
      buffer.setChecksumGood(header > 0 && FrameHeader.isUnsummed(ByteBuffer.wrap(whole)));
      return buffer;
    }

    @Override
    public boolean transmit(PacketBuffer frame) {
      int header = wire.header();
      byte[] whole = new byte[header + frame.length()];
      if (header > 0) {
        FrameHeader.put(ByteBuffer.wrap(whole), 0, frame);
      }
      frame.get(0, whole, header, frame.length());
      wire.sendWhole(whole);
      frame.release();
      return true;
    }
  }
}

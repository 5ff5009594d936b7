package org.demitasse.nio.fake;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.demitasse.net.socket.SocketSetting;
import org.demitasse.net.socket.UdpSocket;

/** A UDP socket whose datagrams arrive at once, or are lost when the receiver's queue is full. */
final class FakeUdp extends FakePollable implements UdpSocket {
  private static final int MAX_PAYLOAD = 65507;
  private static final int MAX_QUEUE = 64;

  private record Datagram(byte[] payload, InetSocketAddress sender) {}

  private final Map<SocketSetting<?>, Object> options = new HashMap<>();
  private final ArrayDeque<Datagram> queue = new ArrayDeque<>();
  private final Set<InetAddress> groups = new HashSet<>();
  private InetSocketAddress local;
  private InetSocketAddress boundTo;
  private InetSocketAddress remote;
  private boolean refused;
  private boolean closed;

  FakeUdp(FakeStack stack) {
    super(stack);
    stack.opened();
    options.put(SocketSetting.SEND_BUFFER, 64 * 1024);
    options.put(SocketSetting.RECEIVE_BUFFER, 64 * 1024);
    options.put(SocketSetting.REUSE_ADDRESS, false);
    options.put(SocketSetting.REUSE_PORT, false);
    options.put(SocketSetting.BROADCAST, false);
    options.put(SocketSetting.TRAFFIC_CLASS, 0);
    options.put(SocketSetting.DONT_FRAGMENT, false);
    options.put(SocketSetting.MULTICAST_TTL, 1);
    options.put(SocketSetting.MULTICAST_LOOP, true);
    options.put(SocketSetting.MULTICAST_INTERFACE, 0);
  }

  private void ensureOpen() throws SocketException {
    if (closed) {
      throw new SocketException("Socket closed");
    }
  }

  private boolean shares() {
    return FakeStack.option(options, SocketSetting.REUSE_ADDRESS);
  }

  @Override
  int readinessLocked() {
    return closed ? 0 : (queue.isEmpty() && !refused ? WRITE : READ | WRITE);
  }

  @Override
  public void bind(InetSocketAddress address) throws IOException {
    stack.locked(
        () -> {
          ensureOpen();
          FakeStack.checkLocal(address.getAddress());
          int port = address.getPort();
          if (port == 0) {
            port = stack.freePort(stack.datagrams);
          }
          List<FakeUdp> others = stack.datagrams.getOrDefault(port, new ArrayList<>());
          for (FakeUdp other : others) {
            if (!shares() || !other.shares()) {
              throw new BindException("Address already in use");
            }
          }
          others.add(this);
          stack.datagrams.put(port, others);
          local = new InetSocketAddress(address.getAddress(), port);
          boundTo = local;
          changedLocked();
          return null;
        });
  }

  @Override
  public void connect(InetSocketAddress address) throws IOException {
    stack.locked(
        () -> {
          ensureOpen();
          remote = address;
          local = FakeStack.loopback(boundTo.getPort());
          return null;
        });
  }

  @Override
  public void disconnect() throws IOException {
    stack.locked(
        () -> {
          ensureOpen();
          remote = null;
          local = boundTo;
          return null;
        });
  }

  @Override
  public InetSocketAddress localAddress() {
    synchronized (stack) {
      return local;
    }
  }

  @Override
  public InetSocketAddress remoteAddress() {
    synchronized (stack) {
      return remote;
    }
  }

  @Override
  public InetSocketAddress receive(ByteBuffer target) throws IOException {
    return stack.locked(
        () -> {
          ensureOpen();
          if (refused) {
            refused = false;
            changedLocked();
            throw new PortUnreachableException();
          }
          Datagram next = queue.pollFirst();
          if (next == null) {
            return null;
          }
          target.put(next.payload, 0, Math.min(next.payload.length, target.remaining()));
          changedLocked();
          return next.sender;
        });
  }

  @Override
  public boolean send(ByteBuffer source, InetSocketAddress address) throws IOException {
    return stack.locked(
        () -> {
          ensureOpen();
          if (source.remaining() > MAX_PAYLOAD) {
            throw new SocketException("Message too long");
          }
          InetSocketAddress to = address != null ? address : remote;
          byte[] payload = new byte[source.remaining()];
          source.get(payload);
          boolean heard = false;
          for (FakeUdp socket : stack.datagrams.getOrDefault(to.getPort(), List.of())) {
            heard |= socket.deliverLocked(payload, to, FakeStack.loopback(local.getPort()));
          }
          if (!heard && remote != null && !to.getAddress().isMulticastAddress()) {
            refused = true;
            changedLocked();
          }
          return true;
        });
  }

  private boolean deliverLocked(byte[] payload, InetSocketAddress to, InetSocketAddress sender) {
    if (to.getAddress().isMulticastAddress() && !groups.contains(to.getAddress())) {
      return false;
    }
    if (remote != null && !remote.equals(sender)) {
      return false;
    }
    if (queue.size() < MAX_QUEUE) {
      queue.addLast(new Datagram(payload, sender));
    }
    changedLocked();
    return true;
  }

  @Override
  public void join(InetAddress group, int interfaceIndex, InetAddress source) throws IOException {
    stack.locked(
        () -> {
          ensureOpen();
          groups.add(group);
          return null;
        });
  }

  @Override
  public void leave(InetAddress group, int interfaceIndex, InetAddress source) throws IOException {
    stack.locked(
        () -> {
          ensureOpen();
          groups.remove(group);
          return null;
        });
  }

  @Override
  public <T> void setOption(SocketSetting<T> option, T value) throws IOException {
    stack.locked(
        () -> {
          ensureOpen();
          FakeStack.set(options, option, value);
          return null;
        });
  }

  @Override
  public <T> T getOption(SocketSetting<T> option) throws IOException {
    return stack.locked(
        () -> {
          ensureOpen();
          return FakeStack.option(options, option);
        });
  }

  @Override
  public void close() {
    try {
      stack.locked(
          () -> {
            if (!closed) {
              closed = true;
              stack.closed();
              if (boundTo != null) {
                List<FakeUdp> sharing = stack.datagrams.get(boundTo.getPort());
                sharing.remove(this);
                if (sharing.isEmpty()) {
                  stack.datagrams.remove(boundTo.getPort());
                }
              }
            }
            return null;
          });
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}

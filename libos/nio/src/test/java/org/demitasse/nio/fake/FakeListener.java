package org.demitasse.nio.fake;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.demitasse.net.socket.SocketSetting;
import org.demitasse.net.socket.TcpListener;
import org.demitasse.net.socket.TcpSocket;

/** A listener; clients beyond its backlog wait with their handshake, as on Linux. */
final class FakeListener extends FakePollable implements TcpListener {
  final ArrayDeque<FakeTcp> acceptable = new ArrayDeque<>();
  final ArrayDeque<FakeTcp> waiting = new ArrayDeque<>();
  private final Map<SocketSetting<?>, Object> options = new HashMap<>();
  private InetSocketAddress local;
  private int backlog;
  private boolean closed;

  FakeListener(FakeStack stack) {
    super(stack);
    stack.opened();
    options.put(SocketSetting.RECEIVE_BUFFER, 64 * 1024);
    options.put(SocketSetting.REUSE_ADDRESS, false);
    options.put(SocketSetting.REUSE_PORT, false);
    options.put(SocketSetting.TRAFFIC_CLASS, 0);
  }

  private void ensureOpen() throws SocketException {
    if (closed) {
      throw new SocketException("Socket closed");
    }
  }

  @Override
  int readinessLocked() {
    return !closed && !acceptable.isEmpty() ? READ : 0;
  }

  boolean isFull() {
    return acceptable.size() > backlog;
  }

  int receiveBuffer() {
    return FakeStack.option(options, SocketSetting.RECEIVE_BUFFER);
  }

  @Override
  public void listen(InetSocketAddress address, int pending) throws IOException {
    stack.locked(
        () -> {
          ensureOpen();
          FakeStack.checkLocal(address.getAddress());
          int port = address.getPort();
          if (port == 0) {
            port = stack.freePort(stack.listeners);
          } else if (stack.listeners.containsKey(port)) {
            throw new BindException("Address already in use");
          }
          local = new InetSocketAddress(address.getAddress(), port);
          backlog = pending;
          stack.listeners.put(port, this);
          return null;
        });
  }

  @Override
  public TcpSocket accept() throws IOException {
    return stack.locked(
        () -> {
          ensureOpen();
          FakeTcp next = acceptable.pollFirst();
          if (next != null && !waiting.isEmpty()) {
            waiting.pollFirst().handshakeLocked();
          }
          changedLocked();
          return next;
        });
  }

  @Override
  public InetSocketAddress localAddress() {
    synchronized (stack) {
      return local;
    }
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
              if (local != null) {
                stack.listeners.remove(local.getPort(), this);
              }
              for (FakeTcp unaccepted : acceptable) {
                unaccepted.resetLocked();
                stack.closed();
              }
              acceptable.clear();
              for (FakeTcp client : waiting) {
                client.refusedLocked();
              }
              waiting.clear();
            }
            return null;
          });
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}

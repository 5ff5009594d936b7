package org.demitasse.nio.fake;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.demitasse.net.socket.SocketSetting;
import org.demitasse.net.socket.TcpSocket;

/** One end of a connection. Its bytes are in the other end's receive buffer at once. */
final class FakeTcp extends FakePollable implements TcpSocket {
  private final Map<SocketSetting<?>, Object> options = new HashMap<>();
  private InetSocketAddress local;
  private InetSocketAddress remote;
  private FakeTcp peer;
  private boolean connecting;
  private boolean connected;
  private IOException connectFailure;

  // Made when the first byte comes.
  private byte[] received;
  private int capacity;
  private int head;
  private int size;
  private boolean finReceived;
  private boolean reset;
  private boolean broken;
  private boolean inputShut;
  private boolean outputShut;
  private boolean closed;

  FakeTcp(FakeStack stack) {
    super(stack);
    stack.opened();
    options.put(SocketSetting.SEND_BUFFER, 64 * 1024);
    options.put(SocketSetting.RECEIVE_BUFFER, 64 * 1024);
    options.put(SocketSetting.REUSE_ADDRESS, false);
    options.put(SocketSetting.REUSE_PORT, false);
    options.put(SocketSetting.KEEP_ALIVE, false);
    options.put(SocketSetting.LINGER, -1);
    options.put(SocketSetting.NO_DELAY, false);
    options.put(SocketSetting.TRAFFIC_CLASS, 0);
    options.put(SocketSetting.KEEP_ALIVE_IDLE, 7200);
    options.put(SocketSetting.KEEP_ALIVE_INTERVAL, 75);
    options.put(SocketSetting.KEEP_ALIVE_COUNT, 9);
  }

  private void ensureOpen() throws SocketException {
    if (closed) {
      throw new SocketException("Socket closed");
    }
  }

  @Override
  int readinessLocked() {
    if (closed) {
      return 0;
    }
    if (connectFailure != null) {
      return READ | WRITE | HANGUP;
    }
    if (!connected) {
      return 0;
    }
    int ready = 0;
    if (size > 0 || finReceived || reset || inputShut) {
      ready |= READ;
    }
    if (outputShut || reset || broken || peer.size < peer.capacity) {
      ready |= WRITE;
    }
    if (reset || broken || finReceived && outputShut) {
      ready |= HANGUP;
    }
    return ready;
  }

  @Override
  public void bind(InetSocketAddress address) throws IOException {
    stack.locked(
        () -> {
          ensureOpen();
          FakeStack.checkLocal(address.getAddress());
          int port = address.getPort();
          if (port == 0) {
            port = stack.freePort(stack.bound);
          } else if (stack.bound.containsKey(port) || stack.listeners.containsKey(port)) {
            throw new BindException("Address already in use");
          }
          local = new InetSocketAddress(address.getAddress(), port);
          stack.bound.put(port, this);
          return null;
        });
  }

  @Override
  public boolean connect(InetSocketAddress address) throws IOException {
    return stack.locked(
        () -> {
          ensureOpen();
          int port = local == null ? stack.freePort(stack.bound) : local.getPort();
          local = FakeStack.loopback(port);
          stack.bound.put(port, this);
          remote = address;
          connecting = true;
          if (!stack.isHeld(this)) {
            handshakeLocked();
          }
          if (connectFailure != null) {
            connecting = false;
            throw connectFailure;
          }
          return connected;
        });
  }

  void handshakeLocked() {
    if (closed) {
      return;
    }
    FakeListener listener = stack.listeners.get(remote.getPort());
    if (listener == null) {
      refusedLocked();
      return;
    }
    if (listener.isFull()) {
      listener.waiting.addLast(this);
      return;
    }
    FakeTcp server = new FakeTcp(stack);
    server.options.put(SocketSetting.RECEIVE_BUFFER, listener.receiveBuffer());
    server.local = remote;
    server.remote = local;
    join(this, server);
    join(server, this);
    listener.acceptable.addLast(server);
    listener.changedLocked();
    changedLocked();
    server.changedLocked();
  }

  private static void join(FakeTcp end, FakeTcp other) {
    end.peer = other;
    end.connecting = false;
    end.connected = true;
    end.capacity = FakeStack.option(end.options, SocketSetting.RECEIVE_BUFFER);
  }

  void refusedLocked() {
    connectFailure = new ConnectException("Connection refused");
    changedLocked();
  }

  /** The connection is gone for both ends; this one is closed, the peer hears of it. */
  void resetLocked() {
    closed = true;
    if (peer.finReceived) {
      // After the FIN the reset only says that nobody reads any more.
      peer.broken = true;
    } else {
      peer.reset = true;
    }
    peer.changedLocked();
  }

  @Override
  public boolean finishConnect() throws IOException {
    return stack.locked(
        () -> {
          ensureOpen();
          if (connectFailure != null) {
            throw connectFailure;
          }
          return connected;
        });
  }

  @Override
  public boolean isConnected() {
    synchronized (stack) {
      return connected;
    }
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
      return connected || connecting ? remote : null;
    }
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    return stack.locked(
        () -> {
          ensureOpen();
          if (inputShut) {
            return -1;
          }
          if (size == 0) {
            if (reset) {
              throw new SocketException("Connection reset");
            }
            return finReceived ? -1 : 0;
          }
          int n = Math.min(size, target.remaining());
          for (int i = 0; i < n; i++) {
            target.put(received[(head + i) % received.length]);
          }
          head = (head + n) % received.length;
          size -= n;
          changedLocked();
          peer.changedLocked();
          return n;
        });
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    return stack.locked(
        () -> {
          ensureOpen();
          if (outputShut || broken) {
            throw new SocketException("Broken pipe");
          }
          if (reset) {
            reset = false;
            broken = true;
            throw new SocketException("Connection reset");
          }
          int n = source.remaining();
          if (peer.closed) {
            // Taken, and answered by a reset: the next write fails.
            source.position(source.limit());
            broken = true;
            changedLocked();
            return n;
          }
          if (peer.inputShut) {
            source.position(source.limit());
            return n;
          }
          n = Math.min(n, peer.capacity - peer.size);
          if (peer.received == null) {
            peer.received = new byte[peer.capacity];
          }
          for (int i = 0; i < n; i++) {
            peer.received[(peer.head + peer.size + i) % peer.received.length] = source.get();
          }
          peer.size += n;
          peer.changedLocked();
          changedLocked();
          return n;
        });
  }

  @Override
  public int available() throws IOException {
    return stack.locked(
        () -> {
          ensureOpen();
          return size;
        });
  }

  @Override
  public void shutdownOutput() throws IOException {
    stack.locked(
        () -> {
          ensureOpen();
          outputShut = true;
          peer.finReceived = true;
          peer.changedLocked();
          changedLocked();
          return null;
        });
  }

  @Override
  public void shutdownInput() throws IOException {
    stack.locked(
        () -> {
          ensureOpen();
          inputShut = true;
          size = 0;
          changedLocked();
          peer.changedLocked();
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
              stack.closed();
              if (local != null) {
                stack.bound.remove(local.getPort(), this);
              }
              if (connected && !peer.closed) {
                if (size > 0 || FakeStack.option(options, SocketSetting.LINGER) == 0) {
                  resetLocked();
                } else {
                  peer.finReceived = true;
                  closed = true;
                  peer.changedLocked();
                }
              }
              closed = true;
            }
            return null;
          });
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}

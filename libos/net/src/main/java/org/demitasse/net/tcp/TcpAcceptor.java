package org.demitasse.net.tcp;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.ArrayDeque;
import org.demitasse.net.engine.Engine;
import org.demitasse.net.engine.Readiness;
import org.demitasse.net.ip.IpAddress;
import org.demitasse.net.socket.SocketSetting;
import org.demitasse.net.socket.TcpListener;
import org.demitasse.net.socket.TcpSocket;

/** A listening socket. */
public final class TcpAcceptor implements TcpListener {
  private static final int DEFAULT_BACKLOG = 50;
  private static final int MAX_BACKLOG = 4096;

  /** Half-open connections kept; beyond, SYN cookies serve without memory. */
  private static final int MAX_HALF_OPEN = 256;

  /**
   * Cookies serve for so long after the half-open ones were too many: resets from the addresses
   * that a flood has made up would else make room for more of it all the time.
   */
  private static final long FLOOD_NANOS = 1_000_000_000L;

  private final TcpLayer layer;
  private final Engine engine;
  private final Readiness readiness;
  private final ArrayDeque<TcpConnection> queue = new ArrayDeque<>(8);
  long localHigh;
  long localLow;
  int localPort;
  int receiveLimit = TcpConnection.DEFAULT_BUFFER;
  boolean receiveLimitFixed;
  TcpAcceptor chain;
  private PortTable.Entry port;
  private boolean reuseAddress;
  private boolean reusePort;
  private boolean closed;
  private int backlog;
  private int halfOpen;
  private long cookiesAt = Long.MIN_VALUE;
  private long fullAt = Long.MIN_VALUE;

  TcpAcceptor(TcpLayer layer) {
    this.layer = layer;
    engine = layer.engine;
    readiness = new Readiness(engine);
  }

  @Override
  public void listen(InetSocketAddress local, int wantedBacklog) throws IOException {
    engine.enter();
    try {
      requireOpen();
      if (port != null) {
        throw new SocketException("Already bound");
      }
      InetAddress address = local.getAddress();
      long high = IpAddress.high(address);
      long low = IpAddress.low(address);
      if (!IpAddress.isAny(high, low) && !layer.ip.mayBind(high, low)) {
        throw new BindException("Cannot assign requested address");
      }
      PortTable.Entry entry = layer.bind(high, low, local.getPort(), reuseAddress, reusePort);
      if (entry == null) {
        throw new BindException("Address already in use");
      }
      entry.listening = true;
      port = entry;
      localHigh = high;
      localLow = low;
      localPort = entry.port;
      backlog = wantedBacklog < 1 ? DEFAULT_BACKLOG : Math.min(wantedBacklog, MAX_BACKLOG);
      layer.addListener(this);
    } finally {
      engine.leave();
    }
  }

  private void requireOpen() throws SocketException {
    if (closed) {
      throw new SocketException("Socket closed");
    }
  }

  /** Whether one more connection may wait to be accepted. */
  boolean hasRoom() {
    return queue.size() < backlog;
  }

  /** Whether the next SYN is to be answered with a cookie. */
  boolean isFlooded() {
    long now = engine.now();
    if (halfOpen >= MAX_HALF_OPEN) {
      fullAt = now;
      return true;
    }
    return fullAt != Long.MIN_VALUE && now - fullAt < FLOOD_NANOS;
  }

  void usesCookies() {
    cookiesAt = engine.now();
  }

  /** Whether an acknowledgement may stem from a cookie: nobody can try when none was given. */
  boolean usedCookies() {
    return cookiesAt != Long.MIN_VALUE && engine.now() - cookiesAt < 120_000_000_000L;
  }

  /** A connection is half open. */
  void started() {
    halfOpen++;
  }

  /** A half-open connection is established. */
  void completed(TcpConnection connection) {
    halfOpen--;
    queue.add(connection);
    readiness.set(READ);
  }

  /** A connection ended before it was accepted. */
  void forget(TcpConnection connection, boolean wasHalfOpen) {
    connection.listener = null;
    if (wasHalfOpen) {
      halfOpen--;
    } else {
      queue.remove(connection);
      readiness.set(queue.isEmpty() ? 0 : READ);
    }
  }

  @Override
  public TcpSocket accept() throws IOException {
    engine.enter();
    try {
      requireOpen();
      TcpConnection connection = queue.poll();
      if (connection == null) {
        return null;
      }
      if (queue.isEmpty()) {
        readiness.set(0);
      }
      connection.listener = null;
      return new TcpStream(layer, connection);
    } finally {
      engine.leave();
    }
  }

  @Override
  public InetSocketAddress localAddress() {
    engine.enter();
    try {
      return port == null
          ? null
          : new InetSocketAddress(layer.ip.toInetAddress(localHigh, localLow), localPort);
    } finally {
      engine.leave();
    }
  }

  @Override
  public <T> void setOption(SocketSetting<T> option, T value) throws IOException {
    engine.enter();
    try {
      requireOpen();
      switch (option.name()) {
        case "SO_RCVBUF" -> {
          receiveLimit =
              Math.clamp((Integer) value, TcpConnection.MIN_BUFFER, TcpConnection.MAX_BUFFER);
          receiveLimitFixed = true;
        }
        case "SO_REUSEADDR" -> reuseAddress = (Boolean) value;
        case "SO_REUSEPORT" -> reusePort = (Boolean) value;
        default -> throw unsupported(option);
      }
    } finally {
      engine.leave();
    }
  }

  @Override
  public <T> T getOption(SocketSetting<T> option) throws IOException {
    engine.enter();
    try {
      requireOpen();
      Object value =
          switch (option.name()) {
            case "SO_RCVBUF" -> receiveLimit;
            case "SO_REUSEADDR" -> reuseAddress;
            case "SO_REUSEPORT" -> reusePort;
            default -> throw unsupported(option);
          };
      return option.type().cast(value);
    } finally {
      engine.leave();
    }
  }

  private static UnsupportedOperationException unsupported(SocketSetting<?> option) {
    return new UnsupportedOperationException("a TCP listener has no " + option.name());
  }

  @Override
  public int readiness() {
    return readiness.bits();
  }

  @Override
  public void addListener(Runnable listener) {
    engine.enter();
    try {
      readiness.add(listener);
    } finally {
      engine.leave();
    }
  }

  @Override
  public void removeListener(Runnable listener) {
    engine.enter();
    try {
      readiness.remove(listener);
    } finally {
      engine.leave();
    }
  }

  @Override
  public void close() {
    engine.enter();
    try {
      if (closed) {
        return;
      }
      closed = true;
      if (port != null) {
        layer.ports.remove(port);
        layer.removeListener(this);
      }
      queue.clear();
      readiness.set(READ | WRITE | HANGUP);
    } finally {
      engine.leave();
    }
  }
}

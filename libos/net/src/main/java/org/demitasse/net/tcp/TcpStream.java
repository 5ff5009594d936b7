package org.demitasse.net.tcp;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import org.demitasse.net.engine.Engine;
import org.demitasse.net.engine.Readiness;
import org.demitasse.net.ip.IpAddress;
import org.demitasse.net.ip.Route;
import org.demitasse.net.socket.SocketSetting;
import org.demitasse.net.socket.TcpSocket;

/** The socket of one connection; it may be closed long before the connection ends. */
public final class TcpStream implements TcpSocket {
  private final TcpLayer layer;
  private final Engine engine;
  private final Readiness readiness;
  private TcpConnection connection;
  private PortTable.Entry port;
  private boolean closed;
  private boolean failureReported;
  private boolean starving;
  TcpStream nextStarved;
  private InetSocketAddress local;
  private InetSocketAddress remote;

  // Options, kept until there is a connection to hold them.
  private boolean reuseAddress;
  private boolean reusePort;
  private boolean noDelay;
  private boolean keepAlive;
  private int keepAliveIdle = 7200;
  private int keepAliveInterval = 75;
  private int keepAliveCount = 9;
  private int userTimeout;
  private int linger = -1;
  private int sendLimit = TcpConnection.DEFAULT_BUFFER;
  private boolean sendLimitFixed;
  private boolean receiveLimitFixed;
  private int receiveLimit = TcpConnection.DEFAULT_BUFFER;
  private int trafficClass;

  TcpStream(TcpLayer layer, TcpConnection accepted) {
    this.layer = layer;
    engine = layer.engine;
    readiness = new Readiness(engine);
    if (accepted != null) {
      connection = accepted;
      accepted.socket = this;
      updateReadiness();
    }
  }

  private void requireOpen() throws SocketException {
    if (closed) {
      throw new SocketException("Socket closed");
    }
  }

  private TcpConnection requireConnection() throws SocketException {
    requireOpen();
    if (connection == null) {
      throw new SocketException("Socket is not connected");
    }
    return connection;
  }

  /** Recomputes the readiness; called whenever the connection has changed. */
  void updateReadiness() {
    readiness.set(computeReadiness());
  }

  private int computeReadiness() {
    if (closed) {
      return READ | WRITE | HANGUP;
    }
    TcpConnection c = connection;
    if (c == null) {
      return 0;
    }
    switch (c.state) {
      case CLOSED -> {
        return READ | WRITE | HANGUP;
      }
      case SYN_SENT, SYN_RECEIVED -> {
        return 0;
      }
      default -> {
        int bits = 0;
        if (c.readable > 0 || c.finReceived || c.inputShut) {
          bits |= READ;
        }
        if (c.finQueued || !starving && c.sendLimit - c.sendLength >= c.sendLimit / 4) {
          bits |= WRITE;
        }
        if (c.finReceived && c.finQueued && c.outstanding() == 0) {
          bits |= HANGUP;
        }
        return bits;
      }
    }
  }

  @Override
  public void bind(InetSocketAddress address) throws IOException {
    engine.enter();
    try {
      requireOpen();
      if (port != null || connection != null) {
        throw new SocketException("Already bound");
      }
      InetAddress inet = address.getAddress();
      long high = IpAddress.high(inet);
      long low = IpAddress.low(inet);
      if (!IpAddress.isAny(high, low) && !layer.ip.isLocal(high, low)) {
        throw new BindException("Cannot assign requested address");
      }
      port = layer.bind(high, low, address.getPort(), reuseAddress, reusePort);
      if (port == null) {
        throw new BindException("Address already in use");
      }
      local = new InetSocketAddress(layer.ip.toInetAddress(high, low), port.port);
    } finally {
      engine.leave();
    }
  }

  @Override
  public boolean connect(InetSocketAddress address) throws IOException {
    engine.enter();
    try {
      requireOpen();
      if (connection != null) {
        throw new SocketException("Socket is connected");
      }
      InetAddress inet = address.getAddress();
      TcpConnection c = new TcpConnection(layer);
      c.remoteHigh = IpAddress.high(inet);
      c.remoteLow = IpAddress.low(inet);
      if (IpAddress.isAny(c.remoteHigh, c.remoteLow)) {
        c.remoteHigh = 0;
        c.remoteLow = IpAddress.LOOPBACK4;
      }
      c.remotePort = address.getPort();
      if (c.remotePort == 0) {
        throw new ConnectException("Connection refused");
      }
      Route route = layer.routeOf(c);
      if (route == null
          || IpAddress.isMulticast(c.remoteHigh, c.remoteLow)
          || layer.ip.isBroadcast(c.remoteHigh, c.remoteLow)) {
        throw TcpFailure.NETWORK_UNREACHABLE.toException();
      }
      chooseLocal(c, route);
      connection = c;
      c.socket = this;
      applyOptions(c);
      remote = new InetSocketAddress(inet, c.remotePort);
      local = new InetSocketAddress(layer.ip.toInetAddress(c.localHigh, c.localLow), c.localPort);
      layer.connect(c);
      // A peer on this machine answers within the step.
      engine.flushNow();
      return c.state != TcpState.CLOSED && isEstablished(c);
    } finally {
      engine.leave();
    }
  }

  private void chooseLocal(TcpConnection c, Route route) throws IOException {
    if (port != null && !IpAddress.isAny(port.high, port.low)) {
      c.localHigh = port.high;
      c.localLow = port.low;
    } else if (route.out().isLoopback()) {
      c.localHigh = c.remoteHigh;
      c.localLow = c.remoteLow;
    } else {
      int source = layer.ip.selectSource(route, c.remoteHigh, c.remoteLow);
      if (source < 0) {
        throw TcpFailure.NETWORK_UNREACHABLE.toException();
      }
      c.localHigh = route.out().addressHigh(source);
      c.localLow = route.out().addressLow(source);
    }
    if (port != null) {
      c.localPort = port.port;
      if (layer.find(c) != null) {
        throw new BindException("Address already in use");
      }
    } else if (!layer.chooseLocalPort(c)) {
      throw new BindException("Cannot assign requested address: every local port is in use");
    }
  }

  private static boolean isEstablished(TcpConnection c) {
    return c.state.isSynchronized();
  }

  @Override
  public boolean finishConnect() throws IOException {
    engine.enter();
    try {
      TcpConnection c = requireConnection();
      if (c.state == TcpState.CLOSED && c.failure != null && !c.wasEstablished) {
        failureReported = true;
        throw c.failure.toException();
      }
      return c.state == TcpState.CLOSED || isEstablished(c);
    } finally {
      engine.leave();
    }
  }

  @Override
  public boolean isConnected() {
    engine.enter();
    try {
      return connection != null && connection.wasEstablished;
    } finally {
      engine.leave();
    }
  }

  @Override
  public InetSocketAddress localAddress() {
    engine.enter();
    try {
      TcpConnection c = connection;
      if (local == null && c != null) {
        local = new InetSocketAddress(layer.ip.toInetAddress(c.localHigh, c.localLow), c.localPort);
      }
      return local;
    } finally {
      engine.leave();
    }
  }

  @Override
  public InetSocketAddress remoteAddress() {
    engine.enter();
    try {
      TcpConnection c = connection;
      if (remote == null && c != null) {
        remote =
            new InetSocketAddress(layer.ip.toInetAddress(c.remoteHigh, c.remoteLow), c.remotePort);
      }
      return remote;
    } finally {
      engine.leave();
    }
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    engine.enter();
    try {
      TcpConnection c = requireConnection();
      if (c.inputShut) {
        return -1;
      }
      if (c.readable > 0) {
        int count = Math.min(c.readable, target.remaining());
        if (count > 0) {
          c.receiveBuffer.read(target, count);
          c.readable -= count;
          c.receiveBuffer.drop(count, c.readable == 0 && c.rangeCount == 0);
          if (c.state.canReceive()) {
            c.tuneReceiveBuffer(count);
            c.windowOpened();
          }
          updateReadiness();
        }
        return count;
      }
      if (c.finReceived) {
        return -1;
      }
      if (c.state == TcpState.CLOSED) {
        if (c.failure == null) {
          return -1;
        }
        failureReported = true;
        throw c.failure.toException();
      }
      if (!isEstablished(c)) {
        throw new SocketException("Socket is not connected");
      }
      return 0;
    } finally {
      engine.leave();
    }
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    engine.enter();
    try {
      TcpConnection c = requireConnection();
      if (c.failure != null) {
        // A reset after the peer's FIN only says that it reads no more.
        if (!failureReported && !(c.failure == TcpFailure.RESET && c.finReceived)) {
          failureReported = true;
          throw c.failure.toException();
        }
        throw new SocketException("Broken pipe");
      }
      if (!c.state.canSend()) {
        if (!isEstablished(c) && c.state != TcpState.CLOSED) {
          throw new SocketException("Socket is not connected");
        }
        throw new SocketException("Broken pipe");
      }
      int count = Math.min(source.remaining(), c.sendLimit - c.sendLength);
      if (count <= 0) {
        return 0;
      }
      int room = c.sendBuffer.reserve(c.sendLength, count);
      if (room > 0) {
        c.sendBuffer.write(c.sendLength, source, room);
        c.sendLength += room;
        layer.wantOutput(c);
      } else if (!starving) {
        starving = true;
        layer.starve(this);
      }
      updateReadiness();
      return room;
    } finally {
      engine.leave();
    }
  }

  /** Arrays of what it has to send. */
  int held() {
    return connection.sendBuffer.held();
  }

  /** There is memory again. */
  void fed() {
    starving = false;
    nextStarved = null;
    updateReadiness();
  }

  @Override
  public int available() throws IOException {
    engine.enter();
    try {
      requireOpen();
      return connection == null || connection.inputShut ? 0 : connection.readable;
    } finally {
      engine.leave();
    }
  }

  @Override
  public void shutdownOutput() throws IOException {
    engine.enter();
    try {
      TcpConnection c = requireConnection();
      if (!isEstablished(c) && c.state != TcpState.CLOSED) {
        throw new SocketException("Socket is not connected");
      }
      c.shutdownOutput();
      updateReadiness();
    } finally {
      engine.leave();
    }
  }

  @Override
  public void shutdownInput() throws IOException {
    engine.enter();
    try {
      TcpConnection c = requireConnection();
      if (!c.inputShut) {
        c.inputShut = true;
        c.discardInput();
        if (c.state.canReceive()) {
          c.windowOpened();
        }
      }
      updateReadiness();
    } finally {
      engine.leave();
    }
  }

  private void applyOptions(TcpConnection c) {
    c.noDelay = noDelay;
    if (sendLimitFixed) {
      c.sendLimit = sendLimit;
      c.sendLimitFixed = true;
    }
    if (receiveLimitFixed) {
      c.receiveLimit = receiveLimit;
      c.receiveLimitFixed = true;
    }
    c.trafficClass = trafficClass;
    c.keepAlive = keepAlive;
    c.keepAliveIdle = keepAliveIdle;
    c.keepAliveInterval = keepAliveInterval;
    c.keepAliveCount = keepAliveCount;
    c.userTimeout = userTimeout;
  }

  @Override
  public <T> void setOption(SocketSetting<T> option, T value) throws IOException {
    engine.enter();
    try {
      requireOpen();
      boolean wasKeepAlive = keepAlive;
      int wasIdle = keepAliveIdle;
      switch (option.name()) {
        case "SO_SNDBUF" -> {
          sendLimit = bufferSize((Integer) value);
          sendLimitFixed = true;
        }
        case "SO_RCVBUF" -> {
          receiveLimit = bufferSize((Integer) value);
          receiveLimitFixed = true;
        }
        case "SO_REUSEADDR" -> reuseAddress = (Boolean) value;
        case "SO_REUSEPORT" -> reusePort = (Boolean) value;
        case "SO_KEEPALIVE" -> keepAlive = (Boolean) value;
        case "SO_LINGER" -> linger = (Integer) value;
        case "TCP_NODELAY" -> noDelay = (Boolean) value;
        case "TCP_KEEPIDLE" -> keepAliveIdle = atLeastOne(option, (Integer) value);
        case "TCP_KEEPINTVL" -> keepAliveInterval = atLeastOne(option, (Integer) value);
        case "TCP_KEEPCNT" -> keepAliveCount = atLeastOne(option, (Integer) value);
        case "TCP_USER_TIMEOUT" -> userTimeout = notNegative(option, (Integer) value);
        case "IP_TOS" -> trafficClass = (Integer) value & 0xfc;
        default -> throw unsupported(option);
      }
      TcpConnection c = connection;
      if (c != null) {
        applyOptions(c);
        if (keepAlive != wasKeepAlive || keepAliveIdle != wasIdle) {
          c.timers.armKeepAlive();
        }
        if (noDelay) {
          layer.wantOutput(c);
        }
        c.timers.patienceChanged();
        updateReadiness();
      }
    } finally {
      engine.leave();
    }
  }

  private static int bufferSize(int wanted) {
    return Math.clamp(wanted, TcpConnection.MIN_BUFFER, TcpConnection.MAX_BUFFER);
  }

  private static int notNegative(SocketSetting<?> option, int value) throws SocketException {
    if (value < 0) {
      throw new SocketException("Invalid argument: " + option.name() + " of " + value);
    }
    return value;
  }

  private static int atLeastOne(SocketSetting<?> option, int value) throws SocketException {
    if (value < 1 || value > 32767) {
      throw new SocketException("Invalid argument: " + option.name() + " of " + value);
    }
    return value;
  }

  @Override
  public <T> T getOption(SocketSetting<T> option) throws IOException {
    engine.enter();
    try {
      requireOpen();
      Object value =
          switch (option.name()) {
            case "SO_SNDBUF" -> connection == null ? sendLimit : connection.sendLimit;
            case "SO_RCVBUF" -> connection == null ? receiveLimit : connection.receiveLimit;
            case "SO_REUSEADDR" -> reuseAddress;
            case "SO_REUSEPORT" -> reusePort;
            case "SO_KEEPALIVE" -> keepAlive;
            case "SO_LINGER" -> linger;
            case "TCP_NODELAY" -> noDelay;
            case "TCP_KEEPIDLE" -> keepAliveIdle;
            case "TCP_KEEPINTVL" -> keepAliveInterval;
            case "TCP_KEEPCNT" -> keepAliveCount;
            case "TCP_USER_TIMEOUT" -> userTimeout;
            case "IP_TOS" -> trafficClass;
            default -> throw unsupported(option);
          };
      return option.type().cast(value);
    } finally {
      engine.leave();
    }
  }

  private static UnsupportedOperationException unsupported(SocketSetting<?> option) {
    return new UnsupportedOperationException("a TCP socket has no " + option.name());
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
      }
      TcpConnection c = connection;
      if (c != null) {
        if (linger == 0) {
          c.socket = null;
          c.abort();
          c.discardInput();
        } else {
          c.detach();
        }
      }
      updateReadiness();
    } finally {
      engine.leave();
    }
  }
}

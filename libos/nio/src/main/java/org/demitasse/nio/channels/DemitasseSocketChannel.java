package org.demitasse.nio.channels;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.NoConnectionPendingException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Objects;
import java.util.Set;
import org.demitasse.net.socket.Pollable;
import org.demitasse.net.socket.TcpSocket;
import org.demitasse.nio.net.Addresses;
import org.demitasse.nio.net.Network;
import org.demitasse.nio.net.OrderlyClose;
import org.demitasse.nio.net.SocketSettings;
import org.demitasse.nio.net.Waiters;

/** A connection as a channel. */
final class DemitasseSocketChannel extends SocketChannel implements SelectableSocket {
  private static final int UNCONNECTED = 0;
  private static final int PENDING = 1;
  private static final int CONNECTED = 2;
  private static final int CLOSED = 3;

  private final ProtocolFamily family;
  private final TcpSocket tcp;
  private final Waiters waiters;

  private final Directions directions = new Directions();

  // Guards what follows; never held while waiting.
  private final Object stateLock = new Object();
  private volatile int state;
  private InetSocketAddress localAddress;
  private InetSocketAddress remoteAddress;
  private Socket socket;

  private volatile boolean inputShut;
  private volatile boolean outputShut;

  // Under the reading lock: a reset is told to every later reader, the stack tells it once.
  private boolean connectionReset;

  // Under the lock of their direction: the arrays that the socket's streams used last.
  private final ArrayView readView = new ArrayView();
  private final ArrayView writeView = new ArrayView();

  DemitasseSocketChannel(SelectorProvider provider, ProtocolFamily family) throws IOException {
    super(provider);
    this.family = family;
    this.tcp = Network.stack().openTcp();
    this.waiters = new Waiters(tcp);
  }

  /** For a connection that was accepted. */
  DemitasseSocketChannel(SelectorProvider provider, ProtocolFamily family, TcpSocket accepted) {
    super(provider);
    this.family = family;
    this.tcp = accepted;
    this.waiters = new Waiters(tcp);
    this.localAddress = accepted.localAddress();
    this.remoteAddress = accepted.remoteAddress();
    this.state = CONNECTED;
  }

  private void ensureOpen() throws ClosedChannelException {
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
  }

  private void ensureConnected() throws ClosedChannelException {
    int now = state;
    if (now < CONNECTED) {
      throw new NotYetConnectedException();
    }
    if (now > CONNECTED) {
      throw new ClosedChannelException();
    }
  }

  /** Waits once, between begin() and end(). */
  private void await(int event, long nanos) {
    waiters.park(event, nanos);
    if (Thread.currentThread().isInterrupted()) {
      // Whoever interrupts closes the channel, but only after the thread has run on: do it here, or
      // the
      // caller's loop would spin until then.
      begin();
    }
  }

  @Override
  public Socket socket() {
    synchronized (stateLock) {
      if (socket == null) {
        socket = SocketAdaptor.of(this);
      }
      return socket;
    }
  }

  @Override
  public SocketAddress getLocalAddress() throws IOException {
    synchronized (stateLock) {
      ensureOpen();
      return localAddress;
    }
  }

  @Override
  public SocketAddress getRemoteAddress() throws IOException {
    synchronized (stateLock) {
      ensureOpen();
      return remoteAddress;
    }
  }

  /** Returns the local address, also of a closed channel. */
  InetSocketAddress localAddress() {
    synchronized (stateLock) {
      return localAddress;
    }
  }

  /** Returns the peer's address, also of a closed channel. */
  InetSocketAddress remoteAddress() {
    synchronized (stateLock) {
      return remoteAddress;
    }
  }

  boolean isInputShut() {
    return inputShut;
  }

  boolean isOutputShut() {
    return outputShut;
  }

  @Override
  public <T> SocketChannel setOption(SocketOption<T> option, T value) throws IOException {
    SocketSettings.checkSupported(option, value, supportedOptions());
    synchronized (stateLock) {
      ensureOpen();
      tcp.setOption(SocketSettings.of(option), SocketSettings.inRange(option, value));
      return this;
    }
  }

  @Override
  public <T> T getOption(SocketOption<T> option) throws IOException {
    SocketSettings.checkSupported(option, supportedOptions());
    synchronized (stateLock) {
      ensureOpen();
      return tcp.getOption(SocketSettings.of(option));
    }
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return SocketSettings.client();
  }

  private void beginRead(boolean blocking) throws ClosedChannelException {
    if (blocking) {
      begin();
      ensureOpen();
    }
  }

  private void noteReset(IOException e) {
    connectionReset |= "Connection reset".equals(e.getMessage());
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    Objects.requireNonNull(target);
    directions.read.lock();
    try {
      return readLocked(target, 0);
    } finally {
      directions.read.unlock();
    }
  }

  /** Reads; when blocking, for at most {@code nanos} nanoseconds (0: any time). */
  private int readLocked(ByteBuffer target, long nanos) throws IOException {
    ensureConnected();
    boolean blocking = isBlocking();
    int n = 0;
    try {
      beginRead(blocking);
      if (connectionReset) {
        throw new SocketException("Connection reset");
      }
      if (inputShut) {
        return -1;
      }
      if (target.isReadOnly()) {
        throw new IllegalArgumentException("Read-only buffer");
      }
      if (!target.hasRemaining()) {
        return 0;
      }
      long start = nanos > 0 ? System.nanoTime() : 0;
      n = tcp.read(target);
      while (n == 0 && blocking && isOpen() && !inputShut) {
        await(Pollable.READ, SocketErrors.left(nanos, start, "Read timed out"));
        n = isOpen() ? tcp.read(target) : 0;
      }
      return n == 0 && inputShut ? -1 : n;
    } catch (IOException e) {
      noteReset(e);
      throw e;
    } finally {
      if (blocking) {
        end(n > 0);
      }
    }
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, targets.length);
    directions.read.lock();
    try {
      ensureConnected();
      boolean blocking = isBlocking();
      long n = 0;
      try {
        beginRead(blocking);
        if (connectionReset) {
          throw new SocketException("Connection reset");
        }
        if (inputShut) {
          return -1;
        }
        if (!Scatter.hasRoom(targets, offset, length)) {
          return 0;
        }
        n = TcpBuffers.read(tcp, targets, offset, length);
        while (n == 0 && blocking && isOpen() && !inputShut) {
          await(Pollable.READ, 0);
          n = isOpen() ? TcpBuffers.read(tcp, targets, offset, length) : 0;
        }
        return n == 0 && inputShut ? -1 : n;
      } catch (IOException e) {
        noteReset(e);
        throw e;
      } finally {
        if (blocking) {
          end(n > 0);
        }
      }
    } finally {
      directions.read.unlock();
    }
  }

  private void beginWrite(boolean blocking) throws ClosedChannelException {
    if (blocking) {
      begin();
      ensureOpen();
      if (outputShut) {
        throw new ClosedChannelException();
      }
    }
  }

  private void endWrite(boolean blocking, boolean completed) throws AsynchronousCloseException {
    if (blocking) {
      end(completed);
    }
    if (!completed && outputShut) {
      throw new AsynchronousCloseException();
    }
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    Objects.requireNonNull(source);
    directions.write.lock();
    try {
      return writeLocked(source);
    } finally {
      directions.write.unlock();
    }
  }

  private int writeLocked(ByteBuffer source) throws IOException {
    ensureConnected();
    boolean blocking = isBlocking();
    int first = source.position();
    try {
      beginWrite(blocking);
      if (source.hasRemaining()) {
        tcp.write(source);
        while (blocking && source.hasRemaining() && isOpen() && !outputShut) {
          await(Pollable.WRITE, 0);
          if (isOpen() && !outputShut) {
            tcp.write(source);
          }
        }
      }
    } catch (IOException e) {
      if (source.position() == first) {
        throw SocketErrors.writeFailure(e);
      }
    } finally {
      endWrite(blocking, source.position() > first);
    }
    return source.position() - first;
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, sources.length);
    directions.write.lock();
    try {
      ensureConnected();
      boolean blocking = isBlocking();
      long n = 0;
      int last = offset + length;
      try {
        beginWrite(blocking);
        n = TcpBuffers.write(tcp, sources, offset, length);
        while (blocking && isOpen() && !outputShut) {
          int first = offset;
          while (first < last && !sources[first].hasRemaining()) {
            first++;
          }
          if (first == last) {
            break;
          }
          await(Pollable.WRITE, 0);
          if (isOpen() && !outputShut) {
            n += TcpBuffers.write(tcp, sources, first, last - first);
          }
        }
      } catch (IOException e) {
        if (n == 0) {
          throw SocketErrors.writeFailure(e);
        }
      } finally {
        endWrite(blocking, n > 0);
      }
      return n;
    } finally {
      directions.write.unlock();
    }
  }

  @Override
  protected void implConfigureBlocking(boolean block) throws IOException {
    // Waits for a reader and a writer to leave, since each keeps the mode it began in.
    directions.lockBoth();
    try {
      ensureOpen();
    } finally {
      directions.unlockBoth();
    }
  }

  @Override
  public SocketChannel bind(SocketAddress local) throws IOException {
    directions.lockBoth();
    try {
      synchronized (stateLock) {
        ensureOpen();
        if (state == PENDING) {
          throw new ConnectionPendingException();
        }
        if (localAddress != null) {
          throw new AlreadyBoundException();
        }
        tcp.bind(SocketErrors.checkBindAddress(local, family));
        localAddress = tcp.localAddress();
      }
    } finally {
      directions.unlockBoth();
    }
    return this;
  }

  @Override
  public boolean isConnected() {
    return state == CONNECTED;
  }

  @Override
  public boolean isConnectionPending() {
    return state == PENDING;
  }

  @Override
  public boolean connect(SocketAddress remote) throws IOException {
    return connect(Addresses.target(SocketErrors.checkAddress(remote, family)), 0, false);
  }

  /**
   * Connects in blocking mode within {@code nanos} nanoseconds (0: any time).
   *
   * @throws IllegalBlockingModeException when the channel is not blocking
   */
  void blockingConnect(SocketAddress remote, long nanos) throws IOException {
    connect(Addresses.target(SocketErrors.checkAddress(remote, family)), nanos, true);
  }

  private boolean connect(InetSocketAddress target, long nanos, boolean mustBlock)
      throws IOException {
    try {
      directions.lockBoth();
      try {
        ensureOpen();
        boolean blocking = isBlocking();
        if (mustBlock && !blocking) {
          throw new IllegalBlockingModeException();
        }
        boolean connected = false;
        try {
          beginConnect(blocking, target);
          long start = nanos > 0 ? System.nanoTime() : 0;
          connected = tcp.connect(target);
          while (!connected && blocking && isOpen()) {
            await(Pollable.WRITE, SocketErrors.left(nanos, start, "Connect timed out"));
            connected = isOpen() && tcp.finishConnect();
          }
        } finally {
          endConnect(blocking, connected);
        }
        return connected;
      } finally {
        directions.unlockBoth();
      }
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private void beginConnect(boolean blocking, InetSocketAddress target)
      throws ClosedChannelException {
    if (blocking) {
      begin();
    }
    synchronized (stateLock) {
      ensureOpen();
      if (state == CONNECTED) {
        throw new AlreadyConnectedException();
      }
      if (state == PENDING) {
        throw new ConnectionPendingException();
      }
      state = PENDING;
      remoteAddress = target;
    }
  }

  private void endConnect(boolean blocking, boolean completed) throws IOException {
    if (blocking) {
      end(completed);
    }
    if (completed) {
      synchronized (stateLock) {
        if (state == PENDING) {
          localAddress = tcp.localAddress();
          state = CONNECTED;
        }
      }
    }
  }

  @Override
  public boolean finishConnect() throws IOException {
    try {
      directions.lockBoth();
      try {
        if (isConnected()) {
          return true;
        }
        ensureOpen();
        boolean blocking = isBlocking();
        boolean connected = false;
        try {
          if (blocking) {
            begin();
          }
          synchronized (stateLock) {
            ensureOpen();
            if (state != PENDING) {
              throw new NoConnectionPendingException();
            }
          }
          connected = tcp.finishConnect();
          while (!connected && blocking && isOpen()) {
            await(Pollable.WRITE, 0);
            connected = isOpen() && tcp.finishConnect();
          }
        } finally {
          endConnect(blocking, connected);
        }
        return connected;
      } finally {
        directions.unlockBoth();
      }
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  @Override
  protected void implCloseSelectableChannel() {
    boolean connected;
    synchronized (stateLock) {
      connected = state == CONNECTED;
      state = CLOSED;
    }
    if (!isBlocking()) {
      directions.await();
      if (connected && !outputShut && isRegistered()) {
        // As the JDK does for such channels, and event-driven servers have come to rely on.
        OrderlyClose.endOutput(tcp);
      }
    }
    tcp.close();
    waiters.end(Pollable.READ | Pollable.WRITE);
  }

  @Override
  public SocketChannel shutdownInput() throws IOException {
    synchronized (stateLock) {
      ensureOpen();
      if (!isConnected()) {
        throw new NotYetConnectedException();
      }
      if (!inputShut) {
        tcp.shutdownInput();
        inputShut = true;
      }
    }
    waiters.end(Pollable.READ);
    return this;
  }

  @Override
  public SocketChannel shutdownOutput() throws IOException {
    synchronized (stateLock) {
      ensureOpen();
      if (!isConnected()) {
        throw new NotYetConnectedException();
      }
      if (!outputShut) {
        // First, so that a writer that the stack fails knows why.
        outputShut = true;
        try {
          tcp.shutdownOutput();
        } catch (IOException e) {
          outputShut = false;
          throw e;
        }
      }
    }
    waiters.end(Pollable.WRITE);
    return this;
  }

  /** Reads for a stream: blocks for at most {@code nanos} nanoseconds (0: any time). */
  int blockingRead(byte[] bytes, int offset, int length, long nanos) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length == 0) {
      return 0;
    }
    directions.read.lock();
    try {
      ensureConnected();
      if (!isBlocking()) {
        throw new IllegalBlockingModeException();
      }
      return readLocked(readView.of(bytes, offset, length), nanos);
    } finally {
      directions.read.unlock();
    }
  }

  /** Writes all for a stream. */
  void blockingWrite(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length == 0) {
      return;
    }
    directions.write.lock();
    try {
      ensureConnected();
      if (!isBlocking()) {
        throw new IllegalBlockingModeException();
      }
      ByteBuffer source = writeView.of(bytes, offset, length);
      while (source.hasRemaining()) {
        writeLocked(source);
        if (source.hasRemaining() && !isOpen()) {
          throw new AsynchronousCloseException();
        }
      }
    } finally {
      directions.write.unlock();
    }
  }

  int available() throws IOException {
    synchronized (stateLock) {
      ensureConnected();
      return inputShut ? 0 : tcp.available();
    }
  }

  @Override
  public Waiters waiters() {
    return waiters;
  }

  @Override
  public int events(int interestOps) {
    return ReadyOps.events(interestOps);
  }

  @Override
  public int readyOps(int readiness, int interestOps) {
    int ready = ReadyOps.of(readiness, interestOps);
    if ((readiness & Pollable.HANGUP) != 0) {
      return ready;
    }
    return switch (state) {
      case CONNECTED -> ready & (SelectionKey.OP_READ | SelectionKey.OP_WRITE);
      case PENDING -> ready & SelectionKey.OP_CONNECT;
      default -> 0;
    };
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(SocketChannel.class.getName()).append('[');
    if (!isOpen()) {
      return text.append("closed]").toString();
    }
    synchronized (stateLock) {
      switch (state) {
        case UNCONNECTED -> text.append("unconnected");
        case PENDING -> text.append("connection-pending");
        default -> {
          text.append("connected");
          if (inputShut) {
            text.append(" ishut");
          }
          if (outputShut) {
            text.append(" oshut");
          }
        }
      }
      if (localAddress != null) {
        text.append(" local=").append(localAddress);
      }
      if (remoteAddress != null) {
        text.append(" remote=").append(remoteAddress);
      }
    }
    return text.append(']').toString();
  }
}

package org.demitasse.nio.channels;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.CompletionHandler;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.ReadPendingException;
import java.nio.channels.WritePendingException;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.demitasse.net.socket.Pollable;
import org.demitasse.net.socket.TcpSocket;
import org.demitasse.nio.net.Addresses;
import org.demitasse.nio.net.Network;
import org.demitasse.nio.net.SocketSettings;
import org.demitasse.nio.net.Waiters;

/** A connection as an asynchronous channel. */
final class AsyncSocketChannel extends AsynchronousSocketChannel {
  private final AsyncGroup group;
  private final ProtocolFamily family;
  private final TcpSocket tcp;
  private final AsyncDirection reading;
  private final AsyncDirection writing;

  // Guards what follows.
  private final Object stateLock = new Object();
  private boolean connecting;
  private boolean connected;
  private InetSocketAddress localAddress;
  private InetSocketAddress remoteAddress;
  private volatile boolean closed;
  private volatile boolean inputShut;
  private volatile boolean outputShut;

  AsyncSocketChannel(AsynchronousChannelProvider provider, AsyncGroup group) throws IOException {
    this(provider, group, Addresses.defaultFamily(), Network.stack().openTcp());
  }

  private AsyncSocketChannel(
      AsynchronousChannelProvider provider,
      AsyncGroup group,
      ProtocolFamily family,
      TcpSocket tcp) {
    super(provider);
    this.group = group;
    this.family = family;
    this.tcp = tcp;
    Waiters waiters = new Waiters(tcp);
    this.reading = new AsyncDirection(waiters, Pollable.READ);
    this.writing = new AsyncDirection(waiters, Pollable.WRITE);
    try {
      group.add(this);
    } catch (RuntimeException e) {
      tcp.close();
      throw e;
    }
  }

  /** Returns the channel of a connection that was accepted. */
  static AsyncSocketChannel accepted(
      AsynchronousChannelProvider provider,
      AsyncGroup group,
      ProtocolFamily family,
      TcpSocket accepted) {
    AsyncSocketChannel channel = new AsyncSocketChannel(provider, group, family, accepted);
    synchronized (channel.stateLock) {
      channel.connected = true;
      channel.localAddress = accepted.localAddress();
      channel.remoteAddress = accepted.remoteAddress();
    }
    return channel;
  }

  private void ensureOpen() throws ClosedChannelException {
    if (closed) {
      throw new ClosedChannelException();
    }
  }

  private void ensureConnected() {
    synchronized (stateLock) {
      if (!connected) {
        throw new NotYetConnectedException();
      }
    }
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  @Override
  public void close() {
    synchronized (stateLock) {
      if (closed) {
        return;
      }
      closed = true;
    }
    tcp.close();
    end(reading);
    end(writing);
    group.remove(this);
  }

  private static void end(AsyncDirection direction) {
    AsyncOperation<?, ?> pending = direction.pending();
    if (pending != null) {
      pending.fail(new AsynchronousCloseException());
    }
  }

  @Override
  public AsynchronousSocketChannel bind(SocketAddress local) throws IOException {
    synchronized (stateLock) {
      ensureOpen();
      if (connecting) {
        throw new ConnectionPendingException();
      }
      if (localAddress != null) {
        throw new AlreadyBoundException();
      }
      InetSocketAddress inet =
          local == null
              ? new InetSocketAddress(Addresses.any(family), 0)
              : SocketErrors.checkAddress(local, family);
      tcp.bind(Addresses.bindTarget(inet, family));
      localAddress = tcp.localAddress();
      return this;
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

  @Override
  public <T> AsynchronousSocketChannel setOption(SocketOption<T> option, T value)
      throws IOException {
    SocketSettings.checkSupported(option, value, supportedOptions());
    ensureOpen();
    if (outputShut) {
      throw new IOException("Connection has been shutdown for writing");
    }
    tcp.setOption(SocketSettings.of(option), SocketSettings.inRange(option, value));
    return this;
  }

  @Override
  public <T> T getOption(SocketOption<T> option) throws IOException {
    SocketSettings.checkSupported(option, supportedOptions());
    ensureOpen();
    return tcp.getOption(SocketSettings.of(option));
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return SocketSettings.client();
  }

  @Override
  public AsynchronousSocketChannel shutdownInput() throws IOException {
    ensureOpen();
    ensureConnected();
    if (!inputShut) {
      inputShut = true;
      tcp.shutdownInput();
      reading.run();
    }
    return this;
  }

  @Override
  public AsynchronousSocketChannel shutdownOutput() throws IOException {
    ensureOpen();
    ensureConnected();
    if (!outputShut) {
      outputShut = true;
      tcp.shutdownOutput();
      writing.run();
    }
    return this;
  }

  @Override
  public Future<Void> connect(SocketAddress remote) {
    return beginConnect(remote, null, null);
  }

  @Override
  public <A> void connect(
      SocketAddress remote, A attachment, CompletionHandler<Void, ? super A> handler) {
    beginConnect(remote, attachment, Objects.requireNonNull(handler, "'handler' is null"));
  }

  private <A> Future<Void> beginConnect(
      SocketAddress remote, A attachment, CompletionHandler<Void, ? super A> handler) {
    InetSocketAddress target = Addresses.target(SocketErrors.checkAddress(remote, family));
    Connect<A> operation = new Connect<>(target, attachment, handler);
    synchronized (stateLock) {
      if (!closed) {
        if (connected) {
          throw new AlreadyConnectedException();
        }
        if (connecting) {
          throw new ConnectionPendingException();
        }
        connecting = true;
        remoteAddress = target;
      }
    }
    if (closed) {
      operation.fail(new ClosedChannelException());
    } else {
      writing.take(operation);
      operation.begin(0, TimeUnit.NANOSECONDS);
    }
    return operation;
  }

  @Override
  public Future<Integer> read(ByteBuffer target) {
    return beginRead(target, 0, TimeUnit.NANOSECONDS, null, null);
  }

  @Override
  public <A> void read(
      ByteBuffer target,
      long limit,
      TimeUnit unit,
      A attachment,
      CompletionHandler<Integer, ? super A> handler) {
    Objects.requireNonNull(handler, "'handler' is null");
    beginRead(target, limit, unit, attachment, handler);
  }

  private <A> Future<Integer> beginRead(
      ByteBuffer target,
      long limit,
      TimeUnit unit,
      A attachment,
      CompletionHandler<Integer, ? super A> handler) {
    if (target.isReadOnly()) {
      throw new IllegalArgumentException("Read-only buffer");
    }
    AsyncOperation<Integer, A> operation =
        new AsyncOperation<>(this, group, reading, attachment, handler) {
          @Override
          boolean attempt() throws IOException {
            int n = inputShut ? -1 : tcp.read(target);
            result = n;
            return n != 0;
          }
        };
    if (!checkRead(operation)) {
      return operation;
    }
    if (inputShut) {
      operation.succeed(-1);
    } else if (!target.hasRemaining()) {
      operation.succeed(0);
    } else {
      takeForReading(operation);
      operation.begin(limit, unit);
    }
    return operation;
  }

  @Override
  public <A> void read(
      ByteBuffer[] targets,
      int offset,
      int length,
      long limit,
      TimeUnit unit,
      A attachment,
      CompletionHandler<Long, ? super A> handler) {
    Objects.requireNonNull(handler, "'handler' is null");
    Objects.checkFromIndexSize(offset, length, targets.length);
    ByteBuffer[] chosen = Arrays.copyOfRange(targets, offset, offset + length);
    boolean room = Scatter.hasRoom(chosen, 0, length);
    AsyncOperation<Long, A> operation =
        new AsyncOperation<>(this, group, reading, attachment, handler) {
          @Override
          boolean attempt() throws IOException {
            long n = inputShut ? -1 : TcpBuffers.read(tcp, chosen, 0, length);
            result = n;
            return n != 0;
          }
        };
    if (!checkRead(operation)) {
      return;
    }
    if (inputShut) {
      operation.succeed(-1L);
    } else if (!room) {
      operation.succeed(0L);
    } else {
      takeForReading(operation);
      operation.begin(limit, unit);
    }
  }

  /** Checks the state; returns false when the operation was failed for it. */
  private boolean checkRead(AsyncOperation<?, ?> operation) {
    if (closed) {
      operation.fail(new ClosedChannelException());
      return false;
    }
    ensureConnected();
    if (reading.isKilled()) {
      throw new IllegalStateException("Reading not allowed due to timeout or cancellation");
    }
    if (reading.pending() != null) {
      throw new ReadPendingException();
    }
    return true;
  }

  private void takeForReading(AsyncOperation<?, ?> operation) {
    if (!reading.take(operation)) {
      throw new ReadPendingException();
    }
  }

  @Override
  public Future<Integer> write(ByteBuffer source) {
    return beginWrite(source, 0, TimeUnit.NANOSECONDS, null, null);
  }

  @Override
  public <A> void write(
      ByteBuffer source,
      long limit,
      TimeUnit unit,
      A attachment,
      CompletionHandler<Integer, ? super A> handler) {
    Objects.requireNonNull(handler, "'handler' is null");
    beginWrite(source, limit, unit, attachment, handler);
  }

  private <A> Future<Integer> beginWrite(
      ByteBuffer source,
      long limit,
      TimeUnit unit,
      A attachment,
      CompletionHandler<Integer, ? super A> handler) {
    AsyncOperation<Integer, A> operation =
        new AsyncOperation<>(this, group, writing, attachment, handler) {
          @Override
          boolean attempt() throws IOException {
            int n = (int) send(source);
            result = n;
            return n != 0;
          }
        };
    if (!checkWrite(operation)) {
      return operation;
    }
    if (!source.hasRemaining()) {
      operation.succeed(0);
    } else {
      takeForWriting(operation);
      operation.begin(limit, unit);
    }
    return operation;
  }

  @Override
  public <A> void write(
      ByteBuffer[] sources,
      int offset,
      int length,
      long limit,
      TimeUnit unit,
      A attachment,
      CompletionHandler<Long, ? super A> handler) {
    Objects.requireNonNull(handler, "'handler' is null");
    Objects.checkFromIndexSize(offset, length, sources.length);
    ByteBuffer[] chosen = Arrays.copyOfRange(sources, offset, offset + length);
    AsyncOperation<Long, A> operation =
        new AsyncOperation<>(this, group, writing, attachment, handler) {
          @Override
          boolean attempt() throws IOException {
            long n = send(chosen);
            result = n;
            return n != 0;
          }
        };
    if (!checkWrite(operation)) {
      return;
    }
    if (Scatter.remaining(chosen, 0, length) == 0) {
      operation.succeed(0L);
    } else {
      takeForWriting(operation);
      operation.begin(limit, unit);
    }
  }

  private long send(ByteBuffer... sources) throws IOException {
    if (outputShut) {
      throw new AsynchronousCloseException();
    }
    try {
      return TcpBuffers.write(tcp, sources, 0, sources.length);
    } catch (IOException e) {
      throw SocketErrors.writeFailure(e);
    }
  }

  private boolean checkWrite(AsyncOperation<?, ?> operation) {
    if (closed) {
      operation.fail(new ClosedChannelException());
      return false;
    }
    ensureConnected();
    if (writing.isKilled()) {
      throw new IllegalStateException("Writing not allowed due to timeout or cancellation");
    }
    if (writing.pending() != null) {
      throw new WritePendingException();
    }
    if (outputShut) {
      operation.fail(new ClosedChannelException());
      return false;
    }
    return true;
  }

  private void takeForWriting(AsyncOperation<?, ?> operation) {
    if (!writing.take(operation)) {
      throw new WritePendingException();
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(getClass().getName()).append('[');
    synchronized (stateLock) {
      if (closed) {
        text.append("closed");
      } else {
        text.append(connected ? "connected" : connecting ? "connection-pending" : "unconnected");
        if (localAddress != null) {
          text.append(" local=").append(localAddress);
        }
        if (remoteAddress != null) {
          text.append(" remote=").append(remoteAddress);
        }
      }
    }
    return text.append(']').toString();
  }

  private final class Connect<A> extends AsyncOperation<Void, A> {
    private final InetSocketAddress target;
    private boolean started;

    Connect(InetSocketAddress target, A attachment, CompletionHandler<Void, ? super A> handler) {
      super(AsyncSocketChannel.this, group, writing, attachment, handler);
      this.target = target;
    }

    @Override
    boolean attempt() throws IOException {
      boolean done = started ? tcp.finishConnect() : tcp.connect(target);
      started = true;
      if (done) {
        synchronized (stateLock) {
          connecting = false;
          connected = true;
          localAddress = tcp.localAddress();
        }
      }
      return done;
    }

    @Override
    void failed() {
      close();
    }
  }
}

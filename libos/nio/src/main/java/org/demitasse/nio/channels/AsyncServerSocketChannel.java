package org.demitasse.nio.channels;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.AcceptPendingException;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.CompletionHandler;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.ShutdownChannelGroupException;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.demitasse.net.socket.Pollable;
import org.demitasse.net.socket.SocketSetting;
import org.demitasse.net.socket.TcpListener;
import org.demitasse.net.socket.TcpSocket;
import org.demitasse.nio.net.Addresses;
import org.demitasse.nio.net.Network;
import org.demitasse.nio.net.SocketSettings;
import org.demitasse.nio.net.Waiters;

/** A listener as an asynchronous channel; what it accepts belongs to its group. */
final class AsyncServerSocketChannel extends AsynchronousServerSocketChannel {
  private static final int DEFAULT_BACKLOG = 50;

  private final AsyncGroup group;
  private final ProtocolFamily family;
  private final TcpListener listener;
  private final AsyncDirection accepting;

  // Guards what follows.
  private final Object stateLock = new Object();
  private InetSocketAddress localAddress;
  private volatile boolean closed;

  AsyncServerSocketChannel(AsynchronousChannelProvider provider, AsyncGroup group)
      throws IOException {
    super(provider);
    this.group = group;
    this.family = Addresses.defaultFamily();
    this.listener = Network.stack().openTcpListener();
    this.accepting = new AsyncDirection(new Waiters(listener), Pollable.READ);
    listener.setOption(SocketSetting.REUSE_ADDRESS, true);
    try {
      group.add(this);
    } catch (RuntimeException e) {
      listener.close();
      throw e;
    }
  }

  private void ensureOpen() throws ClosedChannelException {
    if (closed) {
      throw new ClosedChannelException();
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
    listener.close();
    AsyncOperation<?, ?> pending = accepting.pending();
    if (pending != null) {
      pending.fail(new AsynchronousCloseException());
    }
    group.remove(this);
  }

  @Override
  public AsynchronousServerSocketChannel bind(SocketAddress local, int backlog) throws IOException {
    InetSocketAddress inet =
        local == null
            ? new InetSocketAddress(Addresses.any(family), 0)
            : SocketErrors.checkAddress(local, family);
    synchronized (stateLock) {
      ensureOpen();
      if (localAddress != null) {
        throw new AlreadyBoundException();
      }
      listener.listen(Addresses.bindTarget(inet, family), backlog < 1 ? DEFAULT_BACKLOG : backlog);
      localAddress = listener.localAddress();
    }
    return this;
  }

  @Override
  public SocketAddress getLocalAddress() throws IOException {
    synchronized (stateLock) {
      ensureOpen();
      return localAddress;
    }
  }

  @Override
  public <T> AsynchronousServerSocketChannel setOption(SocketOption<T> option, T value)
      throws IOException {
    SocketSettings.checkSupported(option, value, supportedOptions());
    ensureOpen();
    listener.setOption(SocketSettings.of(option), SocketSettings.inRange(option, value));
    return this;
  }

  @Override
  public <T> T getOption(SocketOption<T> option) throws IOException {
    SocketSettings.checkSupported(option, supportedOptions());
    ensureOpen();
    return listener.getOption(SocketSettings.of(option));
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return SocketSettings.server();
  }

  @Override
  public Future<AsynchronousSocketChannel> accept() {
    return beginAccept(null, null);
  }

  @Override
  public <A> void accept(
      A attachment, CompletionHandler<AsynchronousSocketChannel, ? super A> handler) {
    beginAccept(attachment, Objects.requireNonNull(handler, "'handler' is null"));
  }

  private <A> Future<AsynchronousSocketChannel> beginAccept(
      A attachment, CompletionHandler<AsynchronousSocketChannel, ? super A> handler) {
    AsyncOperation<AsynchronousSocketChannel, A> operation =
        new AsyncOperation<>(this, group, accepting, attachment, handler) {
          @Override
          boolean attempt() throws IOException {
            TcpSocket accepted = listener.accept();
            if (accepted != null) {
              try {
                result = AsyncSocketChannel.accepted(provider(), group, family, accepted);
              } catch (ShutdownChannelGroupException e) {
                throw new IOException(e);
              }
            }
            return accepted != null;
          }
        };
    if (closed) {
      operation.fail(new ClosedChannelException());
      return operation;
    }
    synchronized (stateLock) {
      if (localAddress == null) {
        throw new NotYetBoundException();
      }
    }
    if (accepting.isKilled()) {
      throw new IllegalStateException("Accept not allowed due cancellation");
    }
    if (!accepting.take(operation)) {
      throw new AcceptPendingException();
    }
    operation.begin(0, TimeUnit.NANOSECONDS);
    return operation;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(getClass().getName()).append('[');
    synchronized (stateLock) {
      if (closed) {
        text.append("closed");
      } else if (localAddress == null) {
        text.append("unbound");
      } else {
        text.append(localAddress);
      }
    }
    return text.append(']').toString();
  }
}

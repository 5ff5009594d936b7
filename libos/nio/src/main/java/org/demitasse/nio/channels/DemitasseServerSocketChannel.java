package org.demitasse.nio.channels;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.demitasse.net.socket.Pollable;
import org.demitasse.net.socket.SocketSetting;
import org.demitasse.net.socket.TcpListener;
import org.demitasse.net.socket.TcpSocket;
import org.demitasse.nio.net.Network;
import org.demitasse.nio.net.SocketSettings;
import org.demitasse.nio.net.Waiters;

/** A listener as a channel. */
final class DemitasseServerSocketChannel extends ServerSocketChannel implements SelectableSocket {
  private static final int DEFAULT_BACKLOG = 50;

  private final ProtocolFamily family;
  private final TcpListener listener;
  private final Waiters waiters;
  private final ReentrantLock acceptLock = new ReentrantLock();

  // Guards what follows; never held while waiting.
  private final Object stateLock = new Object();
  private InetSocketAddress localAddress;
  private ServerSocket socket;

  DemitasseServerSocketChannel(SelectorProvider provider, ProtocolFamily family)
      throws IOException {
    super(provider);
    this.family = family;
    this.listener = Network.stack().openTcpListener();
    this.waiters = new Waiters(listener);
    listener.setOption(SocketSetting.REUSE_ADDRESS, true);
  }

  private void ensureOpen() throws ClosedChannelException {
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
  }

  @Override
  public ServerSocket socket() {
    synchronized (stateLock) {
      if (socket == null) {
        socket = new ServerSocketAdaptor(this);
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

  /** Returns the local address, also of a closed channel. */
  InetSocketAddress localAddress() {
    synchronized (stateLock) {
      return localAddress;
    }
  }

  @Override
  public <T> ServerSocketChannel setOption(SocketOption<T> option, T value) throws IOException {
    SocketSettings.checkSupported(option, value, supportedOptions());
    synchronized (stateLock) {
      ensureOpen();
      listener.setOption(SocketSettings.of(option), SocketSettings.inRange(option, value));
      return this;
    }
  }

  @Override
  public <T> T getOption(SocketOption<T> option) throws IOException {
    SocketSettings.checkSupported(option, supportedOptions());
    synchronized (stateLock) {
      ensureOpen();
      return listener.getOption(SocketSettings.of(option));
    }
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return SocketSettings.server();
  }

  @Override
  public ServerSocketChannel bind(SocketAddress local, int backlog) throws IOException {
    synchronized (stateLock) {
      ensureOpen();
      if (localAddress != null) {
        throw new AlreadyBoundException();
      }
      listener.listen(
          SocketErrors.checkBindAddress(local, family), backlog < 1 ? DEFAULT_BACKLOG : backlog);
      localAddress = listener.localAddress();
    }
    return this;
  }

  @Override
  public SocketChannel accept() throws IOException {
    return accept(0, false);
  }

  /**
   * Accepts in blocking mode within {@code nanos} nanoseconds.
   *
   * @throws SocketTimeoutException "Accept timed out"
   * @throws IllegalBlockingModeException when the channel is not blocking
   */
  SocketChannel blockingAccept(long nanos) throws IOException {
    return accept(nanos, true);
  }

  private SocketChannel accept(long nanos, boolean mustBlock) throws IOException {
    TcpSocket connection = null;
    acceptLock.lock();
    try {
      boolean blocking = isBlocking();
      if (mustBlock && !blocking) {
        throw new IllegalBlockingModeException();
      }
      ensureOpen();
      try {
        if (blocking) {
          begin();
        }
        synchronized (stateLock) {
          ensureOpen();
          if (localAddress == null) {
            throw new NotYetBoundException();
          }
        }
        long start = nanos > 0 ? System.nanoTime() : 0;
        connection = listener.accept();
        while (connection == null && blocking && isOpen()) {
          waiters.park(Pollable.READ, SocketErrors.left(nanos, start, "Accept timed out"));
          if (Thread.currentThread().isInterrupted()) {
            // Closes the channel now: see DemitasseSocketChannel.await.
            begin();
          }
          connection = isOpen() ? listener.accept() : null;
        }
      } finally {
        if (blocking) {
          end(connection != null);
        }
      }
    } finally {
      acceptLock.unlock();
    }
    return connection == null ? null : new DemitasseSocketChannel(provider(), family, connection);
  }

  @Override
  protected void implConfigureBlocking(boolean block) throws IOException {
    // Waits for whoever accepts to leave, since it keeps the mode it began in.
    acceptLock.lock();
    try {
      ensureOpen();
    } finally {
      acceptLock.unlock();
    }
  }

  @Override
  protected void implCloseSelectableChannel() {
    if (!isBlocking()) {
      // Whoever is inside leaves soon: let it finish instead of failing it.
      acceptLock.lock();
      acceptLock.unlock();
    }
    listener.close();
    waiters.end(Pollable.READ);
  }

  @Override
  public Waiters waiters() {
    return waiters;
  }

  @Override
  public int events(int interestOps) {
    return (interestOps & SelectionKey.OP_ACCEPT) != 0 ? Pollable.READ : 0;
  }

  @Override
  public int readyOps(int readiness, int interestOps) {
    return (readiness & (Pollable.READ | Pollable.HANGUP)) != 0
        ? interestOps & SelectionKey.OP_ACCEPT
        : 0;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(getClass().getName()).append('[');
    if (!isOpen()) {
      text.append("closed");
    } else {
      InetSocketAddress local = localAddress();
      if (local == null) {
        text.append("unbound");
      } else {
        text.append(local);
      }
    }
    return text.append(']').toString();
  }
}

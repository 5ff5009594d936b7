package org.demitasse.nio.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.lang.ref.Cleaner;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.demitasse.net.socket.Pollable;
import org.demitasse.net.socket.SocketSetting;
import org.demitasse.net.socket.TcpListener;
import org.demitasse.net.socket.TcpSocket;

/**
 * The platform's {@code SocketImpl}: what {@code java.net.Socket} and {@code java.net.ServerSocket}
 * stand on. Blocking is a wait for the stack's readiness, so a virtual thread unmounts.
 *
 * <p>An interrupt does not disturb a platform thread; a virtual thread gets an {@link
 * InterruptedIOException}, upon which {@code java.net} closes the socket. One reader and one writer
 * may be in the socket at a time, others wait for them; closing wakes all ("Socket closed").
 *
 * <p>Urgent data is not supported: RFC 9293, section 3.8.5, discourages new uses of it, and the
 * stack hands the urgent byte on in its place in the stream.
 */
public class DemitasseSocketImpl extends SocketImpl {
  private static final int NEW = 0;
  private static final int UNCONNECTED = 1;
  private static final int CONNECTING = 2;
  private static final int CONNECTED = 3;
  private static final int CLOSED = 4;

  private static final int DEFAULT_BACKLOG = 50;

  private final boolean server;
  private final ReentrantLock readLock = new ReentrantLock();
  private final ReentrantLock writeLock = new ReentrantLock();

  private final LegacyOptions legacyOptions = new Options();

  // Guards the state and what hangs on it; never held while waiting.
  private final Object stateLock = new Object();
  private volatile int state = NEW;
  private TcpSocket socket;
  private TcpListener listener;
  private Waiters waiters;
  private Cleaner.Cleanable abandoned;
  private InetSocketAddress listenAddress;
  private boolean listening;

  // Read and written without a lock, as java.net expects of SO_TIMEOUT.
  private volatile int timeout;
  private volatile boolean inputShut;
  private volatile boolean outputShut;

  // Under readLock.
  private boolean endOfStream;
  private boolean connectionReset;
  private ByteBuffer readView;

  // Under writeLock.
  private ByteBuffer writeView;

  /**
   * @param server true for the socket behind a {@code ServerSocket}
   */
  public DemitasseSocketImpl(boolean server) {
    this.server = server;
  }

  @Override
  protected void create(boolean stream) throws IOException {
    if (!stream) {
      throw new IOException("Datagram socket creation not supported");
    }
    synchronized (stateLock) {
      if (state != NEW) {
        throw new IOException("Already created");
      }
      if (server) {
        listener = Network.stack().openTcpListener();
        listener.setOption(SocketSetting.REUSE_ADDRESS, true);
        waiters = new Waiters(listener);
        abandoned = Abandoned.watch(this, listener);
      } else {
        socket = Network.stack().openTcp();
        waiters = new Waiters(socket);
        abandoned = Abandoned.watch(this, socket);
      }
      state = UNCONNECTED;
    }
  }

  private boolean isOpen() {
    return state < CLOSED;
  }

  private void ensureOpen() throws SocketException {
    int now = state;
    if (now == NEW) {
      throw new SocketException("Socket not created");
    }
    if (now == CLOSED) {
      throw new SocketException("Socket closed");
    }
  }

  private void ensureConnected() throws SocketException {
    int now = state;
    if (now < CONNECTED) {
      throw new SocketException("Not connected");
    }
    if (now == CLOSED) {
      throw new SocketException("Socket closed");
    }
  }

  /** Waits once; returns whether an interrupt of a platform thread was put aside meanwhile. */
  private boolean await(int event, long nanos) throws InterruptedIOException {
    Thread me = Thread.currentThread();
    if (!me.isVirtual()) {
      return waiters.parkAsideInterrupt(event, nanos);
    }
    waiters.park(event, nanos);
    if (me.isInterrupted()) {
      throw new InterruptedIOException();
    }
    return false;
  }

  /**
   * Takes {@code lock} within {@code millis} milliseconds (0: any time).
   *
   * @return the nanoseconds that are left, 0 when there was no limit, -1 when it passed
   */
  private static long lock(ReentrantLock lock, int millis) {
    if (millis <= 0) {
      lock.lock();
      return 0;
    }
    long limit = TimeUnit.MILLISECONDS.toNanos(millis);
    long start = System.nanoTime();
    long left = limit;
    boolean interrupted = false;
    boolean locked = false;
    while (!locked && left > 0) {
      try {
        locked = lock.tryLock(left, TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
      left = limit - (System.nanoTime() - start);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (locked && left <= 0) {
      lock.unlock();
    }
    return left > 0 ? left : -1;
  }

  /** Returns {@code e} if it is one, else a SocketException with its words and its trace. */
  static SocketException asSocketException(Exception e) {
    if (e instanceof SocketException socketException) {
      return socketException;
    }
    SocketException translated = new SocketException(e.getMessage(), e);
    translated.setStackTrace(e.getStackTrace());
    return translated;
  }

  @Override
  protected void connect(String host, int port) throws IOException {
    connect(new InetSocketAddress(host, port), 0);
  }

  @Override
  protected void connect(InetAddress address, int port) throws IOException {
    connect(new InetSocketAddress(address, port), 0);
  }

  @Override
  protected void connect(SocketAddress remote, int millis) throws IOException {
    if (!(remote instanceof InetSocketAddress inet)) {
      throw new IOException("Unsupported address type");
    }
    if (inet.isUnresolved()) {
      throw new UnknownHostException(inet.getHostName());
    }
    InetSocketAddress target = Addresses.target(inet);
    try {
      Addresses.checkFamily(target.getAddress());
      readLock.lock();
      try {
        connectLocked(target, TimeUnit.MILLISECONDS.toNanos(millis));
      } finally {
        readLock.unlock();
      }
    } catch (SocketTimeoutException e) {
      close();
      throw e;
    } catch (InterruptedIOException e) {
      close();
      throw new SocketException("Closed by interrupt");
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private void connectLocked(InetSocketAddress target, long nanos) throws IOException {
    synchronized (stateLock) {
      switch (state) {
        case NEW -> throw new SocketException("Not created");
        case CONNECTING -> throw new SocketException("Connection in progress");
        case CONNECTED -> throw new SocketException("Already connected");
        case CLOSED -> throw new SocketException("Socket closed");
        default -> state = CONNECTING;
      }
      address = target.getAddress();
      port = target.getPort();
    }
    boolean connected = false;
    boolean interrupted = false;
    try {
      long start = nanos > 0 ? System.nanoTime() : 0;
      connected = socket.connect(target);
      while (!connected && isOpen()) {
        long left = 0;
        if (nanos > 0) {
          left = nanos - (System.nanoTime() - start);
          if (left <= 0) {
            throw new SocketTimeoutException("Connect timed out");
          }
        }
        interrupted |= await(Pollable.WRITE, left);
        connected = isOpen() && socket.finishConnect();
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      synchronized (stateLock) {
        if (state == CLOSED) {
          throw closedWhileWaiting();
        }
        if (connected) {
          localport = socket.localAddress().getPort();
          state = CONNECTED;
        }
      }
    }
  }

  private static SocketException closedWhileWaiting() {
    return new SocketException("Socket closed");
  }

  @Override
  protected void bind(InetAddress host, int port) throws IOException {
    Addresses.checkFamily(host);
    synchronized (stateLock) {
      ensureOpen();
      if (localport != 0 || listenAddress != null) {
        throw new SocketException("Already bound");
      }
      InetSocketAddress target =
          Addresses.bindTarget(new InetSocketAddress(host, port), Addresses.defaultFamily());
      if (server) {
        // The stack binds and listens in one step; java.net calls the two one after the other.
        listenAddress = target;
      } else {
        socket.bind(target);
        localport = socket.localAddress().getPort();
      }
      address = host;
    }
  }

  @Override
  protected void listen(int backlog) throws IOException {
    synchronized (stateLock) {
      ensureOpen();
      if (listenAddress == null) {
        throw new SocketException("Not bound");
      }
      if (listening) {
        return;
      }
      InetSocketAddress target = listenAddress;
      listenAddress = null;
      listener.listen(target, backlog < 1 ? DEFAULT_BACKLOG : backlog);
      listenAddress = target;
      localport = listener.localAddress().getPort();
      listening = true;
    }
  }

  @Override
  protected void accept(SocketImpl accepted) throws IOException {
    DemitasseSocketImpl target = (DemitasseSocketImpl) accepted;
    if (target.state != NEW) {
      throw new SocketException("Not a newly created SocketImpl");
    }
    long nanos = lock(readLock, timeout);
    if (nanos < 0) {
      throw new SocketTimeoutException("Accept timed out");
    }
    TcpSocket connection;
    try {
      connection = acceptLocked(nanos);
    } finally {
      readLock.unlock();
    }
    synchronized (target.stateLock) {
      target.socket = connection;
      target.waiters = new Waiters(connection);
      target.abandoned = Abandoned.watch(target, connection);
      target.localport = connection.localAddress().getPort();
      target.address = connection.remoteAddress().getAddress();
      target.port = connection.remoteAddress().getPort();
      target.state = CONNECTED;
    }
  }

  private TcpSocket acceptLocked(long nanos) throws IOException {
    synchronized (stateLock) {
      ensureOpen();
      if (!listening) {
        throw new SocketException("Not bound");
      }
    }
    TcpSocket connection = null;
    boolean interrupted = false;
    try {
      long start = nanos > 0 ? System.nanoTime() : 0;
      connection = listener.accept();
      while (connection == null && isOpen()) {
        long left = 0;
        if (nanos > 0) {
          left = nanos - (System.nanoTime() - start);
          if (left <= 0) {
            throw new SocketTimeoutException("Accept timed out");
          }
        }
        interrupted |= await(Pollable.READ, left);
        connection = isOpen() ? listener.accept() : null;
      }
      return connection;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      if (connection == null && !isOpen()) {
        throw closedWhileWaiting();
      }
    }
  }

  @Override
  protected InputStream getInputStream() {
    return new Input();
  }

  @Override
  protected OutputStream getOutputStream() {
    return new Output();
  }

  private int read(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length == 0) {
      return 0;
    }
    long nanos = lock(readLock, timeout);
    if (nanos < 0) {
      throw new SocketTimeoutException("Read timed out");
    }
    try {
      if (endOfStream) {
        return -1;
      }
      if (readView == null || readView.array() != bytes) {
        readView = ByteBuffer.wrap(bytes);
      }
      int n = readLocked(readView.clear().position(offset).limit(offset + length), nanos);
      if (n < 0) {
        endOfStream = true;
        readView = null;
      }
      return n;
    } finally {
      readLock.unlock();
    }
  }

  private int readLocked(ByteBuffer target, long nanos) throws IOException {
    ensureConnected();
    int n = 0;
    boolean interrupted = false;
    try {
      if (connectionReset) {
        throw new SocketException("Connection reset");
      }
      if (inputShut) {
        return -1;
      }
      long start = nanos > 0 ? System.nanoTime() : 0;
      n = socket.read(target);
      while (n == 0 && isOpen()) {
        if (inputShut) {
          return -1;
        }
        long left = 0;
        if (nanos > 0) {
          left = nanos - (System.nanoTime() - start);
          if (left <= 0) {
            throw new SocketTimeoutException("Read timed out");
          }
        }
        interrupted |= await(Pollable.READ, left);
        n = isOpen() ? socket.read(target) : 0;
      }
      return n;
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      connectionReset |= "Connection reset".equals(e.getMessage());
      throw asSocketException(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      if (n <= 0 && !isOpen()) {
        throw closedWhileWaiting();
      }
    }
  }

  private void write(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length == 0) {
      return;
    }
    writeLock.lock();
    try {
      if (writeView == null || writeView.array() != bytes) {
        writeView = ByteBuffer.wrap(bytes);
      }
      writeLocked(writeView.clear().position(offset).limit(offset + length));
    } finally {
      writeLock.unlock();
    }
  }

  private void writeLocked(ByteBuffer source) throws IOException {
    ensureConnected();
    boolean interrupted = false;
    try {
      socket.write(source);
      while (source.hasRemaining() && isOpen()) {
        if (outputShut) {
          throw new SocketException("Broken pipe");
        }
        interrupted |= await(Pollable.WRITE, 0);
        if (isOpen()) {
          socket.write(source);
        }
      }
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      throw asSocketException(e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      if (source.hasRemaining() && !isOpen()) {
        throw closedWhileWaiting();
      }
    }
  }

  @Override
  protected int available() throws IOException {
    synchronized (stateLock) {
      ensureConnected();
      return inputShut ? 0 : socket.available();
    }
  }

  @Override
  protected void close() throws IOException {
    TcpSocket closingSocket;
    TcpListener closingListener;
    Waiters waiting;
    Cleaner.Cleanable watching;
    synchronized (stateLock) {
      if (state == CLOSED) {
        return;
      }
      boolean connected = state == CONNECTED;
      state = CLOSED;
      if (connected && !outputShut) {
        OrderlyClose.endOutput(socket);
      }
      closingSocket = socket;
      closingListener = listener;
      waiting = waiters;
      watching = abandoned;
    }
    if (watching != null) {
      watching.clean();
    }
    if (closingSocket != null) {
      closingSocket.close();
    }
    if (closingListener != null) {
      closingListener.close();
    }
    if (waiting != null) {
      waiting.end(Pollable.READ | Pollable.WRITE);
    }
  }

  @Override
  protected void shutdownInput() throws IOException {
    synchronized (stateLock) {
      ensureConnected();
      if (!inputShut) {
        socket.shutdownInput();
        inputShut = true;
      }
    }
    waiters.end(Pollable.READ);
  }

  @Override
  protected void shutdownOutput() throws IOException {
    synchronized (stateLock) {
      ensureConnected();
      if (!outputShut) {
        socket.shutdownOutput();
        outputShut = true;
      }
    }
    waiters.end(Pollable.WRITE);
  }

  @Override
  protected boolean supportsUrgentData() {
    return false;
  }

  @Override
  protected void sendUrgentData(int data) throws IOException {
    throw new SocketException("Urgent data not supported");
  }

  @Override
  protected Set<SocketOption<?>> supportedOptions() {
    return server ? SocketSettings.server() : SocketSettings.client();
  }

  @Override
  protected <T> void setOption(SocketOption<T> option, T value) throws IOException {
    SocketSettings.checkSupported(option, value, supportedOptions());
    synchronized (stateLock) {
      ensureOpen();
      set(option, value);
    }
  }

  @Override
  protected <T> T getOption(SocketOption<T> option) throws IOException {
    SocketSettings.checkSupported(option, supportedOptions());
    synchronized (stateLock) {
      ensureOpen();
      return get(option);
    }
  }

  private <T> void set(SocketOption<T> option, T value) throws IOException {
    T checked = SocketSettings.inRange(option, value);
    if (server) {
      listener.setOption(SocketSettings.of(option), checked);
    } else {
      socket.setOption(SocketSettings.of(option), checked);
    }
  }

  private <T> T get(SocketOption<T> option) throws IOException {
    return server
        ? listener.getOption(SocketSettings.of(option))
        : socket.getOption(SocketSettings.of(option));
  }

  @Override
  public void setOption(int option, Object value) throws SocketException {
    synchronized (stateLock) {
      ensureOpen();
      legacyOptions.set(option, value);
    }
  }

  @Override
  public Object getOption(int option) throws SocketException {
    synchronized (stateLock) {
      ensureOpen();
      return legacyOptions.get(option);
    }
  }

  private final class Options extends LegacyOptions {
    @Override
    <T> void set(SocketOption<T> option, T value) throws IOException {
      DemitasseSocketImpl.this.set(option, value);
    }

    @Override
    <T> T get(SocketOption<T> option) throws IOException {
      return DemitasseSocketImpl.this.get(option);
    }

    @Override
    void setTimeout(int millis) {
      timeout = millis;
    }

    @Override
    int timeout() {
      return timeout;
    }

    @Override
    InetAddress boundAddress() {
      InetSocketAddress local = server ? listener.localAddress() : socket.localAddress();
      return local != null ? local.getAddress() : Addresses.any(Addresses.defaultFamily());
    }
  }

  private final class Input extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return DemitasseSocketImpl.this.read(one, 0, 1) > 0 ? one[0] & 0xff : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return DemitasseSocketImpl.this.read(bytes, offset, length);
    }

    @Override
    public int available() throws IOException {
      return DemitasseSocketImpl.this.available();
    }

    @Override
    public void close() throws IOException {
      DemitasseSocketImpl.this.close();
    }
  }

  private final class Output extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      DemitasseSocketImpl.this.write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      DemitasseSocketImpl.this.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      DemitasseSocketImpl.this.close();
    }
  }
}

package org.demitasse.net.socket;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Connects to a peer that has several addresses (RFC 8305, "happy eyeballs"): one attempt starts
 * after the other, each with a head start, families taking turns; the first connection that stands
 * wins and the other attempts end. So a family that does not get through costs a quarter of a
 * second, not a connection timeout.
 *
 * <p>Nothing here waits: {@link #advance} does what is due and says when it has to be called next.
 * {@link #connect} is the same for a thread that may block. Safe for use by any thread.
 */
public final class StaggeredConnect implements AutoCloseable {
  /** RFC 8305, section 8: the Connection Attempt Delay, nanoseconds. */
  public static final long ATTEMPT_DELAY = 250_000_000L;

  private final SocketStack stack;
  private final List<InetAddress> left;
  private final int port;
  private final Runnable listener;
  private final List<TcpSocket> attempts = new ArrayList<>(2);
  private long nextStart = Long.MIN_VALUE;
  private TcpSocket winner;
  private IOException failure;
  private boolean closed;

  /**
   * @param addresses in the order of preference, as {@link Resolver#lookup} gives them; not empty
   * @param listener called, on any thread, when {@link #advance} should be called before its time
   */
  public StaggeredConnect(
      SocketStack stack, List<InetAddress> addresses, int port, Runnable listener) {
    if (addresses.isEmpty()) {
      throw new IllegalArgumentException("no address to connect to");
    }
    this.stack = stack;
    this.port = port;
    this.listener = listener;
    left = interleave(addresses);
  }

  /** Lets the families take turns, without changing the order within one (RFC 8305, section 4). */
  public static List<InetAddress> interleave(List<InetAddress> addresses) {
    List<InetAddress> mine = new ArrayList<>(addresses.size());
    List<InetAddress> other = new ArrayList<>(addresses.size());
    boolean first = addresses.get(0) instanceof Inet4Address;
    for (InetAddress each : addresses) {
      (each instanceof Inet4Address == first ? mine : other).add(each);
    }
    List<InetAddress> mixed = new ArrayList<>(addresses.size());
    for (int i = 0; i < Math.max(mine.size(), other.size()); i++) {
      if (i < mine.size()) {
        mixed.add(mine.get(i));
      }
      if (i < other.size()) {
        mixed.add(other.get(i));
      }
    }
    return mixed;
  }

  /**
   * Starts the attempts that are due and looks after those that run.
   *
   * @param now a clock's nanoseconds, the same clock in every call
   * @return in how many nanoseconds to call again: 0 when it is over, {@link Long#MAX_VALUE} when
   *     only the listener will say
   */
  public synchronized long advance(long now) {
    if (isDone()) {
      return 0;
    }
    for (int i = attempts.size() - 1; i >= 0; i--) {
      TcpSocket attempt = attempts.get(i);
      try {
        if (attempt.finishConnect()) {
          win(attempt);
          return 0;
        }
      } catch (IOException e) {
        attempts.remove(i);
        failed(attempt, e);
        // Section 5: a failure starts the next attempt at once.
        nextStart = now;
      }
    }
    while (!left.isEmpty() && now >= nextStart) {
      if (start(left.remove(0))) {
        return 0;
      }
      nextStart = attempts.isEmpty() ? now : now + ATTEMPT_DELAY;
      if (!attempts.isEmpty()) {
        break;
      }
    }
    if (attempts.isEmpty()) {
      return 0;
    }
    return left.isEmpty() ? Long.MAX_VALUE : nextStart - now;
  }

  /** Returns whether the connection stands already. */
  private boolean start(InetAddress address) {
    TcpSocket socket = null;
    try {
      socket = stack.openTcp();
      socket.addListener(listener);
      if (socket.connect(new InetSocketAddress(address, port))) {
        win(socket);
        return true;
      }
      attempts.add(socket);
    } catch (IOException e) {
      failed(socket, e);
    }
    return false;
  }

  private void failed(TcpSocket socket, IOException e) {
    if (failure == null) {
      failure = e;
    } else {
      failure.addSuppressed(e);
    }
    if (socket != null) {
      socket.removeListener(listener);
      socket.close();
    }
  }

  private void win(TcpSocket socket) {
    winner = socket;
    attempts.remove(socket);
    socket.removeListener(listener);
    closeAttempts();
  }

  private void closeAttempts() {
    for (TcpSocket each : attempts) {
      each.removeListener(listener);
      each.close();
    }
    attempts.clear();
    left.clear();
  }

  /** Whether a connection stands, or every attempt has failed. */
  public synchronized boolean isDone() {
    return closed || winner != null || attempts.isEmpty() && left.isEmpty();
  }

  /**
   * Returns the connection, which the caller then owns.
   *
   * @throws IOException the first attempt's failure, with the others' as suppressed ones
   * @throws IllegalStateException while it is not done
   */
  public synchronized TcpSocket result() throws IOException {
    if (!isDone()) {
      throw new IllegalStateException("attempts are under way");
    }
    if (winner == null) {
      throw failure != null ? failure : new ConnectException("Connection attempt was closed");
    }
    return winner;
  }

  /** Ends the attempts; a connection that {@link #result} has given stays. */
  @Override
  public synchronized void close() {
    closed = true;
    closeAttempts();
  }

  /**
   * Connects to a name, blocking the calling thread (a virtual one parks).
   *
   * @param nanos how long all of it may take
   * @throws java.net.UnknownHostException when the name has no address
   * @throws SocketTimeoutException when the time is over
   * @throws InterruptedIOException when the thread is interrupted, which it stays
   */
  public static TcpSocket connect(SocketStack stack, String host, int port, long nanos)
      throws IOException {
    long deadline = System.nanoTime() + nanos;
    List<InetAddress> addresses = stack.resolver().lookup(host, Resolver.Family.ANY);
    Thread waiting = Thread.currentThread();
    try (StaggeredConnect attempt =
        new StaggeredConnect(stack, addresses, port, () -> LockSupport.unpark(waiting))) {
      long now = System.nanoTime();
      for (long wait = attempt.advance(now); !attempt.isDone(); wait = attempt.advance(now)) {
        if (deadline - now <= 0) {
          throw new SocketTimeoutException("Connect timed out");
        }
        if (Thread.interrupted()) {
          waiting.interrupt();
          throw new InterruptedIOException("interrupted while connecting to " + host);
        }
        LockSupport.parkNanos(attempt, Math.min(wait, deadline - now));
        now = System.nanoTime();
      }
      return attempt.result();
    }
  }
}

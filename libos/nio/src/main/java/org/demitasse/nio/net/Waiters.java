package org.demitasse.nio.net;

import java.util.concurrent.locks.LockSupport;
import org.demitasse.net.socket.Pollable;

/**
 * Who waits for one socket: at most one thread that wants to read and one that wants to write, and
 * any number of watchers (selection keys). It is the socket's only listener, registered once and
 * for good, so that a wait costs no allocation and no change in the stack.
 *
 * <p>Waiting threads park: virtual ones unmount. A wake-up is a hint, so whoever waits tries again
 * in a loop.
 */
public final class Waiters implements Runnable {
  private static final Runnable[] NONE = {};

  private final Pollable socket;
  private volatile boolean listening;
  private volatile int ended;
  private volatile Thread reader;
  private volatile Thread writer;
  private volatile Runnable[] watchers = NONE;

  public Waiters(Pollable socket) {
    this.socket = socket;
  }

  /** Returns the socket's readiness. */
  public int readiness() {
    return socket.readiness();
  }

  /**
   * Parks the current thread until {@code event} may be possible. Returns early when woken for
   * nothing, when the thread is interrupted and when waiting was {@link #end ended}.
   *
   * @param event {@link Pollable#READ} or {@link Pollable#WRITE}; one thread a time may wait for
   *     each
   * @param nanos at most this long, 0 for any time
   */
  public void park(int event, long nanos) {
    listen();
    Thread me = Thread.currentThread();
    if (event == Pollable.READ) {
      reader = me;
    } else {
      writer = me;
    }
    try {
      if ((ended & event) == 0 && (socket.readiness() & (event | Pollable.HANGUP)) == 0) {
        if (nanos > 0) {
          LockSupport.parkNanos(this, nanos);
        } else {
          LockSupport.park(this);
        }
      }
    } finally {
      if (event == Pollable.READ) {
        reader = null;
      } else {
        writer = null;
      }
    }
  }

  /**
   * As {@link #park}, but an interrupt that was pending does not keep the thread from waiting.
   *
   * @return whether one was pending; the caller sets it again when its work is done
   */
  public boolean parkAsideInterrupt(int event, long nanos) {
    boolean interrupted = Thread.interrupted();
    park(event, nanos);
    return interrupted;
  }

  /** Ends all waits for these events, the present ones and those to come. */
  public void end(int events) {
    synchronized (this) {
      ended |= events;
    }
    if ((events & Pollable.READ) != 0) {
      wake(reader);
    }
    if ((events & Pollable.WRITE) != 0) {
      wake(writer);
    }
  }

  /** Runs {@code watcher} after each change of readiness, as {@link Pollable#addListener} says. */
  public void addWatcher(Runnable watcher) {
    synchronized (this) {
      Runnable[] more = new Runnable[watchers.length + 1];
      System.arraycopy(watchers, 0, more, 0, watchers.length);
      more[watchers.length] = watcher;
      watchers = more;
    }
    listen();
  }

  /** Forgets {@code watcher} (compared by identity). */
  public synchronized void removeWatcher(Runnable watcher) {
    for (int i = 0; i < watchers.length; i++) {
      if (watchers[i] == watcher) {
        if (watchers.length == 1) {
          watchers = NONE;
        } else {
          Runnable[] fewer = new Runnable[watchers.length - 1];
          System.arraycopy(watchers, 0, fewer, 0, i);
          System.arraycopy(watchers, i + 1, fewer, i, fewer.length - i);
          watchers = fewer;
        }
        return;
      }
    }
  }

  /** The socket's readiness has grown: wakes those who wait for it. Called by the stack. */
  @Override
  public void run() {
    Thread waitingReader = reader;
    Thread waitingWriter = writer;
    if (waitingReader != null || waitingWriter != null) {
      int ready = socket.readiness();
      if ((ready & (Pollable.READ | Pollable.HANGUP)) != 0) {
        wake(waitingReader);
      }
      if ((ready & (Pollable.WRITE | Pollable.HANGUP)) != 0) {
        wake(waitingWriter);
      }
    }
    for (Runnable watcher : watchers) {
      watcher.run();
    }
  }

  private void listen() {
    if (!listening) {
      synchronized (this) {
        if (!listening) {
          socket.addListener(this);
          listening = true;
        }
      }
    }
  }

  private static void wake(Thread thread) {
    if (thread != null) {
      LockSupport.unpark(thread);
    }
  }
}

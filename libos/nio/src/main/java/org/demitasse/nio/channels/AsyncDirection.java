package org.demitasse.nio.channels;

import org.demitasse.net.socket.Pollable;
import org.demitasse.nio.net.Waiters;

/**
 * One way of a channel, of which one operation a time may make use. It watches the channel's
 * readiness for that operation.
 */
final class AsyncDirection implements Runnable {
  private final Waiters waiters;
  private final int event;
  private boolean watching;
  private boolean killed;
  private volatile AsyncOperation<?, ?> pending;

  /**
   * @param event {@link Pollable#READ} or {@link Pollable#WRITE}
   */
  AsyncDirection(Waiters waiters, int event) {
    this.waiters = waiters;
    this.event = event;
  }

  /** Returns whether a time limit or a cancellation has left the stream at an unknown place. */
  synchronized boolean isKilled() {
    return killed;
  }

  synchronized void kill() {
    killed = true;
  }

  /** Makes {@code operation} the one that is pending; returns false when there is another. */
  synchronized boolean take(AsyncOperation<?, ?> operation) {
    if (pending != null) {
      return false;
    }
    pending = operation;
    if (!watching) {
      watching = true;
      waiters.addWatcher(this);
    }
    return true;
  }

  /** Lets the next operation come. */
  synchronized void leave(AsyncOperation<?, ?> operation) {
    if (pending == operation) {
      pending = null;
    }
  }

  AsyncOperation<?, ?> pending() {
    return pending;
  }

  @Override
  public void run() {
    AsyncOperation<?, ?> waiting = pending;
    if (waiting != null && (waiters.readiness() & (event | Pollable.HANGUP)) != 0) {
      waiting.schedule();
    }
  }
}

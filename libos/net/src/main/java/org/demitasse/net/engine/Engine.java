package org.demitasse.net.engine;

import java.util.concurrent.locks.ReentrantLock;
import org.demitasse.core.Clock;
import org.demitasse.core.Entropy;

/**
 * The heart that all layers share. Every step of the stack, an application's call or a batch of
 * frames, runs between {@link #enter} and {@link #leave}; leaving sends what the step produced,
 * frees the lock and then calls the readiness listeners that the step has set off.
 */
public final class Engine {
  /** What a step must finish before the lock is freed. */
  @FunctionalInterface
  public interface Flush {
    void flush();
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Clock clock;
  private final TimerWheel timers;
  private final SipHash random;
  private final Runnable wake;
  private Flush flush;
  private final long origin;
  private long now;
  private long sleepingUntil = Long.MIN_VALUE;
  private boolean wakeWanted;
  private Batch batch = new Batch();
  private volatile Batch spare;

  /**
   * @param wake called (without the lock, on any thread) when the loop that calls {@code poll} must
   *     do so earlier than it was told
   */
  public Engine(Clock clock, Entropy entropy, Runnable wake) {
    this.clock = clock;
    this.wake = wake;
    origin = clock.monotonicNanos() - 1_000_000_000L;
    now = clock.monotonicNanos() - origin;
    timers = new TimerWheel(now);
    random = new SipHash(entropy.nextLong(), entropy.nextLong());
  }

  /** Sets what {@link #leave} does first; once, by the stack. */
  public void onLeave(Flush flush) {
    this.flush = flush;
  }

  /** Takes the lock and reads the clock. */
  public void enter() {
    lock.lock();
    now = clock.monotonicNanos() - origin;
  }

  /** Sends, frees the lock, and calls listeners. */
  public void leave() {
    Batch due = null;
    boolean wakeNow = false;
    try {
      flush.flush();
      wakeNow = wakeWanted;
      wakeWanted = false;
      if (batch.size > 0) {
        due = batch;
        Batch other = spare;
        spare = null;
        batch = other == null ? new Batch() : other;
      }
    } finally {
      lock.unlock();
    }
    if (wakeNow) {
      wake.run();
    }
    if (due != null) {
      due.run();
      spare = due;
    }
  }

  /** Runs {@link Flush} in the middle of a step. */
  public void flushNow() {
    flush.flush();
  }

  /** Time of this step: nanoseconds since a second before the stack was made, always positive. */
  public long now() {
    return now;
  }

  public Clock clock() {
    return clock;
  }

  public SipHash random() {
    return random;
  }

  public boolean isHeldByCurrentThread() {
    return lock.isHeldByCurrentThread();
  }

  /** Arms a timer and makes sure that the loop wakes in time for it. */
  public void schedule(Timer timer, long deadline) {
    timers.schedule(timer, deadline);
    if (deadline < sleepingUntil) {
      sleepingUntil = Long.MIN_VALUE;
      wakeWanted = true;
    }
  }

  public void cancel(Timer timer) {
    timers.cancel(timer);
  }

  /** Asks for the loop to be woken when this step ends: there is work that only a poll does. */
  public void requestPoll() {
    sleepingUntil = Long.MIN_VALUE;
    wakeWanted = true;
  }

  /** For the loop: fires timers that are due. */
  public void runTimers() {
    sleepingUntil = Long.MIN_VALUE;
    wakeWanted = false;
    timers.advance(now);
  }

  /**
   * For the loop: returns in how many nanoseconds it must come again ({@link Long#MAX_VALUE}: only
   * for frames), and remembers that it sleeps so long.
   */
  public long sleep() {
    sleepingUntil = timers.nextDeadline();
    wakeWanted = false;
    return sleepingUntil == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(sleepingUntil - now, 0);
  }

  /** Calls a listener once this step has ended. */
  public void later(Runnable listener) {
    batch.add(listener);
  }

  private static final class Batch {
    Runnable[] listeners = new Runnable[16];
    int size;

    void add(Runnable listener) {
      if (size == listeners.length) {
        listeners = java.util.Arrays.copyOf(listeners, size * 2);
      }
      listeners[size++] = listener;
    }

    void run() {
      for (int i = 0; i < size; i++) {
        Runnable listener = listeners[i];
        listeners[i] = null;
        listener.run();
      }
      size = 0;
    }
  }
}

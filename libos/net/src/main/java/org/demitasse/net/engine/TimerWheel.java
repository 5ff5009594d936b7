package org.demitasse.net.engine;

/**
 * A hierarchical timing wheel (Varghese and Lauck, 1987): arming, cancelling and finding the next
 * deadline take constant time, however many connections have timers. A timer never fires early and
 * at most one tick (2^20 ns, about a millisecond) late.
 */
public final class TimerWheel {
  private static final int TICK_SHIFT = 20;
  private static final int LEVEL_SHIFT = 6;
  private static final int SLOTS = 1 << LEVEL_SHIFT;

  /** 42 bits of ticks: more than a century. */
  private static final int LEVELS = 7;

  private final Timer[] slots = new Timer[LEVELS * SLOTS];
  private final long[] occupied = new long[LEVELS];
  private final long origin;
  private long current;
  private int armed;

  /**
   * @param now the clock's reading at this moment, nanoseconds
   */
  public TimerWheel(long now) {
    origin = now;
  }

  /** Arms a timer for a clock reading; one that is armed already moves. */
  public void schedule(Timer timer, long deadline) {
    if (timer.slot >= 0) {
      unlink(timer);
    }
    long tick = deadline - origin + (1L << TICK_SHIFT) - 1 >> TICK_SHIFT;
    timer.tick = Math.max(tick, current + 1);
    link(timer);
  }

  /** Disarms a timer; one that is not armed stays so. */
  public void cancel(Timer timer) {
    if (timer.slot >= 0) {
      unlink(timer);
    }
  }

  /** Fires what is due at clock reading {@code now}. */
  public void advance(long now) {
    long target = now - origin >> TICK_SHIFT;
    while (true) {
      long event = nextEvent();
      if (event > target) {
        break;
      }
      int level = lowestLevel();
      int slot = level * SLOTS + (int) (event >> level * LEVEL_SHIFT & SLOTS - 1);
      current = event;
      for (Timer timer = slots[slot]; timer != null; timer = slots[slot]) {
        unlink(timer);
        if (timer.tick <= event) {
          timer.expire(now);
        } else {
          link(timer);
        }
      }
    }
    current = Math.max(current, target);
  }

  /**
   * Returns a clock reading not after the first deadline ({@link #advance} then has work), or
   * {@link Long#MAX_VALUE} when no timer is armed.
   */
  public long nextDeadline() {
    long event = nextEvent();
    return event == Long.MAX_VALUE ? Long.MAX_VALUE : origin + (event << TICK_SHIFT);
  }

  /** Timers that wait. */
  public int armed() {
    return armed;
  }

  private int lowestLevel() {
    for (int level = 0; level < LEVELS; level++) {
      if (occupied[level] != 0) {
        return level;
      }
    }
    return -1;
  }

  private long nextEvent() {
    int level = lowestLevel();
    if (level < 0) {
      return Long.MAX_VALUE;
    }
    int shift = level * LEVEL_SHIFT;
    long slot = Long.numberOfTrailingZeros(occupied[level]);
    return (current >> shift + LEVEL_SHIFT << shift + LEVEL_SHIFT) + (slot << shift);
  }

  private void link(Timer timer) {
    long difference = timer.tick ^ current;
    int level = difference == 0 ? 0 : (63 - Long.numberOfLeadingZeros(difference)) / LEVEL_SHIFT;
    int index = (int) (timer.tick >> level * LEVEL_SHIFT & SLOTS - 1);
    int slot = level * SLOTS + index;
    timer.slot = slot;
    timer.previous = null;
    timer.next = slots[slot];
    if (timer.next != null) {
      timer.next.previous = timer;
    }
    slots[slot] = timer;
    occupied[level] |= 1L << index;
    armed++;
  }

  private void unlink(Timer timer) {
    int slot = timer.slot;
    if (timer.previous != null) {
      timer.previous.next = timer.next;
    } else {
      slots[slot] = timer.next;
      if (timer.next == null) {
        occupied[slot >> LEVEL_SHIFT] &= ~(1L << (slot & SLOTS - 1));
      }
    }
    if (timer.next != null) {
      timer.next.previous = timer.previous;
    }
    timer.previous = null;
    timer.next = null;
    timer.slot = -1;
    armed--;
  }
}

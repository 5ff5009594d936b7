package org.demitasse.net.engine;

/** Something to be done at a time; linked into a {@link TimerWheel}, so arming costs no memory. */
public abstract class Timer {
  Timer previous;
  Timer next;
  int slot = -1;
  long tick;

  /** Called once when the time has come; may arm this and other timers again. */
  protected abstract void expire(long now);

  /** Whether the timer waits in a wheel. */
  public final boolean isArmed() {
    return slot >= 0;
  }
}

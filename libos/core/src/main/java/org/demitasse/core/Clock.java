package org.demitasse.core;

/** The machine's two clocks. Any thread may ask; answers never block. */
public interface Clock {
  /** Nanoseconds since an arbitrary point; never goes back. */
  long monotonicNanos();

  /** Nanoseconds since 1970-01-01T00:00:00Z; may jump when somebody sets the clock. */
  long wallNanos();

  /** The clocks of the running JVM. */
  static Clock system() {
    return SystemClock.INSTANCE;
  }
}

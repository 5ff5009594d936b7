package org.demitasse.jdk.management;

import org.demitasse.jdk.nucleus.BootInfo;
import org.demitasse.jdk.thread.MachineCpuTime;

/** Which share of the time the CPU has been busy lately. Any thread. */
final class RecentLoad {
  /** A shorter time says nothing: the share of the time before is told again. */
  private static final long SHORTEST_NANOS = 1_000_000;

  private static long measuredAt;
  private static long busyThen;
  private static double load;

  private RecentLoad() {}

  /** From 0 to 1, since the last call, or since the start. */
  static synchronized double measure() {
    long now = System.nanoTime() - BootInfo.startNanos();
    long busy = MachineCpuTime.ofMachine();
    long elapsed = now - measuredAt;
    if (elapsed >= SHORTEST_NANOS) {
      load = Math.clamp((double) (busy - busyThen) / elapsed, 0.0, 1.0);
      measuredAt = now;
      busyThen = busy;
    }
    return load;
  }
}

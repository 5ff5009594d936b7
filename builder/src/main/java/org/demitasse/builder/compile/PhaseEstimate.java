package org.demitasse.builder.compile;

import org.demitasse.builder.BuildPhase;

/**
 * How much of a phase is done, estimated: the compiler does not say. What the phases before took,
 * measured by their usual shares of a build, tells how long this one should take.
 */
final class PhaseEstimate {

  /** Never more than this before a phase has really ended. */
  private static final double MOST = 0.98;

  private BuildPhase phase;
  private long firstNanos;
  private int firstWeight;
  private long phaseNanos;

  /** A phase begins at a time of {@link System#nanoTime}. */
  void begin(BuildPhase next, long nanos) {
    if (phase == null) {
      firstNanos = nanos;
      firstWeight = weightBefore(next);
    }
    phase = next;
    phaseNanos = nanos;
  }

  /** How much of the phase is done by now, 0 to 1; negative when there is nothing to go by. */
  double fraction(long nanos) {
    if (phase == null) {
      return -1;
    }
    int weightDone = weightBefore(phase) - firstWeight;
    if (weightDone <= 0) {
      return -1;
    }
    double nanosPerWeight = (double) (phaseNanos - firstNanos) / weightDone;
    double expected = Math.max(1, nanosPerWeight * phase.weight());
    return MOST * (1 - Math.exp(-(nanos - phaseNanos) / expected));
  }

  private static int weightBefore(BuildPhase phase) {
    int weight = 0;
    for (BuildPhase before : BuildPhase.values()) {
      if (before.compareTo(phase) < 0) {
        weight += before.weight();
      }
    }
    return weight;
  }
}

package org.demitasse.net.sim;

import java.util.SplittableRandom;

/**
 * What a wire does to frames; chances from 0 to 1, times in nanoseconds.
 *
 * @param jitter added to the delay, uniformly: reorders
 * @param bitsPerSecond 0 for no limit
 * @param queueFrames frames that wait for a limited wire at most
 */
public record Impairment(
    double loss,
    double duplicate,
    double corrupt,
    long delay,
    long jitter,
    long bitsPerSecond,
    int queueFrames) {
  public static final Impairment NONE = new Impairment(0, 0, 0, 1_000, 0, 0, 0);

  public static Impairment delay(long nanos) {
    return new Impairment(0, 0, 0, nanos, 0, 0, 0);
  }

  public Impairment withLoss(double chance) {
    return new Impairment(chance, duplicate, corrupt, delay, jitter, bitsPerSecond, queueFrames);
  }

  public Impairment withJitter(long nanos) {
    return new Impairment(loss, duplicate, corrupt, delay, nanos, bitsPerSecond, queueFrames);
  }

  public Impairment withRate(long bits, int queue) {
    return new Impairment(loss, duplicate, corrupt, delay, jitter, bits, queue);
  }

  /** A wire as bad as any that a connection should survive. */
  static Impairment random(SplittableRandom random) {
    return new Impairment(
        random.nextInt(3) == 0 ? 0 : random.nextDouble(0.15),
        random.nextInt(3) == 0 ? random.nextDouble(0.1) : 0,
        random.nextInt(4) == 0 ? random.nextDouble(0.05) : 0,
        random.nextLong(1_000, 80_000_000),
        random.nextInt(2) == 0 ? 0 : random.nextLong(1, 40_000_000),
        random.nextInt(2) == 0 ? 0 : random.nextLong(500_000, 200_000_000),
        random.nextInt(8, 200));
  }
}

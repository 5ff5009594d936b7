package org.demitasse.net.tcp;

/** Smoothed round-trip time and retransmission timeout (RFC 6298); nanoseconds. */
final class RttEstimator {
  static final long INITIAL_RTO = 1_000_000_000L;

  private static final long CAUTIOUS_RTO = 3_000_000_000L;

  /** Below RFC 6298's second, as all stacks of today: delayed ACKs take at most this. */
  static final long MIN_RTO = 200_000_000L;

  static final long MAX_RTO = 120_000_000_000L;

  /** The minimum is forgotten after so long: paths change. */
  private static final long MINIMUM_LIFETIME = 300_000_000_000L;

  private long smoothed;
  private long variance;
  private long rto = INITIAL_RTO;
  private long minimum = Long.MAX_VALUE;
  private long minimumSince;
  private int backoff;

  void sample(long rtt, long now) {
    long r = Math.max(rtt, 1000);
    delivered(r, now);
    if (smoothed == 0) {
      smoothed = r;
      variance = r / 2;
    } else {
      variance += (Math.abs(smoothed - r) - variance) / 4;
      smoothed += (r - smoothed) / 8;
    }
    rto = Math.clamp(smoothed + Math.max(4 * variance, MIN_RTO), MIN_RTO, MAX_RTO);
    backoff = 0;
  }

  /** A segment took so long, though perhaps not all before it are acknowledged (RFC 8985, 6.2). */
  void delivered(long rtt, long now) {
    long r = Math.max(rtt, 1000);
    if (r <= minimum || now - minimumSince > MINIMUM_LIFETIME) {
      minimum = r;
      minimumSince = now;
    }
  }

  /** The SYN was lost or slow, and nothing is measured yet (RFC 6298, 5.7). */
  void startCautiously() {
    rto = CAUTIOUS_RTO;
  }

  /** Doubles the timeout (RFC 6298, 5.5). */
  void backOff() {
    backoff++;
  }

  void resetBackoff() {
    backoff = 0;
  }

  long rto() {
    return backoff >= 10 ? MAX_RTO : Math.min(rto << backoff, MAX_RTO);
  }

  /** The smoothed time, 0 before the first sample. */
  long smoothed() {
    return smoothed;
  }

  /** The shortest of the last minutes, 0 before the first sample. */
  long minimum() {
    return minimum == Long.MAX_VALUE ? 0 : minimum;
  }
}

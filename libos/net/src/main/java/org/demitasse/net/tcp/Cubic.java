package org.demitasse.net.tcp;

/**
 * How much may be in flight: slow start and CUBIC (RFC 9438), with its Reno-friendly region and
 * fast convergence. Windows in bytes, times in nanoseconds.
 */
final class Cubic {
  private static final double C = 0.4;
  private static final double BETA = 0.7;

  /** RFC 6928. */
  static final int INITIAL_SEGMENTS = 10;

  private static final int MAX_WINDOW = 1 << 30;

  int window;
  int threshold = MAX_WINDOW;
  private double windowMax;
  private double windowEstimate;

  /** Of the last decrease; from there on Reno, too, grows by a segment a round trip. */
  private double windowBefore;

  private double k;
  private long epoch;
  private int acknowledgedInAvoidance;

  void start(int mss) {
    window = INITIAL_SEGMENTS * mss;
  }

  boolean inSlowStart() {
    return window < threshold;
  }

  /**
   * Bytes were acknowledged while the window was in use.
   *
   * @param rtt the smoothed round-trip time
   */
  void acknowledged(int bytes, int mss, long now, long rtt) {
    int left = bytes;
    if (inSlowStart()) {
      int grow = Math.min(left, threshold - window);
      window += grow;
      left -= grow;
      if (left == 0) {
        return;
      }
    }
    if (epoch == 0) {
      epoch = now;
      windowEstimate = window;
      if (windowMax <= window) {
        windowMax = window;
        k = 0;
      } else {
        k = Math.cbrt((windowMax - window) / mss / C);
      }
    }
    double t = (now - epoch) * 1e-9;
    double elapsed = t + rtt * 1e-9 - k;
    double target = windowMax + C * elapsed * elapsed * elapsed * mss;
    target = Math.clamp(target, window, 1.5 * window);
    // RFC 9438, section 4.3: what Reno with this decrease factor would have by now.
    double alpha = windowEstimate < windowBefore ? 3 * (1 - BETA) / (1 + BETA) : 1;
    windowEstimate += alpha * left * mss / window;
    double now1 = t - k;
    if (windowMax + C * now1 * now1 * now1 * mss < windowEstimate) {
      window = (int) Math.min(Math.max(window, windowEstimate), MAX_WINDOW);
      return;
    }
    // (target - window) / window for each byte acknowledged.
    double step = (target - window) * left / window;
    acknowledgedInAvoidance += (int) (step * 16);
    window = Math.min(window + (acknowledgedInAvoidance >> 4), MAX_WINDOW);
    acknowledgedInAvoidance &= 15;
  }

  /** Something was lost: multiplicative decrease (RFC 9438, section 4.6). */
  void lost(int mss) {
    epoch = 0;
    windowBefore = window;
    // Fast convergence: make room for newcomers.
    windowMax = window < windowMax ? window * (1 + BETA) / 2 : window;
    threshold = (int) Math.max(window * BETA, 2.0 * mss);
    window = threshold;
  }

  /** Nothing came back for a whole timeout (RFC 9438, section 4.8). */
  void timedOut(int mss) {
    lost(mss);
    window = mss;
  }

  /** Restores what a wrong alarm took (RFC 9438, section 4.9). */
  void undo(int oldWindow, int oldThreshold) {
    window = Math.max(window, oldWindow);
    threshold = Math.max(threshold, oldThreshold);
    epoch = 0;
  }

  /** The connection was idle for longer than a timeout (RFC 5681, section 4.1). */
  void restart(int mss) {
    threshold = Math.max(threshold, window * 3 / 4);
    window = Math.min(window, INITIAL_SEGMENTS * mss);
    epoch = 0;
  }

  /** The time in which nothing was to be sent does not count (RFC 9438, section 5.8). */
  void idled(long nanos) {
    if (epoch != 0) {
      epoch += nanos;
    }
  }
}

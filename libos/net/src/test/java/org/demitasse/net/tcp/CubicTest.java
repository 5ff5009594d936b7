package org.demitasse.net.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** What scripts cannot see of the window's growth. */
class CubicTest {
  private static final int MSS = 1000;
  private static final long RTT = 1_000_000L;

  private final Cubic cubic = new Cubic();
  private long now = 1_000_000_000L;

  /** Acknowledges a window of bytes, segment by segment; returns by how much the window grew. */
  private int roundTrip() {
    int before = cubic.window;
    now += RTT;
    for (int done = 0; done < before; done += MSS) {
      cubic.acknowledged(Math.min(MSS, before - done), MSS, now, RTT);
    }
    return cubic.window - before;
  }

  @Test
  void rfc9438_4_3_growsAsRenoWouldOnlyFromTheWindowBeforeTheDecrease() {
    cubic.window = 100 * MSS;
    cubic.lost(MSS);
    // Fast convergence aims below the window of 70 segments that this decrease ends.
    cubic.lost(MSS);
    assertThat(cubic.window).isEqualTo(49 * MSS);
    while (cubic.window < 69 * MSS) {
      assertThat(roundTrip()).isCloseTo(MSS * 9 / 17, within(MSS / 25));
    }
    while (cubic.window < 71 * MSS) {
      roundTrip();
    }
    assertThat(roundTrip()).isCloseTo(MSS, within(MSS / 25));
  }
}

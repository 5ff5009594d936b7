package org.demitasse.builder.compile;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.demitasse.builder.BuildPhase;
import org.junit.jupiter.api.Test;

class PhaseEstimateTest {

  private final PhaseEstimate estimate = new PhaseEstimate();

  @Test
  void nothingIsKnownInTheFirstPhase() {
    assertThat(estimate.fraction(1)).isNegative();
    estimate.begin(BuildPhase.INITIALIZE, 0);
    assertThat(estimate.fraction(1_000_000)).isNegative();
  }

  @Property
  void aPhaseGrowsAndIsNeverDoneBeforeItEnds(
      @ForAll @LongRange(min = 0, max = 1L << 50) long early,
      @ForAll @LongRange(min = 0, max = 1L << 50) long more) {
    PhaseEstimate growing = new PhaseEstimate();
    growing.begin(BuildPhase.INITIALIZE, 0);
    growing.begin(BuildPhase.ANALYZE, 6_000_000_000L);
    double before = growing.fraction(6_000_000_000L + early);
    double after = growing.fraction(6_000_000_000L + early + more);

    assertThat(before).isBetween(0.0, 1.0);
    assertThat(after).isBetween(before, 0.99);
  }
}

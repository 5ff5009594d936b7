package com.oracle.svm.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProgressReporterCHelperTest {

  @Test
  void peakMemoryIsThatOfThisProcess() {
    assertThat(ProgressReporterCHelper.getPeakRSS())
        .isBetween(1L << 20, Runtime.getRuntime().maxMemory() * 64);
  }

  @Test
  void columnsAreThoseOfWideLines() {
    assertThat(ProgressReporterCHelper.getTerminalWindowColumnsClamped())
        .isGreaterThanOrEqualTo(80);
  }
}

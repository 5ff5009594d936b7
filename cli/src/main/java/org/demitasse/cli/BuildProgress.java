package org.demitasse.cli;

import java.io.PrintStream;
import java.util.Locale;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.demitasse.builder.BuildListener;
import org.demitasse.builder.BuildPhase;
import org.demitasse.machine.MemorySize;

/**
 * Shows a build: on a terminal one bar over all phases with elapsed time and memory, elsewhere one
 * line a phase.
 */
final class BuildProgress implements BuildListener, AutoCloseable {

  /** Steps of the whole bar; a phase takes its weight times ten. */
  private static final int STEPS = 1000;

  private static final String CLEAR_LINE = "\r\u001b[K";

  private final PrintStream out;
  private final ProgressBar bar; // null when the output is no terminal
  private final boolean verbose;
  private BuildPhase phase;
  private long phaseStarted;
  private int stepsBefore;
  private long memory;
  private String detail = "";

  BuildProgress(PrintStream out, boolean interactive, int columns, boolean verbose) {
    this.out = out;
    this.verbose = verbose;
    this.bar =
        interactive
            ? new ProgressBarBuilder()
                .setTaskName("Building")
                .setInitialMax(STEPS)
                .setUnit("%", STEPS / 100)
                .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                .setUpdateIntervalMillis(200)
                .hideEta()
                .setConsumer(
                    new DelegatingProgressBarConsumer(
                        line -> out.print("\r" + line + "\u001b[K"), columns - 1))
                .build()
            : null;
  }

  @Override
  public synchronized void phase(BuildPhase next) {
    endPhase();
    phase = next;
    phaseStarted = System.nanoTime();
    detail = "";
    stepsBefore = 0;
    for (BuildPhase before : BuildPhase.values()) {
      if (before.compareTo(next) < 0) {
        stepsBefore += before.weight() * STEPS / 100;
      }
    }
    if (bar != null) {
      bar.stepTo(stepsBefore);
      showExtra();
    }
  }

  @Override
  public synchronized void progress(double fraction, String newDetail) {
    detail = newDetail;
    if (bar != null && phase != null) {
      double done = Math.clamp(fraction, 0, 1);
      bar.stepTo(stepsBefore + Math.round(done * phase.weight() * STEPS / 100));
      showExtra();
    }
  }

  @Override
  public synchronized void memory(long residentBytes) {
    memory = Math.max(memory, residentBytes);
    showExtra();
  }

  @Override
  public synchronized void warning(String message) {
    out.println((bar == null ? "" : CLEAR_LINE) + "demi: warning: " + message);
  }

  @Override
  public synchronized void output(String line) {
    if (verbose) {
      out.println(line);
    }
  }

  /** Takes the bar off the screen. */
  @Override
  public synchronized void close() {
    endPhase();
    phase = null;
    if (bar != null) {
      bar.close();
      out.print(CLEAR_LINE);
      out.flush();
    }
  }

  private void showExtra() {
    if (bar != null) {
      String taken = memory == 0 ? "" : ", " + MemorySize.format(memory);
      String counted = detail.isEmpty() ? "" : ", " + detail;
      bar.setExtraMessage(" " + (phase == null ? "" : phase.label()) + taken + counted);
    }
  }

  private void endPhase() {
    if (bar == null && phase != null) {
      double seconds = (System.nanoTime() - phaseStarted) / 1e9;
      out.println(
          String.format(
              Locale.ROOT,
              "demi: %-18s %5.1f s%s%s",
              phase.label(),
              seconds,
              memory == 0 ? "" : "  " + MemorySize.format(memory),
              detail.isEmpty() ? "" : "  " + detail));
    }
  }
}

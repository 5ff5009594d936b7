package org.demitasse.suite;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/**
 * Runs tests one after another, prints a line for each and counts. A test has a thread of its own:
 * one that does not end fails by its time limit, and the others still run.
 */
final class Runner {

  /** Seconds. Wide, because an emulated machine on a busy host is slow. */
  private static final long LIMIT = Long.getLong("suite.limit", 300);

  private final PrintStream out;
  private final boolean inMachine;
  private int passed;
  private int failed;
  private int left;

  Runner(PrintStream out, boolean inMachine) {
    this.out = out;
    this.inMachine = inMachine;
  }

  /** Runs the tests; answers whether all have passed. */
  boolean run(List<TestCase> tests) throws InterruptedException {
    for (TestCase test : tests) {
      if (test.machineOnly() && !inMachine) {
        left++;
        out.println("not here " + test.name() + " (it is about the machine)");
      } else {
        run(test);
      }
    }
    out.println(
        passed
            + " passed, "
            + failed
            + " failed"
            + (left == 0 ? "" : ", " + left + " not run here"));
    return failed == 0 && passed > 0;
  }

  private void run(TestCase test) throws InterruptedException {
    Throwable[] thrown = new Throwable[1];
    boolean[] ended = new boolean[1];
    long started = System.nanoTime();
    Thread thread =
        Thread.ofPlatform()
            .name("test " + test.name())
            .daemon()
            .start(
                () -> {
                  try {
                    test.body().run();
                  } catch (Throwable e) {
                    thrown[0] = e;
                  }
                  ended[0] = true;
                });
    thread.join(LIMIT * 1000);
    Check.forget();
    if (thread.isAlive()) {
      failed++;
      out.println("FAIL " + test.name() + ": it did not end within " + LIMIT + " s");
      printStacks();
      thread.interrupt();
    } else if (thrown[0] != null) {
      failed++;
      out.println("FAIL " + test.name() + ": " + thrown[0]);
      thrown[0].printStackTrace(out);
    } else if (!ended[0]) {
      failed++;
      out.println("FAIL " + test.name() + ": its thread ended without a result");
    } else {
      passed++;
      out.println("ok " + test.name() + " (" + (System.nanoTime() - started) / 1_000_000 + " ms)");
    }
  }

  private void printStacks() {
    for (Map.Entry<Thread, StackTraceElement[]> entry : Thread.getAllStackTraces().entrySet()) {
      out.println("  " + entry.getKey() + " " + entry.getKey().getState());
      for (StackTraceElement frame : entry.getValue()) {
        out.println("    at " + frame);
      }
    }
  }
}

package org.demitasse.suites;

import java.util.Objects;

/** Runs tests one after another, prints a line for each, and counts. For one thread. */
final class Checks {

  private int passed;
  private int failed;

  /** A test: throws when something is wrong. */
  @FunctionalInterface
  interface Body {
    /** Runs the test. */
    void run() throws Exception;
  }

  /** Runs one test. An error it dies of fails it and not the suite. */
  void test(String name, Body body) {
    long before = System.nanoTime();
    try {
      body.run();
      passed++;
      System.out.println(
          "ok      " + name + "  " + (System.nanoTime() - before) / 1_000_000 + " ms");
    } catch (Throwable e) {
      failed++;
      System.out.println("FAILED  " + name + ": " + e);
      e.printStackTrace(System.out);
    }
  }

  /** Fails the test unless the condition holds. */
  static void check(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }

  /** Fails the test unless both are equal. */
  static void same(Object expected, Object seen, String what) {
    if (!Objects.equals(expected, seen)) {
      throw new AssertionError(what + ": expected " + expected + ", saw " + seen);
    }
  }

  /** Prints the counts in the form that scripts/test-images reads. */
  boolean finish() {
    System.out.println(passed + " passed, " + failed + " failed");
    return failed == 0;
  }
}

package org.demitasse.suite;

import java.util.Arrays;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/** What tests assert with. Safe for any thread. */
final class Check {

  /** How long a test waits for something that has to come, milliseconds. */
  static final long PATIENCE = 60_000;

  private static volatile Object sink;

  private Check() {}

  /** Fails unless the condition holds. */
  static void that(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError("not so: " + what);
    }
  }

  /** Fails unless both are equal. */
  static void equal(Object expected, Object seen) {
    equal(expected, seen, "value");
  }

  /** Fails unless both are equal. */
  static void equal(Object expected, Object seen, String what) {
    if (!Objects.equals(expected, seen)) {
      throw new AssertionError(what + ": expected <" + expected + ">, saw <" + seen + ">");
    }
  }

  /** Fails unless both hold the same bytes. */
  static void equalBytes(byte[] expected, byte[] seen, String what) {
    int at = Arrays.mismatch(expected, seen);
    if (at >= 0) {
      throw new AssertionError(
          what
              + ": "
              + expected.length
              + " bytes expected, "
              + seen.length
              + " seen, different from byte "
              + at);
    }
  }

  /** Fails unless the body throws exactly this; returns what it threw. */
  static <E extends Throwable> E thrown(Class<E> type, TestBody body) {
    try {
      body.run();
    } catch (Throwable e) {
      if (e.getClass() == type) {
        return type.cast(e);
      }
      throw new AssertionError("expected " + type.getName() + ", saw " + e, e);
    }
    throw new AssertionError("expected " + type.getName() + ", and nothing was thrown");
  }

  /** Waits until the condition holds; fails when it does not within the patience. */
  static void await(BooleanSupplier condition, String what) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE * 1_000_000;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("waited in vain for: " + what);
      }
      Thread.sleep(1);
    }
  }

  /** Waits for the end of a thread; fails when it does not end within the patience. */
  static void join(Thread thread) throws InterruptedException {
    thread.join(PATIENCE);
    if (thread.isAlive()) {
      throw new AssertionError("the thread " + thread + " did not end");
    }
  }

  /** Returns the value in a way that the compiler cannot see through. */
  @SuppressWarnings("unchecked")
  static <T> T opaque(T value) {
    sink = value;
    return (T) sink;
  }

  /** Lets go of the value that was kept last. */
  static void forget() {
    sink = null;
  }
}

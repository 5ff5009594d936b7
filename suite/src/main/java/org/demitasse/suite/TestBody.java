package org.demitasse.suite;

/** A test, or a step of one: throws when something is wrong. */
@FunctionalInterface
interface TestBody {
  /** Runs the test. */
  void run() throws Exception;
}

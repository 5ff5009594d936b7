package org.demitasse.net.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DynamicTest;

/**
 * The seeds of a simulation test: {@code -Dsim.seeds=N} runs N (2000 unless given; slower tests a
 * share of them), {@code -Dsim.from=N} starts at another one than 1, {@code -Dsim.seed=N} runs that
 * one alone. A failure's message begins with the command that repeats it.
 */
final class Seeds {
  private static final long DEFAULT = 2000;

  /** One run of a simulation. */
  @FunctionalInterface
  interface Run {
    void run(long seed) throws Exception;
  }

  private Seeds() {}

  /**
   * @param share which part of the seeds runs: 5 for every fifth
   */
  static List<DynamicTest> tests(Class<?> test, int share, Run run) {
    Long one = Long.getLong("sim.seed");
    long from = Long.getLong("sim.from", 1);
    long count = Math.max(Long.getLong("sim.seeds", DEFAULT) / share, 1);
    LongStream seeds = one != null ? LongStream.of(one) : LongStream.range(from, from + count);
    List<DynamicTest> tests = new ArrayList<>();
    seeds.forEach(
        seed -> tests.add(DynamicTest.dynamicTest("seed " + seed, () -> run(test, seed, run))));
    return tests;
  }

  private static void run(Class<?> test, long seed, Run run) {
    try {
      run.run(seed);
    } catch (Exception | AssertionError e) {
      throw new AssertionError(
          "\nto repeat: mvn -pl libos/net -am test -Dtest="
              + test.getSimpleName()
              + " -Dsurefire.failIfNoSpecifiedTests=false -Dsim.seed="
              + seed
              + "\n"
              + e,
          e);
    }
  }
}

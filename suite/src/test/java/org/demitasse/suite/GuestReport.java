package org.demitasse.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** Makes a test of each line that the suite's program has printed. */
final class GuestReport {

  /** The run of a suite; happens when the first of its tests is asked for. */
  @FunctionalInterface
  interface Run {
    /** Runs the suite to its end. */
    SuiteImage.Result run() throws Exception;
  }

  private GuestReport() {}

  /** The tests of one run, each with that name before its own. */
  static Stream<DynamicTest> tests(String where, Run run) {
    return Stream.of(where).flatMap(name -> runNow(name, run));
  }

  private static Stream<DynamicTest> runNow(String where, Run run) {
    try {
      return tests(where, run.run());
    } catch (Exception e) {
      return Stream.of(
          DynamicTest.dynamicTest(
              where + ": run",
              () -> {
                throw e;
              }));
    }
  }

  private static Stream<DynamicTest> tests(String where, SuiteImage.Result result) {
    List<DynamicTest> tests = new ArrayList<>();
    String closing = null;
    String[] lines = result.output().split("\n");
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i];
      if (line.startsWith("ok ")) {
        String name = line.substring(3, line.lastIndexOf(" ("));
        tests.add(DynamicTest.dynamicTest(where + ": " + name, () -> {}));
      } else if (line.startsWith("FAIL ")) {
        String why = stack(lines, i);
        tests.add(
            DynamicTest.dynamicTest(
                where + ": " + line.substring(5).split(": ", 2)[0],
                () -> {
                  throw new AssertionError(why);
                }));
      } else if (isClosing(line)) {
        closing = line;
      }
    }
    String seen = closing;
    tests.add(
        DynamicTest.dynamicTest(
            where + ": all tests ran to the closing line",
            () -> {
              assertThat(seen).as(result.both()).isNotNull().contains(" passed, 0 failed");
              assertThat(result.code()).isZero();
            }));
    return tests.stream();
  }

  private static boolean isClosing(String line) {
    return line.matches("\\d+ passed, \\d+ failed(, \\d+ not run here)?");
  }

  private static String stack(String[] lines, int first) {
    StringBuilder text = new StringBuilder(lines[first]);
    for (int i = first + 1; i < lines.length; i++) {
      if (lines[i].startsWith("ok ") || lines[i].startsWith("FAIL ") || isClosing(lines[i])) {
        break;
      }
      text.append('\n').append(lines[i]);
    }
    return text.toString();
  }
}

package org.demitasse.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Runs all tests inside the image, on every machine, and reports each by its name. */
@Tag("image")
class GuestTestsTest {

  @TestFactory
  Stream<DynamicContainer> inTheGuest() {
    return SuiteImage.MACHINES.stream()
        .map(machine -> DynamicContainer.dynamicContainer(machine, tests(machine)));
  }

  /** The run itself happens when the first test is asked for, so that machines go one by one. */
  private static Stream<DynamicTest> tests(String machine) {
    return Stream.of(machine).flatMap(GuestTestsTest::run);
  }

  private static Stream<DynamicTest> run(String machine) {
    SuiteImage.Result result;
    try {
      result = SuiteImage.result(SuiteImage.command(machine, List.of()), Path.of("/dev/null"));
    } catch (Exception e) {
      return Stream.of(
          DynamicTest.dynamicTest(
              machine + ": run",
              () -> {
                throw e;
              }));
    }
    List<DynamicTest> tests = new ArrayList<>();
    String closing = null;
    String[] lines = result.output().split("\n");
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i];
      if (line.startsWith("ok ")) {
        String name = line.substring(3, line.lastIndexOf(" ("));
        tests.add(DynamicTest.dynamicTest(machine + ": " + name, () -> {}));
      } else if (line.startsWith("FAIL ")) {
        String why = stack(lines, i);
        String name = line.substring(5, line.indexOf(": "));
        tests.add(
            DynamicTest.dynamicTest(
                machine + ": " + name,
                () -> {
                  throw new AssertionError(why);
                }));
      } else if (line.matches("\\d+ passed, \\d+ failed")) {
        closing = line;
      }
    }
    String seen = closing;
    tests.add(
        DynamicTest.dynamicTest(
            machine + ": all tests ran to the closing line",
            () -> {
              assertThat(seen).as(result.both()).isNotNull().endsWith(" passed, 0 failed");
              assertThat(result.code()).isZero();
            }));
    return tests.stream();
  }

  private static String stack(String[] lines, int first) {
    StringBuilder text = new StringBuilder(lines[first]);
    for (int i = first + 1; i < lines.length && !lines[i].startsWith("ok "); i++) {
      if (lines[i].startsWith("FAIL ") || lines[i].matches("\\d+ passed, .*")) {
        break;
      }
      text.append('\n').append(lines[i]);
    }
    return text.toString();
  }
}

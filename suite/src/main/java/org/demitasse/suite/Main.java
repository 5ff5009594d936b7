package org.demitasse.suite;

import java.util.ArrayList;
import java.util.List;

/**
 * Runs the tests: {@code Main [--list] [NAME...]}, where a name is a test's or a concern's. The
 * exit code is 0 when all that ran have passed, 1 when not, 64 when a name is unknown. {@code
 * --program NAME} runs one of {@link Programs} instead, for tests that need the outside.
 */
public final class Main {

  /** Whether this program is inside an image. */
  static final boolean IN_MACHINE = System.getProperty("os.name").equals("Demitasse");

  private Main() {}

  /** Runs. */
  public static void main(String[] arguments) throws Exception {
    if (arguments.length > 1 && arguments[0].equals("--program")) {
      Programs.run(arguments[1], List.of(arguments).subList(2, arguments.length));
      return;
    }
    List<String> names = new ArrayList<>(List.of(arguments));
    boolean list = names.remove("--list");
    List<TestCase> tests = TestList.all().chosen(names);
    if (tests.isEmpty()) {
      System.err.println("no test has a name among " + names + "; --list shows all");
      System.exit(64);
    }
    if (list) {
      tests.forEach(test -> System.out.println(test.name()));
      return;
    }
    System.exit(new Runner(System.out, IN_MACHINE).run(tests) ? 0 : 1);
  }
}

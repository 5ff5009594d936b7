package org.demitasse.suites;

import java.util.List;

/** Runs all suites; exit code 0 when every test has passed, 1 otherwise. */
public final class Main {

  private Main() {}

  /** Runs. Arguments choose suites by name. */
  public static void main(String[] arguments) {
    Checks checks = new Checks();
    for (Suite suite : Suite.values()) {
      if (arguments.length == 0 || List.of(arguments).contains(suite.label())) {
        suite.run(checks);
      }
    }
    System.exit(checks.finish() ? 0 : 1);
  }
}

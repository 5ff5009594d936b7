package org.demitasse.suites;

import java.util.function.Consumer;

/** The suites, in the order in which they run. */
enum Suite {
  /** Threads, monitors, time. */
  THREADS("threads", ThreadSuite::run),
  /** Heap and stacks. */
  MEMORY("memory", MemorySuite::run),
  /** The language and the class library above the platform. */
  LIBRARY("library", LibrarySuite::run),
  /** Files and resources. */
  FILES("files", FileSuite::run);

  private final String label;
  private final Consumer<Checks> body;

  Suite(String label, Consumer<Checks> body) {
    this.label = label;
    this.body = body;
  }

  String label() {
    return label;
  }

  void run(Checks checks) {
    body.accept(checks);
  }
}

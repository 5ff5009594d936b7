package org.demitasse.jdk.start;

import org.demitasse.jdk.nucleus.Nucleus;
import org.demitasse.jdk.thread.Blocking;

/**
 * Ends the program in order when the host asks (SIGTERM, Ctrl-C): shutdown hooks run, then the
 * machine ends with 143, as a JVM that gets SIGTERM does.
 */
final class ShutdownRequests {
  /** 128 and SIGTERM's number. */
  private static final int EXIT_CODE = 128 + 15;

  private static final long STACK_BYTES = 128 * 1024;

  private ShutdownRequests() {}

  static void listen() {
    Thread thread = new Thread(null, ShutdownRequests::await, "Shutdown requests", STACK_BYTES);
    thread.setDaemon(true);
    thread.start();
  }

  private static void await() {
    while (Blocking.awaitEvents(Nucleus.EVENT_SHUTDOWN, Long.MAX_VALUE) == 0) {}
    System.exit(EXIT_CODE);
  }
}

package org.demitasse.machine;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * One run of an image. Methods may be called from any thread. Closing kills what still runs and
 * frees what the run held.
 */
public interface RunningMachine extends AutoCloseable {

  /**
   * The program's standard input.
   *
   * @throws IllegalStateException when the run was started with inherited streams
   */
  OutputStream input();

  /**
   * The program's standard output.
   *
   * @throws IllegalStateException when the run was started with inherited streams
   */
  InputStream output();

  /**
   * The program's standard error. On machines with one console it stays empty and what the program
   * writes there is part of {@link #output()}.
   *
   * @throws IllegalStateException when the run was started with inherited streams
   */
  InputStream error();

  /** Asks the program to end in order: its shutdown hooks run. Returns at once. */
  void stop();

  /** Ends the machine at once. */
  void kill();

  /**
   * Waits for the end of the run.
   *
   * @return the program's exit code, 0 to 255; 124 and 125 are the machine's own ({@code
   *     docs/exit-codes.md}), 128 + N a machine that was ended by signal N
   */
  int waitFor() throws InterruptedException;

  /** As {@link #waitFor()}, but gives up after a time and answers empty. */
  OptionalInt waitFor(Duration timeout) throws InterruptedException;

  /** The process that carries the machine. */
  ProcessHandle process();

  @Override
  void close();
}

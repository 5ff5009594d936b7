package org.demitasse.builder.compile;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;

/**
 * How much of a JVM's processor time goes into collecting garbage, from {@code /proc/PID/task}
 * (proc(5)). A heap that is too small for the work is seldom full: it is collected again and again,
 * and the JVM's own limit (GCTimeLimit) does not see that while a generation is emptied each time.
 */
final class CollectionLoad {
  /**
   * Looks that make one judgement: a minute of {@link CompilerProcess}'s, as a heap that is about
   * to grow, or a single full collection of a large one, may take seconds.
   */
  static final int WINDOW = 120;

  /** Share of the processor time between them: with less, the work still gets somewhere. */
  private static final double HOPELESS = 0.9;

  /**
   * Hundredths of a second of processor time, as Linux counts it in {@code stat}, without which
   * there is no judgement: a process that waits for the machine says nothing about its heap.
   */
  private static final long TICKS_MIN = 2_000;

  private final Path process;
  private final ArrayDeque<long[]> looks = new ArrayDeque<>();

  /**
   * @param process the process' folder below {@code /proc}
   */
  CollectionLoad(Path process) {
    this.process = process;
  }

  /** Looks once more; returns whether nearly all time since {@link #WINDOW} looks is lost. */
  boolean isHopeless() {
    long[] now = new long[2];
    try {
      now[0] = ticks(process);
      try (DirectoryStream<Path> threads = Files.newDirectoryStream(process.resolve("task"))) {
        for (Path thread : threads) {
          String name = Files.readString(thread.resolve("comm")).strip();
          // The collector's workers, and the thread that has them work and waits.
          if (name.startsWith("GC Thread#") || name.equals("VM Thread")) {
            now[1] += ticks(thread);
          }
        }
      }
    } catch (IOException e) {
      return false; // a thread or the process has just ended
    }
    looks.addLast(now);
    if (looks.size() <= WINDOW) {
      return false;
    }
    long[] then = looks.removeFirst();
    long all = now[0] - then[0];
    return all >= TICKS_MIN && now[1] - then[1] >= HOPELESS * all;
  }

  /** Processor time of a process or a thread, from its {@code stat}: user and system. */
  private static long ticks(Path folder) throws IOException {
    String stat = Files.readString(folder.resolve("stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
    if (fields.length < 13) {
      throw new IOException(folder + "/stat has " + fields.length + " fields behind the name");
    }
    return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
  }
}

package com.oracle.svm.hosted;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What GraalVM distributions answer with a small native library, which the published modules of the
 * builder lack. This class takes the place of theirs inside the builder's module: the name and the
 * two methods are what the builder calls.
 */
final class ProgressReporterCHelper {

  private static final int COLUMNS = 120;
  private static final Path STATUS = Path.of("/proc/self/status");

  private ProgressReporterCHelper() {}

  /** Columns of the terminal that the builder writes for; there is none, the output is parsed. */
  public static int getTerminalWindowColumnsClamped() {
    return COLUMNS;
  }

  /** The largest resident memory of this process so far in bytes (proc(5)); -1 when unknown. */
  public static long getPeakRSS() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith("VmHWM:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024;
        }
      }
    } catch (IOException | NumberFormatException e) {
      return -1;
    }
    return -1;
  }
}

package org.demitasse.builder.compile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The memory of a process, from {@code /proc/PID/status} (proc(5)). */
final class ProcessMemory {

  private ProcessMemory() {}

  /** Bytes that are resident now; 0 when the process is gone. */
  static long resident(long pid) {
    return field(pid, "VmRSS:");
  }

  /** The most bytes that were resident so far; 0 when the process is gone. */
  static long peak(long pid) {
    return field(pid, "VmHWM:");
  }

  private static long field(long pid, String name) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
        if (line.startsWith(name)) {
          String digits = line.replaceAll("[^0-9]", "");
          return digits.isEmpty() ? 0 : Long.parseLong(digits) << 10;
        }
      }
    } catch (IOException e) {
      return 0;
    }
    return 0;
  }
}

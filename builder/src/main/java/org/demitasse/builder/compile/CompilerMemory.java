package org.demitasse.builder.compile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * How much Java heap the compiler may take: most of what is free, seen through the limits of the
 * control group that this process is in (cgroups(7), version 2 and the memory controller of version
 * 1).
 */
public final class CompilerMemory {

  /** Below this the compiler spends its time collecting garbage, or fails. */
  public static final long LEAST = 2L << 30;

  /** More does not make a build faster. */
  static final long MOST = 12L << 30;

  /** The share of the free memory for the heap; the JVM's own structures need the rest. */
  private static final double HEAP_SHARE = 0.75;

  private static final Path ROOT = Path.of("/");

  private CompilerMemory() {}

  /** Bytes of heap for the compiler. */
  public static long choose() {
    return choose(free(ROOT));
  }

  static long choose(long free) {
    long share = (long) (free * HEAP_SHARE);
    return Math.clamp(share, LEAST, MOST) >> 20 << 20;
  }

  /** Bytes that this process may still take before the machine or its control group has no more. */
  public static long free() {
    return free(ROOT);
  }

  /**
   * The same with the system's files below another root.
   *
   * @param root the folder that holds {@code proc} and {@code sys}
   */
  static long free(Path root) {
    long free = available(lines(root.resolve("proc/meminfo")));
    for (String line : lines(root.resolve("proc/self/cgroup"))) {
      String[] fields = line.split(":", 3);
      if (fields.length == 3 && fields[1].isEmpty()) {
        free =
            Math.min(
                free,
                hierarchy(
                    root.resolve("sys/fs/cgroup"), fields[2], "memory.max", "memory.current"));
      } else if (fields.length == 3 && List.of(fields[1].split(",")).contains("memory")) {
        free =
            Math.min(
                free,
                hierarchy(
                    root.resolve("sys/fs/cgroup/memory"),
                    fields[2],
                    "memory.limit_in_bytes",
                    "memory.usage_in_bytes"));
      }
    }
    return free;
  }

  /** The least that any group from this one up to the root has left. */
  private static long hierarchy(Path mount, String group, String limit, String usage) {
    long least = Long.MAX_VALUE;
    Path folder = mount.resolve(group.replaceFirst("^/+", "")).normalize();
    while (folder.startsWith(mount)) {
      long most = number(folder.resolve(limit));
      if (most >= 0) {
        long cache = inactiveFiles(lines(folder.resolve("memory.stat")));
        long used = Math.max(0, number(folder.resolve(usage)) - cache);
        least = Math.min(least, Math.max(0, most - used));
      }
      folder = folder.getParent();
    }
    return least;
  }

  private static long available(List<String> meminfo) {
    for (String line : meminfo) {
      if (line.startsWith("MemAvailable:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
      }
    }
    return Runtime.getRuntime()
        .maxMemory(); // a quarter of the machine's memory: the JVM's own rule
  }

  /** File pages that the kernel gives back when memory is wanted. */
  private static long inactiveFiles(List<String> stat) {
    for (String line : stat) {
      if (line.startsWith("inactive_file ")) {
        return Long.parseLong(line.substring("inactive_file ".length()).strip());
      }
    }
    return 0;
  }

  /** A file of one number; -1 for none, and for "max". */
  private static long number(Path file) {
    List<String> lines = lines(file);
    return lines.size() == 1 && lines.getFirst().matches("[0-9]{1,18}")
        ? Long.parseLong(lines.getFirst())
        : -1;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of(); // not on this machine
    }
  }
}

package org.demitasse.builder;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a finished build left behind.
 *
 * @param image the image file
 * @param symbols its symbol file
 * @param buildId the 20 bytes of the build id in lower-case hexadecimal
 * @param parts the image's parts in the order of the file
 * @param types classes, interfaces and arrays that the program can reach
 * @param methods methods that were compiled
 * @param resources resources of the class path that are inside
 * @param metadata libraries that got metadata from the repository, names and versions
 * @param elapsed wall time of the build
 * @param peakMemory the largest resident memory of the compiler's process, bytes
 */
public record BuildResult(
    Path image,
    Path symbols,
    String buildId,
    List<Part> parts,
    long types,
    long methods,
    long resources,
    List<String> metadata,
    Duration elapsed,
    long peakMemory) {

  /** Copies the lists. */
  public BuildResult {
    parts = List.copyOf(parts);
    metadata = List.copyOf(metadata);
  }

  /** Bytes of the image file. */
  public long size() {
    return parts.stream().mapToLong(Part::bytes).sum();
  }

  /**
   * One part of the image file.
   *
   * @param name what it holds, for people ("code", "heap", "read-only data", ...)
   * @param bytes its bytes in the file
   */
  public record Part(String name, long bytes) {}
}

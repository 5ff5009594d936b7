package org.demitasse.image.link;

import java.nio.file.Path;
import java.util.Objects;

/**
 * What to link.
 *
 * @param appObject the builder's relocatable object
 * @param nucleusObject the nucleus as one relocatable object
 * @param manifestJson the text of the manifest section
 * @param minimumMemoryMiB smallest memory that the image boots with, in MiB; 0: computed from the
 *     sizes of the parts
 * @param reservedHeapBytes address space that begins with the image heap and belongs to the heap
 * @param reservedPagesBytes address space for stacks and off-heap memory
 * @param files contents of the read-only section of packed files; empty: none
 */
public record LinkRequest(
    Path appObject,
    Path nucleusObject,
    String manifestJson,
    int minimumMemoryMiB,
    long reservedHeapBytes,
    long reservedPagesBytes,
    byte[] files) {
  /** Address space costs nothing until it is committed; this is more than machines have. */
  public static final long DEFAULT_RESERVED_HEAP = 32L << 30;

  public static final long DEFAULT_RESERVED_PAGES = 32L << 30;

  public LinkRequest {
    Objects.requireNonNull(appObject);
    Objects.requireNonNull(nucleusObject);
    Objects.requireNonNull(manifestJson);
    Objects.requireNonNull(files);
    if (minimumMemoryMiB < 0 || reservedHeapBytes < 0 || reservedPagesBytes < 0) {
      throw new IllegalArgumentException("sizes are not negative");
    }
  }

  /** A request with the default ranges and no packed files. */
  public static LinkRequest of(Path appObject, Path nucleusObject, String manifestJson) {
    return new LinkRequest(
        appObject,
        nucleusObject,
        manifestJson,
        0,
        DEFAULT_RESERVED_HEAP,
        DEFAULT_RESERVED_PAGES,
        new byte[0]);
  }

  public LinkRequest withMinimumMemoryMiB(int mebibytes) {
    return new LinkRequest(
        appObject,
        nucleusObject,
        manifestJson,
        mebibytes,
        reservedHeapBytes,
        reservedPagesBytes,
        files);
  }

  public LinkRequest withReservedBytes(long heap, long pages) {
    return new LinkRequest(
        appObject, nucleusObject, manifestJson, minimumMemoryMiB, heap, pages, files);
  }

  public LinkRequest withFiles(byte[] contents) {
    return new LinkRequest(
        appObject,
        nucleusObject,
        manifestJson,
        minimumMemoryMiB,
        reservedHeapBytes,
        reservedPagesBytes,
        contents);
  }
}

package org.demitasse.fs;

/** One file system: a tree of inodes that is mounted somewhere. */
public abstract class Volume {
  private static final java.util.concurrent.atomic.AtomicInteger NUMBERS =
      new java.util.concurrent.atomic.AtomicInteger();

  private final int number = NUMBERS.incrementAndGet();
  private final String name;
  private final String type;

  /**
   * @param name what the volume is called where volumes are listed
   * @param type the kind of file system, such as "memory"
   */
  protected Volume(String name, String type) {
    this.name = name;
    this.type = type;
  }

  /** Returns a number that no other volume has. */
  public final int number() {
    return number;
  }

  public final String name() {
    return name;
  }

  public final String type() {
    return type;
  }

  /** Returns the directory that everything of this volume is below. */
  public abstract Inode root();

  public abstract boolean isReadOnly();

  /** Returns the bytes that the volume can hold. */
  public abstract long totalBytes();

  /** Returns the bytes that can still be written. */
  public abstract long freeBytes();
}

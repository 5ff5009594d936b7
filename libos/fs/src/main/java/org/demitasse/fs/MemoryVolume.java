package org.demitasse.fs;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.demitasse.core.Clock;

/**
 * A writable file system in the Java heap. What it holds, names and inodes included, is bounded:
 * then changes fail with {@link FsError#NOSPC}.
 */
public final class MemoryVolume extends Volume {
  /** What an inode with its name is charged at, bytes; keeps the number of empty files bounded. */
  static final int INODE_BYTES = 256;

  private final LongSupplier limit;
  private final Clock clock;
  private final int owner;
  private final int group;
  private final AtomicLong used = new AtomicLong();
  private final AtomicLong inodes = new AtomicLong();

  /**
   * Made when first looked at: in an image, by then the clock is the machine's, not the builder's.
   */
  private MemoryDirectory root;

  private final int rootPermissions;

  /** Makes a volume with a fixed limit. */
  public MemoryVolume(String name, long limit, Clock clock, int permissions, int owner, int group) {
    this(name, () -> limit, clock, permissions, owner, group);
    if (limit < INODE_BYTES) {
      throw new IllegalArgumentException(
          "A memory file system needs at least " + INODE_BYTES + " bytes, not " + limit);
    }
  }

  /**
   * @param limit bytes that it may use, at least {@link #INODE_BYTES}; asked each time, as an image
   *     that is built on one machine runs on another
   * @param permissions of the root directory, such as 01777
   * @param owner of the root directory and of all that is made
   */
  public MemoryVolume(
      String name, LongSupplier limit, Clock clock, int permissions, int owner, int group) {
    super(name, "memory");
    this.limit = limit;
    this.clock = clock;
    this.owner = owner;
    this.group = group;
    used.set(INODE_BYTES);
    rootPermissions = permissions;
  }

  @Override
  public synchronized Inode root() {
    if (root == null) {
      root = new MemoryDirectory(this, rootPermissions);
    }
    return root;
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public long totalBytes() {
    return limit.getAsLong();
  }

  @Override
  public long freeBytes() {
    return limit.getAsLong() - used.get();
  }

  /** Takes bytes of the limit, or throws {@link FsError#NOSPC} and takes none. */
  void take(long bytes) throws FsException {
    for (; ; ) {
      long now = used.get();
      if (bytes > limit.getAsLong() - now) {
        throw new FsException(FsError.NOSPC);
      }
      if (used.compareAndSet(now, now + bytes)) {
        return;
      }
    }
  }

  void giveBack(long bytes) {
    used.addAndGet(-bytes);
  }

  long nextInode() {
    return inodes.incrementAndGet();
  }

  long now() {
    return clock.wallNanos();
  }

  int owner() {
    return owner;
  }

  int group() {
    return group;
  }
}

package org.demitasse.fs;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An open file: an inode, what may be done with it, and a position that reads and writes without a
 * position of their own move. It stays usable when the file's names go. After {@link #close} every
 * call fails with {@link FsError#BADF}. Any thread may call; calls that move the position exclude
 * one another.
 */
public final class OpenFile implements AutoCloseable {
  /** Flags of {@link Vfs#open}. */
  public static final int READ = 1;

  public static final int WRITE = 2;

  /** Every write goes to the end. */
  public static final int APPEND = 4;

  /** Make the file when it is not there. */
  public static final int CREATE = 8;

  /** With {@link #CREATE}: fail when it is there. */
  public static final int EXCLUSIVE = 16;

  /** Cut it to nothing; with {@link #WRITE} only. */
  public static final int TRUNCATE = 32;

  /** Fail when the last name is a symbolic link. */
  public static final int NO_FOLLOW = 64;

  private final Inode inode;
  private final int flags;
  private final AtomicBoolean closed = new AtomicBoolean();
  private long position;

  OpenFile(Inode inode, int flags) {
    this.inode = inode;
    this.flags = flags;
    inode.opened();
  }

  /** Returns what is open. */
  public Inode inode() {
    return inode;
  }

  public boolean isReadable() {
    return (flags & READ) != 0;
  }

  public boolean isWritable() {
    return (flags & WRITE) != 0;
  }

  public boolean isAppending() {
    return (flags & APPEND) != 0;
  }

  public boolean isOpen() {
    return !closed.get();
  }

  private void require(int flag) throws FsException {
    if (closed.get() || (flags & flag) != flag) {
      throw new FsException(FsError.BADF);
    }
  }

  /**
   * Reads at the position and moves it.
   *
   * @return bytes read, or -1 at the end of the file (0 when none are asked for)
   */
  public synchronized int read(byte[] to, int offset, int length) throws FsException {
    require(READ);
    int n = inode.read(position, to, offset, length);
    position += n;
    return n == 0 && length > 0 ? -1 : n;
  }

  /** Reads at the position and moves it; the result is as with arrays. */
  public synchronized int read(ByteBuffer to) throws FsException {
    int n = read(position, to);
    position += Math.max(n, 0);
    return n;
  }

  /** Reads at a position of its own; the result is as with arrays. */
  public int read(long at, ByteBuffer to) throws FsException {
    require(READ);
    if (at < 0) {
      throw new FsException(FsError.INVAL);
    }
    boolean wanted = to.hasRemaining();
    int n = inode.read(at, to);
    return n == 0 && wanted ? -1 : n;
  }

  /**
   * Writes all at the position, or at the end when appending, and moves the position behind it.
   *
   * @throws FsException when not all could be written; the position is behind what was
   */
  public void write(byte[] from, int offset, int length) throws FsException {
    write(ByteBuffer.wrap(from, offset, length));
  }

  /** Writes all that remains; see {@link #write(byte[], int, int)}. */
  public synchronized void write(ByteBuffer from) throws FsException {
    require(WRITE);
    int before = from.remaining();
    try {
      position = inode.write(position, isAppending(), from);
    } catch (FsException e) {
      position = isAppending() ? inode.size() : position + before - from.remaining();
      throw e;
    }
  }

  /** Writes all that remains at a position of its own. */
  public void write(long at, ByteBuffer from) throws FsException {
    require(WRITE);
    if (at < 0) {
      throw new FsException(FsError.INVAL);
    }
    inode.write(at, isAppending(), from);
  }

  /** Returns the position, bytes from the start. */
  public synchronized long position() throws FsException {
    require(0);
    return position;
  }

  /** Moves the position; it may be behind the end. */
  public synchronized void seek(long to) throws FsException {
    require(0);
    if (to < 0) {
      throw new FsException(FsError.INVAL);
    }
    position = to;
  }

  /** Returns the bytes of the file. */
  public long size() throws FsException {
    require(0);
    return inode.size();
  }

  /** Cuts or extends the file; the position stays. */
  public void truncate(long size) throws FsException {
    require(0);
    if (!isWritable() || inode.kind() != FileKind.REGULAR) {
      throw new FsException(FsError.INVAL);
    }
    inode.truncate(size);
  }

  /** Returns the bytes from the position to the end, at least 0. */
  public synchronized long available() throws FsException {
    require(0);
    return Math.max(inode.size() - position, 0);
  }

  /** Makes sure that what was written stays; there is nothing to wait for in memory. */
  public void sync() throws FsException {
    require(0);
  }

  /** Closes; again is allowed and does nothing. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      inode.closed();
    }
  }
}

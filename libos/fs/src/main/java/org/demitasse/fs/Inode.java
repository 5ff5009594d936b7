package org.demitasse.fs;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * A file, directory, link or device of a {@link Volume}, whatever its names. What a kind or a
 * volume does not do fails as POSIX says: content of directories with {@link FsError#ISDIR}, names
 * in anything else with {@link FsError#NOTDIR}, and changes with {@link FsError#ROFS} unless a
 * volume overrides them.
 *
 * <p>Calls that change names come from {@link Vfs} alone, one at a time; all others from any
 * thread.
 */
public abstract class Inode {
  private final Volume volume;

  protected Inode(Volume volume) {
    this.volume = volume;
  }

  public final Volume volume() {
    return volume;
  }

  public abstract FileKind kind();

  public abstract FileAttributes attributes();

  /** Returns the bytes of content. */
  public long size() {
    return attributes().size();
  }

  public final boolean isDirectory() {
    return kind() == FileKind.DIRECTORY;
  }

  // ---- content ---------------------------------------------------------------------------------

  /**
   * Reads at a position.
   *
   * @return bytes read, fewer than asked only at the end of the file; 0 at or behind it
   */
  public int read(long position, byte[] to, int offset, int length) throws FsException {
    throw noContent();
  }

  /** Reads at a position what room {@code to} has; the result is as with arrays. */
  public int read(long position, ByteBuffer to) throws FsException {
    throw noContent();
  }

  /**
   * Writes at a position; a gap behind the old end reads as zeros.
   *
   * @param append write at the end, whatever the position
   * @return the position after the last byte written
   * @throws FsException {@link FsError#NOSPC} when not all fits; what fits has been written
   */
  public long write(long position, boolean append, ByteBuffer from) throws FsException {
    throw kind() == FileKind.DIRECTORY ? noContent() : new FsException(FsError.ROFS);
  }

  /** Cuts or extends (with zeros) the content. */
  public void truncate(long size) throws FsException {
    throw kind() == FileKind.DIRECTORY ? noContent() : new FsException(FsError.ROFS);
  }

  private FsException noContent() {
    return new FsException(kind() == FileKind.DIRECTORY ? FsError.ISDIR : FsError.INVAL);
  }

  /** Says that one more {@link OpenFile} uses the content. */
  protected void opened() {}

  /** Says that an {@link OpenFile} is done with it: content without a name may go. */
  protected void closed() {}

  // ---- attributes ------------------------------------------------------------------------------

  /** Sets permissions, the twelve bits of {@code chmod}. */
  public void setPermissions(int permissions) throws FsException {
    throw new FsException(FsError.ROFS);
  }

  /** Sets owner and group; -1 leaves one as it is. */
  public void setOwner(int owner, int group) throws FsException {
    throw new FsException(FsError.ROFS);
  }

  /** Sets the times of access and modification, nanoseconds since 1970. */
  public void setTimes(long accessed, long modified) throws FsException {
    throw new FsException(FsError.ROFS);
  }

  // ---- symbolic links --------------------------------------------------------------------------

  /** Returns where a symbolic link leads, as it was written. */
  public String target() throws FsException {
    throw new FsException(FsError.INVAL);
  }

  // ---- directories -----------------------------------------------------------------------------

  /** Returns the inode of that name in this directory, or null. */
  protected Inode find(String name) throws FsException {
    throw new FsException(FsError.NOTDIR);
  }

  /** Returns the names in this directory, without "." and "..", in an order of its own. */
  protected List<String> names() throws FsException {
    throw new FsException(FsError.NOTDIR);
  }

  /** Makes an empty file; the name is not there yet. */
  protected Inode createFile(String name, int permissions) throws FsException {
    throw new FsException(FsError.ROFS);
  }

  /** Makes an empty directory; the name is not there yet. */
  protected Inode createDirectory(String name, int permissions) throws FsException {
    throw new FsException(FsError.ROFS);
  }

  /** Makes a symbolic link; the name is not there yet. */
  protected Inode createLink(String name, String target) throws FsException {
    throw new FsException(FsError.ROFS);
  }

  /** Gives a file of this volume one more name; the name is not there yet. */
  protected void link(String name, Inode existing) throws FsException {
    throw new FsException(FsError.ROFS);
  }

  /** Removes a name that is there; a directory behind it is empty. */
  protected void remove(String name) throws FsException {
    throw new FsException(FsError.ROFS);
  }

  /**
   * Moves a name that is there to a directory of the same volume. What the new name stood for goes;
   * whether it may, the caller has checked.
   */
  protected void move(String name, Inode directory, String newName) throws FsException {
    throw new FsException(FsError.ROFS);
  }
}

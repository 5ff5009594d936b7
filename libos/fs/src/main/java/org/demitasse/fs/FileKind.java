package org.demitasse.fs;

/** What an inode is, with the type bits of {@code st_mode}. */
public enum FileKind {
  REGULAR(0100000),
  DIRECTORY(0040000),
  SYMBOLIC_LINK(0120000),
  /** A character device. */
  DEVICE(0020000);

  private final int modeBits;

  FileKind(int modeBits) {
    this.modeBits = modeBits;
  }

  /** Returns the bits above the permissions in {@code st_mode}. */
  public int modeBits() {
    return modeBits;
  }
}

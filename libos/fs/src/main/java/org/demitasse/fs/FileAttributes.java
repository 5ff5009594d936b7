package org.demitasse.fs;

/**
 * What {@code stat} tells.
 *
 * @param volume number of the volume, unique in its {@link Vfs}
 * @param inode number of the inode, unique in its volume
 * @param permissions the twelve bits of {@code chmod}
 * @param links names that the inode has
 * @param size bytes; of a symbolic link, of its target's name in UTF-8
 * @param accessed nanoseconds since 1970; reading does not change it (as with {@code noatime})
 * @param modified nanoseconds since 1970, when the content was last changed
 * @param changed nanoseconds since 1970, when the inode was last changed
 * @param created nanoseconds since 1970
 */
public record FileAttributes(
    FileKind kind,
    int volume,
    long inode,
    int permissions,
    int owner,
    int group,
    int links,
    long size,
    long accessed,
    long modified,
    long changed,
    long created) {
  public boolean isRegular() {
    return kind == FileKind.REGULAR;
  }

  public boolean isDirectory() {
    return kind == FileKind.DIRECTORY;
  }

  public boolean isSymbolicLink() {
    return kind == FileKind.SYMBOLIC_LINK;
  }

  /** Returns {@code st_mode}. */
  public int mode() {
    return kind.modeBits() | permissions;
  }

  /** True when both are attributes of the same inode. */
  public boolean isSameFile(FileAttributes other) {
    return volume == other.volume && inode == other.inode;
  }
}

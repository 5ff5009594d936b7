package org.demitasse.nio.file;

import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.demitasse.fs.FileAttributes;
import org.demitasse.fs.FileKind;

/** Attributes as they were at one moment. */
final class Attributes implements PosixFileAttributes {
  /** What tells two files apart. */
  private record Key(int volume, long inode) {
    @Override
    public String toString() {
      return "(dev=" + Integer.toHexString(volume) + ",ino=" + inode + ")";
    }
  }

  private final FileAttributes attributes;
  private final Principals principals;

  Attributes(FileAttributes attributes, Principals principals) {
    this.attributes = attributes;
    this.principals = principals;
  }

  FileAttributes raw() {
    return attributes;
  }

  static FileTime time(long nanos) {
    return FileTime.from(nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public FileTime lastModifiedTime() {
    return time(attributes.modified());
  }

  @Override
  public FileTime lastAccessTime() {
    return time(attributes.accessed());
  }

  @Override
  public FileTime creationTime() {
    return time(attributes.created());
  }

  @Override
  public boolean isRegularFile() {
    return attributes.isRegular();
  }

  @Override
  public boolean isDirectory() {
    return attributes.isDirectory();
  }

  @Override
  public boolean isSymbolicLink() {
    return attributes.isSymbolicLink();
  }

  @Override
  public boolean isOther() {
    return attributes.kind() == FileKind.DEVICE;
  }

  @Override
  public long size() {
    return attributes.size();
  }

  @Override
  public Object fileKey() {
    return new Key(attributes.volume(), attributes.inode());
  }

  @Override
  public UserPrincipal owner() {
    return principals.user(attributes.owner());
  }

  @Override
  public GroupPrincipal group() {
    return principals.group(attributes.group());
  }

  @Override
  public Set<PosixFilePermission> permissions() {
    return Options.permissions(attributes.permissions());
  }
}

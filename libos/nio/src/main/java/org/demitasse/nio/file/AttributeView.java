package org.demitasse.nio.file;

import java.io.IOException;
import java.nio.file.ProviderMismatchException;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.demitasse.fs.FileAttributes;
import org.demitasse.fs.FsError;
import org.demitasse.fs.FsException;
import org.demitasse.fs.Inode;

/**
 * The views "basic", "posix", "unix" and "owner" of one file: one object that does all, and knows
 * by its name which attributes it may name.
 */
final class AttributeView implements PosixFileAttributeView {
  private static final List<String> BASIC =
      List.of(
          "size",
          "creationTime",
          "lastAccessTime",
          "lastModifiedTime",
          "fileKey",
          "isDirectory",
          "isRegularFile",
          "isSymbolicLink",
          "isOther");
  private static final List<String> POSIX = List.of("permissions", "owner", "group");
  private static final List<String> UNIX =
      List.of("mode", "ino", "dev", "rdev", "nlink", "uid", "gid", "ctime");

  private final String name;
  private final DemitassePath path;
  private final boolean follow;
  private final Principals principals;

  AttributeView(String name, DemitassePath path, boolean follow, Principals principals) {
    this.name = name;
    this.path = path;
    this.follow = follow;
    this.principals = principals;
  }

  @Override
  public String name() {
    return name;
  }

  private Inode inode() throws IOException {
    try {
      return path.vfs().lookup(path.forVfs(), follow);
    } catch (FsException e) {
      throw FileErrors.of(e, path);
    }
  }

  @Override
  public Attributes readAttributes() throws IOException {
    try {
      return new Attributes(path.vfs().attributes(path.forVfs(), follow), principals);
    } catch (FsException e) {
      FsError error = e.error() == FsError.NOTDIR ? FsError.NOENT : e.error();
      throw FileErrors.of(error, path, null);
    }
  }

  private boolean has(String attribute) {
    return switch (name) {
      case "owner" -> attribute.equals("owner");
      case "basic" -> BASIC.contains(attribute);
      case "posix" -> BASIC.contains(attribute) || POSIX.contains(attribute);
      default -> BASIC.contains(attribute) || POSIX.contains(attribute) || UNIX.contains(attribute);
    };
  }

  /** Reads attributes by their names; "*" means all of the view. */
  Map<String, Object> readAttributes(String[] requested) throws IOException {
    Set<String> wanted = new HashSet<>();
    for (String attribute : requested) {
      if (attribute.equals("*")) {
        addAll(wanted);
      } else if (has(attribute)) {
        wanted.add(attribute);
      } else {
        throw new IllegalArgumentException("'" + attribute + "' not recognized");
      }
    }
    Attributes attributes = readAttributes();
    Map<String, Object> values = new HashMap<>();
    for (String attribute : wanted) {
      values.put(attribute, value(attributes, attribute));
    }
    return Collections.unmodifiableMap(values);
  }

  private void addAll(Set<String> wanted) {
    if (name.equals("owner")) {
      wanted.add("owner");
      return;
    }
    wanted.addAll(BASIC);
    if (!name.equals("basic")) {
      wanted.addAll(POSIX);
    }
    if (name.equals("unix")) {
      wanted.addAll(UNIX);
    }
  }

  private static Object value(Attributes attributes, String attribute) {
    FileAttributes raw = attributes.raw();
    return switch (attribute) {
      case "size" -> raw.size();
      case "creationTime" -> attributes.creationTime();
      case "lastAccessTime" -> attributes.lastAccessTime();
      case "lastModifiedTime" -> attributes.lastModifiedTime();
      case "fileKey" -> attributes.fileKey();
      case "isDirectory" -> attributes.isDirectory();
      case "isRegularFile" -> attributes.isRegularFile();
      case "isSymbolicLink" -> attributes.isSymbolicLink();
      case "isOther" -> attributes.isOther();
      case "permissions" -> attributes.permissions();
      case "owner" -> attributes.owner();
      case "group" -> attributes.group();
      case "mode" -> raw.mode();
      case "ino" -> raw.inode();
      case "dev" -> (long) raw.volume();
      case "rdev" -> 0L;
      case "nlink" -> raw.links();
      case "uid" -> raw.owner();
      case "gid" -> raw.group();
      case "ctime" -> Attributes.time(raw.changed());
      default -> throw new IllegalArgumentException("'" + attribute + "' not recognized");
    };
  }

  /** Sets an attribute by its name. */
  void setAttribute(String attribute, Object value) throws IOException {
    if (!has(attribute)) {
      throw unknown(attribute);
    }
    switch (attribute) {
      case "lastModifiedTime" -> setTimes((FileTime) value, null, null);
      case "lastAccessTime" -> setTimes(null, (FileTime) value, null);
      case "creationTime" -> setTimes(null, null, (FileTime) value);
      case "permissions" -> setMode(Options.permissions((Set<?>) value));
      case "owner" -> setOwner((UserPrincipal) value);
      case "group" -> setGroup((GroupPrincipal) value);
      case "mode" -> setMode((Integer) value);
      case "uid" -> setOwners((Integer) value, -1);
      case "gid" -> setOwners(-1, (Integer) value);
      default -> throw unknown(attribute);
    }
  }

  private IllegalArgumentException unknown(String attribute) {
    return new IllegalArgumentException("'" + name + ":" + attribute + "' not recognized");
  }

  /** Sets the times that are not null; the time of creation is nobody's to set, as on Linux. */
  @Override
  public void setTimes(FileTime modified, FileTime accessed, FileTime created) throws IOException {
    if (modified == null && accessed == null) {
      return;
    }
    Inode inode = inode();
    FileAttributes now = inode.attributes();
    try {
      inode.setTimes(
          accessed == null ? now.accessed() : accessed.to(TimeUnit.NANOSECONDS),
          modified == null ? now.modified() : modified.to(TimeUnit.NANOSECONDS));
    } catch (FsException e) {
      throw FileErrors.of(e, path);
    }
  }

  private void setMode(int mode) throws IOException {
    Inode inode = inode();
    try {
      if (inode.attributes().isSymbolicLink()) {
        throw new FsException(FsError.LOOP);
      }
      inode.setPermissions(mode);
    } catch (FsException e) {
      throw FileErrors.of(e, path);
    }
  }

  private void setOwners(int user, int group) throws IOException {
    try {
      inode().setOwner(user, group);
    } catch (FsException e) {
      throw FileErrors.of(e, path);
    }
  }

  @Override
  public void setPermissions(Set<PosixFilePermission> permissions) throws IOException {
    setMode(Options.permissions(permissions));
  }

  @Override
  public UserPrincipal getOwner() throws IOException {
    return readAttributes().owner();
  }

  @Override
  public void setOwner(UserPrincipal owner) throws IOException {
    if (owner == null) {
      throw new NullPointerException("'owner' is null");
    }
    if (owner instanceof Principals.Group) {
      throw new IOException("'owner' parameter can't be a group");
    }
    if (!(owner instanceof Principals.User user)) {
      throw new ProviderMismatchException();
    }
    setOwners(user.id, -1);
  }

  @Override
  public void setGroup(GroupPrincipal group) throws IOException {
    if (group == null) {
      throw new NullPointerException("'owner' is null");
    }
    if (!(group instanceof Principals.Group ours)) {
      throw new ProviderMismatchException();
    }
    setOwners(-1, ours.id);
  }
}

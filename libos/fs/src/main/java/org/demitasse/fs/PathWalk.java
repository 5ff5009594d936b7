package org.demitasse.fs;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** One path being followed from the root, through mounts and symbolic links, to its last name. */
final class PathWalk {
  /** How the path ends. */
  enum End {
    NAME,
    ROOT,
    DOT,
    DOT_DOT
  }

  /** As many symbolic links as Linux follows in one path. */
  private static final int MAX_LINKS = 40;

  private final Vfs vfs;
  private final List<Inode> directories = new ArrayList<>();
  private final List<String> names = new ArrayList<>();

  /** What the path stands for, or null when the last name is not there. */
  Inode node;

  /** The last name, or null when the path does not end in one. */
  String name;

  End end;

  /** The path ends with a slash behind the last name: only a directory will do. */
  boolean slash;

  PathWalk(Vfs vfs, String path, boolean followLast) throws FsException {
    this.vfs = vfs;
    if (path.isEmpty() || path.indexOf(0) >= 0) {
      throw new FsException(FsError.NOENT);
    }
    if (path.length() >= Vfs.MAX_PATH_BYTES
        || path.length() * 3 >= Vfs.MAX_PATH_BYTES
            && path.getBytes(StandardCharsets.UTF_8).length >= Vfs.MAX_PATH_BYTES) {
      throw new FsException(FsError.NAMETOOLONG);
    }
    directories.add(vfs.root());
    walk(path.charAt(0) == '/' ? path : vfs.workingDirectory() + '/' + path, followLast);
  }

  private void walk(String path, boolean followLast) throws FsException {
    String rest = path;
    int at = skipSlashes(rest, 0);
    end = End.ROOT;
    int links = 0;
    while (at < rest.length()) {
      int stop = rest.indexOf('/', at);
      stop = stop < 0 ? rest.length() : stop;
      int next = skipSlashes(rest, stop);
      boolean last = next == rest.length();
      String part = rest.substring(at, stop);
      at = next;
      vfs.requireAccess(directory(), Vfs.EXECUTE);
      if (part.equals(".")) {
        end = End.DOT;
        continue;
      }
      if (part.equals("..")) {
        leave();
        end = End.DOT_DOT;
        continue;
      }
      checkName(part);
      Inode found = vfs.find(directory(), part);
      if (found != null
          && found.kind() == FileKind.SYMBOLIC_LINK
          && (followLast || !last || stop < next)) {
        if (++links > MAX_LINKS) {
          throw new FsException(FsError.LOOP);
        }
        String target = found.target();
        if (target.isEmpty()) {
          throw new FsException(FsError.NOENT);
        }
        if (target.charAt(0) == '/') {
          names.clear();
          directories.subList(1, directories.size()).clear();
        }
        rest = last ? target + (stop < next ? "/" : "") : target + '/' + rest.substring(next);
        at = skipSlashes(rest, 0);
        end = End.ROOT;
        continue;
      }
      if (last) {
        end = End.NAME;
        name = part;
        node = found;
        slash = stop < next;
        if (slash && found != null && !found.isDirectory()) {
          throw new FsException(FsError.NOTDIR);
        }
        return;
      }
      if (found == null) {
        throw new FsException(FsError.NOENT);
      }
      if (!found.isDirectory()) {
        throw new FsException(FsError.NOTDIR);
      }
      directories.add(found);
      names.add(part);
    }
    node = directory();
  }

  private static int skipSlashes(String path, int at) {
    int i = at;
    while (i < path.length() && path.charAt(i) == '/') {
      i++;
    }
    return i;
  }

  static void checkName(String name) throws FsException {
    if (name.length() > Vfs.MAX_NAME_BYTES
        || name.length() * 3 > Vfs.MAX_NAME_BYTES
            && name.getBytes(StandardCharsets.UTF_8).length > Vfs.MAX_NAME_BYTES) {
      throw new FsException(FsError.NAMETOOLONG);
    }
  }

  private void leave() {
    if (!names.isEmpty()) {
      names.removeLast();
      directories.removeLast();
    }
  }

  /** The directory that the last name is in; without a last name, the directory itself. */
  Inode directory() {
    return directories.getLast();
  }

  /** What the path stands for; fails when it is not there. */
  Inode existing() throws FsException {
    if (node == null) {
      throw new FsException(FsError.NOENT);
    }
    return node;
  }

  /** True when the walk went through that directory, or ended in it. */
  boolean passed(Inode directory) {
    return directories.contains(directory);
  }

  /** The absolute path without links, "." and "..". */
  String realPath() {
    if (names.isEmpty() && name == null) {
      return "/";
    }
    StringBuilder path = new StringBuilder();
    for (String part : names) {
      path.append('/').append(part);
    }
    if (name != null) {
      path.append('/').append(name);
    }
    return path.toString();
  }
}

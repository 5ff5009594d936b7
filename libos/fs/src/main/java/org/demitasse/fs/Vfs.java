package org.demitasse.fs;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.demitasse.core.Clock;
import org.demitasse.core.Entropy;

/**
 * One tree of paths over mounted volumes, with the operations of POSIX. Paths are Java strings, "/"
 * between names; a path that does not start with one is relative to {@link #workingDirectory}.
 *
 * <p>There is one user, who owns everything and is bound by the owner's permission bits. Every
 * change of names is atomic. Any thread may call.
 */
public final class Vfs {
  /** The longest name, bytes in UTF-8. */
  public static final int MAX_NAME_BYTES = 255;

  /** No path is as long as this, bytes in UTF-8. */
  public static final int MAX_PATH_BYTES = 4096;

  /** Bits for {@link #access}; 0 asks whether the file is there. */
  public static final int READ = 4;

  public static final int WRITE = 2;
  public static final int EXECUTE = 1;

  /** Permissions that new files and directories are made without. */
  private static final int UMASK = 022;

  private record Mount(String path, Inode directory, String name, Volume volume) {}

  private final Volume rootVolume;
  private final String workingDirectory;
  private final List<Mount> mounts = new ArrayList<>();

  /**
   * Makes a tree.
   *
   * @param root the volume at "/"
   * @param workingDirectory an absolute path without trailing slash, or "/"
   */
  public Vfs(Volume root, String workingDirectory) {
    if (!workingDirectory.startsWith("/")) {
      throw new IllegalArgumentException(
          "The working directory must be an absolute path: " + workingDirectory);
    }
    this.rootVolume = root;
    this.workingDirectory = workingDirectory;
  }

  /**
   * Makes the tree of an image: {@code files} at "/", memory at "/tmp" and devices at "/dev".
   *
   * @param files a {@link PackedTree}, or null for none
   * @param memoryLimit bytes that "/tmp" may use; asked each time
   * @param owner user and group number of what is in "/tmp"
   */
  public static Vfs ofImage(
      ByteBuffer files,
      String workingDirectory,
      Clock clock,
      Entropy entropy,
      LongSupplier memoryLimit,
      int owner) {
    PackedTree tree = files == null ? PackedTree.empty() : PackedTree.open(files);
    Vfs vfs = new Vfs(new PackedVolume("files", tree), workingDirectory);
    vfs.mountAt("/tmp", new MemoryVolume("tmp", memoryLimit, clock, 01777, owner, owner));
    vfs.mountAt("/dev", new DeviceVolume(clock, entropy));
    return vfs;
  }

  private void mountAt(String path, Volume volume) {
    try {
      mount(path, volume);
    } catch (FsException e) {
      throw new IllegalStateException("Cannot mount at " + path + ": " + e.getMessage(), e);
    }
  }

  /**
   * Puts a volume at {@code path}; what was there is hidden. The last name need not be there, its
   * directory must.
   *
   * @throws FsException {@link FsError#BUSY} when another volume is mounted there
   */
  public synchronized void mount(String path, Volume volume) throws FsException {
    PathWalk walk = new PathWalk(this, path, true);
    if (walk.end != PathWalk.End.NAME || isMountPoint(walk.directory(), walk.name)) {
      throw new FsException(FsError.BUSY);
    }
    if (walk.node != null && !walk.node.isDirectory()) {
      throw new FsException(FsError.NOTDIR);
    }
    mounts.add(new Mount(walk.realPath(), walk.directory(), walk.name, volume));
  }

  public String workingDirectory() {
    return workingDirectory;
  }

  /** Returns all volumes, the root's first. */
  public synchronized List<Volume> volumes() {
    List<Volume> volumes = new ArrayList<>();
    volumes.add(rootVolume);
    for (Mount mount : mounts) {
      volumes.add(mount.volume);
    }
    return volumes;
  }

  /** Returns the path that a volume is mounted at, or null when it is not. */
  public synchronized String mountPoint(Volume volume) {
    if (volume == rootVolume) {
      return "/";
    }
    for (Mount mount : mounts) {
      if (mount.volume == volume) {
        return mount.path;
      }
    }
    return null;
  }

  // ---- looking ---------------------------------------------------------------------------------

  Inode root() {
    return rootVolume.root();
  }

  Inode find(Inode directory, String name) throws FsException {
    for (int i = 0; i < mounts.size(); i++) {
      Mount mount = mounts.get(i);
      if (mount.name.equals(name) && mount.directory.equals(directory)) {
        return mount.volume.root();
      }
    }
    return directory.find(name);
  }

  private boolean isMountPoint(Inode directory, String name) {
    for (Mount mount : mounts) {
      if (mount.name.equals(name) && mount.directory.equals(directory)) {
        return true;
      }
    }
    return false;
  }

  /** Returns the inode that a path stands for. */
  public synchronized Inode lookup(String path, boolean follow) throws FsException {
    return new PathWalk(this, path, follow).existing();
  }

  /** Returns the attributes of what a path stands for. */
  public FileAttributes attributes(String path, boolean follow) throws FsException {
    return lookup(path, follow).attributes();
  }

  /** Returns the absolute path without links, "." and ".." of something that is there. */
  public synchronized String realPath(String path) throws FsException {
    PathWalk walk = new PathWalk(this, path, true);
    walk.existing();
    return walk.realPath();
  }

  /** Returns where a symbolic link leads; {@link FsError#INVAL} when it is none. */
  public String readLink(String path) throws FsException {
    return lookup(path, false).target();
  }

  /** Returns the names in a directory, without "." and "..". */
  public synchronized List<String> list(String path) throws FsException {
    Inode directory = new PathWalk(this, path, true).existing();
    if (!directory.isDirectory()) {
      throw new FsException(FsError.NOTDIR);
    }
    requireAccess(directory, READ);
    List<String> names = directory.names();
    List<String> all = null;
    for (Mount mount : mounts) {
      if (mount.directory.equals(directory) && !names.contains(mount.name)) {
        all = all == null ? new ArrayList<>(names) : all;
        all.add(mount.name);
      }
    }
    return all == null ? names : all;
  }

  /** Fails unless all that {@code wanted} asks for is allowed; 0 asks whether the file is there. */
  public void access(String path, int wanted) throws FsException {
    requireAccess(lookup(path, true), wanted);
  }

  void requireAccess(Inode inode, int wanted) throws FsException {
    if (wanted == 0) {
      return;
    }
    if ((wanted & WRITE) != 0 && inode.volume().isReadOnly() && inode.kind() != FileKind.DEVICE) {
      throw new FsException(FsError.ROFS);
    }
    if ((inode.attributes().permissions() >> 6 & wanted) != wanted) {
      throw new FsException(FsError.ACCES);
    }
  }

  // ---- opening ---------------------------------------------------------------------------------

  /**
   * Opens a file.
   *
   * @param flags of {@link OpenFile}
   * @param permissions of the file when it is made, less what the user never gives (022)
   */
  public synchronized OpenFile open(String path, int flags, int permissions) throws FsException {
    boolean create = (flags & OpenFile.CREATE) != 0;
    boolean exclusive = create && (flags & OpenFile.EXCLUSIVE) != 0;
    boolean follow = !exclusive && (flags & OpenFile.NO_FOLLOW) == 0;
    PathWalk walk = new PathWalk(this, path, follow);
    if (walk.node == null) {
      if (!create) {
        throw new FsException(FsError.NOENT);
      }
      if (walk.slash) {
        throw new FsException(FsError.ISDIR);
      }
      requireAccess(walk.directory(), WRITE | EXECUTE);
      Inode made = walk.directory().createFile(walk.name, permissions & ~UMASK);
      return new OpenFile(made, flags);
    }
    Inode inode = walk.node;
    if (exclusive) {
      throw new FsException(FsError.EXIST);
    }
    if (inode.kind() == FileKind.SYMBOLIC_LINK) {
      throw new FsException(FsError.LOOP);
    }
    boolean write = (flags & OpenFile.WRITE) != 0;
    if (inode.isDirectory() && (write || create)) {
      throw new FsException(FsError.ISDIR);
    }
    int wanted = ((flags & OpenFile.READ) != 0 ? READ : 0) | (write ? WRITE : 0);
    requireAccess(inode, wanted);
    if (write && (flags & OpenFile.TRUNCATE) != 0) {
      inode.truncate(0);
    }
    return new OpenFile(inode, flags);
  }

  // ---- changing names --------------------------------------------------------------------------

  private static void requireNew(PathWalk walk) throws FsException {
    if (walk.node != null) {
      throw new FsException(FsError.EXIST);
    }
  }

  /** Makes a directory. */
  public synchronized void createDirectory(String path, int permissions) throws FsException {
    PathWalk walk = new PathWalk(this, path, false);
    requireNew(walk);
    requireAccess(walk.directory(), WRITE | EXECUTE);
    walk.directory().createDirectory(walk.name, permissions & ~UMASK);
  }

  /** Makes a symbolic link that leads to {@code target}, which need not be there. */
  public synchronized void createLink(String path, String target) throws FsException {
    if (target.isEmpty()) {
      throw new FsException(FsError.NOENT);
    }
    if (target.length() >= MAX_PATH_BYTES) {
      throw new FsException(FsError.NAMETOOLONG);
    }
    PathWalk walk = new PathWalk(this, path, false);
    requireNew(walk);
    if (walk.slash) {
      throw new FsException(FsError.NOENT);
    }
    requireAccess(walk.directory(), WRITE | EXECUTE);
    walk.directory().createLink(walk.name, target);
  }

  /** Gives what is at {@code existing} the name {@code path} too; links are not followed. */
  public synchronized void link(String path, String existing) throws FsException {
    Inode inode = new PathWalk(this, existing, false).existing();
    PathWalk walk = new PathWalk(this, path, false);
    requireNew(walk);
    if (walk.slash) {
      throw new FsException(FsError.NOENT);
    }
    if (walk.directory().volume() != inode.volume()) {
      throw new FsException(FsError.XDEV);
    }
    requireAccess(walk.directory(), WRITE | EXECUTE);
    if (inode.isDirectory()) {
      throw new FsException(FsError.PERM);
    }
    walk.directory().link(walk.name, inode);
  }

  /** Removes a name of anything but a directory; content goes with the last name and use. */
  public synchronized void unlink(String path) throws FsException {
    PathWalk walk = new PathWalk(this, path, false);
    Inode inode = walk.existing();
    if (walk.end != PathWalk.End.NAME) {
      throw new FsException(FsError.ISDIR);
    }
    requireAccess(walk.directory(), WRITE | EXECUTE);
    if (inode.isDirectory()) {
      throw new FsException(FsError.ISDIR);
    }
    walk.directory().remove(walk.name);
  }

  /** Removes an empty directory. */
  public synchronized void removeDirectory(String path) throws FsException {
    PathWalk walk = new PathWalk(this, path, false);
    Inode inode = walk.existing();
    switch (walk.end) {
      case ROOT -> throw new FsException(FsError.BUSY);
      case DOT -> throw new FsException(FsError.INVAL);
      case DOT_DOT -> throw new FsException(FsError.NOTEMPTY);
      case NAME -> {}
    }
    if (isMountPoint(walk.directory(), walk.name)) {
      throw new FsException(FsError.BUSY);
    }
    requireAccess(walk.directory(), WRITE | EXECUTE);
    if (!inode.isDirectory()) {
      throw new FsException(FsError.NOTDIR);
    }
    if (!isEmpty(inode)) {
      throw new FsException(FsError.NOTEMPTY);
    }
    walk.directory().remove(walk.name);
  }

  private boolean isEmpty(Inode directory) throws FsException {
    for (Mount mount : mounts) {
      if (mount.directory.equals(directory)) {
        return false;
      }
    }
    return directory.names().isEmpty();
  }

  /**
   * Moves a name, within one volume. A file that has the new name is replaced, an empty directory
   * by a directory; two names of one file are left alone.
   */
  public synchronized void rename(String from, String to) throws FsException {
    PathWalk source = new PathWalk(this, from, false);
    PathWalk target = new PathWalk(this, to, false);
    if (source.directory().volume() != target.directory().volume()) {
      throw new FsException(FsError.XDEV);
    }
    if (source.end != PathWalk.End.NAME || target.end != PathWalk.End.NAME) {
      throw new FsException(FsError.BUSY);
    }
    if (source.directory().volume().isReadOnly()) {
      throw new FsException(FsError.ROFS);
    }
    Inode moved = source.existing();
    if (!moved.isDirectory() && (source.slash || target.slash)) {
      throw new FsException(FsError.NOTDIR);
    }
    if (isMountPoint(source.directory(), source.name)
        || isMountPoint(target.directory(), target.name)) {
      throw new FsException(FsError.BUSY);
    }
    if (target.passed(moved)) {
      throw new FsException(FsError.INVAL);
    }
    Inode replaced = target.node;
    if (replaced != null && source.passed(replaced)) {
      throw new FsException(FsError.NOTEMPTY);
    }
    if (moved.equals(replaced)) {
      return;
    }
    requireAccess(source.directory(), WRITE | EXECUTE);
    requireAccess(target.directory(), WRITE | EXECUTE);
    if (replaced != null) {
      if (moved.isDirectory() && !replaced.isDirectory()) {
        throw new FsException(FsError.NOTDIR);
      }
      if (!moved.isDirectory() && replaced.isDirectory()) {
        throw new FsException(FsError.ISDIR);
      }
      if (replaced.isDirectory() && !isEmpty(replaced)) {
        throw new FsException(FsError.NOTEMPTY);
      }
    }
    source.directory().move(source.name, target.directory(), target.name);
  }
}

package org.demitasse.nio.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import org.demitasse.fs.FileAttributes;
import org.demitasse.fs.FileKind;
import org.demitasse.fs.FsError;
import org.demitasse.fs.FsException;
import org.demitasse.fs.Inode;
import org.demitasse.fs.OpenFile;
import org.demitasse.fs.Vfs;

/** Copying one file, link or directory (without its entries), and moving. */
final class Copying {
  private static final int BUFFER = 32 << 10;

  private final DemitassePath source;
  private final DemitassePath target;
  private final Options.Copy options;
  private final Vfs vfs;
  private final String from;
  private final String to;

  Copying(DemitassePath source, DemitassePath target, Options.Copy options) {
    this.source = source;
    this.target = target;
    this.options = options;
    vfs = source.vfs();
    from = source.forVfs();
    to = target.forVfs();
  }

  void copy() throws IOException {
    FileAttributes attributes = sourceAttributes();
    if (!attributes.isSymbolicLink()) {
      requireAccess(Vfs.READ);
    }
    if (makeRoom(attributes)) {
      copyAs(attributes);
    }
  }

  void move() throws IOException {
    if (options.atomic) {
      moveAtomically();
      return;
    }
    FileAttributes attributes = sourceAttributes();
    if (attributes.isDirectory()) {
      requireAccess(Vfs.WRITE);
    }
    if (!makeRoom(attributes)) {
      return;
    }
    try {
      vfs.rename(from, to);
      return;
    } catch (FsException e) {
      if (e.error() != FsError.XDEV && e.error() != FsError.ISDIR) {
        throw FileErrors.of(e.error(), source, target);
      }
    }
    if (attributes.isDirectory()) {
      requireEmpty();
    }
    copyAs(attributes);
    try {
      remove(from, attributes);
    } catch (FsException e) {
      removeQuietly(attributes);
      throw removalFailed(e, source, attributes);
    }
  }

  private void moveAtomically() throws IOException {
    try {
      vfs.rename(from, to);
    } catch (FsException e) {
      if (e.error() == FsError.XDEV) {
        throw new AtomicMoveNotSupportedException(
            source.toString(), target.toString(), e.error().text());
      }
      throw FileErrors.of(e.error(), source, target);
    }
  }

  private FileAttributes sourceAttributes() throws IOException {
    try {
      return vfs.attributes(from, options.follow);
    } catch (FsException e) {
      FsError error = e.error() == FsError.NOTDIR ? FsError.NOENT : e.error();
      throw FileErrors.of(error, source, null);
    }
  }

  private void requireAccess(int wanted) throws IOException {
    try {
      vfs.access(from, wanted);
    } catch (FsException e) {
      throw FileErrors.of(e, source);
    }
  }

  private void requireEmpty() throws IOException {
    try {
      if (!vfs.list(from).isEmpty()) {
        throw new DirectoryNotEmptyException(source.toString());
      }
    } catch (FsException e) {
      throw FileErrors.of(e, source);
    }
  }

  /** Removes what is at the target, if it may. Returns false when both are one file. */
  private boolean makeRoom(FileAttributes attributes) throws IOException {
    FileAttributes there;
    try {
      there = vfs.attributes(to, false);
    } catch (FsException e) {
      return true; // What is wrong there the copy itself will find out.
    }
    if (there.isSameFile(attributes)) {
      return false;
    }
    if (!options.replace) {
      throw new FileAlreadyExistsException(target.toString());
    }
    try {
      remove(to, there);
    } catch (FsException e) {
      if (e.error() != FsError.NOENT) {
        throw removalFailed(e, target, there);
      }
    }
    return true;
  }

  private void remove(String path, FileAttributes attributes) throws FsException {
    if (attributes.isDirectory()) {
      vfs.removeDirectory(path);
    } else {
      vfs.unlink(path);
    }
  }

  private void removeQuietly(FileAttributes attributes) {
    try {
      remove(to, attributes);
    } catch (FsException e) {
      // The first failure is the one to tell of.
    }
  }

  private static IOException removalFailed(
      FsException e, DemitassePath path, FileAttributes attributes) {
    return attributes.isDirectory() && e.error() == FsError.NOTEMPTY
        ? new DirectoryNotEmptyException(path.toString())
        : FileErrors.of(e, path);
  }

  private void copyAs(FileAttributes attributes) throws IOException {
    switch (attributes.kind()) {
      case DIRECTORY -> copyDirectory(attributes);
      case SYMBOLIC_LINK -> copyLink();
      case REGULAR -> copyFile(attributes);
      case DEVICE ->
          throw new FileSystemException(
              source.toString(), target.toString(), "Devices cannot be copied");
    }
  }

  /** The target was free a moment ago: when it is there again, somebody else is at work. */
  private IOException creationFailed(FsException e) {
    return e.error() == FsError.EXIST && options.replace
        ? new FileSystemException(target.toString())
        : FileErrors.of(e, target);
  }

  private void copyDirectory(FileAttributes attributes) throws IOException {
    try {
      vfs.createDirectory(to, attributes.permissions());
    } catch (FsException e) {
      throw creationFailed(e);
    }
    copyAttributes(attributes);
  }

  private void copyLink() throws IOException {
    String leadsTo;
    try {
      leadsTo = vfs.readLink(from);
    } catch (FsException e) {
      throw FileErrors.of(e, source);
    }
    try {
      vfs.createLink(to, leadsTo);
    } catch (FsException e) {
      throw creationFailed(e);
    }
  }

  private void copyFile(FileAttributes attributes) throws IOException {
    try (OpenFile in = openSource();
        OpenFile out = openTarget(attributes)) {
      ByteBuffer buffer = ByteBuffer.allocate(Math.clamp(attributes.size(), 1, BUFFER));
      while (in.read(buffer.clear()) > 0) {
        out.write(buffer.flip());
      }
    } catch (FsException e) {
      removeQuietly(attributes);
      throw FileErrors.of(e.error(), source, target);
    }
    copyAttributes(attributes);
  }

  private OpenFile openSource() throws IOException {
    try {
      return vfs.open(from, OpenFile.READ, 0);
    } catch (FsException e) {
      throw FileErrors.of(e, source);
    }
  }

  private OpenFile openTarget(FileAttributes attributes) throws IOException {
    try {
      int flags = OpenFile.WRITE | OpenFile.CREATE | OpenFile.EXCLUSIVE;
      return vfs.open(to, flags, attributes.permissions());
    } catch (FsException e) {
      throw creationFailed(e);
    }
  }

  private void copyAttributes(FileAttributes attributes) throws IOException {
    if (!options.attributes || attributes.kind() == FileKind.SYMBOLIC_LINK) {
      return;
    }
    try {
      Inode made = vfs.lookup(to, false);
      made.setOwner(attributes.owner(), attributes.group());
      made.setPermissions(attributes.permissions());
      made.setTimes(attributes.accessed(), attributes.modified());
    } catch (FsException e) {
      throw FileErrors.of(e, target);
    }
  }
}

package org.demitasse.nio.file;

import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import org.demitasse.fs.FileAttributes;
import org.demitasse.fs.FsError;
import org.demitasse.fs.FsException;
import org.demitasse.fs.OpenFile;
import org.demitasse.fs.Vfs;

/**
 * What the natives of {@code java.io} and of the JDK's file channels do, one method for each:
 * results and exceptions are theirs, so that a substitution needs one line. Files are numbers here;
 * 0 to 2 are the {@link StandardStreams}, which cannot seek. Any thread may call.
 */
public final class IoFiles {
  /** Bits of {@link #booleanAttributes}, as in {@code java.io.FileSystem}. */
  public static final int EXISTS = 1;

  public static final int REGULAR = 2;
  public static final int DIRECTORY = 4;

  private static final int MODE_READ_ONLY = 1;

  /** So many descriptors may be open at once. */
  public static final int MOST_DESCRIPTORS = Descriptors.MAX;

  private final DemitasseFileSystemProvider provider;
  private final Vfs vfs;
  private final StandardStreams streams;
  private final Descriptors descriptors = new Descriptors();

  public IoFiles(DemitasseFileSystemProvider provider, Vfs vfs, StandardStreams streams) {
    this.provider = provider;
    this.vfs = vfs;
    this.streams = streams;
  }

  /** How many descriptors are open, the standard streams included. */
  public int openDescriptors() {
    return descriptors.count();
  }

  /** The JDK's empty path means the working directory. */
  private static String path(String path) {
    return path.isEmpty() ? "." : path;
  }

  // ---- opening and closing ---------------------------------------------------------------------

  /** {@code FileInputStream.open0}: returns the descriptor. */
  public int openRead(String path) throws FileNotFoundException {
    return open(path, OpenFile.READ);
  }

  /** {@code FileOutputStream.open0}. */
  public int openWrite(String path, boolean append) throws FileNotFoundException {
    int how = append ? OpenFile.APPEND : OpenFile.TRUNCATE;
    return open(path, OpenFile.WRITE | OpenFile.CREATE | how);
  }

  /**
   * {@code RandomAccessFile.open0}; {@code mode} is its own: bit 0 read-only, bit 1 read and write.
   */
  public int openRandom(String path, int mode) throws FileNotFoundException {
    boolean readOnly = (mode & MODE_READ_ONLY) != 0;
    return open(path, readOnly ? OpenFile.READ : OpenFile.READ | OpenFile.WRITE | OpenFile.CREATE);
  }

  private int open(String path, int flags) throws FileNotFoundException {
    try {
      OpenFile file = vfs.open(path, flags, Options.ALL_READ_WRITE);
      try {
        if (file.inode().isDirectory()) {
          throw new FsException(FsError.ISDIR);
        }
        return descriptors.add(file);
      } catch (FsException e) {
        file.close();
        throw e;
      }
    } catch (FsException e) {
      throw FileErrors.notFound(e, path);
    }
  }

  /** {@code FileDescriptor.close0} and {@code FileCleanable.cleanupClose0}; again does nothing. */
  public void close(int fd) {
    OpenFile file = descriptors.remove(fd);
    if (file != null) {
      file.close();
    }
  }

  private OpenFile file(int fd) throws IOException {
    try {
      return descriptors.get(fd);
    } catch (FsException e) {
      throw notSeekable(fd) ? new IOException("Illegal seek") : FileErrors.ofOpen(e);
    }
  }

  private static boolean notSeekable(int fd) {
    return fd >= 0 && fd < Descriptors.FIRST;
  }

  // ---- reading and writing ---------------------------------------------------------------------

  /** {@code FileInputStream.read0}, {@code RandomAccessFile.read0}: a byte, or -1 at the end. */
  public int read(int fd) throws IOException {
    byte[] one = new byte[1];
    return read(fd, one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  /** {@code readBytes}: the bytes read, or -1 at the end; 0 when none are asked for. */
  public int read(int fd, byte[] to, int offset, int length) throws IOException {
    java.util.Objects.checkFromIndexSize(offset, length, to.length);
    if (length == 0) {
      return 0;
    }
    if (notSeekable(fd)) {
      return fd == 0 ? streams.read(to, offset, length) : badDescriptor();
    }
    try {
      return file(fd).read(to, offset, length);
    } catch (FsException e) {
      throw FileErrors.ofOpen(e);
    }
  }

  /** {@code UnixFileDispatcherImpl.read0}: as {@link #read(int, byte[], int, int)}. */
  public int read(int fd, ByteBuffer to) throws IOException {
    if (notSeekable(fd)) {
      byte[] bytes = new byte[Math.min(to.remaining(), 8192)];
      int n = read(fd, bytes, 0, bytes.length);
      to.put(bytes, 0, Math.max(n, 0));
      return n;
    }
    try {
      return file(fd).read(to);
    } catch (FsException e) {
      throw FileErrors.ofOpen(e);
    }
  }

  /** {@code UnixFileDispatcherImpl.pread0}. */
  public int read(int fd, ByteBuffer to, long position) throws IOException {
    try {
      return file(fd).read(position, to);
    } catch (FsException e) {
      throw FileErrors.ofOpen(e);
    }
  }

  private static int badDescriptor() throws IOException {
    throw new IOException(FsError.BADF.text());
  }

  /** {@code FileOutputStream.write}, {@code RandomAccessFile.write0}: writes the low eight bits. */
  public void write(int fd, int b) throws IOException {
    write(fd, new byte[] {(byte) b}, 0, 1);
  }

  /**
   * {@code writeBytes}: writes all. Whether it appends was said when the file was opened; a program
   * that says so for another descriptor gets what Linux does, a write at the position.
   */
  public void write(int fd, byte[] from, int offset, int length) throws IOException {
    java.util.Objects.checkFromIndexSize(offset, length, from.length);
    if (length == 0) {
      return;
    }
    if (notSeekable(fd)) {
      if (fd == 0) {
        badDescriptor();
      }
      streams.write(fd, from, offset, length);
      return;
    }
    try {
      file(fd).write(from, offset, length);
    } catch (FsException e) {
      throw FileErrors.ofOpen(e);
    }
  }

  /** {@code UnixFileDispatcherImpl.write0}: returns the bytes written, all of them. */
  public int write(int fd, ByteBuffer from) throws IOException {
    int length = from.remaining();
    if (notSeekable(fd)) {
      byte[] bytes = new byte[length];
      from.get(bytes);
      write(fd, bytes, 0, length);
      return length;
    }
    try {
      file(fd).write(from);
    } catch (FsException e) {
      throw FileErrors.ofOpen(e);
    }
    return length;
  }

  /** {@code UnixFileDispatcherImpl.pwrite0}. */
  public int write(int fd, ByteBuffer from, long position) throws IOException {
    int length = from.remaining();
    try {
      file(fd).write(position, from);
    } catch (FsException e) {
      throw FileErrors.ofOpen(e);
    }
    return length;
  }

  // ---- positions and sizes ---------------------------------------------------------------------

  /** {@code position0}, {@code getFilePointer}, and {@code seek0} of a channel with -1. */
  public long position(int fd) throws IOException {
    try {
      return file(fd).position();
    } catch (FsException e) {
      throw FileErrors.ofOpen(e);
    }
  }

  /** {@code RandomAccessFile.seek0}. */
  public void seek(int fd, long position) throws IOException {
    if (position < 0) {
      throw new IOException("Negative seek offset");
    }
    try {
      file(fd).seek(position);
    } catch (FsException e) {
      throw FileErrors.ofOpen(e);
    }
  }

  /** {@code skip0}: moves the position, also behind the end or back; returns by how much. */
  public long skip(int fd, long n) throws IOException {
    OpenFile file = file(fd);
    try {
      long position = file.position();
      file.seek(position + n);
      return n;
    } catch (FsException e) {
      throw FileErrors.ofOpen(e);
    }
  }

  /** {@code length0}, {@code size0}. */
  public long length(int fd) throws IOException {
    try {
      return file(fd).size();
    } catch (FsException e) {
      throw FileErrors.ofOpen(e);
    }
  }

  /** {@code RandomAccessFile.setLength0}: the position stays, but never behind the new end. */
  public void setLength(int fd, long length) throws IOException {
    OpenFile file = file(fd);
    try {
      file.truncate(length);
      if (file.position() > length) {
        file.seek(length);
      }
    } catch (FsException e) {
      throw FileErrors.ofOpen(e);
    }
  }

  /** {@code UnixFileDispatcherImpl.truncate0}: the position stays where it is. */
  public void truncate(int fd, long length) throws IOException {
    try {
      file(fd).truncate(length);
    } catch (FsException e) {
      throw FileErrors.ofOpen(e);
    }
  }

  /** {@code available0}: bytes up to the end, at most an int's worth. */
  public int available(int fd) throws IOException {
    if (notSeekable(fd)) {
      return fd == 0 ? streams.available() : badDescriptor();
    }
    try {
      return (int) Math.min(file(fd).available(), Integer.MAX_VALUE);
    } catch (FsException e) {
      throw FileErrors.ofOpen(e);
    }
  }

  /** {@code FileInputStream.isRegularFile0}. */
  public boolean isRegular(int fd) throws IOException {
    return !notSeekable(fd) && file(fd).inode().attributes().isRegular();
  }

  /** {@code FileDescriptor.sync0}, {@code force0}. */
  public void sync(int fd) throws IOException {
    if (notSeekable(fd)) {
      throw new java.io.SyncFailedException("sync failed");
    }
    try {
      file(fd).sync();
    } catch (FsException e) {
      throw new java.io.SyncFailedException("sync failed");
    }
  }

  /** {@code FileDescriptor.getAppend}. */
  public boolean isAppending(int fd) throws IOException {
    return !notSeekable(fd) && file(fd).isAppending();
  }

  /**
   * {@code getChannel} of the three classes of {@code java.io}: shares position and file with the
   * stream; closing it closes {@code stream}, which closes the descriptor.
   */
  public FileChannel channel(int fd, boolean readable, boolean writable, Closeable stream)
      throws IOException {
    return provider.channel(file(fd), readable, writable, stream);
  }

  // ---- java.io.UnixFileSystem ------------------------------------------------------------------

  private FileAttributes attributes(String path) {
    try {
      return vfs.attributes(path(path), true);
    } catch (FsException e) {
      return null;
    }
  }

  /** {@code getBooleanAttributes0}. */
  public int booleanAttributes(String path) {
    FileAttributes attributes = attributes(path);
    if (attributes == null) {
      return 0;
    }
    return EXISTS
        | (attributes.isRegular() ? REGULAR : 0)
        | (attributes.isDirectory() ? DIRECTORY : 0);
  }

  /** {@code checkAccess0}; the bits are those of {@link Vfs}. */
  public boolean checkAccess(String path, int access) {
    try {
      vfs.access(path(path), access);
      return true;
    } catch (FsException e) {
      return false;
    }
  }

  /** {@code getLastModifiedTime0}: milliseconds since 1970, 0 when there is no such file. */
  public long lastModified(String path) {
    FileAttributes attributes = attributes(path);
    return attributes == null ? 0 : Math.floorDiv(attributes.modified(), 1_000_000L);
  }

  /** {@code getLength0}: bytes, 0 when there is no such file. */
  public long length(String path) {
    FileAttributes attributes = attributes(path);
    return attributes == null ? 0 : attributes.size();
  }

  /** {@code setPermission0}. */
  public boolean setPermission(String path, int access, boolean enable, boolean ownerOnly) {
    int bits = ownerOnly ? access << 6 : access << 6 | access << 3 | access;
    return change(path, bits, enable);
  }

  /** {@code setReadOnly0}. */
  public boolean setReadOnly(String path) {
    return change(path, 0222, false);
  }

  private boolean change(String path, int bits, boolean set) {
    try {
      var inode = vfs.lookup(path(path), true);
      int permissions = inode.attributes().permissions();
      inode.setPermissions(set ? permissions | bits : permissions & ~bits);
      return true;
    } catch (FsException e) {
      return false;
    }
  }

  /** {@code setLastModifiedTime0}: milliseconds since 1970. */
  public boolean setLastModified(String path, long millis) {
    try {
      var inode = vfs.lookup(path(path), true);
      inode.setTimes(inode.attributes().accessed(), millis * 1_000_000L);
      return true;
    } catch (FsException e) {
      return false;
    }
  }

  /** {@code createFileExclusively0}: false when there is something of that name. */
  public boolean createExclusively(String path) throws IOException {
    try {
      int flags = OpenFile.READ | OpenFile.WRITE | OpenFile.CREATE | OpenFile.EXCLUSIVE;
      vfs.open(path, flags, Options.ALL_READ_WRITE).close();
      return true;
    } catch (FsException e) {
      if (e.error() == FsError.EXIST) {
        return false;
      }
      throw FileErrors.ofOpen(e);
    }
  }

  /** {@code delete0}: a file, a link or an empty directory. */
  public boolean delete(String path) {
    try {
      if (vfs.attributes(path(path), false).isDirectory()) {
        vfs.removeDirectory(path(path));
      } else {
        vfs.unlink(path(path));
      }
      return true;
    } catch (FsException e) {
      return false;
    }
  }

  /** {@code list0}: the names, or null when it is no directory that can be read. */
  public String[] list(String path) {
    try {
      List<String> names = vfs.list(path(path));
      return names.toArray(new String[0]);
    } catch (FsException e) {
      return null;
    }
  }

  /** {@code createDirectory0}. */
  public boolean createDirectory(String path) {
    try {
      vfs.createDirectory(path, Options.ALL);
      return true;
    } catch (FsException e) {
      return false;
    }
  }

  /** {@code rename0}. */
  public boolean rename(String from, String to) {
    try {
      vfs.rename(path(from), path(to));
      return true;
    } catch (FsException e) {
      return false;
    }
  }

  /** {@code getSpace0}: 0 total, 1 free, 2 usable bytes; 0 when there is no such file. */
  public long space(String path, int which) {
    try {
      var volume = vfs.lookup(path(path), true).volume();
      return which == 0 ? volume.totalBytes() : volume.freeBytes();
    } catch (FsException e) {
      return 0;
    }
  }

  /** {@code getNameMax0}. */
  public long maxName() {
    return Vfs.MAX_NAME_BYTES;
  }

  /**
   * {@code canonicalize0}: without links, "." and ".."; of what is not there, as much as is. The
   * path is absolute.
   */
  public String canonicalize(String path) throws IOException {
    if (path.length() >= Vfs.MAX_PATH_BYTES) {
      throw new IOException(FsError.NAMETOOLONG.text());
    }
    int end = path.length();
    while (end > 0) {
      try {
        String real = vfs.realPath(path.substring(0, end));
        return end == path.length() ? real : collapse(real + path.substring(end));
      } catch (FsException e) {
        end = path.lastIndexOf('/', end - 1);
      }
    }
    return collapse(path);
  }

  /** Removes "." and ".." by name, as nothing is there that could lead elsewhere. */
  private static String collapse(String path) {
    StringBuilder result = new StringBuilder();
    for (String name : path.split("/")) {
      if (name.equals("..")) {
        result.setLength(Math.max(result.lastIndexOf("/"), 0));
      } else if (!name.isEmpty() && !name.equals(".")) {
        result.append('/').append(name);
      }
    }
    return result.isEmpty() ? "/" : result.toString();
  }
}

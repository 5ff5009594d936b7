package org.demitasse.jdk.io;

import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.SyncFailedException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import org.demitasse.nio.file.IoFiles;

/**
 * What a descriptor number stands for: 0, 1 and 2 are the console, the rest are open files. A
 * program that opens no file has no file system in its image: only the methods that open one lead
 * to it.
 */
final class Descriptors {
  private static final int STANDARD_STREAMS = 3;

  /** Set by the first file that is opened. */
  private static volatile IoFiles opened;

  private Descriptors() {}

  private static IoFiles opening() {
    IoFiles files = MachineFiles.ioFiles();
    opened = files;
    return files;
  }

  private static IoFiles open(int fd) throws IOException {
    IoFiles files = opened;
    if (files == null || fd < STANDARD_STREAMS) {
      throw new IOException("Bad file descriptor");
    }
    return files;
  }

  private static boolean isConsole(int fd) {
    return fd >= 0 && fd < STANDARD_STREAMS;
  }

  static int read(int fd, byte[] bytes, int offset, int length) throws IOException {
    return isConsole(fd)
        ? MachineConsole.read(bytes, offset, length)
        : open(fd).read(fd, bytes, offset, length);
  }

  static void write(int fd, byte[] bytes, int offset, int length) throws IOException {
    if (isConsole(fd)) {
      MachineConsole.write(fd == 0 ? 1 : fd, bytes, offset, length);
    } else {
      open(fd).write(fd, bytes, offset, length);
    }
  }

  static boolean isAppending(int fd) {
    try {
      return !isConsole(fd) && open(fd).isAppending(fd);
    } catch (IOException e) {
      return false; // a number that nothing is open under: using it will say so
    }
  }

  static void sync(int fd) throws SyncFailedException {
    try {
      if (isConsole(fd)) {
        throw new IOException("a console cannot be synchronised");
      }
      open(fd).sync(fd);
    } catch (IOException e) {
      throw new SyncFailedException("sync failed: " + e.getMessage());
    }
  }

  static void close(int fd) {
    IoFiles files = opened;
    if (files != null && fd >= STANDARD_STREAMS) {
      files.close(fd);
    }
  }

  static int openForReading(String name) throws FileNotFoundException {
    return opening().openRead(name);
  }

  static int openForWriting(String name, boolean append) throws FileNotFoundException {
    return opening().openWrite(name, append);
  }

  static int openForRandomAccess(String name, int mode) throws FileNotFoundException {
    return opening().openRandom(name, mode);
  }

  static long length(int fd) throws IOException {
    checkSeekable(fd);
    return open(fd).length(fd);
  }

  static void setLength(int fd, long length) throws IOException {
    checkSeekable(fd);
    open(fd).setLength(fd, length);
  }

  static long position(int fd) throws IOException {
    checkSeekable(fd);
    return open(fd).position(fd);
  }

  static void seek(int fd, long position) throws IOException {
    checkSeekable(fd);
    open(fd).seek(fd, position);
  }

  static long skip(int fd, long bytes) throws IOException {
    checkSeekable(fd);
    return open(fd).skip(fd, bytes);
  }

  private static void checkSeekable(int fd) throws IOException {
    if (isConsole(fd)) {
      throw new IOException("Illegal seek");
    }
  }

  static int available(int fd) throws IOException {
    return isConsole(fd) ? MachineConsole.available() : open(fd).available(fd);
  }

  static boolean isRegular(int fd) {
    try {
      return !isConsole(fd) && open(fd).isRegular(fd);
    } catch (IOException e) {
      return false;
    }
  }

  static FileChannel channel(int fd, boolean readable, boolean writable, Closeable stream) {
    try {
      return MachineFiles.ioFiles().channel(fd, readable, writable, stream);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // getChannel declares none: the descriptor is closed
    }
  }
}

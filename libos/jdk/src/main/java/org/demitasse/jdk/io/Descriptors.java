package org.demitasse.jdk.io;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.SyncFailedException;

/**
 * What a file descriptor number stands for: 0, 1 and 2 are the console, the rest are open files of the
 * library OS.
 */
final class Descriptors {
  private static final int STANDARD_STREAMS = 3;

  private Descriptors() {}

  private static boolean isConsole(int fd) {
    return fd < STANDARD_STREAMS;
  }

  static int read(int fd, byte[] bytes, int offset, int length) throws IOException {
    if (isConsole(fd)) {
      return MachineConsole.read(bytes, offset, length);
    }
    throw new IOException("Bad file descriptor");
  }

  static void write(int fd, byte[] bytes, int offset, int length, boolean append)
      throws IOException {
    if (isConsole(fd)) {
      MachineConsole.write(fd == 0 ? 1 : fd, bytes, offset, length);
      return;
    }
    throw new IOException("Bad file descriptor");
  }

  static boolean isAppending(int fd) {
    return false;
  }

  static void sync(int fd) throws SyncFailedException {
    if (isConsole(fd)) {
      throw new SyncFailedException("sync failed");
    }
  }

  static void close(int fd) throws IOException {}

  static int openForReading(String name) throws FileNotFoundException {
    throw new FileNotFoundException(name + " (No such file or directory)");
  }

  static int openForWriting(String name, boolean append) throws FileNotFoundException {
    throw new FileNotFoundException(name + " (No such file or directory)");
  }

  static int openForRandomAccess(String name, int mode) throws FileNotFoundException {
    throw new FileNotFoundException(name + " (No such file or directory)");
  }

  static long length(int fd) throws IOException {
    throw new IOException("Illegal seek");
  }

  static void setLength(int fd, long length) throws IOException {
    throw new IOException("Invalid argument");
  }

  static long position(int fd) throws IOException {
    throw new IOException("Illegal seek");
  }

  static void seek(int fd, long position) throws IOException {
    throw new IOException("Illegal seek");
  }

  static int available(int fd) throws IOException {
    return 0;
  }

  static boolean isRegular(int fd) {
    return !isConsole(fd);
  }
}

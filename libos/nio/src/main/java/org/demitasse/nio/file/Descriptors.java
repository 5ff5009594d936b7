package org.demitasse.nio.file;

import java.util.Arrays;
import org.demitasse.fs.FsError;
import org.demitasse.fs.FsException;
import org.demitasse.fs.OpenFile;

/** Open files by small numbers, the smallest free one first; 0 to 2 are the standard streams. */
final class Descriptors {
  /** So many files may be open at once: a leak should fail while there is memory to say so. */
  static final int MAX = 4096;

  static final int FIRST = 3;

  private OpenFile[] files = new OpenFile[16];

  /** Where to look for a free number; all below are taken. */
  private int free = FIRST;

  synchronized int add(OpenFile file) throws FsException {
    int fd = free;
    while (fd < files.length && files[fd] != null) {
      fd++;
    }
    if (fd >= MAX) {
      throw new FsException(FsError.MFILE);
    }
    if (fd == files.length) {
      files = Arrays.copyOf(files, fd * 2);
    }
    files[fd] = file;
    free = fd + 1;
    return fd;
  }

  /** Returns the file of a number, or fails with {@link FsError#BADF}. */
  synchronized OpenFile get(int fd) throws FsException {
    OpenFile file = fd >= FIRST && fd < files.length ? files[fd] : null;
    if (file == null) {
      throw new FsException(FsError.BADF);
    }
    return file;
  }

  /** How many numbers are taken, the standard streams' included. */
  synchronized int count() {
    int count = FIRST;
    for (OpenFile file : files) {
      if (file != null) {
        count++;
      }
    }
    return count;
  }

  /** Frees a number and returns its file, or null when it was free. */
  synchronized OpenFile remove(int fd) {
    if (fd < FIRST || fd >= files.length || files[fd] == null) {
      return null;
    }
    OpenFile file = files[fd];
    files[fd] = null;
    free = Math.min(free, fd);
    return file;
  }
}

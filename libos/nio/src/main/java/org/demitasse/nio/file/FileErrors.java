package org.demitasse.nio.file;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.demitasse.fs.FsError;
import org.demitasse.fs.FsException;

/** Errors of the file systems as the exceptions that the JDK makes of them on Linux. */
final class FileErrors {
  private FileErrors() {}

  /** The exception of {@code java.nio.file} for an operation on one file. */
  static IOException of(FsException error, Path file) {
    return of(error.error(), file, null);
  }

  /** The exception of {@code java.nio.file} for an operation on two files. */
  static IOException of(FsError error, Path file, Path other) {
    String first = file.toString();
    String second = other == null ? null : other.toString();
    return switch (error) {
      case ACCES -> new AccessDeniedException(first, second, null);
      case NOENT -> new NoSuchFileException(first, second, null);
      case EXIST -> new FileAlreadyExistsException(first, second, null);
      case LOOP ->
          new FileSystemException(
              first, second, error.text() + " or unable to access attributes of symbolic link");
      default -> new FileSystemException(first, second, error.text());
    };
  }

  /** The exception for an operation on an open file. */
  static IOException ofOpen(FsException error) {
    return new IOException(error.error().text());
  }

  /** The exception for a stream of {@code java.io} that cannot be opened. */
  static FileNotFoundException notFound(FsException error, String path) {
    return new FileNotFoundException(path + " (" + error.error().text() + ")");
  }
}

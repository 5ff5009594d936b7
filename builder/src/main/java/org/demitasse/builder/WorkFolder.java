package org.demitasse.builder;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A temporary folder that goes when it is closed, and also when this JVM is ended before. */
final class WorkFolder implements AutoCloseable {

  /** While this JVM ends, the compiler's process ends too, and may still write for a moment. */
  private static final int ATTEMPTS = 40;

  private static final long PAUSE_MILLIS = 50;

  private final Path path;
  private final Thread atExit = new Thread(this::deletePatiently, "work-folder-end");

  private WorkFolder(Path path) {
    this.path = path;
  }

  /**
   * Makes a folder.
   *
   * @param parent an existing folder
   */
  static WorkFolder in(Path parent, String prefix) throws IOException {
    WorkFolder folder = new WorkFolder(Files.createTempDirectory(parent, prefix));
    Runtime.getRuntime().addShutdownHook(folder.atExit);
    return folder;
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    try {
      delete();
    } finally {
      try {
        Runtime.getRuntime().removeShutdownHook(atExit);
      } catch (IllegalStateException e) {
        // This JVM is ending already: the hook does its work.
      }
    }
  }

  private void deletePatiently() {
    for (int i = 0; i < ATTEMPTS && Files.exists(path); i++) {
      try {
        delete();
      } catch (IOException e) {
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void delete() throws IOException {
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException e) {
      return; // somebody else was faster
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}

package org.demitasse.nio.file;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.demitasse.core.Clock;
import org.demitasse.fs.MemoryVolume;
import org.demitasse.fs.Vfs;

/** The same empty directory twice: one of the JDK's own file system and one of ours. */
final class Twin implements AutoCloseable {
  /** An operation that tells what it came to. */
  interface Operation {
    Object on(Path directory) throws Exception;
  }

  /** Deep enough that ".." does not lead to where the two differ. */
  private static final String BASE = "/p/q/r/base";

  /** Whether new files get the permissions that they get in an image. */
  static final boolean USUAL_UMASK = usualUmask();

  private final Path root;
  final Path jdk;
  final Path ours;

  Twin() {
    try {
      root = Files.createTempDirectory("twin").toRealPath();
      jdk = Files.createDirectories(Path.of(root + BASE));
      ours = Files.createDirectories(newProvider("/").theFileSystem().getPath(BASE));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static boolean usualUmask() {
    try (Twin twin = new Twin()) {
      Path file = Files.createFile(twin.jdk.resolve("file"));
      return Files.getAttribute(file, "unix:mode").equals(0100644);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  static DemitasseFileSystemProvider newProvider(String workingDirectory) {
    MemoryVolume root = new MemoryVolume("root", 1 << 26, Clock.system(), 0755, 1000, 1000);
    return new DemitasseFileSystemProvider(new Vfs(root, workingDirectory), 1000, "user");
  }

  String onJdk(Operation operation) {
    return outcome(operation, jdk).replace(root.toString(), "");
  }

  String onOurs(Operation operation) {
    return outcome(operation, ours);
  }

  private static String outcome(Operation operation, Path directory) {
    String text;
    try {
      text = String.valueOf(operation.on(directory));
    } catch (IllegalArgumentException | UnsupportedOperationException e) {
      text = e.getClass().getName();
    } catch (FileSystemException e) {
      text =
          e.getClass().getName() + "|" + e.getFile() + "|" + e.getOtherFile() + "|" + e.getReason();
    } catch (Exception e) {
      text = e.getClass().getName() + "|" + e.getMessage();
    }
    return text;
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        if (!Files.isSymbolicLink(path) && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
          path.toFile().setWritable(true);
        }
        Files.delete(path);
      }
    }
  }
}

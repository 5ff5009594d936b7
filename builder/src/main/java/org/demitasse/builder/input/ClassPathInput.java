package org.demitasse.builder.input;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipException;
import org.demitasse.builder.BuildException;

/** A class path as data: files in jars and folders, in class path order. */
public final class ClassPathInput {

  private final List<Path> entries;

  private ClassPathInput(List<Path> entries) {
    this.entries = entries;
  }

  /** Sees one file. */
  @FunctionalInterface
  public interface Visitor {
    /**
     * Called for each file.
     *
     * @param entry the class path entry it lies in
     * @param name path inside the entry, with {@code /}
     * @param content from its beginning; closed by the caller
     */
    void visit(Path entry, String name, InputStream content) throws IOException, BuildException;
  }

  /**
   * Checks that every entry is a folder or a jar.
   *
   * @throws BuildException when one does not exist, may not be read, or is something else
   */
  public static ClassPathInput of(List<Path> entries) throws BuildException {
    for (Path entry : entries) {
      if (!Files.exists(entry)) {
        throw new BuildException(
            BuildException.Kind.NO_SUCH_FILE,
            "the class path names " + entry + ", which does not exist",
            "correct the class path, or build what is missing first");
      }
      if (!Files.isDirectory(entry)) {
        try (JarFile jar = open(entry)) {
          jar.size(); // that it opens is all that counts
        } catch (ZipException e) {
          throw notAJar(entry, e);
        } catch (IOException e) {
          throw unreadable(entry, e);
        }
      }
    }
    return new ClassPathInput(List.copyOf(entries));
  }

  /** The entries, in order. */
  public List<Path> entries() {
    return entries;
  }

  /**
   * Shows all files whose names are wanted: entry by entry, in a folder by name.
   *
   * @throws BuildException from the visitor, or when an entry cannot be read
   */
  public void walk(Predicate<String> names, Visitor visitor) throws BuildException {
    for (Path entry : entries) {
      try {
        if (Files.isDirectory(entry)) {
          walkFolder(entry, names, visitor);
        } else {
          walkJar(entry, names, visitor);
        }
      } catch (ZipException e) {
        throw notAJar(entry, e);
      } catch (IOException e) {
        throw unreadable(entry, e);
      }
    }
  }

  /**
   * The bytes of the first file of that name on the class path, or null when there is none.
   *
   * @throws BuildException when an entry cannot be read
   */
  public byte[] find(String name) throws BuildException {
    for (Path entry : entries) {
      try {
        if (Files.isDirectory(entry)) {
          Path file = entry.resolve(name);
          if (Files.isRegularFile(file)) {
            return Files.readAllBytes(file);
          }
        } else {
          try (JarFile jar = open(entry)) {
            JarEntry file = jar.getJarEntry(name);
            if (file != null) {
              try (InputStream in = jar.getInputStream(file)) {
                return in.readAllBytes();
              }
            }
          }
        }
      } catch (IOException e) {
        throw unreadable(entry, e);
      }
    }
    return null;
  }

  private static JarFile open(Path entry) throws IOException {
    return new JarFile(entry.toFile(), false, JarFile.OPEN_READ, Runtime.version());
  }

  private static void walkFolder(Path folder, Predicate<String> names, Visitor visitor)
      throws IOException, BuildException {
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
      all.filter(Files::isRegularFile).sorted().forEach(files::add);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    for (Path file : files) {
      String name = folder.relativize(file).toString();
      if (names.test(name)) {
        try (InputStream in = Files.newInputStream(file)) {
          visitor.visit(folder, name, in);
        }
      }
    }
  }

  private static void walkJar(Path entry, Predicate<String> names, Visitor visitor)
      throws IOException, BuildException {
    try (JarFile jar = open(entry)) {
      for (Enumeration<JarEntry> files = jar.entries(); files.hasMoreElements(); ) {
        JarEntry file = files.nextElement();
        if (!file.isDirectory() && names.test(file.getName())) {
          try (InputStream in = jar.getInputStream(file)) {
            visitor.visit(entry, file.getName(), in);
          }
        }
      }
    }
  }

  private static BuildException notAJar(Path entry, ZipException e) {
    return new BuildException(
        BuildException.Kind.NOT_A_JAR,
        entry + " on the class path is no jar: " + e.getMessage(),
        "take it from the class path, or build or download it again",
        List.of(),
        e);
  }

  private static BuildException unreadable(Path entry, IOException e) {
    return new BuildException(
        BuildException.Kind.IO,
        entry + " on the class path cannot be read: " + e.getMessage(),
        "see its rights: ls -l " + entry,
        List.of(),
        e);
  }
}

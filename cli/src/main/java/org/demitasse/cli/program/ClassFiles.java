package org.demitasse.cli.program;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.List;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipException;
import org.demitasse.cli.CliException;
import org.demitasse.cli.ExitCode;

/** Walks the class files of a class path entry. */
final class ClassFiles {

  private static final String SUFFIX = ".class";

  private ClassFiles() {}

  /** Sees one class file. */
  @FunctionalInterface
  interface Visitor {
    /**
     * Called for each class file.
     *
     * @param entry the class path entry it lies in
     * @param name path inside the entry, with {@code /}
     * @param content from its beginning; closed by the caller
     */
    void visit(Path entry, String name, InputStream content) throws IOException, CliException;
  }

  static void walk(List<Path> classPath, Predicate<String> names, Visitor visitor)
      throws IOException, CliException {
    for (Path entry : classPath) {
      if (Files.isDirectory(entry)) {
        walkFolder(entry, names, visitor);
      } else {
        walkJar(entry, names, visitor);
      }
    }
  }

  /** The bytes of a class, or null when the class path does not have it. */
  static byte[] find(List<Path> classPath, String className) throws IOException, CliException {
    String name = className.replace('.', '/') + SUFFIX;
    for (Path entry : classPath) {
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
    }
    return null;
  }

  static JarFile open(Path entry) throws IOException, CliException {
    try {
      return new JarFile(entry.toFile(), false, JarFile.OPEN_READ, Runtime.version());
    } catch (ZipException e) {
      throw new CliException(
          ExitCode.NOT_RUNNABLE,
          entry + " on the class path is no jar: " + e.getMessage(),
          List.of(),
          "take it from the class path, or build or download it again",
          e);
    }
  }

  private static void walkFolder(Path folder, Predicate<String> names, Visitor visitor)
      throws IOException, CliException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files = all.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
    }
    for (Path file : files) {
      String name = folder.relativize(file).toString().replace('\\', '/');
      if (names.test(name) && Files.isRegularFile(file)) {
        try (InputStream in = Files.newInputStream(file)) {
          visitor.visit(folder, name, in);
        }
      }
    }
  }

  private static void walkJar(Path entry, Predicate<String> names, Visitor visitor)
      throws IOException, CliException {
    try (JarFile jar = open(entry)) {
      for (Enumeration<JarEntry> files = jar.entries(); files.hasMoreElements(); ) {
        JarEntry file = files.nextElement();
        if (file.getName().endsWith(SUFFIX) && names.test(file.getName())) {
          try (InputStream in = jar.getInputStream(file)) {
            visitor.visit(entry, file.getName(), in);
          }
        }
      }
    }
  }
}

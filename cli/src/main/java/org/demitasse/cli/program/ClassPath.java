package org.demitasse.cli.program;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.demitasse.cli.CliException;
import org.demitasse.cli.ExitCode;

/** A class path as {@code java} takes it. */
final class ClassPath {

  private ClassPath() {}

  /** The entries in order; {@code folder/*} stands for all jars in a folder, sorted by name. */
  static List<Path> parse(String text) throws CliException, IOException {
    List<Path> entries = new ArrayList<>();
    for (String word : text.split(File.pathSeparator)) {
      if (word.isEmpty()) {
        entries.add(Path.of("."));
      } else if (word.equals("*") || word.endsWith("/*")) {
        Path folder = Path.of(word.equals("*") ? "." : word.substring(0, word.length() - 2));
        requireExists(folder, text);
        try (Stream<Path> files = Files.list(folder)) {
          files.filter(ClassPath::isJar).sorted().forEach(entries::add);
        }
      } else {
        requireExists(Path.of(word), text);
        entries.add(Path.of(word));
      }
    }
    return entries;
  }

  private static boolean isJar(Path file) {
    return file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".jar")
        && Files.isRegularFile(file);
  }

  private static void requireExists(Path entry, String text) throws CliException {
    if (!Files.exists(entry)) {
      throw new CliException(
          ExitCode.NO_SUCH_FILE,
          "the class path names " + entry + ", which does not exist",
          text.indexOf(';') >= 0 ? "entries are divided by ':'" : "");
    }
  }
}

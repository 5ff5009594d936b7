package org.demitasse.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Rules that hold for the text of the sources. */
class SourceTest {

  /** A file is about one thing; one that is longer is about two. */
  private static final int LINES_MAX = 800;

  private static final Pattern UNFINISHED = Pattern.compile("\\b(TODO|FIXME|XXX)\\b");

  /** Paths that exist on one machine alone. */
  private static final Pattern MACHINE_PATH =
      Pattern.compile("(?<![\\w~$}/])/(root|work|home/[a-z]+)/");

  private static final Set<String> SUFFIXES =
      Set.of("java", "c", "h", "S", "sh", "md", "xml", "properties");

  private static final Path ROOT = Path.of("..");

  private static List<Path> sources;

  @BeforeAll
  static void find() throws IOException {
    sources = new ArrayList<>();
    try (Stream<Path> all = Files.list(ROOT)) {
      for (Path top : all.filter(path -> !hidden(path)).toList()) {
        walk(top);
      }
    }
    assertThat(sources).as("sources of the project").hasSizeGreaterThan(50);
  }

  private static void walk(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      // A folder "target" beside a pom is Maven's, and elsewhere it may be a package.
      if (hidden(path)
          || path.getFileName().toString().equals("target")
              && Files.exists(path.resolveSibling("pom.xml"))) {
        return;
      }
      try (Stream<Path> files = Files.list(path)) {
        for (Path file : files.sorted().toList()) {
          walk(file);
        }
      }
    } else {
      String name = path.getFileName().toString();
      if (SUFFIXES.contains(name.substring(name.lastIndexOf('.') + 1))) {
        sources.add(path);
      }
    }
  }

  private static boolean hidden(Path path) {
    return path.getFileName().toString().startsWith(".");
  }

  private static boolean isCode(Path path) {
    return !path.toString().endsWith(".md") && !path.toString().endsWith(".xml");
  }

  @Test
  void filesAreShort() throws IOException {
    List<String> tooLong = new ArrayList<>();
    for (Path file : sources) {
      long lines;
      try (Stream<String> text = Files.lines(file)) {
        lines = text.count();
      }
      if (isCode(file) && lines > LINES_MAX) {
        tooLong.add(file + ": " + lines + " lines");
      }
    }
    assertThat(tooLong).as("files above " + LINES_MAX + " lines").isEmpty();
  }

  @Test
  void nothingIsLeftForLater() throws IOException {
    assertThat(matches(UNFINISHED)).isEmpty();
  }

  @Test
  void noPathOfOneMachine() throws IOException {
    assertThat(matches(MACHINE_PATH)).isEmpty();
  }

  @Test
  void everyPackageSaysWhatItIsFor() {
    Set<String> missing = new TreeSet<>();
    for (Path file : sources) {
      if (file.toString().contains("/src/main/java/org/demitasse/")
          && !Files.exists(file.resolveSibling("package-info.java"))) {
        missing.add(file.getParent().toString());
      }
    }
    assertThat(missing).as("packages without package-info.java").isEmpty();
  }

  private static List<String> matches(Pattern pattern) throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : sources) {
      if (file.endsWith("SourceTest.java")) {
        continue; // it names what it forbids
      }
      int number = 0;
      for (String line : Files.readAllLines(file)) {
        number++;
        if (pattern.matcher(line).find()) {
          found.add(file + ":" + number + ": " + line.strip());
        }
      }
    }
    return found;
  }
}

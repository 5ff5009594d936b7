package org.demitasse.builder.metadata;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.demitasse.builder.BuildException;
import org.demitasse.builder.input.ClassPathInput;

/**
 * What a class path entry says of itself: the coordinates that Maven writes into jars, names that
 * may be an artifact's, and packages.
 *
 * @param entry the class path entry
 * @param stated libraries whose {@code pom.properties} are inside; a jar may hold several
 * @param candidates names without a group that the entry may go by, likeliest first
 * @param packages packages with classes, with dots
 */
record EntryFacts(
    Path entry, List<Library> stated, List<Candidate> candidates, Set<String> packages) {

  private static final String MANIFEST = "META-INF/MANIFEST.MF";
  private static final Pattern POM =
      Pattern.compile("META-INF/maven/([^/]+)/([^/]+)/pom\\.properties");
  private static final Pattern VERSION_BEGINS = Pattern.compile("-(?=[0-9])");

  /** More than a manifest or a pom.properties ever has, bytes. */
  private static final int LONGEST = 1 << 20;

  /** A name and the version that goes with it; the version is empty when nothing tells it. */
  record Candidate(String artifact, String version) {}

  /**
   * Looks into one entry.
   *
   * @throws BuildException when it cannot be read
   */
  static EntryFacts of(Path entry) throws BuildException {
    List<Library> stated = new ArrayList<>();
    Set<String> packages = new HashSet<>();
    Attributes manifest = new Attributes();
    ClassPathInput.of(List.of(entry))
        .walk(
            name -> {
              notePackage(name, packages);
              return name.equals(MANIFEST) || POM.matcher(name).matches();
            },
            (path, name, content) -> {
              byte[] bytes = content.readNBytes(LONGEST);
              if (name.equals(MANIFEST)) {
                manifest.putAll(attributes(bytes));
              } else {
                stated.add(library(name, bytes));
              }
            });
    return new EntryFacts(entry, stated, candidates(entry, manifest), packages);
  }

  /** Whether it has classes in one of these packages or below. */
  boolean has(List<String> roots) {
    return roots.stream()
        .anyMatch(
            root ->
                packages.stream()
                    .anyMatch(name -> name.equals(root) || name.startsWith(root + ".")));
  }

  private static void notePackage(String name, Set<String> packages) {
    int slash = name.lastIndexOf('/');
    if (slash > 0 && name.endsWith(".class") && !name.startsWith("META-INF/")) {
      packages.add(name.substring(0, slash).replace('/', '.'));
    }
  }

  private static Attributes attributes(byte[] bytes) {
    try {
      return new Manifest(new ByteArrayInputStream(bytes)).getMainAttributes();
    } catch (IOException e) {
      return new Attributes(); // it names nothing that we could use
    }
  }

  private static Library library(String name, byte[] bytes) {
    Matcher path = POM.matcher(name);
    if (!path.matches()) {
      throw new IllegalArgumentException(name);
    }
    Properties properties = new Properties();
    try {
      properties.load(
          new InputStreamReader(new ByteArrayInputStream(bytes), StandardCharsets.UTF_8));
    } catch (IOException | IllegalArgumentException e) {
      properties.clear(); // the path tells group and artifact too
    }
    return new Library(path.group(1), path.group(2), properties.getProperty("version", "").strip());
  }

  /** Names from the file name {@code ARTIFACT-VERSION.jar}, then those of the manifest. */
  private static List<Candidate> candidates(Path entry, Attributes manifest) {
    Set<Candidate> candidates = new LinkedHashSet<>();
    String file = entry.toAbsolutePath().normalize().getFileName().toString();
    String base = file.endsWith(".jar") ? file.substring(0, file.length() - 4) : file;
    for (Matcher split = VERSION_BEGINS.matcher(base); split.find(); ) {
      candidates.add(new Candidate(base.substring(0, split.start()), base.substring(split.end())));
    }
    String version =
        Stream.of("Implementation-Version", "Bundle-Version", "Specification-Version")
            .map(manifest::getValue)
            .filter(Objects::nonNull)
            .map(String::strip)
            .findFirst()
            .orElse("");
    candidates.add(new Candidate(base, version));
    Stream.of("Implementation-Title", "Bundle-SymbolicName", "Automatic-Module-Name")
        .map(manifest::getValue)
        .filter(Objects::nonNull)
        .map(name -> name.split(";", 2)[0].strip())
        .flatMap(name -> Stream.of(name, name.substring(name.lastIndexOf('.') + 1)))
        .forEach(name -> candidates.add(new Candidate(name, version)));
    return List.copyOf(candidates);
  }
}

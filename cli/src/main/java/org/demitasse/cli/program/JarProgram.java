package org.demitasse.cli.program;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipException;
import org.demitasse.cli.CliException;
import org.demitasse.cli.ExitCode;

/**
 * A runnable jar, as {@code java -jar} takes it: {@code Main-Class} and {@code Class-Path} of its
 * manifest, and the packages that it opens, {@code Add-Exports} and {@code Add-Opens} (JAR File
 * Specification).
 *
 * @param classPath the jar, and what its manifest and theirs refer to
 * @param mainClass of the manifest, or null
 * @param options of the builder that say what the manifest opens
 */
record JarProgram(List<Path> classPath, String mainClass, List<String> options) {
  private static final Attributes.Name ADD_EXPORTS = new Attributes.Name("Add-Exports");
  private static final Attributes.Name ADD_OPENS = new Attributes.Name("Add-Opens");

  static JarProgram read(Path file) throws CliException, IOException {
    Set<Path> entries = new LinkedHashSet<>();
    Attributes attributes = collect(file, entries);
    String mainClass = attributes.getValue(Attributes.Name.MAIN_CLASS);
    List<String> options = new ArrayList<>();
    open("--add-exports=", attributes.getValue(ADD_EXPORTS), options);
    open("--add-opens=", attributes.getValue(ADD_OPENS), options);
    return new JarProgram(
        List.copyOf(entries), mainClass == null ? null : mainClass.strip(), options);
  }

  private static Attributes collect(Path file, Set<Path> entries) throws CliException, IOException {
    if (!entries.add(file) || Files.isDirectory(file)) {
      return new Attributes();
    }
    Attributes attributes;
    try (JarFile jar = new JarFile(file.toFile())) {
      Manifest manifest = jar.getManifest();
      if (manifest == null) {
        return new Attributes();
      }
      attributes = manifest.getMainAttributes();
    } catch (ZipException e) {
      throw new CliException(
          ExitCode.NOT_RUNNABLE,
          file + " is a damaged jar: " + e.getMessage(),
          List.of(),
          "build or download it again",
          e);
    }
    if (attributes.containsKey(new Attributes.Name("Start-Class"))
        && attributes.containsKey(new Attributes.Name("Spring-Boot-Lib"))) {
      throw new CliException(
          ExitCode.NOT_RUNNABLE,
          file + " is a Spring Boot archive with jars inside jars, which are loaded at run time",
          "unpack it (java -Djarmode=tools -jar "
              + file.getFileName()
              + " extract) and run the jar in the new folder");
    }
    for (Path next : references(file, attributes.getValue(Attributes.Name.CLASS_PATH))) {
      collect(next, entries);
    }
    return attributes;
  }

  /** The attribute names packages, {@code MODULE/PACKAGE}, divided by spaces. */
  private static void open(String option, String packages, List<String> options) {
    if (packages != null && !packages.isBlank()) {
      for (String name : packages.strip().split("\\s+")) {
        options.add(option + name + "=ALL-UNNAMED");
      }
    }
  }

  /** Relative URLs, divided by spaces; what does not exist is passed over, as java does. */
  private static List<Path> references(Path file, String classPath) {
    List<Path> found = new ArrayList<>();
    if (classPath == null) {
      return found;
    }
    URI base = file.toAbsolutePath().toUri();
    for (String word : classPath.strip().split("\\s+")) {
      try {
        URI uri = base.resolve(word);
        Path path = "file".equals(uri.getScheme()) ? Path.of(uri) : null;
        if (path != null && Files.exists(path)) {
          found.add(path);
        }
      } catch (IllegalArgumentException e) {
        // No URL of a file: java passes over it too.
      }
    }
    return found;
  }
}

package org.demitasse.builder.compile;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * The JDK's packages that the image builder looks into, as options of its JVM. GraalVM's own JDK
 * exports them in its module descriptors; here they are worked out for the JDK at hand.
 */
final class ModuleAccess {

  /** A JVM takes at most so many {@code --add-exports}, and as many {@code --add-opens}. */
  static final int JVM_LIMIT = 1000;

  /** The resource of the library OS that names the builder's packages it uses. */
  private static final String LIBRARY_OS_EXPORTS = "META-INF/demitasse/builder-exports";

  /** Modules whose code never goes into an image, left out to stay below the limit. */
  private static final Set<String> TOOLS =
      Set.of(
          "java.desktop",
          "java.rmi",
          "java.xml.crypto",
          "jdk.accessibility",
          "jdk.compiler",
          "jdk.editpad",
          "jdk.hotspot.agent",
          "jdk.internal.jvmstat",
          "jdk.internal.le",
          "jdk.jartool",
          "jdk.javadoc",
          "jdk.jcmd",
          "jdk.jconsole",
          "jdk.jdeps",
          "jdk.jdi",
          "jdk.jlink",
          "jdk.jpackage",
          "jdk.jshell",
          "jdk.jstatd",
          "jdk.sctp");

  /** Modules whose private members the builder reads by reflection. */
  private static final Set<String> OPENED =
      Set.of("java.base", "java.management", "jdk.internal.vm.ci", "jdk.management");

  private ModuleAccess() {}

  /**
   * The options, one a line.
   *
   * @param home the builder's modules and the library OS
   * @throws IOException when a jar cannot be read
   */
  static List<String> options(CompilerHome home) throws IOException {
    Set<String> readers =
        descriptors(home)
            .map(ModuleDescriptor::name)
            .collect(Collectors.toCollection(TreeSet::new));
    String to = readers.isEmpty() ? "ALL-UNNAMED" : "ALL-UNNAMED," + String.join(",", readers);
    List<String> exports = new ArrayList<>();
    List<String> opens = new ArrayList<>();
    ModuleFinder.ofSystem().findAll().stream()
        .map(ModuleReference::descriptor)
        .filter(module -> !TOOLS.contains(module.name()) && !readers.contains(module.name()))
        .sorted()
        .forEach(module -> add(module, to, exports, opens));
    for (String name : libraryOsExports(home)) {
      exports.add("--add-exports=" + name + "=ALL-UNNAMED");
    }
    if (exports.size() > JVM_LIMIT || opens.size() > JVM_LIMIT) {
      throw new IllegalStateException(
          "this JDK has more hidden packages than a JVM can be told to export: " + exports.size());
    }
    List<String> options = new ArrayList<>(exports);
    options.addAll(opens);
    return options;
  }

  /**
   * The services whose providers do not come into an image by being provided: those that the
   * builder's modules provide to each other, more than a thousand, and the connection of the JDK's
   * loggers with java.util.logging, which the library OS makes where that is in use.
   */
  static Set<String> ownServices(CompilerHome home) {
    Set<String> services =
        descriptors(home)
            .flatMap(module -> module.provides().stream())
            .map(ModuleDescriptor.Provides::service)
            .filter(service -> !service.startsWith("java."))
            .collect(Collectors.toCollection(TreeSet::new));
    services.add("jdk.internal.logger.DefaultLoggerFinder");
    return services;
  }

  private static Stream<ModuleDescriptor> descriptors(CompilerHome home) {
    return Stream.of(home.compiler(), home.modules())
        .flatMap(path -> ModuleFinder.of(path.toArray(Path[]::new)).findAll().stream())
        .map(ModuleReference::descriptor);
  }

  private static void add(
      ModuleDescriptor module, String to, List<String> exports, List<String> opens) {
    Set<String> visible =
        module.exports().stream()
            .filter(export -> !export.isQualified())
            .map(ModuleDescriptor.Exports::source)
            .collect(Collectors.toSet());
    for (String name : new TreeSet<>(module.packages())) {
      if (!visible.contains(name)) {
        exports.add("--add-exports=" + module.name() + "/" + name + "=" + to);
      }
      if (OPENED.contains(module.name())) {
        opens.add("--add-opens=" + module.name() + "/" + name + "=" + to);
      }
    }
  }

  /** Lines {@code module/package}; {@code #} begins a comment. */
  private static List<String> libraryOsExports(CompilerHome home) throws IOException {
    for (Path jar : home.libraryOs()) {
      try (JarFile file = new JarFile(jar.toFile())) {
        ZipEntry entry = file.getEntry(LIBRARY_OS_EXPORTS);
        if (entry != null) {
          try (InputStream in = file.getInputStream(entry)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
          }
        }
      }
    }
    throw new IOException("no jar of the library OS has " + LIBRARY_OS_EXPORTS);
  }
}

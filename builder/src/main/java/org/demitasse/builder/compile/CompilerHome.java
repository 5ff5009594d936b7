package org.demitasse.builder.compile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.demitasse.builder.BuildException;

/**
 * The installed parts that an image is made with.
 *
 * @param java the JDK's launcher; its class library goes into images
 * @param compiler modules of the ahead-of-time compiler that replace the JDK's own
 * @param modules the other modules of the ahead-of-time compiler and of the image builder
 * @param libraryOs jars of the library OS, in class path order; {@code demitasse-jdk} is the last
 * @param metadata zip file of GraalVM's reachability metadata repository
 */
public record CompilerHome(
    Path java, List<Path> compiler, List<Path> modules, List<Path> libraryOs, Path metadata) {

  /** The system property that names the folder of an installed demi. */
  public static final String PROPERTY = "demitasse.home";

  /** Copies the lists. */
  public CompilerHome {
    compiler = List.copyOf(compiler);
    modules = List.copyOf(modules);
    libraryOs = List.copyOf(libraryOs);
  }

  /**
   * The parts that belong to this process: {@code lib/compiler}, {@code lib/os} and {@code
   * lib/metadata} in the folder that the property names, and the JDK that runs.
   *
   * @throws BuildException when a part is missing
   */
  public static CompilerHome current() throws BuildException {
    String home = System.getProperty(PROPERTY);
    if (home == null) {
      throw missing("the system property " + PROPERTY + " is not set");
    }
    return in(Path.of(home), Path.of(System.getProperty("java.home")));
  }

  /**
   * The parts of one installation.
   *
   * @param home folder of the installation
   * @param jdk folder of the JDK
   * @throws BuildException when a part is missing
   */
  public static CompilerHome in(Path home, Path jdk) throws BuildException {
    Path java = jdk.toAbsolutePath().resolve("bin").resolve("java");
    if (!Files.isExecutable(java) || !Files.exists(jdk.resolve("lib").resolve("modules"))) {
      throw missing(jdk + " is no whole JDK");
    }
    Predicate<Path> upgrade = jar -> jar.getFileName().toString().startsWith("compiler-");
    List<Path> jars = jars(home.resolve("lib").resolve("compiler"));
    return new CompilerHome(
        java,
        jars.stream().filter(upgrade).toList(),
        jars.stream().filter(upgrade.negate()).toList(),
        jars(home.resolve("lib").resolve("os")),
        files(home.resolve("lib").resolve("metadata"), ".zip").getFirst());
  }

  private static List<Path> jars(Path folder) throws BuildException {
    return files(folder, ".jar");
  }

  private static List<Path> files(Path folder, String suffix) throws BuildException {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> found =
          files.filter(file -> file.getFileName().toString().endsWith(suffix)).sorted().toList();
      if (found.isEmpty()) {
        throw missing("there are no " + suffix + " files in " + folder);
      }
      return found;
    } catch (IOException e) {
      throw missing("there is no folder " + folder);
    }
  }

  private static BuildException missing(String why) {
    return new BuildException(
        BuildException.Kind.INTERNAL,
        "the image builder's parts cannot be found: " + why,
        "build demi again: mvn package, or start it through the command demi");
  }
}

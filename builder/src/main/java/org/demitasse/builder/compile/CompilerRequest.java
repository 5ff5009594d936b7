package org.demitasse.builder.compile;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.demitasse.builder.FileTree;

/**
 * What the compiler is asked for.
 *
 * @param classPath the program's class path, existing files and folders
 * @param mainClass binary name of the main class
 * @param work an empty folder for everything that the compiler reads and writes beside
 * @param heap bytes of its Java heap
 * @param quick little optimisation
 * @param buildId identifies the inputs
 * @param hostedOptions {@code -H:} and {@code -R:} options, in order; later ones win
 * @param jvmOptions options of the compiler's JVM that the program's metadata asks for
 * @param properties system properties of the program
 * @param files trees to pack
 */
public record CompilerRequest(
    List<Path> classPath,
    String mainClass,
    Path work,
    long heap,
    boolean quick,
    UUID buildId,
    List<String> hostedOptions,
    List<String> jvmOptions,
    Map<String, String> properties,
    List<FileTree> files) {

  /** Copies the lists. */
  public CompilerRequest {
    classPath = List.copyOf(classPath);
    hostedOptions = List.copyOf(hostedOptions);
    jvmOptions = List.copyOf(jvmOptions);
    files = List.copyOf(files);
  }
}

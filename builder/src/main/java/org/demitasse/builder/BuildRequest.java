package org.demitasse.builder;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What to build.
 *
 * @param classPath jars and class folders of the program, in class path order; not empty
 * @param mainClass binary name of the class whose {@code main} runs
 * @param output the image file to write; {@code output + ".debug"} takes the symbols
 * @param name the image's name, as {@code inspect} and the manifest show it
 * @param quick a fast build with little optimisation instead of a small and fast image
 * @param files trees packed into the image
 * @param properties system properties that the program finds set; properties given when the image
 *     is run win
 * @param options further options for the ahead-of-time compiler ({@code
 *     --initialize-at-build-time=...}, {@code -H:...}), passed on as they are
 * @param metadataRepository whether libraries on the class path get the metadata that GraalVM's
 *     reachability metadata repository has for them
 * @param memoryLimit bytes of Java heap that the compiler may take; 0 lets the builder choose from
 *     the memory that is free
 */
public record BuildRequest(
    List<Path> classPath,
    String mainClass,
    Path output,
    String name,
    boolean quick,
    List<FileTree> files,
    Map<String, String> properties,
    List<String> options,
    boolean metadataRepository,
    long memoryLimit) {

  /**
   * Copies the collections; properties are kept in the order of their keys, so that equal requests
   * build equal images.
   *
   * @throws IllegalArgumentException when the class path is empty or the memory limit negative
   */
  public BuildRequest {
    Objects.requireNonNull(mainClass, "mainClass");
    Objects.requireNonNull(output, "output");
    Objects.requireNonNull(name, "name");
    classPath = List.copyOf(classPath);
    files = List.copyOf(files);
    properties = Collections.unmodifiableSortedMap(new TreeMap<>(properties));
    options = List.copyOf(options);
    if (classPath.isEmpty()) {
      throw new IllegalArgumentException("the class path is empty");
    }
    if (memoryLimit < 0) {
      throw new IllegalArgumentException("memory limit below zero: " + memoryLimit);
    }
  }

  /** An optimised build of a class path with nothing else asked for; the name is the output's. */
  public static BuildRequest of(List<Path> classPath, String mainClass, Path output) {
    String file = output.getFileName().toString();
    String name = file.endsWith(".img") ? file.substring(0, file.length() - 4) : file;
    return new BuildRequest(
        classPath, mainClass, output, name, false, List.of(), Map.of(), List.of(), true, 0);
  }

  /** The file that takes the symbols. */
  public Path symbols() {
    return output.resolveSibling(output.getFileName() + ".debug");
  }
}

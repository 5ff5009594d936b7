package org.demitasse.cli.program;

import java.nio.file.Path;
import java.util.List;

/** What the user wants to run. */
public sealed interface Target {

  /**
   * An image that is built already.
   *
   * @param file the image
   */
  record Image(Path file) implements Target {}

  /**
   * A program that has to be built.
   *
   * @param classPath jars and folders, in order
   * @param mainClass binary name
   * @param name for the image, from the file that was named
   * @param options of the builder that the program itself asks for
   */
  record Program(List<Path> classPath, String mainClass, String name, List<String> options)
      implements Target {

    /** Copies the lists. */
    public Program {
      classPath = List.copyOf(classPath);
      options = List.copyOf(options);
    }

    /** A program that asks for no options. */
    public Program(List<Path> classPath, String mainClass, String name) {
      this(classPath, mainClass, name, List.of());
    }
  }
}

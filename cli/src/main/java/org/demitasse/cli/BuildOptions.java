package org.demitasse.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.demitasse.builder.FileTree;
import org.demitasse.machine.MemorySize;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that shape an image, shared by {@code run} and {@code build}. */
final class BuildOptions {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = {"-cp", "--class-path", "-classpath"},
      paramLabel = "PATH",
      description = "Class path of the program, as java takes it.")
  String classPath;

  @Option(
      names = "--main",
      paramLabel = "CLASS",
      description = "The class whose main method runs, when the jar names none or another.")
  String mainClass;

  @Option(
      names = "--quick",
      description = "Build fast, with little optimisation: for trying things out.")
  boolean quick;

  @Option(
      names = "--files",
      paramLabel = "DIR:/path",
      description = "Pack a folder or file into the image, read-only, at that path. Repeatable.")
  List<String> files = new ArrayList<>();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The image's name. Default: the name of the program's file.")
  String name;

  @Option(names = "--fresh", description = "Build even when the cache has the image.")
  boolean fresh;

  @Option(
      names = {"-v", "--verbose"},
      description = "Show the compiler's own output.")
  boolean verbose;

  @Option(
      names = "--build-memory",
      paramLabel = "SIZE",
      description = "Java heap of the compiler, such as 4G. Default: from the memory that is free.")
  String buildMemory;

  @Option(
      names = "--no-metadata-repository",
      description =
          "Do without the reachability metadata that GraalVM's repository has for libraries.")
  boolean noMetadataRepository;

  @Option(
      names = "--builder-option",
      paramLabel = "OPTION",
      description =
          "A further option of the ahead-of-time compiler, such as"
              + " --initialize-at-build-time=PACKAGE. Repeatable.")
  List<String> options = new ArrayList<>();

  Images.Wish wish(Map<String, String> properties) {
    List<FileTree> trees = new ArrayList<>();
    try {
      for (String text : files) {
        trees.add(FileTree.parse(text));
      }
      long memory = buildMemory == null ? 0 : MemorySize.parse(buildMemory);
      return new Images.Wish(
          name, quick, fresh, verbose, trees, properties, options, !noMetadataRepository, memory);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  /** Whether anything here was given that an image which is built already cannot follow. */
  boolean shapesImage() {
    return classPath != null
        || mainClass != null
        || quick
        || !files.isEmpty()
        || name != null
        || fresh
        || buildMemory != null
        || noMetadataRepository
        || !options.isEmpty();
  }
}

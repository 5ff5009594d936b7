package org.demitasse.suite;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The image of the suite, built and run as users do: by the command {@code demi}. */
final class SuiteImage {

  /** The machines that every test of an image runs on; {@code -Dsuite.machines} names others. */
  static final List<String> MACHINES =
      List.of(System.getProperty("suite.machines", "sandbox,qemu:microvm,qemu:q35").split(","));

  /** For a build or a whole suite in an emulated machine on a busy host. */
  private static final Duration PATIENCE = Duration.ofMinutes(20);

  private static Path image;

  private SuiteImage() {}

  /**
   * What a run left behind.
   *
   * @param code exit code
   * @param output standard output; booted machines have one console, which carries both streams
   * @param error standard error
   */
  record Result(int code, String output, String error) {
    /** Both streams, for machines that have one console. */
    String both() {
      return output + error;
    }
  }

  /** The folder of this Maven module. */
  static Path module() {
    Path folder = Path.of("").toAbsolutePath();
    return Files.exists(folder.resolve("suite")) ? folder.resolve("suite") : folder;
  }

  /** The work tree's command, or another that {@code -Dsuite.demi} names. */
  static String demi() {
    return System.getProperty("suite.demi", module().resolveSibling("demi").toString());
  }

  /** The sandbox's loader of the work tree, which the command starts. */
  static Path loader() {
    return module().resolveSibling("cli").resolve("target/dist/bin/demi-loader");
  }

  /**
   * Builds the image; an unchanged one comes from the cache. A file of {@code -Dsuite.image} is
   * taken as it is.
   */
  static synchronized Path path() throws Exception {
    if (image == null) {
      String given = System.getProperty("suite.image");
      if (given != null) {
        image = Path.of(given);
      } else {
        Path file = module().resolve("target/suite.img");
        Result built =
            result(
                new ProcessBuilder(
                    demi(),
                    "build",
                    "--files",
                    module().resolve("packed") + ":/packed",
                    "-o",
                    file.toString(),
                    "-cp",
                    module().resolve("target/classes").toString(),
                    "org.demitasse.suite.Main"),
                Path.of("/dev/null"));
        if (built.code() != 0) {
          throw new AssertionError("the image could not be built: " + built.both());
        }
        image = file;
      }
    }
    return image;
  }

  /** The command that runs the image. */
  static ProcessBuilder command(String machine, List<String> options, String... arguments)
      throws Exception {
    List<String> words = new ArrayList<>(List.of(demi(), "run", "--machine", machine));
    words.addAll(List.of("-m", "256M"));
    words.addAll(options);
    words.add(path().toString());
    words.add("--");
    words.addAll(List.of(arguments));
    return new ProcessBuilder(words);
  }

  /** Runs one of the image's programs to its end, without input. */
  static Result program(String machine, String... arguments) throws Exception {
    List<String> words = new ArrayList<>(List.of("--program"));
    words.addAll(List.of(arguments));
    return result(command(machine, List.of(), words.toArray(String[]::new)), Path.of("/dev/null"));
  }

  /** Runs a command to its end; one that does not end in time is killed, and fails the test. */
  static Result result(ProcessBuilder command, Path input) throws Exception {
    Path output = Files.createTempFile("suite", ".out");
    Path error = Files.createTempFile("suite", ".err");
    try {
      command
          .redirectInput(input.toFile())
          .redirectOutput(output.toFile())
          .redirectError(error.toFile());
      try (GuestProcess process = GuestProcess.start(command, PATIENCE)) {
        int code = process.exitCode();
        return new Result(code, text(output), text(error));
      } catch (AssertionError e) {
        throw new AssertionError(e.getMessage() + "\n" + text(output) + text(error), e);
      }
    } finally {
      Files.delete(output);
      Files.delete(error);
    }
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8).replace("\r", "");
  }
}

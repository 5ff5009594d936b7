package org.demitasse.suite;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The image of the suite, built and run as users do: by the command {@code demi}. */
final class SuiteImage {

  /** The machines that every test of an image runs on; {@code -Dsuite.machines} names others. */
  static final List<String> MACHINES =
      List.of(System.getProperty("suite.machines", "sandbox,qemu:microvm,qemu:q35").split(","));

  private static final long PATIENCE_MINUTES = 30;

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
  private static String demi() {
    return System.getProperty("suite.demi", module().resolveSibling("demi").toString());
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

  /** Runs a command to its end. */
  static Result result(ProcessBuilder command, Path input) throws Exception {
    Path output = Files.createTempFile("suite", ".out");
    Path error = Files.createTempFile("suite", ".err");
    try {
      Process process =
          command
              .redirectInput(input.toFile())
              .redirectOutput(output.toFile())
              .redirectError(error.toFile())
              .start();
      int code = await(process, command);
      return new Result(code, text(output), text(error));
    } finally {
      Files.delete(output);
      Files.delete(error);
    }
  }

  /** Waits for the end of a process and returns its exit code. */
  static int await(Process process, ProcessBuilder command) throws InterruptedException {
    if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError("it did not end: " + command.command());
    }
    return process.exitValue();
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8).replace("\r", "");
  }

  /** Reads until a line is there, and returns what was read. */
  static String readUntil(InputStream in, String line) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int b = in.read(); b >= 0; b = in.read()) {
      text.append((char) b);
      if (text.toString().replace("\r", "").endsWith(line + "\n")) {
        return text.toString();
      }
    }
    throw new AssertionError("the line <" + line + "> did not come, but: " + text);
  }

  /** Sends a signal by its name. */
  static void signal(Process process, String name) throws Exception {
    int code =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
            .redirectError(new File("/dev/null"))
            .start()
            .waitFor();
    if (code != 0) {
      throw new AssertionError("the process had ended before the signal " + name);
    }
  }
}

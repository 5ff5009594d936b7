package org.demitasse.builder.compile;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.demitasse.builder.BuildException;
import org.demitasse.builder.BuildListener;

/** From class path to object file. */
public final class CompilerStep {

  private CompilerStep() {}

  /**
   * Runs the compiler. When it fails and its output helps, that is kept beside the request's work
   * folder as {@code demi-compiler-*.log}, and named in the exception.
   *
   * @throws BuildException when it fails; says why in the user's words
   * @throws IOException when a file cannot be read or written
   * @throws InterruptedException when this thread is interrupted; the compiler has been ended then
   */
  public static CompilerResult run(
      CompilerHome home, CompilerRequest request, BuildListener listener)
      throws BuildException, IOException, InterruptedException {
    CompilerCommand command = new CompilerCommand(home, request);
    CompilerProcess.Outcome outcome =
        new CompilerProcess(command, CompilerCommand.ENVIRONMENT, request.work(), listener).run();
    Path object = object(command.objects());
    if (outcome.exitCode() != 0 || object == null || !Files.exists(command.report())) {
      throw failure(outcome, request);
    }
    Properties report = new Properties();
    try (Reader reader = Files.newBufferedReader(command.report())) {
      report.load(reader);
    }
    return new CompilerResult(
        object,
        outcome.types(),
        Long.parseLong(report.getProperty("compilations")),
        Long.parseLong(report.getProperty("resources")),
        List.of(report.getProperty("modules").split(",")),
        outcome.peakMemory());
  }

  /** The object lies in a folder of the builder's own naming; null when there is none. */
  private static Path object(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.endsWith(CompilerCommand.OBJECT)).findFirst().orElse(null);
    }
  }

  private static BuildException failure(CompilerProcess.Outcome outcome, CompilerRequest request)
      throws IOException {
    Path log = Files.createTempFile(request.work().getParent(), "demi-compiler-", ".log");
    Files.write(log, outcome.lines());
    BuildException failure =
        CompilerFailure.of(outcome.exitCode(), outcome.lines(), log.toString(), request.heap());
    boolean named =
        failure.hint().contains(log.toString())
            || failure.details().stream().anyMatch(line -> line.contains(log.toString()));
    if (!named) {
      Files.delete(log);
    }
    return failure;
  }
}

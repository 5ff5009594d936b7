package org.demitasse.builder.compile;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Properties;
import org.demitasse.builder.BuildException;
import org.demitasse.builder.BuildListener;

/** From class path to object file. */
public final class CompilerStep {

  private CompilerStep() {}

  /**
   * Runs the compiler.
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
        new CompilerProcess(command, request.work(), listener).run();
    if (outcome.exitCode() != 0) {
      Path log = Files.createTempFile("demi-compiler-", ".log");
      Files.copy(outcome.log(), log, StandardCopyOption.REPLACE_EXISTING);
      throw CompilerFailure.of(outcome.exitCode(), outcome.lines(), log.toString(), request.heap());
    }
    Properties report = new Properties();
    try (Reader reader = Files.newBufferedReader(command.report())) {
      report.load(reader);
    }
    return new CompilerResult(
        command.object(),
        outcome.types(),
        Long.parseLong(report.getProperty("compilations")),
        Long.parseLong(report.getProperty("resources")),
        List.of(report.getProperty("modules").split(",")),
        outcome.peakMemory());
  }
}

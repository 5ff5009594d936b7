package org.demitasse.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.demitasse.builder.BuildException;
import org.demitasse.cli.cache.CacheFolder;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code demi}: runs Java programs as unikernels, and builds and inspects their images. */
@Command(
    name = "demi",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    header = "Turns a Java program into one machine image, and runs it.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      RunCommand.class,
      BuildCommand.class,
      InspectCommand.class,
      DoctorCommand.class,
      CacheCommand.class,
      HelpCommand.class
    },
    footer = {
      "",
      "Examples:",
      "  demi run Main.java                    compile, build and run a source file",
      "  demi run -p 8080:8080 app.jar         run a server, reached at localhost:8080",
      "  demi build -o app.img app.jar         build the image alone",
      "  demi run app.img --name value         run it, with the program's own arguments",
      "  demi run --machine qemu app.img       boot the same file in QEMU",
      "",
      "Exit codes of demi itself are 64 to 84, 124 and 125 (docs/exit-codes.md)."
    })
public final class Main implements Runnable {

  @Spec private CommandSpec spec;

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(execute(System.err, arguments));
  }

  /**
   * Runs one command.
   *
   * @param errors takes the messages of mistakes
   * @return the exit code
   */
  static int execute(PrintStream errors, String... arguments) {
    CommandLine line =
        new CommandLine(new Main())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .setUsageHelpAutoWidth(true)
            .setParameterExceptionHandler((e, words) -> usage(errors, e))
            .setExecutionExceptionHandler((e, at, result) -> report(errors, e));
    // What follows the target is the program's, whatever it looks like.
    line.getSubcommands().get("run").setStopAtPositional(true);
    return line.execute(arguments);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  private static int usage(PrintStream errors, ParameterException e) {
    CommandLine line = e.getCommandLine();
    errors.println("demi: " + e.getMessage());
    if (!CommandLine.UnmatchedArgumentException.printSuggestions(
        e, new PrintWriter(errors, true))) {
      errors.println(
          line.getHelp().fullSynopsis().strip()
              + System.lineSeparator()
              + "demi: see: "
              + line.getCommandSpec().qualifiedName()
              + " --help");
    }
    return ExitCode.USAGE.code();
  }

  private static int report(PrintStream errors, Exception e) {
    CliException mistake =
        switch (e) {
          case CliException known -> known;
          case BuildException build -> Mistakes.of(build);
          case InterruptedException interrupted ->
              new CliException(ExitCode.INTERRUPTED, "interrupted", "");
          case IOException io -> Mistakes.of(io);
          default -> null;
        };
    if (mistake == null) {
      return internal(errors, e);
    }
    errors.println("demi: " + mistake.getMessage());
    mistake.details().forEach(line -> errors.println("  " + line));
    if (!mistake.hint().isEmpty()) {
      errors.println("demi: " + mistake.hint());
    }
    if (mistake.exitCode() == ExitCode.INTERNAL) {
      return internal(errors, mistake);
    }
    return mistake.exitCode().code();
  }

  /** A mistake of ours: the stack trace goes to a file, which the user can hand on. */
  private static int internal(PrintStream errors, Exception e) {
    StringWriter trace = new StringWriter();
    e.printStackTrace(new PrintWriter(trace, true));
    errors.println("demi: internal error: " + e);
    try {
      Path folder = Files.createDirectories(CacheFolder.standard().folder().resolve("logs"));
      Path log = Files.createTempFile(folder, "error-", ".log");
      Files.writeString(log, trace.toString());
      errors.println("demi: this is a mistake of demi; please report it with the file " + log);
    } catch (IOException noLog) {
      errors.println("demi: this is a mistake of demi; please report it with these lines:");
      errors.println(trace);
    }
    return ExitCode.INTERNAL.code();
  }
}

package org.demitasse.cli;

import java.util.List;
import java.util.Objects;

/** A mistake as the user is told of it: message, details, what to do next, and the exit code. */
public final class CliException extends Exception {

  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;
  private final String hint;
  private final transient List<String> details;

  /**
   * A mistake.
   *
   * @param message what happened, to what, and why
   * @param details lines that follow it; may be empty
   * @param hint what to do next, or empty
   */
  public CliException(
      ExitCode exitCode, String message, List<String> details, String hint, Throwable cause) {
    super(message, cause);
    this.exitCode = Objects.requireNonNull(exitCode, "exitCode");
    this.details = List.copyOf(details);
    this.hint = Objects.requireNonNull(hint, "hint");
  }

  /** A mistake without details or cause. */
  public CliException(ExitCode exitCode, String message, String hint) {
    this(exitCode, message, List.of(), hint, null);
  }

  /** What the process ends with. */
  public ExitCode exitCode() {
    return exitCode;
  }

  /** What to do next, or empty. */
  public String hint() {
    return hint;
  }

  /** Lines that follow the message. */
  public List<String> details() {
    return details;
  }
}

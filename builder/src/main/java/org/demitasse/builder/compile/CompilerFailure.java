package org.demitasse.builder.compile;

import java.util.List;
import org.demitasse.builder.BuildException;

/** Turns what a failed compiler printed into what the user is told. */
final class CompilerFailure {

  private CompilerFailure() {}

  static BuildException of(int exitCode, List<String> lines, String log) {
    return new BuildException(
        BuildException.Kind.INTERNAL,
        "the compiler failed with exit code " + exitCode,
        "its whole output is in " + log);
  }
}

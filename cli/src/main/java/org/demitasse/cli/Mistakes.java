package org.demitasse.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.demitasse.builder.BuildException;
import org.demitasse.machine.MachineException;

/** Turns what the modules below throw into what the user is told. */
final class Mistakes {

  private Mistakes() {}

  static CliException of(BuildException e) {
    ExitCode code =
        switch (e.kind()) {
          case NO_SUCH_FILE -> ExitCode.NO_SUCH_FILE;
          case NOT_A_JAR -> ExitCode.NOT_RUNNABLE;
          case NO_MAIN_CLASS -> ExitCode.NO_MAIN_CLASS;
          case CLASS_FILE_TOO_NEW -> ExitCode.CLASS_FILE_TOO_NEW;
          case OUT_OF_MEMORY -> ExitCode.BUILD_OUT_OF_MEMORY;
          case NATIVE_LIBRARY -> ExitCode.NATIVE_LIBRARY;
          case METHOD_UNIMPLEMENTED -> ExitCode.METHOD_UNIMPLEMENTED;
          case OPTION -> ExitCode.USAGE;
          case IO -> ExitCode.IO;
          case PROGRAM -> ExitCode.BUILD_FAILED;
          case CANCELLED -> ExitCode.INTERRUPTED;
          case INTERNAL -> ExitCode.INTERNAL;
        };
    return new CliException(code, e.getMessage(), e.details(), e.hint(), e.getCause());
  }

  static CliException of(MachineException e, boolean qemu) {
    ExitCode code =
        switch (e.kind()) {
          case MACHINE_MISSING -> qemu ? ExitCode.QEMU_MISSING : ExitCode.SANDBOX_MISSING;
          case PORT_TAKEN -> ExitCode.PORT_TAKEN;
          case PORT_DENIED -> ExitCode.PORT_DENIED;
          case IMAGE_REFUSED -> ExitCode.IMAGE_REFUSED;
          case UNSUPPORTED -> ExitCode.UNSUPPORTED;
          case HOST -> ExitCode.IO;
        };
    return new CliException(code, e.getMessage(), List.of(), e.hint(), e.getCause());
  }

  /** A file that failed, in words instead of the exception's bare path. */
  static CliException of(IOException e) {
    if (e instanceof NoSuchFileException missing) {
      return new CliException(
          ExitCode.NO_SUCH_FILE, "there is no " + missing.getFile(), List.of(), "", e);
    }
    if (e instanceof AccessDeniedException denied) {
      return new CliException(
          ExitCode.IO,
          denied.getFile() + " may not be read or written by you",
          List.of(),
          "see its rights: ls -l " + denied.getFile(),
          e);
    }
    String message = String.valueOf(e.getMessage());
    if (e instanceof FileSystemException file && file.getReason() != null) {
      message = file.getFile() + ": " + file.getReason();
    }
    String hint =
        message.contains("No space left") ? "free some space: df -h, demi cache --clear" : "";
    return new CliException(
        ExitCode.IO, "a file could not be read or written: " + message, List.of(), hint, e);
  }
}

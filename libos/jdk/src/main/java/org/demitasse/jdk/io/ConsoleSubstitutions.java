package org.demitasse.jdk.io;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import java.io.Console;
import java.io.IOException;

/** {@link Console}, when standard input and output are terminals. */
@TargetClass(Console.class)
final class Target_java_io_Console {
  private Target_java_io_Console() {}

  /** Bits 0, 1 and 2: standard input, output and error. */
  @Substitute
  private static int ttyStatus() {
    int status = 0;
    for (int stream = 0; stream <= 2; stream++) {
      if (MachineConsole.isTerminal(stream)) {
        status |= 1 << stream;
      }
    }
    return status;
  }
}

@TargetClass(className = "jdk.internal.io.JdkConsoleImpl")
final class Target_jdk_internal_io_JdkConsoleImpl {
  private Target_jdk_internal_io_JdkConsoleImpl() {}

  /** A machine cannot tell the host's terminal to stop echoing: a password would be seen. */
  @Substitute
  private static boolean echo(boolean on) throws IOException {
    throw new IOException("A Demitasse image cannot switch the terminal's echo off.");
  }
}

package org.demitasse.cli;

/**
 * The exit codes of {@code demi} itself; {@code docs/exit-codes.md} explains them to users.
 * Everything else that {@code demi run} ends with is the program's own code.
 */
public enum ExitCode {
  /** Done. */
  OK(0, "done"),
  /** The command line is wrong. */
  USAGE(64, "the command line is wrong"),
  /** The file is none of jar, Java source and image. */
  NOT_RUNNABLE(65, "the file is neither a jar, nor a Java source, nor an image"),
  /** A file or folder that was named does not exist. */
  NO_SUCH_FILE(66, "no such file"),
  /** No main class, or not the one that was named. */
  NO_MAIN_CLASS(67, "no main class"),
  /** A class file is newer than JDK 25. */
  CLASS_FILE_TOO_NEW(68, "a class file is too new"),
  /** The program cannot be built: it breaks a rule of the closed world. */
  BUILD_FAILED(69, "the program cannot be built"),
  /** A mistake of demi itself. */
  INTERNAL(70, "internal error of demi"),
  /** The builder ran out of memory. */
  BUILD_OUT_OF_MEMORY(71, "out of memory while building"),
  /** The program wants a native (JNI) library. */
  NATIVE_LIBRARY(72, "the program wants a native library"),
  /** The program reaches a JDK method that this platform does not implement. */
  METHOD_UNIMPLEMENTED(73, "a JDK method without implementation is reachable"),
  /** A file could not be read or written. */
  IO(74, "a file could not be read or written"),
  /** The Java source does not compile. */
  SOURCE_ERROR(75, "the Java source does not compile"),
  /** A port of the host is taken. */
  PORT_TAKEN(76, "a port of the host is taken"),
  /** A port or address of the host may not be used. */
  PORT_DENIED(77, "a port or address of the host may not be used"),
  /** QEMU, or KVM where it was asked for, is missing. */
  QEMU_MISSING(78, "QEMU or KVM is missing"),
  /** The sandbox's native parts are missing or cannot start. */
  SANDBOX_MISSING(79, "the sandbox cannot be started"),
  /** The gateway to the host's network ended while the program ran. */
  GATEWAY_FAILED(80, "the gateway to the host's network failed"),
  /** The machine does not have what was asked for. */
  UNSUPPORTED(81, "the machine does not have what was asked for"),
  /** {@code doctor} found something that building or the sandbox cannot do without. */
  UNHEALTHY(82, "doctor found something essential missing"),
  /** No JDK 25. */
  JDK_MISSING(83, "no JDK 25"),
  /** demi could not be built from its own sources. */
  DEMI_BUILD_FAILED(84, "demi could not be built from its sources"),
  /** The machine's: image or configuration refused. */
  IMAGE_REFUSED(124, "the image or its configuration was refused"),
  /** The machine's: CPU exception, or it ended without the program's code. */
  MACHINE_FAULT(125, "the machine ended with a fault"),
  /** Interrupted by Ctrl-C while building. */
  INTERRUPTED(130, "interrupted");

  private final int code;
  private final String meaning;

  ExitCode(int code, String meaning) {
    this.code = code;
    this.meaning = meaning;
  }

  /** The number that the process ends with. */
  public int code() {
    return code;
  }

  /** What it means, in a few words. */
  public String meaning() {
    return meaning;
  }
}

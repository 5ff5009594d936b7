package org.demitasse.machine;

import java.util.Objects;

/** A run that could not be started: what happened, and in {@link #hint()} what to do next. */
public final class MachineException extends Exception {

  private static final long serialVersionUID = 1L;

  /** What kind of obstacle it is. */
  public enum Kind {
    /** The program that carries the machine is not installed. */
    MACHINE_MISSING,
    /** A port of the host is taken by another process. */
    PORT_TAKEN,
    /** A port or address of the host may not be used by this user. */
    PORT_DENIED,
    /** The file is no image, or a damaged one. */
    IMAGE_REFUSED,
    /** The request asks for something that this machine does not have. */
    UNSUPPORTED,
    /** A file or process of the host failed. */
    HOST
  }

  private final Kind kind;
  private final String hint;

  /**
   * A run that could not be started.
   *
   * @param message what happened, to what, and why
   * @param hint what to do next, or empty
   * @param cause what was caught, or null
   */
  public MachineException(Kind kind, String message, String hint, Throwable cause) {
    super(message, cause);
    this.kind = Objects.requireNonNull(kind, "kind");
    this.hint = Objects.requireNonNull(hint, "hint");
  }

  /** A run that could not be started, without a cause. */
  public MachineException(Kind kind, String message, String hint) {
    this(kind, message, hint, null);
  }

  /** What kind of obstacle it is. */
  public Kind kind() {
    return kind;
  }

  /** What to do next, or empty. */
  public String hint() {
    return hint;
  }
}

package org.demitasse.builder;

import java.util.List;
import java.util.Objects;

/**
 * A build that could not be done: what happened, to what and why ({@link #getMessage()}), details
 * such as the path by which a method is reached ({@link #details()}), and what to do next ({@link
 * #hint()}).
 */
public final class BuildException extends Exception {

  private static final long serialVersionUID = 1L;

  /** What kind of mistake ended the build. */
  public enum Kind {
    /** A class path entry does not exist. */
    NO_SUCH_FILE,
    /** A class path entry is neither a folder nor a readable jar. */
    NOT_A_JAR,
    /** There is no class of that name, or it has no {@code main} that Java would launch. */
    NO_MAIN_CLASS,
    /** A class file is newer than the JDK that builds. */
    CLASS_FILE_TOO_NEW,
    /** The compiler ran out of memory. */
    OUT_OF_MEMORY,
    /** The program loads a native (JNI) library. */
    NATIVE_LIBRARY,
    /**
     * A native method is reachable that this platform does not implement; details tell the path.
     */
    METHOD_UNIMPLEMENTED,
    /** An option of the compiler is unknown or cannot be followed. */
    OPTION,
    /** The image or a file beside it could not be read or written. */
    IO,
    /**
     * The program breaks a rule of the closed world (a class missing, an initialiser that fails).
     */
    PROGRAM,
    /** The build was stopped from outside. */
    CANCELLED,
    /** The builder failed in a way that is its own fault. */
    INTERNAL
  }

  private final Kind kind;
  private final String hint;
  private final transient List<String> details;

  /**
   * A failed build.
   *
   * @param kind what kind of mistake it is
   * @param message one or two sentences: what happened, to what, and why
   * @param hint what to do next, or empty
   * @param details further lines that help, in order; may be empty
   * @param cause what was caught, or null
   */
  public BuildException(
      Kind kind, String message, String hint, List<String> details, Throwable cause) {
    super(message, cause);
    this.kind = Objects.requireNonNull(kind, "kind");
    this.hint = Objects.requireNonNull(hint, "hint");
    this.details = List.copyOf(details);
  }

  /** A failed build without details or cause. */
  public BuildException(Kind kind, String message, String hint) {
    this(kind, message, hint, List.of(), null);
  }

  /** What kind of mistake it is. */
  public Kind kind() {
    return kind;
  }

  /** What to do next, or empty. */
  public String hint() {
    return hint;
  }

  /** Further lines, in order. */
  public List<String> details() {
    return details;
  }
}

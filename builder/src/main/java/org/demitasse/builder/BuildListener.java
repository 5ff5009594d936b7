package org.demitasse.builder;

/**
 * Hears how a build proceeds. Calls come from builder threads, one at a time; an implementation
 * must return quickly and must not throw.
 */
public interface BuildListener {

  /** A listener that ignores everything. */
  BuildListener NONE = new BuildListener() {};

  /** A phase has begun, and the one before it has ended. */
  default void phase(BuildPhase phase) {}

  /**
   * The current phase has moved on.
   *
   * @param fraction how much of the phase is done, 0 to 1; negative when that cannot be said
   * @param detail what has been counted so far ("12,345 methods"), or empty
   */
  default void progress(double fraction, String detail) {}

  /** The compiler's process now takes so many bytes of resident memory. */
  default void memory(long residentBytes) {}

  /** Something the user should know that does not end the build, one line. */
  default void warning(String message) {}

  /**
   * The compiler printed a line; what is worth knowing in it comes through the other methods too.
   */
  default void output(String line) {}
}

package org.demitasse.cli.doctor;

/**
 * What a check found.
 *
 * @param state how it stands
 * @param subject what was looked at
 * @param text what was seen, one line
 * @param remedy the command that mends it, or empty
 */
public record Finding(State state, String subject, String text, String remedy) {

  /** How something stands. */
  public enum State {
    /** As it should be. */
    GOOD,
    /** Missing; something optional does not work without it. */
    OPTIONAL,
    /** Missing; demi cannot build or run without it. */
    BAD
  }

  static Finding good(String subject, String text) {
    return new Finding(State.GOOD, subject, text, "");
  }

  static Finding optional(String subject, String text, String remedy) {
    return new Finding(State.OPTIONAL, subject, text, remedy);
  }

  static Finding bad(String subject, String text, String remedy) {
    return new Finding(State.BAD, subject, text, remedy);
  }
}

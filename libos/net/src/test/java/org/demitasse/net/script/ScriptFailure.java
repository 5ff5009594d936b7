package org.demitasse.net.script;

/** A step that did not go as its script says, or that cannot be understood. */
final class ScriptFailure extends AssertionError {
  private static final long serialVersionUID = 1L;

  ScriptFailure(String message) {
    super(message);
  }

  static ScriptFailure expected(String expected, String seen) {
    return new ScriptFailure("\n  expected: " + expected + "\n  seen:     " + seen);
  }
}

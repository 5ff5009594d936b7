package org.demitasse.gateway;

/** The gateway cannot start or go on; {@link #code} is the exit code (docs/exit-codes.md). */
final class GatewayException extends Exception {
  private static final long serialVersionUID = 1;

  static final int USAGE = 64;
  static final int PORT_TAKEN = 76;
  static final int PORT_DENIED = 77;
  static final int FAILED = 80;

  private final int code;

  GatewayException(int code, String message) {
    super(message);
    this.code = code;
  }

  int code() {
    return code;
  }
}

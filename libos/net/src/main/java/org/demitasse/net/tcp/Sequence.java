package org.demitasse.net.tcp;

/** Arithmetic of sequence numbers: modulo 2^32 (RFC 9293, section 3.4). */
final class Sequence {
  private Sequence() {}

  static boolean before(int a, int b) {
    return a - b < 0;
  }

  static boolean after(int a, int b) {
    return b - a < 0;
  }

  static boolean notBefore(int a, int b) {
    return a - b >= 0;
  }

  static boolean notAfter(int a, int b) {
    return b - a >= 0;
  }

  static int max(int a, int b) {
    return after(a, b) ? a : b;
  }
}

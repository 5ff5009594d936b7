package org.demitasse.zip;

/** The length and distance codes of RFC 1951, 3.2.5, by arithmetic instead of tables. */
final class Codes {
  static final int MIN_MATCH = 3;
  static final int MAX_MATCH = 258;
  static final int LITERALS = 286;
  static final int DISTANCES = 30;
  static final int LENGTHS = 19;
  static final int END_OF_BLOCK = 256;

  /** The order in which the lengths of code-length codes are sent (3.2.7). */
  static final byte[] LENGTH_ORDER = {
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15
  };

  private Codes() {}

  /** Extra bits of length code {@code code} (0 for symbol 257). */
  static int lengthExtra(int code) {
    return code < 8 || code == 28 ? 0 : (code >> 2) - 1;
  }

  /** The shortest length of length code {@code code}. */
  static int lengthBase(int code) {
    if (code == 28) {
      return MAX_MATCH;
    }
    return code < 8 ? MIN_MATCH + code : MIN_MATCH + (4 + (code & 3) << (code >> 2) - 1);
  }

  /** Extra bits of distance code {@code code}. */
  static int distanceExtra(int code) {
    return code < 4 ? 0 : (code >> 1) - 1;
  }

  /** The shortest distance of distance code {@code code}. */
  static int distanceBase(int code) {
    return code < 4 ? 1 + code : 1 + (2 + (code & 1) << (code >> 1) - 1);
  }

  /** The length code (0 for symbol 257) of a length less {@link #MIN_MATCH}. */
  static int lengthCode(int lengthLess3) {
    if (lengthLess3 < 8) {
      return lengthLess3;
    }
    if (lengthLess3 == MAX_MATCH - MIN_MATCH) {
      return 28;
    }
    int top = 31 - Integer.numberOfLeadingZeros(lengthLess3);
    return (top - 1 << 2) + (lengthLess3 >> top - 2 & 3);
  }

  /** The distance code of a distance less 1. */
  static int distanceCode(int distanceLess1) {
    if (distanceLess1 < 4) {
      return distanceLess1;
    }
    int top = 31 - Integer.numberOfLeadingZeros(distanceLess1);
    return (top << 1) + (distanceLess1 >> top - 1 & 1);
  }
}

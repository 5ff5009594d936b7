package org.demitasse.zip;

/** The last 32 KiB of output that earlier calls produced, as a ring. */
final class InflateWindow {
  static final int SIZE = 1 << 15;

  /** Null until something must be kept: a stream inflated in one call never needs it. */
  private byte[] bytes;

  private int next;
  private int have;

  /** How many bytes may be referred to. */
  int have() {
    return have;
  }

  void clear() {
    next = 0;
    have = 0;
  }

  /** Adds bytes; of more than a window's, the last. */
  void append(byte[] from, int offset, int length) {
    if (length == 0) {
      return;
    }
    if (bytes == null) {
      bytes = new byte[SIZE];
    }
    if (length >= SIZE) {
      System.arraycopy(from, offset + length - SIZE, bytes, 0, SIZE);
      next = 0;
      have = SIZE;
      return;
    }
    int first = Math.min(length, SIZE - next);
    System.arraycopy(from, offset, bytes, next, first);
    System.arraycopy(from, offset + first, bytes, 0, length - first);
    next = next + length & SIZE - 1;
    have = Math.min(SIZE, have + length);
  }

  /**
   * Copies up to {@code length} bytes that start {@code back} before the end of the window; fewer
   * when the window ends first.
   *
   * @return how many were copied, at least 1
   */
  int copy(int back, byte[] to, int offset, int length) {
    int from = next - back & SIZE - 1;
    int n = Math.min(Math.min(length, back), SIZE - from);
    System.arraycopy(bytes, from, to, offset, n);
    return n;
  }
}

package org.demitasse.core;

/** A source of unpredictable bytes. Any thread may ask. */
@FunctionalInterface
public interface Entropy {
  /**
   * Fills {@code length} bytes of {@code bytes} from {@code offset}.
   *
   * @throws IllegalStateException when the machine has no entropy source: weak bytes are never
   *     given
   */
  void fill(byte[] bytes, int offset, int length);

  /** Returns 64 unpredictable bits. */
  default long nextLong() {
    byte[] bytes = new byte[8];
    fill(bytes, 0, 8);
    long value = 0;
    for (byte b : bytes) {
      value = value << 8 | b & 0xff;
    }
    return value;
  }
}

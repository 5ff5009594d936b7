package org.demitasse.zip;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Adler-32 as in RFC 1950, section 9. A checksum starts as {@link #INITIAL}; every method takes the
 * checksum so far and returns the one that includes the bytes.
 */
public final class Adler32 {
  /** The checksum of no bytes. */
  public static final int INITIAL = 1;

  private static final int BASE = 65521;

  /** The most bytes whose sums stay below 2^32 whatever they are. */
  private static final int RUN = 5552;

  private Adler32() {}

  /** Adds the low eight bits of {@code b}. */
  public static int update(int adler, int b) {
    int low = ((adler & 0xffff) + (b & 0xff)) % BASE;
    int high = ((adler >>> 16) + low) % BASE;
    return high << 16 | low;
  }

  /** Adds {@code length} bytes of {@code bytes} from {@code offset}. */
  public static int update(int adler, byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    int low = adler & 0xffff;
    int high = adler >>> 16;
    int i = offset;
    int end = offset + length;
    while (i < end) {
      int stop = i + Math.min(end - i, RUN);
      for (; stop - i >= 8; i += 8) {
        int b0 = bytes[i] & 0xff;
        int b1 = bytes[i + 1] & 0xff;
        int b2 = bytes[i + 2] & 0xff;
        int b3 = bytes[i + 3] & 0xff;
        int b4 = bytes[i + 4] & 0xff;
        int b5 = bytes[i + 5] & 0xff;
        int b6 = bytes[i + 6] & 0xff;
        int b7 = bytes[i + 7] & 0xff;
        // Written as weights, the bytes do not wait for one another.
        high += 8 * low + 8 * b0 + 7 * b1 + 6 * b2 + 5 * b3 + 4 * b4 + 3 * b5 + 2 * b6 + b7;
        low += b0 + b1 + b2 + b3 + b4 + b5 + b6 + b7;
      }
      for (; i < stop; i++) {
        low += bytes[i] & 0xff;
        high += low;
      }
      low = Integer.remainderUnsigned(low, BASE);
      high = Integer.remainderUnsigned(high, BASE);
    }
    return high << 16 | low;
  }

  /** Adds {@code length} bytes of native memory from {@code address}. */
  public static int update(int adler, NativeMemory memory, long address, int length) {
    int low = adler & 0xffff;
    int high = adler >>> 16;
    long i = address;
    long end = address + length;
    while (i < end) {
      long stop = i + Math.min(end - i, RUN);
      for (; stop - i >= 8; i += 8) {
        long eight = memory.getLong(i);
        int sum = 0;
        int weighted = 8 * low;
        for (int weight = 8; weight > 0; weight--) {
          int b = (int) eight & 0xff;
          sum += b;
          weighted += weight * b;
          eight >>>= 8;
        }
        low += sum;
        high += weighted;
      }
      for (; i < stop; i++) {
        low += memory.get(i) & 0xff;
        high += low;
      }
      low = Integer.remainderUnsigned(low, BASE);
      high = Integer.remainderUnsigned(high, BASE);
    }
    return high << 16 | low;
  }

  /** Adds what remains in {@code buffer} and moves its position to the limit. */
  public static int update(int adler, ByteBuffer buffer) {
    int length = buffer.remaining();
    int result;
    if (buffer.hasArray()) {
      result = update(adler, buffer.array(), buffer.arrayOffset() + buffer.position(), length);
    } else {
      result = update(adler, new BufferMemory(buffer), buffer.position(), length);
    }
    buffer.position(buffer.limit());
    return result;
  }
}

package org.demitasse.zip;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * CRC-32 as in RFC 1952, section 8 (polynomial 0xEDB88320, reflected). A checksum starts as 0;
 * every method takes the checksum so far and returns the one that includes the bytes.
 */
public final class Crc32 {
  private static final int POLYNOMIAL = 0xEDB88320;

  /**
   * Eight tables in one: entry {@code k * 256 + b} is byte {@code b} moved over {@code k} zero
   * bytes, so that eight input bytes cost eight independent loads.
   */
  private static final int[] TABLE = table();

  private Crc32() {}

  private static int[] table() {
    int[] table = new int[8 * 256];
    for (int b = 0; b < 256; b++) {
      int crc = b;
      for (int bit = 0; bit < 8; bit++) {
        crc = crc >>> 1 ^ ((crc & 1) == 0 ? 0 : POLYNOMIAL);
      }
      table[b] = crc;
    }
    for (int i = 256; i < table.length; i++) {
      int crc = table[i - 256];
      table[i] = crc >>> 8 ^ table[crc & 0xff];
    }
    return table;
  }

  /** Adds the low eight bits of {@code b}. */
  public static int update(int crc, int b) {
    int c = ~crc;
    return ~(c >>> 8 ^ TABLE[(c ^ b) & 0xff]);
  }

  /** Adds {@code length} bytes of {@code bytes} from {@code offset}. */
  public static int update(int crc, byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    int[] table = TABLE;
    int c = ~crc;
    int i = offset;
    int end = offset + length;
    while (end - i >= 8) {
      c = eight(table, c, LittleEndian.getLong(bytes, i));
      i += 8;
    }
    while (i < end) {
      c = c >>> 8 ^ table[(c ^ bytes[i++]) & 0xff];
    }
    return ~c;
  }

  /** Adds {@code length} bytes of native memory from {@code address}. */
  public static int update(int crc, NativeMemory memory, long address, int length) {
    int[] table = TABLE;
    int c = ~crc;
    long i = address;
    long end = address + length;
    while (end - i >= 8) {
      c = eight(table, c, memory.getLong(i));
      i += 8;
    }
    while (i < end) {
      c = c >>> 8 ^ table[(c ^ memory.get(i++)) & 0xff];
    }
    return ~c;
  }

  /** Adds what remains in {@code buffer} and moves its position to the limit. */
  public static int update(int crc, ByteBuffer buffer) {
    int length = buffer.remaining();
    int result;
    if (buffer.hasArray()) {
      result = update(crc, buffer.array(), buffer.arrayOffset() + buffer.position(), length);
    } else {
      result = update(crc, new BufferMemory(buffer), buffer.position(), length);
    }
    buffer.position(buffer.limit());
    return result;
  }

  private static int eight(int[] table, int crc, long bytes) {
    int low = (int) bytes ^ crc;
    int high = (int) (bytes >>> 32);
    return table[7 * 256 + (low & 0xff)]
        ^ table[6 * 256 + (low >>> 8 & 0xff)]
        ^ table[5 * 256 + (low >>> 16 & 0xff)]
        ^ table[4 * 256 + (low >>> 24)]
        ^ table[3 * 256 + (high & 0xff)]
        ^ table[2 * 256 + (high >>> 8 & 0xff)]
        ^ table[256 + (high >>> 16 & 0xff)]
        ^ table[high >>> 24];
  }
}

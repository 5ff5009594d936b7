package org.demitasse.zip;

/**
 * Memory outside the Java heap, by address: how the natives of {@code java.util.zip} are given
 * direct buffers. Whoever passes an address vouches for the range; nothing here checks it.
 */
public interface NativeMemory {
  /** Copies {@code length} bytes at {@code address} to {@code to[offset]} and up. */
  void read(long address, byte[] to, int offset, int length);

  /** Copies {@code length} bytes from {@code from[offset]} and up to {@code address}. */
  void write(long address, byte[] from, int offset, int length);

  /** Returns the byte at {@code address}. */
  byte get(long address);

  /** Returns the eight bytes from {@code address} on, little endian, at any alignment. */
  long getLong(long address);
}

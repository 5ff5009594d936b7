package org.demitasse.jdk.zip;

import jdk.internal.misc.Unsafe;
import org.demitasse.zip.NativeMemory;

/** Direct buffers by address, as the natives of {@code java.util.zip} are given them. */
final class RawMemory implements NativeMemory {
  static final RawMemory INSTANCE = new RawMemory();

  private static final Unsafe UNSAFE = Unsafe.getUnsafe();

  private RawMemory() {}

  @Override
  public void read(long address, byte[] to, int offset, int length) {
    UNSAFE.copyMemory(null, address, to, Unsafe.ARRAY_BYTE_BASE_OFFSET + offset, length);
  }

  @Override
  public void write(long address, byte[] from, int offset, int length) {
    UNSAFE.copyMemory(from, Unsafe.ARRAY_BYTE_BASE_OFFSET + offset, null, address, length);
  }

  @Override
  public byte get(long address) {
    return UNSAFE.getByte(address);
  }

  @Override
  public long getLong(long address) {
    return UNSAFE.getLongUnaligned(null, address);
  }
}

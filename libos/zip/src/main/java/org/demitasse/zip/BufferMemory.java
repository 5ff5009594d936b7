package org.demitasse.zip;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A byte buffer as memory; addresses are indexes. */
final class BufferMemory implements NativeMemory {
  private final ByteBuffer buffer;
  private final boolean swap;

  BufferMemory(ByteBuffer buffer) {
    this.buffer = buffer;
    this.swap = buffer.order() == ByteOrder.BIG_ENDIAN;
  }

  @Override
  public void read(long address, byte[] to, int offset, int length) {
    buffer.get((int) address, to, offset, length);
  }

  @Override
  public void write(long address, byte[] from, int offset, int length) {
    buffer.put((int) address, from, offset, length);
  }

  @Override
  public byte get(long address) {
    return buffer.get((int) address);
  }

  @Override
  public long getLong(long address) {
    long value = buffer.getLong((int) address);
    return swap ? Long.reverseBytes(value) : value;
  }
}

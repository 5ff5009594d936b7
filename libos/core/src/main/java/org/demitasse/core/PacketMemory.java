package org.demitasse.core;

import java.nio.ByteBuffer;

/** Where a {@link PacketPool} takes its memory from. Called under the network stack's lock. */
@FunctionalInterface
public interface PacketMemory {
  /**
   * One piece of memory that is never given back.
   *
   * @param bytes direct or on the heap; its whole capacity is used
   * @param address virtual address of its first byte, 0 when it has no fixed one
   * @param deviceAddress the address a device knows that byte by (physically contiguous), or 0
   */
  record Slab(ByteBuffer bytes, long address, long deviceAddress) {}

  /** Returns a slab of at least {@code size} bytes, or null when there is no more memory. */
  Slab allocate(int size);

  /** Memory of the Java heap, for tests and devices that copy. */
  static PacketMemory heap() {
    return new HeapMemory();
  }

  /** Direct buffers whose address nobody needs to know. */
  static PacketMemory direct() {
    return new DirectMemory();
  }

  // Two classes, so that an image that uses no heap buffers for packets has one kind of buffer,
  // whose
  // accessors its compiler can then call directly.

  /** Heap buffers. */
  final class HeapMemory implements PacketMemory {
    @Override
    public Slab allocate(int size) {
      return new Slab(ByteBuffer.allocate(size), 0, 0);
    }
  }

  /** Direct buffers. */
  final class DirectMemory implements PacketMemory {
    @Override
    public Slab allocate(int size) {
      return new Slab(ByteBuffer.allocateDirect(size), 0, 0);
    }
  }
}

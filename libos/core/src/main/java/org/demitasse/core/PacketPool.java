package org.demitasse.core;

import java.nio.ByteBuffer;

/**
 * A bounded pool of equal {@link PacketBuffer}s that grows slab by slab. Not safe for several
 * threads: the network stack's lock guards it, and drivers use it only inside calls of {@link
 * NetDevice}.
 */
public final class PacketPool {
  /**
   * Bytes that {@link #allocate()} leaves free in front: an Ethernet header, a device's own header
   * (12 bytes for virtio) and alignment so that the IP header falls on a multiple of four.
   */
  public static final int HEADROOM = 66;

  /** Bytes asked of the memory at once: small machines should not pay for buffers never used. */
  private static final int SLAB_BYTES = 1 << 16;

  private final PacketMemory memory;
  private final int bufferSize;
  private final int maximum;
  private PacketBuffer free;
  private int created;
  private int outstanding;
  private long failures;

  /**
   * @param memory asked for slabs of at most 64 KiB, or of one buffer where that is larger
   * @param bufferSize bytes of one buffer, headroom included
   * @param maximum at most so many buffers
   */
  public PacketPool(PacketMemory memory, int bufferSize, int maximum) {
    if (bufferSize <= HEADROOM || maximum < 1) {
      throw new IllegalArgumentException("bufferSize " + bufferSize + ", maximum " + maximum);
    }
    this.memory = memory;
    this.bufferSize = bufferSize;
    this.maximum = maximum;
  }

  /** Returns a pool on the Java heap for frames of the given MTU. */
  public static PacketPool heap(int mtu, int maximum) {
    return new PacketPool(PacketMemory.heap(), sizeFor(mtu), maximum);
  }

  /** Returns the size of a buffer whose frames hold {@code mtu} bytes of payload. */
  public static int sizeFor(int mtu) {
    return (HEADROOM + 18 + mtu + 63) & ~63;
  }

  /** Bytes of one buffer, headroom included. */
  public int bufferSize() {
    return bufferSize;
  }

  /**
   * Returns an empty buffer with {@link #HEADROOM}, owned by the caller, or null when all are in
   * use.
   */
  public PacketBuffer allocate() {
    PacketBuffer buffer = free;
    if (buffer == null) {
      if (!grow()) {
        failures++;
        return null;
      }
      buffer = free;
    }
    free = buffer.next;
    buffer.next = null;
    outstanding++;
    buffer.reset(HEADROOM);
    return buffer;
  }

  /** Buffers that somebody owns at the moment. */
  public int outstanding() {
    return outstanding;
  }

  /** Whether less than half of all buffers are in use: enough for some to be kept a while. */
  public boolean isRoomy() {
    return outstanding < maximum / 2;
  }

  /** Buffers that exist. */
  public int created() {
    return created;
  }

  /** How often {@link #allocate()} had nothing to give. */
  public long failures() {
    return failures;
  }

  void release(PacketBuffer buffer) {
    buffer.next = free;
    free = buffer;
    outstanding--;
  }

  private boolean grow() {
    int count = Math.min(Math.max(SLAB_BYTES / bufferSize, 1), maximum - created);
    if (count <= 0) {
      return false;
    }
    PacketMemory.Slab slab = memory.allocate(count * bufferSize);
    if (slab == null) {
      return false;
    }
    ByteBuffer bytes = slab.bytes();
    for (int i = count - 1; i >= 0; i--) {
      int offset = i * bufferSize;
      // Slices are in network byte order from the start.
      ByteBuffer slice = bytes.slice(offset, bufferSize);
      PacketBuffer buffer =
          new PacketBuffer(
              this,
              slice,
              slab.address() == 0 ? 0 : slab.address() + offset,
              slab.deviceAddress() == 0 ? 0 : slab.deviceAddress() + offset);
      buffer.next = free;
      free = buffer;
    }
    created += count;
    return true;
  }
}

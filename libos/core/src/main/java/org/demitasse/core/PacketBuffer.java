package org.demitasse.core;

import java.nio.ByteBuffer;

/**
 * One frame or packet: bytes in a fixed piece of memory, with room in front for headers and behind
 * for payload, and what devices say about it (checksum, segmentation: the fields of virtio 1.2,
 * section 5.1.6).
 *
 * <p>The packet is the {@code length()} bytes from {@code start()}; indexes of the accessors count
 * from there, values are in network byte order, and an index outside of the packet throws {@link
 * IndexOutOfBoundsException}. A buffer has one owner, who alone may use it; the last owner calls
 * {@link #release()}.
 */
public final class PacketBuffer {
  /** Flag: the device vouches for the transport checksum. */
  public static final int CHECKSUM_GOOD = 1;

  /** Segmentation kind: none; the frame fits the MTU. */
  public static final int SEGMENT_NONE = 0;

  /** Segmentation kind: TCP over IPv4 (VIRTIO_NET_HDR_GSO_TCPV4). */
  public static final int SEGMENT_TCP4 = 1;

  /** Segmentation kind: TCP over IPv6 (VIRTIO_NET_HDR_GSO_TCPV6). */
  public static final int SEGMENT_TCP6 = 4;

  /** Links buffers in free lists and in the owner's queues; belongs to the owner. */
  public PacketBuffer next;

  private final PacketPool pool;
  private final ByteBuffer bytes;
  private final int capacity;
  private final long address;
  private final long deviceAddress;
  private int start;
  private int length;
  private int flags;
  private int checksumStart;
  private int checksumOffset;
  private int segmentKind;
  private int segmentSize;
  private int segmentHeader;
  private GatherList tail;
  private boolean owned;

  PacketBuffer(PacketPool pool, ByteBuffer bytes, long address, long deviceAddress) {
    this.pool = pool;
    this.bytes = bytes;
    this.capacity = bytes.capacity();
    this.address = address;
    this.deviceAddress = deviceAddress;
  }

  void reset(int headroom) {
    owned = true;
    start = headroom;
    length = 0;
    bytes.clear();
    bytes.limit(headroom);
    flags = 0;
    checksumStart = -1;
    segmentKind = SEGMENT_NONE;
    segmentSize = 0;
    tail = null;
  }

  /** Gives the buffer back to its pool. */
  public void release() {
    if (!owned) {
      throw new IllegalStateException("a packet buffer was released twice");
    }
    owned = false;
    pool.release(this);
  }

  /** The pool that the buffer comes from and goes back to. */
  public PacketPool pool() {
    return pool;
  }

  /** Offset of the packet's first byte in the buffer: the room in front. */
  public int start() {
    return start;
  }

  /** Bytes of the packet. */
  public int length() {
    return length;
  }

  /** Bytes of the packet and its tail: what goes over the wire. */
  public int totalLength() {
    return tail == null ? length : length + tail.bytes();
  }

  /** Bytes that follow the packet's own from where they lie, or null. */
  public GatherList tail() {
    return tail;
  }

  /**
   * Gives the packet a tail. Only for a device with {@link NetDevice#OFFLOAD_TX_GATHER}; the list
   * stays the caller's.
   */
  public void setTail(GatherList list) {
    tail = list;
  }

  /**
   * Returns a copy of the packet, its tail and what devices are to know of it in a buffer of {@code
   * target}, or null when that has none, or none large enough.
   */
  public PacketBuffer copyTo(PacketPool target) {
    int total = totalLength();
    PacketBuffer copy = target.allocate();
    if (copy == null) {
      return null;
    }
    if (copy.tailroom() < total) {
      copy.release();
      return null;
    }
    copy.append(total);
    copy.put(0, this, 0, length);
    if (tail != null) {
      tail.copyTo(copy, length);
    }
    copy.flags = flags;
    if (checksumStart >= 0) {
      copy.setChecksumRequest(checksumStart(), checksumOffset);
    }
    if (segmentKind != SEGMENT_NONE) {
      copy.setSegmentation(segmentKind, segmentSize, segmentHeaderLength());
    }
    return copy;
  }

  /** Bytes that {@link #append} can still add. */
  public int tailroom() {
    return capacity - start - length;
  }

  /** Virtual address of the packet's first byte, 0 when the memory has no fixed address. */
  public long address() {
    return address == 0 ? 0 : address + start;
  }

  /** Address of the packet's first byte as a device knows it, 0 when there is none. */
  public long deviceAddress() {
    return deviceAddress == 0 ? 0 : deviceAddress + start;
  }

  /**
   * The memory itself, for drivers that copy: absolute access only, index {@link #start()} is the
   * packet's first byte, the limit is the packet's end.
   */
  public ByteBuffer bytes() {
    return bytes;
  }

  /** Sets the packet to {@code length} bytes from offset {@code start} of the buffer. */
  public void setRange(int start, int length) {
    if (start < 0 || length < 0 || length > capacity - start) {
      throw new IndexOutOfBoundsException(
          "bytes " + start + " to " + (start + length) + " of a buffer of " + capacity);
    }
    bytes.limit(start + length);
    this.start = start;
    this.length = length;
  }

  /** Takes {@code count} more bytes in front into the packet: room for a header. */
  public void prepend(int count) {
    setRange(start - count, length + count);
  }

  /** Takes {@code count} more bytes behind into the packet; they hold whatever was there. */
  public void append(int count) {
    setRange(start, length + count);
  }

  /** Drops {@code count} bytes in front: a header that has been read. */
  public void strip(int count) {
    if (count < 0 || count > length) {
      throw new IndexOutOfBoundsException("strip " + count + " of " + length);
    }
    start += count;
    length -= count;
  }

  /** Drops everything behind the first {@code newLength} bytes. */
  public void truncate(int newLength) {
    if (newLength > length) {
      throw new IndexOutOfBoundsException("truncate " + length + " to " + newLength);
    }
    setRange(start, newLength);
  }

  public int getByte(int index) {
    return bytes.get(start + index) & 0xff;
  }

  public int getShort(int index) {
    return bytes.getShort(start + index) & 0xffff;
  }

  public int getInt(int index) {
    return bytes.getInt(start + index);
  }

  public long getLong(int index) {
    return bytes.getLong(start + index);
  }

  /** Returns six bytes as the low 48 bits. */
  public long getMac(int index) {
    return (long) getShort(index) << 32 | getInt(index + 2) & 0xffffffffL;
  }

  public void putByte(int index, int value) {
    bytes.put(start + index, (byte) value);
  }

  public void putShort(int index, int value) {
    bytes.putShort(start + index, (short) value);
  }

  public void putInt(int index, int value) {
    bytes.putInt(start + index, value);
  }

  public void putLong(int index, long value) {
    bytes.putLong(start + index, value);
  }

  /** Stores the low 48 bits as six bytes. */
  public void putMac(int index, long value) {
    putShort(index, (int) (value >>> 32));
    putInt(index + 2, (int) value);
  }

  /** Copies bytes out of the packet. */
  public void get(int index, byte[] target, int offset, int count) {
    bytes.get(start + index, target, offset, count);
  }

  /** Copies bytes into the packet. */
  public void put(int index, byte[] source, int offset, int count) {
    bytes.put(start + index, source, offset, count);
  }

  /** Copies {@code count} bytes out of the packet to the target's position, which moves on. */
  public void get(int index, ByteBuffer target, int count) {
    int position = target.position();
    target.put(position, bytes, start + index, count);
    target.position(position + count);
  }

  /** Copies {@code count} bytes from the source's position, which moves on, into the packet. */
  public void put(int index, ByteBuffer source, int count) {
    int position = source.position();
    bytes.put(start + index, source, position, count);
    source.position(position + count);
  }

  /** Copies bytes of another packet into this one. */
  public void put(int index, PacketBuffer source, int sourceIndex, int count) {
    bytes.put(start + index, source.bytes, source.start + sourceIndex, count);
  }

  /**
   * Returns the sum of the packet's bytes as 16-bit words, not folded (RFC 1071): the checksums'
   * inner loop, here because it works on the memory itself. A last odd byte counts as a high one.
   */
  public long sum(int index, int count) {
    ByteBuffer memory = bytes;
    int i = start + index;
    int end = i + count;
    // Sums of 32-bit halves in two variables, so that additions need not wait for each other.
    long high = 0;
    long low = 0;
    for (; end - i >= 32; i += 32) {
      long a = memory.getLong(i);
      long b = memory.getLong(i + 8);
      long c = memory.getLong(i + 16);
      long d = memory.getLong(i + 24);
      high += (a >>> 32) + (b >>> 32) + (c >>> 32) + (d >>> 32);
      low += (a & 0xffffffffL) + (b & 0xffffffffL) + (c & 0xffffffffL) + (d & 0xffffffffL);
    }
    long total = high + low;
    for (; end - i >= 4; i += 4) {
      total += memory.getInt(i) & 0xffffffffL;
    }
    if (end - i >= 2) {
      total += memory.getShort(i) & 0xffff;
      i += 2;
    }
    return i < end ? total + ((memory.get(i) & 0xff) << 8) : total;
  }

  /** Stores zeros. */
  public void zero(int index, int count) {
    for (int i = 0; i < count; i++) {
      bytes.put(start + index + i, (byte) 0);
    }
  }

  /** Whether a device vouches for the transport checksum of this received packet. */
  public boolean checksumGood() {
    return (flags & CHECKSUM_GOOD) != 0;
  }

  /** For drivers and loopback: says that the transport checksum needs no look. */
  public void setChecksumGood(boolean good) {
    flags = good ? flags | CHECKSUM_GOOD : flags & ~CHECKSUM_GOOD;
  }

  /**
   * Asks the device to sum everything from the packet's byte {@code from} on and to store the
   * checksum {@code offset} bytes behind it. The field holds the pseudo header's sum already.
   * Indexes are those of this moment; later headers in front are accounted for.
   */
  public void setChecksumRequest(int from, int offset) {
    checksumStart = start + from;
    checksumOffset = offset;
  }

  /** Forgets {@link #setChecksumRequest}. */
  public void clearChecksumRequest() {
    checksumStart = -1;
  }

  /** Where the device starts to sum, from the packet's first byte; -1 when nothing is asked. */
  public int checksumStart() {
    return checksumStart < 0 ? -1 : checksumStart - start;
  }

  /** Where the checksum goes, from {@link #checksumStart()}. */
  public int checksumOffset() {
    return checksumOffset;
  }

  /**
   * Says that the packet is to be cut (or was joined from) segments.
   *
   * @param kind {@link #SEGMENT_TCP4}, {@link #SEGMENT_TCP6} or {@link #SEGMENT_NONE}
   * @param size payload bytes of one segment
   * @param headerEnd index of the first payload byte, as of this moment
   */
  public void setSegmentation(int kind, int size, int headerEnd) {
    segmentKind = kind;
    segmentSize = size;
    segmentHeader = start + headerEnd;
  }

  public int segmentKind() {
    return segmentKind;
  }

  /** Payload bytes of one segment. */
  public int segmentSize() {
    return segmentSize;
  }

  /** Bytes of all headers in front of the payload, from the packet's first byte. */
  public int segmentHeaderLength() {
    return segmentHeader - start;
  }
}

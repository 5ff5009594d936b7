package org.demitasse.gateway;

import java.nio.ByteBuffer;
import org.demitasse.core.PacketBuffer;

/**
 * {@code struct virtio_net_hdr} with {@code num_buffers} (virtio 1.2, section 5.1.6), which stands
 * in front of each frame on a wire within one machine: so checksums need not be made between two
 * ends on one machine, and TCP crosses in packets of up to 64 KiB. Its numbers are little-endian.
 */
final class FrameHeader {
  static final int BYTES = 12;

  private static final int NEEDS_CSUM = 1;
  private static final int DATA_VALID = 2;
  private static final int KIND = 1;
  private static final int HEADER_LENGTH = 2;
  private static final int SEGMENT_SIZE = 4;
  private static final int CHECKSUM_START = 6;
  private static final int CHECKSUM_OFFSET = 8;

  private FrameHeader() {}

  /** Whether a header from offset 0 says only what we understand. */
  static boolean isKnown(ByteBuffer bytes) {
    int kind = bytes.get(KIND);
    return kind == PacketBuffer.SEGMENT_NONE
        || kind == PacketBuffer.SEGMENT_TCP4
        || kind == PacketBuffer.SEGMENT_TCP6;
  }

  /** Whether the header says that the transport's checksum needs no look. */
  static boolean isUnsummed(ByteBuffer bytes) {
    return (bytes.get(0) & (NEEDS_CSUM | DATA_VALID)) != 0;
  }

  /** Writes at {@code at} what a frame of the stack asks for. */
  static void put(ByteBuffer bytes, int at, PacketBuffer frame) {
    clear(bytes, at);
    int start = frame.checksumStart();
    if (start >= 0) {
      bytes.put(at, (byte) NEEDS_CSUM);
      putShort(bytes, at + CHECKSUM_START, start);
      putShort(bytes, at + CHECKSUM_OFFSET, frame.checksumOffset());
    }
    if (frame.segmentKind() != PacketBuffer.SEGMENT_NONE) {
      bytes.put(at + KIND, (byte) frame.segmentKind());
      putShort(bytes, at + HEADER_LENGTH, frame.segmentHeaderLength());
      putShort(bytes, at + SEGMENT_SIZE, frame.segmentSize());
    }
  }

  /** Writes at {@code at} that there is nothing left to do. */
  static void clear(ByteBuffer bytes, int at) {
    bytes.putLong(at, 0);
    bytes.putInt(at + 8, 0);
  }

  private static void putShort(ByteBuffer bytes, int at, int value) {
    bytes.putShort(at, Short.reverseBytes((short) value));
  }
}

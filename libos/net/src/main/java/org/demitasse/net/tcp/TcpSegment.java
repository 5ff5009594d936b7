package org.demitasse.net.tcp;

import org.demitasse.core.PacketBuffer;

/**
 * The header of the segment in hand (RFC 9293, section 3.1) with its options (RFC 7323, RFC 2018).
 * One object serves all segments.
 */
final class TcpSegment {
  static final int HEADER = 20;
  static final int FIN = 1;
  static final int SYN = 2;
  static final int RST = 4;
  static final int PSH = 8;
  static final int ACK = 16;
  static final int URG = 32;
  static final int ECE = 64;
  static final int CWR = 128;

  static final int OPTION_END = 0;
  static final int OPTION_NOP = 1;
  static final int OPTION_MSS = 2;
  static final int OPTION_WINDOW_SCALE = 3;
  static final int OPTION_SACK_PERMITTED = 4;
  static final int OPTION_SACK = 5;
  static final int OPTION_TIMESTAMPS = 8;

  /** RFC 7323, section 2.3. */
  static final int MAX_WINDOW_SCALE = 14;

  static final int MAX_SACK_BLOCKS = 4;

  /** The segment's packet; those of segments that were joined to it follow by {@code next}. */
  PacketBuffer buffer;

  int sourcePort;
  int destinationPort;
  int sequence;
  int acknowledgment;
  int flags;

  /** As on the wire: not scaled. */
  int window;

  int headerLength;
  int payloadLength;

  /** -1 when the option is not there. */
  int maximumSegmentSize;

  /** -1 when the option is not there. */
  int windowScale;

  boolean sackPermitted;
  boolean hasTimestamps;
  int timestampValue;
  int timestampEcho;
  int sackCount;
  final int[] sackLeft = new int[MAX_SACK_BLOCKS];
  final int[] sackRight = new int[MAX_SACK_BLOCKS];

  /**
   * Reads the header at the front of the buffer.
   *
   * @return false when it is not a whole header; options that are broken are left out
   */
  boolean decode(PacketBuffer packet) {
    int length = packet.length();
    if (length < HEADER) {
      return false;
    }
    buffer = packet;
    int offsetFlags = packet.getShort(12);
    headerLength = (offsetFlags >>> 12) * 4;
    if (headerLength < HEADER || headerLength > length) {
      return false;
    }
    sourcePort = packet.getShort(0);
    destinationPort = packet.getShort(2);
    sequence = packet.getInt(4);
    acknowledgment = packet.getInt(8);
    flags = offsetFlags & 0xff;
    window = packet.getShort(14);
    payloadLength = length - headerLength;
    maximumSegmentSize = -1;
    windowScale = -1;
    sackPermitted = false;
    hasTimestamps = false;
    sackCount = 0;
    if (headerLength > HEADER) {
      // What almost every segment of a connection carries: NOP, NOP, timestamps.
      if (headerLength == HEADER + 12 && packet.getInt(HEADER) == 0x0101080a) {
        hasTimestamps = true;
        timestampValue = packet.getInt(HEADER + 4);
        timestampEcho = packet.getInt(HEADER + 8);
      } else {
        decodeOptions(packet);
      }
    }
    return true;
  }

  private void decodeOptions(PacketBuffer packet) {
    int i = HEADER;
    while (i < headerLength) {
      int kind = packet.getByte(i);
      if (kind == OPTION_END) {
        return;
      }
      if (kind == OPTION_NOP) {
        i++;
        continue;
      }
      if (i + 1 >= headerLength) {
        return;
      }
      int size = packet.getByte(i + 1);
      if (size < 2 || size > headerLength - i) {
        return;
      }
      switch (kind) {
        case OPTION_MSS -> {
          if (size == 4) {
            maximumSegmentSize = packet.getShort(i + 2);
          }
        }
        case OPTION_WINDOW_SCALE -> {
          if (size == 3) {
            windowScale = Math.min(packet.getByte(i + 2), MAX_WINDOW_SCALE);
          }
        }
        case OPTION_SACK_PERMITTED -> sackPermitted = size == 2;
        case OPTION_TIMESTAMPS -> {
          if (size == 10) {
            hasTimestamps = true;
            timestampValue = packet.getInt(i + 2);
            timestampEcho = packet.getInt(i + 6);
          }
        }
        case OPTION_SACK -> {
          if ((size - 2) % 8 == 0) {
            sackCount = Math.min((size - 2) / 8, MAX_SACK_BLOCKS);
            for (int b = 0; b < sackCount; b++) {
              sackLeft[b] = packet.getInt(i + 2 + 8 * b);
              sackRight[b] = packet.getInt(i + 6 + 8 * b);
            }
          }
        }
        default -> {}
      }
      i += size;
    }
  }

  /**
   * Copies payload to a stream.
   *
   * @param index of the first byte, counted from the header's first as if all buffers were one
   */
  void copy(StreamBuffer target, int offset, int index, int length) {
    PacketBuffer piece = buffer;
    int from = index - headerLength;
    int done = 0;
    while (done < length) {
      int payload = piece.length() - headerLength;
      if (from < payload) {
        int count = Math.min(payload - from, length - done);
        target.write(offset + done, piece, headerLength + from, count);
        done += count;
        from += count;
      }
      from -= payload;
      piece = piece.next;
    }
  }

  /**
   * Lets a stream keep the payload where it is, when nothing stands between its last byte and this.
   *
   * @param readable bytes that the stream holds
   * @return whether the buffers are the stream's now
   */
  boolean give(StreamBuffer target, int readable) {
    if (readable != target.inPackets()) {
      return false;
    }
    for (PacketBuffer piece = buffer; piece != null; piece = piece.next) {
      if (!piece.pool().isRoomy()) {
        return false;
      }
    }
    PacketBuffer piece = buffer;
    while (piece != null) {
      PacketBuffer following = piece.next;
      piece.strip(headerLength);
      target.adopt(piece);
      piece = following;
    }
    buffer = null;
    return true;
  }

  /** Gives all buffers back. */
  void release() {
    PacketBuffer piece = buffer;
    while (piece != null) {
      PacketBuffer following = piece.next;
      piece.release();
      piece = following;
    }
    buffer = null;
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /** Sequence numbers that the segment takes: its payload, SYN and FIN (SEG.LEN). */
  int sequenceLength() {
    return payloadLength + (flags & FIN) + (flags >>> 1 & 1);
  }
}

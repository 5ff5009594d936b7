package org.demitasse.net.ip;

import org.demitasse.core.PacketBuffer;

/** The IPv4 header (RFC 791, section 3.1), read from and written to the front of a buffer. */
public final class Ipv4Header {
  public static final int LENGTH = 20;
  public static final int DONT_FRAGMENT = 0x4000;
  public static final int MORE_FRAGMENTS = 0x2000;
  public static final int OFFSET_MASK = 0x1fff;

  static final int OPTIONS_GOOD = 0;

  /** A source route that goes on from here: this host is not a router (RFC 1122, 3.3.5). */
  static final int OPTIONS_LEAD_ON = -1;

  private static final int LOOSE_ROUTE = 131;
  private static final int STRICT_ROUTE = 137;

  private Ipv4Header() {}

  /** Whether the front of the buffer is a whole header with a packet that is all there. */
  public static boolean isValid(PacketBuffer packet) {
    int length = packet.length();
    if (length < LENGTH) {
      return false;
    }
    int headerLength = headerLength(packet);
    int totalLength = totalLength(packet);
    return packet.getByte(0) >>> 4 == 4
        && headerLength >= LENGTH
        && headerLength <= totalLength
        && totalLength <= length
        && InternetChecksum.fold(InternetChecksum.add(0, packet, 0, headerLength)) == 0xffff;
  }

  /**
   * Looks at the options of a header that {@link #isValid} has passed (RFC 791, section 3.1).
   *
   * @return {@link #OPTIONS_GOOD}, {@link #OPTIONS_LEAD_ON}, or the offset of the option whose
   *     length cannot be
   */
  static int optionProblem(PacketBuffer packet, int headerLength) {
    int i = LENGTH;
    while (i < headerLength) {
      int kind = packet.getByte(i);
      if (kind == 0) {
        break;
      }
      if (kind == 1) {
        i++;
        continue;
      }
      int size = i + 1 < headerLength ? packet.getByte(i + 1) : 0;
      boolean route = kind == LOOSE_ROUTE || kind == STRICT_ROUTE;
      if (size < (route ? 3 : 2) || size > headerLength - i) {
        return i;
      }
      if (route && packet.getByte(i + 2) + 3 <= size) {
        return OPTIONS_LEAD_ON;
      }
      i += size;
    }
    return OPTIONS_GOOD;
  }

  public static int headerLength(PacketBuffer packet) {
    return (packet.getByte(0) & 15) * 4;
  }

  public static int totalLength(PacketBuffer packet) {
    return packet.getShort(2);
  }

  public static int trafficClass(PacketBuffer packet) {
    return packet.getByte(1);
  }

  public static int identification(PacketBuffer packet) {
    return packet.getShort(4);
  }

  /** Flags and offset: {@link #DONT_FRAGMENT}, {@link #MORE_FRAGMENTS}, {@link #OFFSET_MASK}. */
  public static int fragment(PacketBuffer packet) {
    return packet.getShort(6);
  }

  public static int timeToLive(PacketBuffer packet) {
    return packet.getByte(8);
  }

  public static int protocol(PacketBuffer packet) {
    return packet.getByte(9);
  }

  public static int source(PacketBuffer packet) {
    return packet.getInt(12);
  }

  public static int destination(PacketBuffer packet) {
    return packet.getInt(16);
  }

  /** Puts a header without options in front of the payload that the buffer holds. */
  public static void prepend(
      PacketBuffer packet,
      int trafficClass,
      int identification,
      int fragment,
      int timeToLive,
      int protocol,
      int source,
      int destination) {
    packet.prepend(LENGTH);
    int first = 0x4500 | trafficClass;
    int length = packet.totalLength();
    int ttlProtocol = timeToLive << 8 | protocol;
    packet.putShort(0, first);
    packet.putShort(2, length);
    packet.putShort(4, identification);
    packet.putShort(6, fragment);
    packet.putShort(8, ttlProtocol);
    packet.putInt(12, source);
    packet.putInt(16, destination);
    long sum =
        (long) first
            + length
            + identification
            + fragment
            + ttlProtocol
            + (source & 0xffffffffL)
            + (destination & 0xffffffffL);
    packet.putShort(10, InternetChecksum.finish(sum));
  }
}

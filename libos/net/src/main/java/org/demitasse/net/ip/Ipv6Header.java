package org.demitasse.net.ip;

import org.demitasse.core.PacketBuffer;

/** The IPv6 header and its extensions (RFC 8200, sections 3 and 4). */
public final class Ipv6Header {
  public static final int LENGTH = 40;
  static final int FRAGMENT_LENGTH = 8;
  public static final int HOP_BY_HOP = 0;
  static final int ROUTING = 43;
  static final int FRAGMENT = 44;
  static final int NO_NEXT = 59;
  static final int DESTINATION = 60;

  /** ICMPv6's type of redirects (RFC 4861, section 4.5). */
  private static final int REDIRECT = 137;

  /** Extension headers in one packet; more is an attack. */
  private static final int MAX_EXTENSIONS = 8;

  /** Offset of the fixed header's next header field. */
  static final int NEXT_HEADER_AT = 6;

  private Ipv6Header() {}

  /** Whether the front of the buffer is a whole header with a packet that is all there. */
  public static boolean isValid(PacketBuffer packet) {
    return packet.length() >= LENGTH
        && packet.getByte(0) >>> 4 == 6
        && payloadLength(packet) <= packet.length() - LENGTH;
  }

  public static int trafficClass(PacketBuffer packet) {
    return packet.getShort(0) >>> 4 & 0xff;
  }

  public static int payloadLength(PacketBuffer packet) {
    return packet.getShort(4);
  }

  public static int nextHeader(PacketBuffer packet) {
    return packet.getByte(6);
  }

  public static int hopLimit(PacketBuffer packet) {
    return packet.getByte(7);
  }

  /** Puts a header in front of the payload that the buffer holds. */
  public static void prepend(
      PacketBuffer packet,
      int trafficClass,
      int flowLabel,
      int nextHeader,
      int hopLimit,
      long sourceHigh,
      long sourceLow,
      long destinationHigh,
      long destinationLow) {
    int length = packet.totalLength();
    packet.prepend(LENGTH);
    packet.putInt(0, 6 << 28 | trafficClass << 20 | flowLabel & 0xfffff);
    packet.putShort(4, length);
    packet.putShort(6, nextHeader << 8 | hopLimit);
    packet.putLong(8, sourceHigh);
    packet.putLong(16, sourceLow);
    packet.putLong(24, destinationHigh);
    packet.putLong(32, destinationLow);
  }

  /**
   * Strips extension headers that a host has to pass over.
   *
   * @param p its buffer starts with the header
   * @param first the kind of the header at the front of the buffer
   * @return the kind of the header that is at the front now: a transport's, or {@link #FRAGMENT};
   *     -1 when the packet is to be dropped, with the packet's problem set where that is answered
   */
  static int skipExtensions(IpPacket p, int first) {
    PacketBuffer packet = p.buffer;
    p.problem(-1, 0, false);
    int next = first;
    for (int i = 0; i < MAX_EXTENSIONS; i++) {
      switch (next) {
        case HOP_BY_HOP, DESTINATION, ROUTING -> {
          if (next == HOP_BY_HOP && p.nextHeaderAt != NEXT_HEADER_AT) {
            // RFC 8200, section 4: anywhere but in front it is a header nobody knows.
            p.problem(1, p.nextHeaderAt, false);
            return -1;
          }
          if (packet.length() < 8) {
            return -1;
          }
          int length = 8 + packet.getByte(1) * 8;
          if (length > packet.length()) {
            return -1;
          }
          if (next == ROUTING && packet.getByte(3) != 0) {
            // RFC 5095: no source routes; with no segments left a header says nothing.
            p.problem(0, packet.start() - p.headerOffset + 2, false);
            return -1;
          }
          if (next != ROUTING && !optionsMayBeSkipped(p, length)) {
            return -1;
          }
          next = packet.getByte(0);
          p.nextHeaderAt = packet.start() - p.headerOffset;
          packet.strip(length);
        }
        case FRAGMENT -> {
          return packet.length() < FRAGMENT_LENGTH ? -1 : FRAGMENT;
        }
        case NO_NEXT -> {
          return -1;
        }
        default -> {
          return next;
        }
      }
    }
    return -1;
  }

  /**
   * Whether a first fragment holds every header up to and including the transport's (RFC 8200,
   * section 4.5, and RFC 7112).
   *
   * @param packet starts behind the fragment's header
   * @param first the kind of the header at its front
   */
  static boolean hasWholeChain(PacketBuffer packet, int first) {
    int next = first;
    int at = 0;
    while (next == HOP_BY_HOP || next == DESTINATION || next == ROUTING) {
      if (at + 8 > packet.length()) {
        return false;
      }
      next = packet.getByte(at);
      at += 8 + packet.getByte(at + 1) * 8;
    }
    int header =
        switch (next) {
          case IpProtocol.TCP -> 20;
          case IpProtocol.UDP, IpProtocol.ICMPV6 -> 8;
          default -> 0;
        };
    return at + header <= packet.length();
  }

  /**
   * Whether a packet carries an ICMPv6 error or a redirect: no error may answer it (RFC 4443,
   * section 2.4, e).
   *
   * @param packet starts with the header
   */
  public static boolean carriesError(PacketBuffer packet) {
    int next = nextHeader(packet);
    int at = LENGTH;
    while (next == HOP_BY_HOP || next == DESTINATION || next == ROUTING || next == FRAGMENT) {
      if (at + 8 > packet.length()) {
        return false;
      }
      if (next == FRAGMENT && (packet.getShort(at + 2) & 0xfff8) != 0) {
        return false;
      }
      int more = next == FRAGMENT ? 0 : packet.getByte(at + 1) * 8;
      next = packet.getByte(at);
      at += 8 + more;
    }
    if (next != IpProtocol.ICMPV6) {
      return false;
    }
    if (at >= packet.length()) {
      return false;
    }
    int type = packet.getByte(at);
    return type < 128 || type == REDIRECT;
  }

  /** RFC 8200, section 4.2: the two highest bits of an unknown option say what to do with it. */
  private static boolean optionsMayBeSkipped(IpPacket p, int length) {
    PacketBuffer packet = p.buffer;
    int i = 2;
    while (i < length) {
      int type = packet.getByte(i);
      if (type == 0) {
        i++;
        continue;
      }
      if (type >>> 6 >= 2) {
        p.problem(2, packet.start() - p.headerOffset + i, type >>> 6 == 2);
      }
      if (i + 1 >= length || type >>> 6 != 0) {
        return false;
      }
      i += 2 + packet.getByte(i + 1);
    }
    return i == length;
  }
}

package org.demitasse.gateway;

import java.nio.ByteBuffer;

/** Ethernet, IPv4, UDP and ICMP in a byte buffer: offsets, checks, and what we make ourselves. */
final class Packets {
  static final int ETHERNET = 14;
  static final int TYPE_IPV4 = 0x0800;
  static final int TYPE_ARP = 0x0806;
  static final int ARP = 28;
  static final long BROADCAST_MAC = 0xffff_ffff_ffffL;

  static final int IPV4 = 20;
  static final int ICMP = 1;
  static final int TCP = 6;
  static final int UDP = 17;
  static final int UDP_HEADER = 8;

  static final int MORE_FRAGMENTS = 0x2000;
  static final int FRAGMENT_OFFSET = 0x1fff;

  /** RFC 792 and RFC 1812, section 5.2.7.1: codes of destination unreachable. */
  static final int UNREACHABLE_NET = 0;

  static final int UNREACHABLE_PORT = 3;
  static final int UNREACHABLE_PROHIBITED = 13;

  private static final int TTL = 64;

  private Packets() {}

  static long mac(ByteBuffer frame, int at) {
    return (frame.getShort(at) & 0xffffL) << 32 | frame.getInt(at + 2) & 0xffffffffL;
  }

  static void putMac(ByteBuffer frame, int at, long mac) {
    frame.putShort(at, (short) (mac >>> 32));
    frame.putInt(at + 2, (int) mac);
  }

  static int unsignedShort(ByteBuffer frame, int at) {
    return frame.getShort(at) & 0xffff;
  }

  /** RFC 1071: the sum of 16-bit words, not folded; {@code from} begins a word. */
  static long sum(long sum, ByteBuffer bytes, int from, int count) {
    int end = from + (count & ~1);
    for (int i = from; i < end; i += 2) {
      sum += bytes.getShort(i) & 0xffff;
    }
    return (count & 1) == 0 ? sum : sum + ((bytes.get(end) & 0xff) << 8);
  }

  static int fold(long sum) {
    while (sum >>> 16 != 0) {
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return (int) sum;
  }

  static long pseudoHeader(int source, int destination, int protocol, int length) {
    return (source >>> 16)
        + (source & 0xffffL)
        + (destination >>> 16)
        + (destination & 0xffffL)
        + protocol
        + length;
  }

  /**
   * Whether the {@code length} bytes from {@code at} begin with an IPv4 header that says the truth
   * about itself.
   */
  static boolean isIpv4(ByteBuffer frame, int at, int length) {
    if (length < IPV4 || (frame.get(at) & 0xf0) != 0x40) {
      return false;
    }
    int header = headerLength(frame, at);
    int total = unsignedShort(frame, at + 2);
    return header >= IPV4
        && total >= header
        && total <= length
        && fold(sum(0, frame, at, header)) == 0xffff;
  }

  static int headerLength(ByteBuffer frame, int ip) {
    return (frame.get(ip) & 15) * 4;
  }

  /** Whether a UDP datagram of {@code length} bytes is whole and its checksum, if any, right. */
  static boolean isUdp(ByteBuffer bytes, int at, int length, int source, int destination) {
    if (length < UDP_HEADER) {
      return false;
    }
    int said = unsignedShort(bytes, at + 4);
    if (said < UDP_HEADER || said > length) {
      return false;
    }
    return bytes.getShort(at + 6) == 0
        || fold(sum(pseudoHeader(source, destination, UDP, said), bytes, at, said)) == 0xffff;
  }

  static void putEthernet(ByteBuffer frame, long destination, int type) {
    putMac(frame, 0, destination);
    putMac(frame, 6, Network.MAC);
    frame.putShort(12, (short) type);
  }

  /** Writes a whole frame that asks everybody for an address (RFC 826). */
  static void putArpRequest(ByteBuffer frame, long senderMac, int sender, int target) {
    putMac(frame, 0, BROADCAST_MAC);
    putMac(frame, 6, senderMac);
    frame.putShort(12, (short) TYPE_ARP);
    frame.putLong(14, 0x0001_0800_0604_0001L);
    putMac(frame, 22, senderMac);
    frame.putInt(28, sender);
    putMac(frame, 32, 0);
    frame.putInt(38, target);
  }

  /** Writes an IPv4 header without options at {@code at}. */
  static void putIpv4(
      ByteBuffer frame,
      int at,
      int total,
      int identification,
      int fragment,
      int protocol,
      int source,
      int destination) {
    frame.putShort(at, (short) 0x4500);
    frame.putShort(at + 2, (short) total);
    frame.putShort(at + 4, (short) identification);
    frame.putShort(at + 6, (short) fragment);
    frame.put(at + 8, (byte) TTL);
    frame.put(at + 9, (byte) protocol);
    frame.putShort(at + 10, (short) 0);
    frame.putInt(at + 12, source);
    frame.putInt(at + 16, destination);
    frame.putShort(at + 10, (short) ~fold(sum(0, frame, at, IPV4)));
  }
}

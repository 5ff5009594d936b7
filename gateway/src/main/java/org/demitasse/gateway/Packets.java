package org.demitasse.gateway;

import java.nio.ByteBuffer;
import org.demitasse.net.ip.InternetChecksum;

/** Ethernet, IP, UDP and ICMP in a byte buffer: offsets, checks, and what we make ourselves. */
final class Packets {
  static final int ETHERNET = 14;
  static final int TYPE_IPV4 = 0x0800;
  static final int TYPE_IPV6 = 0x86dd;
  static final int TYPE_ARP = 0x0806;
  static final int ARP = 28;
  static final long BROADCAST_MAC = 0xffff_ffff_ffffL;

  static final int IPV4 = 20;
  static final int IPV6 = 40;
  static final int ICMP = 1;
  static final int ICMPV6 = 58;
  static final int ICMP_HEADER = 8;
  static final int TCP = 6;
  static final int UDP = 17;
  static final int UDP_HEADER = 8;

  static final int MORE_FRAGMENTS = 0x2000;
  static final int FRAGMENT_OFFSET = 0x1fff;

  /** Bytes of a neighbour solicitation with its sender's hardware address. */
  static final int SOLICITATION = 32;

  static final int TTL = 64;

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

  /** Writes an IPv6 header at {@code at}. */
  static void putIpv6(
      ByteBuffer frame,
      int at,
      int length,
      int nextHeader,
      int hopLimit,
      long sourceHigh,
      long sourceLow,
      long destinationHigh,
      long destinationLow) {
    frame.putInt(at, 6 << 28);
    frame.putShort(at + 4, (short) length);
    frame.put(at + 6, (byte) nextHeader);
    frame.put(at + 7, (byte) hopLimit);
    frame.putLong(at + 8, sourceHigh);
    frame.putLong(at + 16, sourceLow);
    frame.putLong(at + 24, destinationHigh);
    frame.putLong(at + 32, destinationLow);
  }

  /**
   * Writes a whole frame in which the guest asks where an address is (RFC 4861, section 4.3), so
   * that whoever is asked knows where the guest is.
   */
  static void putSolicitation(
      ByteBuffer frame, long mac, long sourceHigh, long sourceLow, long high, long low) {
    int icmp = ETHERNET + IPV6;
    putMac(frame, 0, Network.MAC);
    putMac(frame, 6, mac);
    frame.putShort(12, (short) TYPE_IPV6);
    putIpv6(frame, ETHERNET, SOLICITATION, ICMPV6, 255, sourceHigh, sourceLow, high, low);
    frame.putLong(icmp, 135L << 56);
    frame.putLong(icmp + 8, high);
    frame.putLong(icmp + 16, low);
    frame.putShort(icmp + 24, (short) 0x0101);
    putMac(frame, icmp + 26, mac);
    long sum = InternetChecksum.pseudo(sourceHigh, sourceLow, high, low, ICMPV6, SOLICITATION);
    frame.putShort(icmp + 2, (short) InternetChecksum.finish(sum(sum, frame, icmp, SOLICITATION)));
  }
}

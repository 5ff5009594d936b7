package org.demitasse.gateway;

import java.nio.ByteBuffer;
import org.demitasse.net.ip.InternetChecksum;
import org.demitasse.net.ip.IpAddress;

/**
 * What the headers of the guest's packet in hand say, IPv4 (RFC 791) or IPv6 (RFC 8200). One object
 * serves all packets: whoever reads it keeps nothing but copies.
 */
final class GuestPacket {
  /** Extension headers in one packet; more is an attack. */
  private static final int EXTENSIONS_MAX = 8;

  private static final int HOP_BY_HOP = 0;
  private static final int FRAGMENT = 44;
  private static final int DESTINATION = 60;
  private static final int EXTENSION_MIN = 8;

  /** The frame; the packet's offsets count from its first byte. */
  ByteBuffer frame;

  /** TCP's or UDP's checksum was left to us, who need none: the frame has not left this machine. */
  boolean unsummed;

  /** Where it came from on the wire. */
  long mac;

  long sourceHigh;
  long sourceLow;
  long destinationHigh;
  long destinationLow;
  int protocol;

  /** Offset of the IP header, of what follows the headers, and of the packet's end. */
  int ip;

  int payload;
  int end;

  /** It is a part of a datagram: its place there in bytes, and what belongs together. */
  boolean fragment;

  boolean moreFragments;
  int fragmentOffset;
  int identification;

  boolean isV4() {
    return IpAddress.isV4(destinationHigh, destinationLow);
  }

  /**
   * Reads the headers of a packet of the Ethernet type {@code type}, from behind the Ethernet
   * header on; false when they do not say the truth about themselves, or it is another protocol.
   */
  boolean read(ByteBuffer bytes, int length, int type) {
    frame = bytes;
    ip = Packets.ETHERNET;
    return switch (type) {
      case Packets.TYPE_IPV4 -> readV4(length);
      case Packets.TYPE_IPV6 -> readV6(length);
      default -> false;
    };
  }

  private boolean readV4(int length) {
    if (!Packets.isIpv4(frame, ip, length - ip)) {
      return false;
    }
    sourceHigh = 0;
    sourceLow = IpAddress.v4(frame.getInt(ip + 12));
    destinationHigh = 0;
    destinationLow = IpAddress.v4(frame.getInt(ip + 16));
    protocol = frame.get(ip + 9) & 0xff;
    payload = ip + Packets.headerLength(frame, ip);
    end = ip + Packets.unsignedShort(frame, ip + 2);
    int word = Packets.unsignedShort(frame, ip + 6);
    fragmentOffset = (word & Packets.FRAGMENT_OFFSET) * 8;
    moreFragments = (word & Packets.MORE_FRAGMENTS) != 0;
    fragment = moreFragments || fragmentOffset != 0;
    identification = Packets.unsignedShort(frame, ip + 4);
    return true;
  }

  private boolean readV6(int length) {
    if (length - ip < Packets.IPV6 || (frame.get(ip) & 0xf0) != 0x60) {
      return false;
    }
    sourceHigh = frame.getLong(ip + 8);
    sourceLow = frame.getLong(ip + 16);
    destinationHigh = frame.getLong(ip + 24);
    destinationLow = frame.getLong(ip + 32);
    payload = ip + Packets.IPV6;
    end = payload + Packets.unsignedShort(frame, ip + 4);
    // RFC 4942, section 2.2: IPv4 in disguise comes only as IPv4.
    if (end > length
        || IpAddress.isV4(sourceHigh, sourceLow)
        || IpAddress.isV4(destinationHigh, destinationLow)) {
      return false;
    }
    fragment = false;
    moreFragments = false;
    fragmentOffset = 0;
    protocol = frame.get(ip + 6) & 0xff;
    return skipExtensions();
  }

  /** Passes over extension headers, as far as the part of a datagram that is here has them. */
  private boolean skipExtensions() {
    for (int i = 0; i < EXTENSIONS_MAX; i++) {
      if (protocol != HOP_BY_HOP && protocol != DESTINATION && protocol != FRAGMENT) {
        return true;
      }
      if (end - payload < EXTENSION_MIN) {
        return false;
      }
      int next = frame.get(payload) & 0xff;
      if (protocol == FRAGMENT) {
        int word = Packets.unsignedShort(frame, payload + 2);
        fragmentOffset = word & 0xfff8;
        moreFragments = (word & 1) != 0;
        fragment = moreFragments || fragmentOffset != 0;
        identification = frame.getInt(payload + 4);
        payload += EXTENSION_MIN;
        protocol = next;
        if (fragment) {
          return true;
        }
        continue;
      }
      int header = EXTENSION_MIN + 8 * (frame.get(payload + 1) & 0xff);
      if (protocol == HOP_BY_HOP && i > 0 || header > end - payload) {
        return false;
      }
      payload += header;
      protocol = next;
    }
    return false;
  }

  /** Bytes behind the headers. */
  int length() {
    return end - payload;
  }

  /** Whether the checksum of the payload and the pseudo header is right. */
  boolean isSummed() {
    long sum =
        InternetChecksum.pseudo(
            sourceHigh, sourceLow, destinationHigh, destinationLow, protocol, length());
    return Packets.fold(Packets.sum(sum, frame, payload, length())) == 0xffff;
  }

  /** The guest's end and the end that it sends to. */
  FlowKey flow(int guestPort, int farPort) {
    return new FlowKey(sourceHigh, sourceLow, guestPort, destinationHigh, destinationLow, farPort);
  }
}

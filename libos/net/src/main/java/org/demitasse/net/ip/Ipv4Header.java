package org.demitasse.net.ip;

import org.demitasse.core.PacketBuffer;

/** The IPv4 header (RFC 791, section 3.1), read from and written to the front of a buffer. */
public final class Ipv4Header {
  public static final int LENGTH = 20;
  public static final int DONT_FRAGMENT = 0x4000;
  public static final int MORE_FRAGMENTS = 0x2000;
  public static final int OFFSET_MASK = 0x1fff;

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

package org.demitasse.net.ip;

import org.demitasse.core.PacketBuffer;
import org.demitasse.net.device.NetInterface;

/**
 * What the headers of the packet in hand say. One object serves all packets: handlers read what
 * they need and do not keep it.
 */
public final class IpPacket {
  /** The bits of the traffic class that are explicit congestion notification (RFC 3168). */
  public static final int ECN = 3;

  public static final int ECN_CAPABLE = 2;
  public static final int CONGESTION_EXPERIENCED = 3;

  public NetInterface in;
  public PacketBuffer buffer;
  public long sourceHigh;
  public long sourceLow;
  public long destinationHigh;
  public long destinationLow;
  public int protocol;
  public int hopLimit;
  public int trafficClass;

  /** The destination is a broadcast or multicast address, of IP or of the link. */
  public boolean group;

  /** It came in fragments, or with a fragment's header. */
  public boolean fragmented;

  /**
   * Offset of the IP header in the buffer, for ICMP errors that quote it; -1 when not all of it was
   * kept, so that there is nothing to quote.
   */
  public int headerOffset;

  /** Where in an IPv6 packet the byte is that says what {@link #protocol} is: RFC 4443, 3.4. */
  public int nextHeaderAt;

  /** What a fragment says it is a fragment of; after reassembly, what the first one said. */
  int fragmentOf;

  /** What is wrong with an IPv6 header: the code of a parameter problem, -1 for nothing to say. */
  int problemCode;

  int problemPointer;
  boolean problemToGroups;

  void problem(int code, int pointer, boolean toGroups) {
    problemCode = code;
    problemPointer = pointer;
    problemToGroups = toGroups;
  }

  /** Takes over everything but the buffer's ownership, for who keeps a packet for a while. */
  public void copyFrom(IpPacket other) {
    in = other.in;
    buffer = other.buffer;
    sourceHigh = other.sourceHigh;
    sourceLow = other.sourceLow;
    destinationHigh = other.destinationHigh;
    destinationLow = other.destinationLow;
    protocol = other.protocol;
    hopLimit = other.hopLimit;
    trafficClass = other.trafficClass;
    group = other.group;
    fragmented = other.fragmented;
    headerOffset = other.headerOffset;
    nextHeaderAt = other.nextHeaderAt;
  }

  public boolean isV4() {
    return IpAddress.isV4(destinationHigh, destinationLow);
  }
}

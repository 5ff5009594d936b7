package org.demitasse.net.ip;

/**
 * Tells senders why their packets were not taken (RFC 1122, section 3.2.2; RFC 4443, section 3).
 * Each method takes the packet, whose headers down to IP's are still in its buffer.
 */
public interface PacketErrors {
  /** Nobody here speaks the packet's protocol. */
  void unknownProtocol(IpPacket packet);

  /**
   * An IPv6 header cannot be followed, or an IPv4 option cannot be.
   *
   * @param code of the parameter problem
   * @param pointer offset of the offending byte in the packet
   * @param toGroups whether packets to groups are answered too
   */
  void parameterProblem(IpPacket packet, int code, int pointer, boolean toGroups);

  /** Fragments of the packet are missing and its time is over; the first one is there. */
  void reassemblyTimedOut(IpPacket packet);
}

package org.demitasse.net.ip;

/** A protocol above IP. */
public interface IpProtocol {
  int ICMP = 1;
  int IGMP = 2;
  int TCP = 6;
  int UDP = 17;
  int ICMPV6 = 58;

  /** Takes a packet whose buffer starts with this protocol's header. */
  void receive(IpPacket packet);

  /**
   * Hears of an ICMP error about a packet that this host has sent.
   *
   * @param packet addresses as in the packet that caused the error (the source is this host); its
   *     buffer starts with the quoted transport header, of which at least 8 bytes are there. The
   *     buffer stays with the caller.
   * @param error what happened
   * @param mtu the next hop's, for {@link IpError#TOO_BIG}
   */
  void error(IpPacket packet, IpError error, int mtu);
}

package org.demitasse.net.ip;

import org.demitasse.core.PacketBuffer;

/**
 * What routers with several ways tell the flows of a host by (RFC 6437, section 3): the same for
 * all packets of a flow, and not to be foreseen by others.
 */
final class FlowLabels {
  private final long secret;

  /**
   * @param secret a random number
   */
  FlowLabels(long secret) {
    this.secret = secret;
  }

  /**
   * Returns the label of a packet, 20 bits; 0 of one that belongs to no flow.
   *
   * @param packet starts with the transport's header: with its ports
   */
  int of(
      PacketBuffer packet,
      int protocol,
      long sourceLow,
      long destinationHigh,
      long destinationLow) {
    if (protocol != IpProtocol.TCP && protocol != IpProtocol.UDP) {
      return 0;
    }
    long mix = (sourceLow ^ secret) * 0x9e3779b97f4a7c15L;
    mix = (mix ^ destinationHigh ^ Long.rotateLeft(destinationLow, 32)) * 0xbf58476d1ce4e5b9L;
    mix = (mix ^ mix >>> 32 ^ packet.getInt(0)) * 0x94d049bb133111ebL;
    return (int) (mix >>> 44);
  }
}

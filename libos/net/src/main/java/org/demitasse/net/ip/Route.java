package org.demitasse.net.ip;

import org.demitasse.net.device.NetInterface;

/**
 * Where packets for a prefix go.
 *
 * @param prefix in bits of the destination's own family
 * @param gatewayHigh with {@code gatewayLow} the next hop; 0, 0 when the prefix is on the link
 */
public record Route(
    long destinationHigh,
    long destinationLow,
    int prefix,
    long gatewayHigh,
    long gatewayLow,
    NetInterface out) {

  public boolean onLink() {
    return (gatewayHigh | gatewayLow) == 0;
  }

  boolean matches(long high, long low) {
    return IpAddress.samePrefix(destinationHigh, destinationLow, high, low, prefix);
  }
}

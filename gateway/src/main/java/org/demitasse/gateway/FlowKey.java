package org.demitasse.gateway;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.demitasse.net.ip.IpAddress;

/**
 * Two ends of a conversation with the guest, as packets name them; addresses are pairs of longs as
 * in {@link IpAddress}. What has no ports (ICMP) has 0.
 */
final class FlowKey {
  private final long guestHigh;
  private final long guestLow;
  private final long farHigh;
  private final long farLow;
  private final int ports;

  /** Both ends; the far one is the address that the guest sends to. */
  FlowKey(long guestHigh, long guestLow, int guestPort, long farHigh, long farLow, int farPort) {
    this.guestHigh = guestHigh;
    this.guestLow = guestLow;
    this.farHigh = farHigh;
    this.farLow = farLow;
    ports = guestPort << 16 | farPort;
  }

  /** Both ends of IPv4. */
  FlowKey(int guest, int guestPort, int far, int farPort) {
    this(0, IpAddress.v4(guest), guestPort, 0, IpAddress.v4(far), farPort);
  }

  /** The far end alone, for what serves all that the guest sends there. */
  FlowKey farEnd() {
    return new FlowKey(0, 0, 0, farHigh, farLow, farPort());
  }

  /** The same far end, and the guest's end as a socket of ours names it. */
  FlowKey withGuest(InetSocketAddress guest) {
    InetAddress address = guest.getAddress();
    return new FlowKey(
        IpAddress.high(address),
        IpAddress.low(address),
        guest.getPort(),
        farHigh,
        farLow,
        farPort());
  }

  boolean isV4() {
    return IpAddress.isV4(farHigh, farLow);
  }

  long guestHigh() {
    return guestHigh;
  }

  long guestLow() {
    return guestLow;
  }

  int guestPort() {
    return ports >>> 16;
  }

  long farHigh() {
    return farHigh;
  }

  long farLow() {
    return farLow;
  }

  int farPort() {
    return ports & 0xffff;
  }

  InetAddress farAddress() {
    return IpAddress.toInetAddress(farHigh, farLow);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FlowKey key
        && key.guestHigh == guestHigh
        && key.guestLow == guestLow
        && key.farHigh == farHigh
        && key.farLow == farLow
        && key.ports == ports;
  }

  @Override
  public int hashCode() {
    long addresses = (guestHigh * 31 + guestLow) * 31 + farHigh * 17 + farLow;
    return Long.hashCode(addresses * 0x9e3779b97f4a7c15L) + ports * 0x85ebca6b;
  }
}

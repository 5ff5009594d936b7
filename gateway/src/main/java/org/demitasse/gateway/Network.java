package org.demitasse.gateway;

import java.net.Inet4Address;
import java.net.InetAddress;
import org.demitasse.net.ip.IpAddress;

/**
 * The addresses on the wire. IPv4's are 32-bit numbers; the gateway is host number 2 of the
 * network, the name server number 3. IPv6 has a fixed unique local prefix (RFC 4193) with the same
 * two numbers, of which the guest makes its own address (RFC 4862).
 *
 * <p>That its prefix is a local one lets a guest prefer IPv4 for peers that have both (RFC 6724,
 * section 5, rule 5), which works on every host.
 *
 * @param guest the address that DHCP gives out
 * @param bits length of the network's prefix
 */
record Network(int guest, int bits) {
  /** The gateway's hardware address: locally administered, ending as its usual address. */
  static final long MAC = 0x52550a000202L;

  /** Largest payload of a frame that is no joined TCP. */
  static final int MTU = 1_500;

  /** 10.0.2.15/24, as QEMU's user network has it. */
  static final Network DEFAULT = new Network(0x0a00020f, 24);

  /** High half of all IPv6 addresses but the links' own: fd64:656d:6900::/64. */
  static final long PREFIX6 = 0xfd64_656d_6900_0000L;

  static final int PREFIX6_BITS = 64;

  /** Low half of the gateway's IPv6 address, fd64:656d:6900::2. */
  static final long GATEWAY6 = 2;

  /** Low half of the name server's IPv6 address, fd64:656d:6900::3. */
  static final long DNS6 = 3;

  /** High half of addresses that are good on one link alone: fe80::/64. */
  static final long LINK_LOCAL = 0xfe80L << 48;

  /** Low half of the gateway's link-local address (RFC 4291, appendix A), which routes go to. */
  static final long ROUTER6 = 0x5055_0aff_fe00_0202L;

  private static final int BITS_MIN = 8;

  /** Four hosts and the network's own two addresses have to fit. */
  private static final int BITS_MAX = 28;

  static Network parse(String text) throws GatewayException {
    int slash = text.indexOf('/');
    try {
      if (slash > 0
          && InetAddress.ofLiteral(text.substring(0, slash)) instanceof Inet4Address address) {
        Network network =
            new Network((int) IpAddress.low(address), Integer.parseInt(text.substring(slash + 1)));
        if (network.bits >= BITS_MIN
            && network.bits <= BITS_MAX
            && network.isGuest(network.guest)) {
          return network;
        }
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new GatewayException(
        GatewayException.USAGE,
        "--address wants an IPv4 address and a prefix of 8 to 28 bits, such as 10.0.2.15/24, not '"
            + text
            + "' (numbers 2 and 3 of the network are taken)");
  }

  static InetAddress toAddress(int address) {
    return IpAddress.toInetAddress(0, IpAddress.v4(address));
  }

  int mask() {
    return -1 << 32 - bits;
  }

  int base() {
    return guest & mask();
  }

  int gateway() {
    return base() + 2;
  }

  int dns() {
    return base() + 3;
  }

  int broadcast() {
    return base() | ~mask();
  }

  private boolean contains(int address) {
    return (address & mask()) == base();
  }

  private boolean isGuest(int address) {
    return contains(address)
        && address != base()
        && address != gateway()
        && address != dns()
        && address != broadcast();
  }

  /** Whether this may be the address of a guest. */
  boolean isGuest(long high, long low) {
    if (IpAddress.isV4(high, low)) {
      return isGuest((int) low);
    }
    return (high == PREFIX6 && low != 0 || high == LINK_LOCAL) && !isGateway(high, low);
  }

  /** Whether this is an address of ours. */
  boolean isGateway(long high, long low) {
    return isHost(high, low) || isNameServer(high, low) || high == LINK_LOCAL && low == ROUTER6;
  }

  /** Whether this is the address that stands for the host itself. */
  boolean isHost(long high, long low) {
    return IpAddress.isV4(high, low) ? (int) low == gateway() : high == PREFIX6 && low == GATEWAY6;
  }

  boolean isNameServer(long high, long low) {
    return IpAddress.isV4(high, low) ? (int) low == dns() : high == PREFIX6 && low == DNS6;
  }

  /** Whether IPv4 packets to this address reach everybody on the wire. */
  boolean isBroadcast(long high, long low) {
    return IpAddress.isV4(high, low) && ((int) low == -1 || (int) low == broadcast());
  }

  /** Whether an address is one host somewhere outside: not of the wire, nor of the host itself. */
  boolean isOutside(long high, long low) {
    if (IpAddress.isV4(high, low)) {
      int first = (int) low >>> 24;
      return first != 0 && first != 127 && first < 224 && !contains((int) low);
    }
    // ::/64 has the loopback, and IPv4 in its disguises (RFC 4291, sections 2.5.3 and 2.5.5).
    return high != 0
        && high != PREFIX6
        && !IpAddress.isMulticast(high, low)
        && !IpAddress.isLinkLocal(high, low);
  }

  /** Where the gateway's own packets to a guest's address come from. */
  FlowKey fromGateway(long guestHigh, long guestLow) {
    return IpAddress.isV4(guestHigh, guestLow)
        ? new FlowKey((int) guestLow, 0, gateway(), 0)
        : new FlowKey(guestHigh, guestLow, 0, PREFIX6, GATEWAY6, 0);
  }
}

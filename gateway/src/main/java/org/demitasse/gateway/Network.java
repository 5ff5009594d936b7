package org.demitasse.gateway;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * The addresses on the wire, as 32-bit numbers. The gateway is host number 2 of the network, the
 * name server number 3.
 *
 * @param guest the address that DHCP gives out
 * @param bits length of the network's prefix
 */
record Network(int guest, int bits) {
  /** The gateway's hardware address: locally administered, ending as its usual address. */
  static final long MAC = 0x52550a000202L;

  /** Largest payload of a frame. */
  static final int MTU = 1_500;

  /** 10.0.2.15/24, as QEMU's user network has it. */
  static final Network DEFAULT = new Network(0x0a00020f, 24);

  private static final int BITS_MIN = 8;

  /** Four hosts and the network's own two addresses have to fit. */
  private static final int BITS_MAX = 28;

  static Network parse(String text) throws GatewayException {
    int slash = text.indexOf('/');
    try {
      if (slash > 0
          && InetAddress.ofLiteral(text.substring(0, slash)) instanceof Inet4Address address) {
        Network network = new Network(toInt(address), Integer.parseInt(text.substring(slash + 1)));
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

  static int toInt(Inet4Address address) {
    byte[] bytes = address.getAddress();
    return bytes[0] << 24 | (bytes[1] & 0xff) << 16 | (bytes[2] & 0xff) << 8 | bytes[3] & 0xff;
  }

  static Inet4Address toAddress(int address) {
    byte[] bytes = {
      (byte) (address >>> 24), (byte) (address >>> 16), (byte) (address >>> 8), (byte) address
    };
    try {
      return (Inet4Address) InetAddress.getByAddress(bytes);
    } catch (java.net.UnknownHostException e) {
      throw new AssertionError(e);
    }
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

  boolean contains(int address) {
    return (address & mask()) == base();
  }

  /** Whether this may be the address of a guest. */
  boolean isGuest(int address) {
    return contains(address)
        && address != base()
        && address != gateway()
        && address != dns()
        && address != broadcast();
  }

  boolean isGateway(int address) {
    return address == gateway() || address == dns();
  }
}

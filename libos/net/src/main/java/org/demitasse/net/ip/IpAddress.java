package org.demitasse.net.ip;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Addresses of both families as two longs, so that none is allocated per packet: IPv6 as it is,
 * IPv4 as ::ffff:a.b.c.d (RFC 4291, section 2.5.5.2). The unspecified address of both families is
 * 0, 0.
 */
public final class IpAddress {
  private static final long MAPPED = 0xffff_0000_0000L;

  /** 127.0.0.1, low half. */
  public static final long LOOPBACK4 = v4(0x7f000001);

  private IpAddress() {}

  /** Returns the low half of an IPv4 address; its high half is 0. */
  public static long v4(int address) {
    return MAPPED | address & 0xffffffffL;
  }

  public static boolean isV4(long high, long low) {
    return high == 0 && low >>> 32 == 0xffff;
  }

  /** Whether this is 0.0.0.0 or ::. */
  public static boolean isAny(long high, long low) {
    return high == 0 && (low == 0 || low == MAPPED);
  }

  public static boolean isLoopback(long high, long low) {
    return isV4(high, low) ? (int) low >>> 24 == 127 : high == 0 && low == 1;
  }

  public static boolean isMulticast(long high, long low) {
    return isV4(high, low) ? (int) low >>> 28 == 14 : high >>> 56 == 0xff;
  }

  /** Whether an address is good on one link alone (of groups: ff02::/16). */
  public static boolean isLinkLocal(long high, long low) {
    return isV4(high, low)
        ? (int) low >>> 16 == 0xa9fe
        : high >>> 54 == 0xfe80 >>> 6 || high >>> 48 == 0xff02;
  }

  /** Returns the low half of an address's solicited-node group (RFC 4291, section 2.7.1). */
  public static long solicitedNodeLow(long low) {
    return 0x1_ff00_0000L | low & 0xffffffL;
  }

  /** High half of ff02::/64. */
  public static final long LINK_GROUPS = 0xff02L << 48;

  public static long high(InetAddress address) {
    return address instanceof Inet4Address ? 0 : read(address.getAddress(), 0);
  }

  public static long low(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length == 4) {
      int v4 =
          (bytes[0] & 0xff) << 24
              | (bytes[1] & 0xff) << 16
              | (bytes[2] & 0xff) << 8
              | bytes[3] & 0xff;
      return v4 == 0 ? 0 : v4(v4);
    }
    return read(bytes, 8);
  }

  private static long read(byte[] bytes, int offset) {
    long value = 0;
    for (int i = 0; i < 8; i++) {
      value = value << 8 | bytes[offset + i] & 0xff;
    }
    return value;
  }

  /** Returns the bytes in network order: four or sixteen. */
  public static byte[] bytes(long high, long low) {
    if (isV4(high, low)) {
      int v4 = (int) low;
      return new byte[] {(byte) (v4 >> 24), (byte) (v4 >> 16), (byte) (v4 >> 8), (byte) v4};
    }
    byte[] bytes = new byte[16];
    for (int i = 0; i < 8; i++) {
      bytes[i] = (byte) (high >> 56 - 8 * i);
      bytes[8 + i] = (byte) (low >> 56 - 8 * i);
    }
    return bytes;
  }

  /** Returns the platform's object; 0, 0 is 0.0.0.0. */
  public static InetAddress toInetAddress(long high, long low) {
    try {
      return InetAddress.getByAddress((high | low) == 0 ? new byte[4] : bytes(high, low));
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Parses dotted decimal.
   *
   * @return the low half, or -1 when the text is not an IPv4 address
   */
  public static long parseV4(String text) {
    int value = 0;
    int part = -1;
    int parts = 0;
    for (int i = 0; i <= text.length(); i++) {
      char c = i < text.length() ? text.charAt(i) : '.';
      if (c == '.') {
        if (part < 0 || ++parts > 4) {
          return -1;
        }
        value = value << 8 | part;
        part = -1;
      } else if (c >= '0' && c <= '9' && part != 0) {
        part = Math.max(part, 0) * 10 + c - '0';
        if (part > 255) {
          return -1;
        }
      } else {
        return -1;
      }
    }
    return parts == 4 ? v4(value) : -1;
  }

  /** Returns the text form, for messages. */
  public static String toString(long high, long low) {
    return toInetAddress(high, low).getHostAddress();
  }

  /** Whether two addresses share their first {@code prefix} bits (counted in their own family). */
  public static boolean samePrefix(long high1, long low1, long high2, long low2, int prefix) {
    boolean v4 = isV4(high1, low1);
    if (v4 != isV4(high2, low2)) {
      return false;
    }
    int bits = v4 ? prefix + 96 : prefix;
    if (bits < 64) {
      return bits == 0 || (high1 ^ high2) >>> 64 - bits == 0;
    }
    return high1 == high2 && (bits == 64 || (low1 ^ low2) >>> 128 - bits == 0);
  }

  /** Returns the directed broadcast address of an IPv4 network, or 0 when it has none. */
  public static int broadcast(int address, int prefix) {
    return prefix >= 31 ? 0 : address | -1 >>> prefix;
  }
}

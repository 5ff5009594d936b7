package org.demitasse.net.ip;

import org.demitasse.core.PacketBuffer;

/** The ones' complement sum of RFC 1071 and the pseudo headers of RFC 9293, 768 and 8200. */
public final class InternetChecksum {
  private InternetChecksum() {}

  /** Adds {@code count} bytes from {@code index} to a sum. */
  public static long add(long sum, PacketBuffer packet, int index, int count) {
    return sum + packet.sum(index, count);
  }

  /** Returns the sum of the pseudo header. */
  public static long pseudo(
      long sourceHigh,
      long sourceLow,
      long destinationHigh,
      long destinationLow,
      int protocol,
      int length) {
    long sum = protocol + length;
    sum += (sourceLow & 0xffffffffL) + (destinationLow & 0xffffffffL);
    if (!IpAddress.isV4(destinationHigh, destinationLow)) {
      sum += (sourceLow >>> 32) + (destinationLow >>> 32);
      sum += (sourceHigh >>> 32) + (sourceHigh & 0xffffffffL);
      sum += (destinationHigh >>> 32) + (destinationHigh & 0xffffffffL);
    }
    return sum;
  }

  /** Folds a sum to 16 bits, not inverted. */
  public static int fold(long sum) {
    long s = (sum >>> 32) + (sum & 0xffffffffL);
    s = (s >>> 16) + (s & 0xffff);
    s = (s >>> 16) + (s & 0xffff);
    return (int) ((s >>> 16) + (s & 0xffff));
  }

  /** Returns the value of a checksum field: the inverted sum. */
  public static int finish(long sum) {
    return ~fold(sum) & 0xffff;
  }
}

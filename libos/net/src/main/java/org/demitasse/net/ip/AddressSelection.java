package org.demitasse.net.ip;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.demitasse.net.device.NetInterface;

/**
 * Which of its own addresses a host sends from, and which of a peer's it tries first (RFC 6724). Of
 * the rules those are left out that need what this stack has not: home and temporary addresses.
 */
final class AddressSelection {
  /** RFC 6724, section 3.1: as in multicast addresses, RFC 4291, section 2.7. */
  private static final int LINK_LOCAL = 2;

  private static final int SITE_LOCAL = 5;
  private static final int GLOBAL = 14;

  /** RFC 6724, section 2.1: prefix (high and low half, bits), precedence, label. */
  private static final long[][] POLICY = {
    {0, 1, 128, 50, 0},
    {0, 0xffff_0000_0000L, 96, 35, 4},
    {0, 0, 96, 1, 3},
    {0x2001_0000L << 32, 0, 32, 5, 5},
    {0x2002L << 48, 0, 16, 30, 2},
    {0x3ffeL << 48, 0, 16, 1, 12},
    {0xfec0L << 48, 0, 10, 1, 11},
    {0xfcL << 56, 0, 7, 3, 13},
    {0, 0, 0, 40, 1},
  };

  private AddressSelection() {}

  private static long[] policy(long high, long low) {
    for (long[] row : POLICY) {
      if (commonBits(row[0], row[1], high, low) >= row[2]) {
        return row;
      }
    }
    throw new AssertionError("the last row is for every address");
  }

  static int precedence(long high, long low) {
    return (int) policy(high, low)[3];
  }

  static int label(long high, long low) {
    return (int) policy(high, low)[4];
  }

  static int scope(long high, long low) {
    if (IpAddress.isMulticast(high, low)) {
      // RFC 2365: 224.0.0.0/24 stays on the link.
      return IpAddress.isV4(high, low)
          ? (int) low >>> 8 == 0xe00000 ? LINK_LOCAL : GLOBAL
          : (int) (high >>> 48) & 15;
    }
    if (IpAddress.isLinkLocal(high, low) || IpAddress.isLoopback(high, low)) {
      return LINK_LOCAL;
    }
    return high >>> 54 == 0xfec0 >>> 6 ? SITE_LOCAL : GLOBAL;
  }

  /** Leading bits that two addresses share, of 128. */
  private static int commonBits(long high1, long low1, long high2, long low2) {
    return high1 != high2
        ? Long.numberOfLeadingZeros(high1 ^ high2)
        : 64 + Long.numberOfLeadingZeros(low1 ^ low2);
  }

  /**
   * Chooses the address to send from (section 5).
   *
   * @return its index on the interface, -1 when it has none of the destination's family
   */
  static int source(NetInterface out, long high, long low) {
    boolean v4 = IpAddress.isV4(high, low);
    int best = -1;
    for (int i = 0; i < out.addressCount(); i++) {
      if (IpAddress.isV4(out.addressHigh(i), out.addressLow(i)) == v4
          && (best < 0 || isBetterSource(out, i, best, high, low))) {
        best = i;
      }
    }
    return best;
  }

  private static boolean isBetterSource(NetInterface out, int a, int b, long high, long low) {
    long aHigh = out.addressHigh(a);
    long aLow = out.addressLow(a);
    long bHigh = out.addressHigh(b);
    long bLow = out.addressLow(b);
    // Rule 1: the destination itself.
    if (bHigh == high && bLow == low || aHigh == high && aLow == low) {
      return aHigh == high && aLow == low;
    }
    // Rule 2: a scope that reaches the destination, and no further than it must.
    int aScope = scope(aHigh, aLow);
    int bScope = scope(bHigh, bLow);
    int wanted = scope(high, low);
    if (aScope != bScope) {
      return aScope < bScope ? aScope >= wanted : bScope < wanted;
    }
    // Rule 3: deprecated addresses.
    if (out.isDeprecated(a) != out.isDeprecated(b)) {
      return !out.isDeprecated(a);
    }
    // Rule 6: matching labels.
    int label = label(high, low);
    boolean aMatches = label(aHigh, aLow) == label;
    if (aMatches != (label(bHigh, bLow) == label)) {
      return aMatches;
    }
    // Rule 8: the longest matching prefix.
    return matching(out, a, high, low) > matching(out, b, high, low);
  }

  /** RFC 6724, section 2.2: bits beyond the source's prefix do not count. */
  private static int matching(NetInterface out, int source, long high, long low) {
    int prefix = out.prefixLength(source) + (IpAddress.isV4(high, low) ? 96 : 0);
    int common = commonBits(out.addressHigh(source), out.addressLow(source), high, low);
    return Math.min(common, prefix);
  }

  /** One destination with what sorting needs. */
  private record Candidate(
      InetAddress address,
      boolean usable,
      boolean scope,
      boolean deprecated,
      boolean label,
      int precedence,
      int reach,
      int matching) {}

  /** Sorts a peer's addresses, the best first (section 6). */
  static List<InetAddress> order(IpLayer ip, List<InetAddress> addresses) {
    if (addresses.size() < 2) {
      return addresses;
    }
    List<Candidate> candidates = new ArrayList<>(addresses.size());
    for (InetAddress address : addresses) {
      candidates.add(candidate(ip, address));
    }
    candidates.sort(
        Comparator.comparing((Candidate c) -> !c.usable) // Rule 1
            .thenComparing(c -> !c.scope) // Rule 2
            .thenComparing(c -> c.deprecated) // Rule 3
            .thenComparing(c -> !c.label) // Rule 5
            .thenComparing(c -> -c.precedence) // Rule 6
            .thenComparing(c -> c.reach)); // Rule 8
    // Rule 9 compares within a family alone: no total order, so neighbours of equal rank at a time.
    List<InetAddress> sorted = new ArrayList<>(candidates.size());
    for (int from = 0; from < candidates.size(); ) {
      int to = from + 1;
      while (to < candidates.size() && isEqualRank(candidates.get(from), candidates.get(to))) {
        to++;
      }
      candidates.subList(from, to).sort(Comparator.comparing(c -> -c.matching));
      from = to;
    }
    for (Candidate each : candidates) {
      sorted.add(each.address);
    }
    return sorted;
  }

  private static boolean isEqualRank(Candidate a, Candidate b) {
    return a.usable == b.usable
        && a.scope == b.scope
        && a.deprecated == b.deprecated
        && a.label == b.label
        && a.precedence == b.precedence
        && a.reach == b.reach
        && a.address.getAddress().length == b.address.getAddress().length;
  }

  private static Candidate candidate(IpLayer ip, InetAddress address) {
    long high = IpAddress.high(address);
    long low = IpAddress.low(address);
    Route route = ip.route(high, low);
    int precedence = precedence(high, low);
    int reach = scope(high, low);
    if (route != null && route.out().isLoopback()) {
      return new Candidate(address, true, true, false, true, precedence, reach, 128);
    }
    int source = route == null ? -1 : source(route.out(), high, low);
    if (source < 0) {
      return new Candidate(address, false, false, false, false, precedence, reach, 0);
    }
    NetInterface out = route.out();
    long sourceHigh = out.addressHigh(source);
    long sourceLow = out.addressLow(source);
    return new Candidate(
        address,
        true,
        scope(sourceHigh, sourceLow) == reach,
        out.isDeprecated(source),
        label(sourceHigh, sourceLow) == label(high, low),
        precedence,
        reach,
        matching(out, source, high, low));
  }
}

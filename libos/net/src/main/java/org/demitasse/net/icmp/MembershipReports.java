package org.demitasse.net.icmp;

import java.util.ArrayList;
import java.util.List;
import org.demitasse.core.PacketBuffer;
import org.demitasse.net.device.NetInterface;
import org.demitasse.net.ip.InternetChecksum;
import org.demitasse.net.ip.IpAddress;
import org.demitasse.net.ip.IpLayer;
import org.demitasse.net.ip.IpProtocol;
import org.demitasse.net.ip.Ipv6Header;

/** The reports of {@link GroupMembership} as packets (RFC 3376, 3810, 2236 and 2710). */
final class MembershipReports {
  static final long[] NO_SOURCES = {};
  private static final int REPORT3 = 0x22;
  static final int REPORT1 = 0x12;
  static final int REPORT2 = 0x16;
  private static final int LEAVE = 0x17;
  private static final int MLD_REPORT2 = 143;
  private static final int MLD_DONE = 132;
  private static final int IGMP_ROUTERS = 0xe0000016;
  private static final int ALL_ROUTERS = 0xe0000002;
  private static final int MLD_ROUTERS = 0x16;
  private static final int HEADER = 8;
  private static final int MLD_LENGTH = 24;

  /** Bytes of a report at most: the smallest MTU of IPv6 less its headers (RFC 3810, 5.2.15). */
  private static final int MAX_REPORT = Icmpv6.MIN_MTU - 48;

  private final IpLayer ip;

  MembershipReports(IpLayer ip) {
    this.ip = ip;
  }

  /**
   * One group record (RFC 3376, section 4.2.12, and RFC 3810, section 5.2.12).
   *
   * @param sources halves of addresses, in pairs
   */
  record Record(int type, long high, long low, long[] sources) {
    static final int IS_INCLUDE = 1;
    static final int IS_EXCLUDE = 2;
    static final int TO_INCLUDE = 3;
    static final int TO_EXCLUDE = 4;
    static final int ALLOW = 5;
    static final int BLOCK = 6;

    /** Whether nothing is listened to any more. */
    boolean isLeave() {
      return type == BLOCK || type == TO_INCLUDE && sources.length == 0;
    }

    int length(int width) {
      return 4 + width + sources.length / 2 * width;
    }
  }

  /** Sends records in as few reports as they need. */
  void send(NetInterface out, boolean v4, List<Record> wanted) {
    List<Record> records = new ArrayList<>(wanted);
    int width = v4 ? 4 : 16;
    int from = 0;
    while (from < records.size()) {
      int to = from;
      int length = HEADER;
      while (to < records.size() && length + records.get(to).length(width) <= MAX_REPORT) {
        length += records.get(to).length(width);
        to++;
      }
      if (to == from) {
        // More sources than fit: everything is wanted, which a router may filter no further.
        Record big = records.get(from);
        records.set(from, new Record(Record.IS_EXCLUDE, big.high, big.low, NO_SOURCES));
        continue;
      }
      sendReport(out, v4, records.subList(from, to), length);
      from = to;
    }
  }

  private void sendReport(NetInterface out, boolean v4, List<Record> records, int length) {
    PacketBuffer p = out.pool().allocate();
    if (p == null) {
      return;
    }
    p.append(length);
    p.putLong(0, (long) (v4 ? REPORT3 : MLD_REPORT2) << 56 | records.size());
    int at = HEADER;
    for (Record record : records) {
      p.putInt(at, record.type << 24 | record.sources.length / 2);
      at = put(p, at + 4, v4, record.high, record.low);
      for (int i = 0; i < record.sources.length; i += 2) {
        at = put(p, at, v4, record.sources[i], record.sources[i + 1]);
      }
    }
    if (v4) {
      p.putShort(2, InternetChecksum.finish(InternetChecksum.add(0, p, 0, length)));
      ip.sendRouterAlert(out, p, IpProtocol.IGMP, IGMP_ROUTERS);
    } else {
      sendV6(out, p, IpAddress.LINK_GROUPS, MLD_ROUTERS);
    }
  }

  private static int put(PacketBuffer p, int at, boolean v4, long high, long low) {
    if (v4) {
      p.putInt(at, (int) low);
      return at + 4;
    }
    p.putLong(at, high);
    p.putLong(at + 8, low);
    return at + 16;
  }

  /**
   * Reports one group as the version before does.
   *
   * @param oldest whether as IGMP's first version does, which knows no leaving
   */
  void sendOlder(NetInterface out, long high, long low, boolean member, boolean oldest) {
    boolean v4 = IpAddress.isV4(high, low);
    PacketBuffer p = out.pool().allocate();
    if (p == null) {
      return;
    }
    if (v4) {
      p.append(HEADER);
      p.putInt(0, (oldest ? REPORT1 : member ? REPORT2 : LEAVE) << 24);
      p.putInt(4, (int) low);
      p.putShort(2, InternetChecksum.finish(InternetChecksum.add(0, p, 0, HEADER)));
      ip.sendRouterAlert(out, p, IpProtocol.IGMP, member ? (int) low : ALL_ROUTERS);
    } else {
      p.append(MLD_LENGTH);
      p.putLong(0, (long) (member ? GroupMembership.MLD_REPORT : MLD_DONE) << 56);
      put(p, HEADER, false, high, low);
      sendV6(out, p, member ? high : IpAddress.LINK_GROUPS, member ? low : 2);
    }
  }

  private void sendV6(NetInterface out, PacketBuffer p, long high, long low) {
    int length = p.length();
    int source = ip.selectSource(IpLayer.onLink(out), IpAddress.LINK_GROUPS, 1);
    // RFC 3590: before there is a link-local address reports come from the unspecified one.
    boolean linkLocal =
        source >= 0 && IpAddress.isLinkLocal(out.addressHigh(source), out.addressLow(source));
    long sourceHigh = linkLocal ? out.addressHigh(source) : 0;
    long sourceLow = linkLocal ? out.addressLow(source) : 0;
    long sum = InternetChecksum.pseudo(sourceHigh, sourceLow, high, low, IpProtocol.ICMPV6, length);
    p.putShort(2, InternetChecksum.finish(InternetChecksum.add(sum, p, 0, length)));
    // Hop-by-hop options with the router alert (RFC 2711) and padding.
    p.prepend(8);
    p.putLong(0, (long) IpProtocol.ICMPV6 << 56 | 0x0000_0502_0000_0100L);
    ip.send(
        IpLayer.onLink(out),
        p,
        Ipv6Header.HOP_BY_HOP,
        sourceHigh,
        sourceLow,
        high,
        low,
        1,
        0,
        true);
  }
}

package org.demitasse.net.icmp;

import org.demitasse.core.PacketBuffer;
import org.demitasse.net.device.NetInterface;
import org.demitasse.net.engine.Engine;
import org.demitasse.net.engine.Timer;
import org.demitasse.net.ip.InternetChecksum;
import org.demitasse.net.ip.IpAddress;
import org.demitasse.net.ip.IpError;
import org.demitasse.net.ip.IpLayer;
import org.demitasse.net.ip.IpPacket;
import org.demitasse.net.ip.IpProtocol;
import org.demitasse.net.ip.Ipv6Header;

/**
 * Tells multicast routers and switches which groups this host listens to: IGMP version 2 (RFC 2236)
 * and MLD version 1 (RFC 2710), which routers of the later versions understand.
 */
public final class GroupMembership implements IpProtocol {
  private static final int QUERY = 0x11;
  private static final int REPORT = 0x16;
  private static final int LEAVE = 0x17;
  static final int MLD_QUERY = 130;
  private static final int MLD_REPORT = 131;
  private static final int MLD_DONE = 132;
  private static final int ALL_SYSTEMS = 0xe0000001;
  private static final int ALL_ROUTERS = 0xe0000002;
  private static final int IGMP_LENGTH = 8;
  private static final int MLD_LENGTH = 24;
  private static final long TENTH = 100_000_000L;

  /** RFC 2236, section 8.10: a report may be lost, so it is repeated. */
  private static final long UNSOLICITED_INTERVAL = 10 * TENTH;

  private final Engine engine;
  private final IpLayer ip;
  private Link links;

  public GroupMembership(Engine engine, IpLayer ip) {
    this.engine = engine;
    this.ip = ip;
  }

  /** One interface; the timer reports all its groups. */
  private final class Link extends Timer {
    final NetInterface out;
    final Link next;

    Link(NetInterface out, Link next) {
      this.out = out;
      this.next = next;
    }

    @Override
    protected void expire(long now) {
      for (int i = 0; i < out.groupCount(); i++) {
        report(out, out.groupHigh(i), out.groupLow(i), true);
      }
    }
  }

  private Link link(NetInterface out) {
    for (Link link = links; link != null; link = link.next) {
      if (link.out == out) {
        return link;
      }
    }
    links = new Link(out, links);
    return links;
  }

  /** An interface starts or stops to listen to a group. */
  public void changed(NetInterface out, long high, long low, boolean joined) {
    if (out.isLoopback()) {
      return;
    }
    report(out, high, low, joined);
    if (joined) {
      engine.schedule(link(out), engine.now() + UNSOLICITED_INTERVAL);
    }
  }

  @Override
  public void error(IpPacket packet, IpError error, int mtu) {
    // Reports are repeated; what becomes of one matters to nobody.
  }

  /** Handles an IGMP message. */
  @Override
  public void receive(IpPacket packet) {
    PacketBuffer p = packet.buffer;
    int length = p.length();
    if (length >= IGMP_LENGTH
        && p.getByte(0) == QUERY
        && InternetChecksum.fold(InternetChecksum.add(0, p, 0, length)) == 0xffff) {
      // Version 1 routers say 0 and mean ten seconds.
      int tenths = p.getByte(1) == 0 ? 100 : p.getByte(1);
      answer(packet.in, tenths * TENTH);
    }
    p.release();
  }

  /** Handles an MLD query; the buffer stays with the caller. */
  void queried(IpPacket packet) {
    if (packet.buffer.length() >= MLD_LENGTH
        && IpAddress.isLinkLocal(packet.sourceHigh, packet.sourceLow)) {
      answer(packet.in, packet.buffer.getShort(4) * 1_000_000L);
    }
  }

  /** Reports at a random time within the delay, so that a link's hosts do not answer as one. */
  private void answer(NetInterface in, long delay) {
    if (in.groupCount() > 0) {
      long wait = Math.floorMod(engine.random().next(), Math.max(delay, 1));
      engine.schedule(link(in), engine.now() + wait);
    }
  }

  private void report(NetInterface out, long high, long low, boolean joined) {
    if (!IpAddress.isV4(high, low)) {
      reportV6(out, high, low, joined);
    } else if ((int) low != ALL_SYSTEMS) {
      reportV4(out, (int) low, joined);
    }
  }

  private void reportV4(NetInterface out, int group, boolean joined) {
    PacketBuffer p = out.pool().allocate();
    if (p == null) {
      return;
    }
    p.append(IGMP_LENGTH);
    p.putInt(0, (joined ? REPORT : LEAVE) << 24);
    p.putInt(4, group);
    p.putShort(2, InternetChecksum.finish(InternetChecksum.add(0, p, 0, IGMP_LENGTH)));
    ip.sendRouterAlert(out, p, IpProtocol.IGMP, joined ? group : ALL_ROUTERS);
  }

  private void reportV6(NetInterface out, long high, long low, boolean joined) {
    int source = ip.selectSource(IpLayer.onLink(out), high, low);
    PacketBuffer p = source < 0 ? null : out.pool().allocate();
    if (p == null) {
      return;
    }
    long sourceHigh = out.addressHigh(source);
    long sourceLow = out.addressLow(source);
    long toHigh = joined ? high : IpAddress.LINK_GROUPS;
    long toLow = joined ? low : 2;
    p.append(MLD_LENGTH);
    p.putLong(0, (long) (joined ? MLD_REPORT : MLD_DONE) << 56);
    p.putLong(8, high);
    p.putLong(16, low);
    long sum =
        InternetChecksum.pseudo(
            sourceHigh, sourceLow, toHigh, toLow, IpProtocol.ICMPV6, MLD_LENGTH);
    p.putShort(2, InternetChecksum.finish(InternetChecksum.add(sum, p, 0, MLD_LENGTH)));
    // Hop-by-hop options with the router alert (RFC 2711) and padding.
    p.prepend(8);
    p.putLong(0, (long) IpProtocol.ICMPV6 << 56 | 0x0000_0502_0000_0100L);
    ip.send(
        IpLayer.onLink(out),
        p,
        Ipv6Header.HOP_BY_HOP,
        sourceHigh,
        sourceLow,
        toHigh,
        toLow,
        1,
        0,
        true);
  }
}

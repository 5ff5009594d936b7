package org.demitasse.net.icmp;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.demitasse.core.PacketBuffer;
import org.demitasse.net.device.NetInterface;
import org.demitasse.net.engine.Engine;
import org.demitasse.net.engine.Timer;
import org.demitasse.net.ip.IpAddress;
import org.demitasse.net.ip.IpLayer;
import org.demitasse.net.ip.IpPacket;
import org.demitasse.net.ip.Route;
import org.demitasse.net.link.NeighborCache;

/**
 * Neighbour discovery (RFC 4861), stateless address autoconfiguration (RFC 4862) with optimistic
 * addresses (RFC 4429), and name servers from router advertisements (RFC 8106).
 */
public final class NeighborDiscovery implements NeighborCache.Solicitor {
  /** Hears of name servers that routers advertise. */
  @FunctionalInterface
  public interface ServerListener {
    void advertised(NetInterface in, List<InetAddress> servers);
  }

  private static final int ROUTER_SOLICITATION = 133;
  private static final int ROUTER_ADVERTISEMENT = 134;
  private static final int SOLICITATION = 135;
  private static final int ADVERTISEMENT = 136;
  private static final int OPTION_SOURCE = 1;
  private static final int OPTION_TARGET = 2;
  private static final int OPTION_PREFIX = 3;
  private static final int OPTION_MTU = 5;
  private static final int OPTION_SERVERS = 25;
  private static final int MESSAGE = 24;
  private static final int ROUTER_HEADER = 16;
  private static final int HOP_LIMIT = 255;
  private static final long LINK_LOCAL = 0xfe80L << 48;
  private static final long SECOND = 1_000_000_000L;

  /** RFC 4861, section 10. */
  private static final int MAX_SOLICITATIONS = 3;

  private static final long SOLICITATION_INTERVAL = 4 * SECOND;

  /** RFC 4862, section 5.5.3, rule e: two hours. */
  private static final long MIN_LIFETIME = 7200 * SECOND;

  /** Prefixes and routers remembered of one link; more are an attack. */
  private static final int MAX_LEARNED = 16;

  private final Engine engine;
  private final IpLayer ip;
  private final Icmpv6 icmp;
  private final NeighborCache neighbors;
  private final GroupMembership groups;
  private final ServerListener servers;
  private final List<Link> links = new ArrayList<>(1);

  public NeighborDiscovery(
      Engine engine,
      IpLayer ip,
      Icmpv6 icmp,
      NeighborCache neighbors,
      GroupMembership groups,
      ServerListener servers) {
    this.engine = engine;
    this.ip = ip;
    this.icmp = icmp;
    this.neighbors = neighbors;
    this.groups = groups;
    this.servers = servers;
    icmp.setDiscovery(this);
  }

  /**
   * Something a router has advertised: a prefix, or the router itself.
   *
   * @param prefix bits that are on the link, 0 for none
   * @param expires when the router or the prefix on the link is forgotten
   * @param addressExpires until when our address in the prefix is valid, 0 without one
   * @param preferredUntil after that the address is deprecated
   */
  private record Learned(
      long high,
      long low,
      int prefix,
      boolean router,
      long expires,
      long addressExpires,
      long preferredUntil) {
    boolean hasAddress() {
      return addressExpires != 0;
    }

    /** Returns what is left of it at a time, or null. */
    Learned at(long now) {
      boolean here = expires > now && (router || prefix > 0);
      boolean address = hasAddress() && addressExpires > now;
      if (!here && !address) {
        return null;
      }
      return here && address == hasAddress()
          ? this
          : new Learned(
              high,
              low,
              here ? prefix : 0,
              router && here,
              here ? expires : Long.MAX_VALUE,
              address ? addressExpires : 0,
              address ? preferredUntil : 0);
    }

    /** Returns when {@link #at} has something to do next. */
    long nextChange(long now) {
      long next = hasAddress() ? Math.min(expires, addressExpires) : expires;
      return hasAddress() && preferredUntil > now ? Math.min(next, preferredUntil) : next;
    }
  }

  /** One interface that speaks IPv6 and configures itself; the timer asks for routers. */
  private final class Link extends Timer {
    final NetInterface out;
    final List<Learned> learned = new ArrayList<>(2);
    final List<Route> configured = new ArrayList<>(1);
    int solicitations;
    boolean heard;

    Link(NetInterface out) {
      this.out = out;
    }

    @Override
    protected void expire(long now) {
      forgetExpired(now);
      if (!heard && solicitations < MAX_SOLICITATIONS) {
        solicitations++;
        solicitRouters(out);
        engine.schedule(this, now + SOLICITATION_INTERVAL);
        return;
      }
      long next = Long.MAX_VALUE;
      for (Learned each : learned) {
        next = Math.min(next, each.nextChange(now));
      }
      if (next != Long.MAX_VALUE) {
        engine.schedule(this, next);
      }
    }

    void forgetExpired(long now) {
      boolean changed = false;
      for (int i = learned.size() - 1; i >= 0; i--) {
        Learned each = learned.get(i);
        Learned left = each.at(now);
        if (each.hasAddress() && (left == null || !left.hasAddress())) {
          drop(out, each.high, interfaceIdentifier(out));
        } else if (each.hasAddress()) {
          boolean deprecated = each.preferredUntil <= now;
          out.setDeprecated(each.high, interfaceIdentifier(out), deprecated);
        }
        if (left == null) {
          learned.remove(i);
          changed = true;
        } else if (left != each) {
          learned.set(i, left);
          changed = true;
        }
      }
      if (changed) {
        rebuildRoutes();
      }
    }

    Learned find(long high, long low, boolean router) {
      for (Learned each : learned) {
        if (each.high == high && each.low == low && each.router == router) {
          return each;
        }
      }
      return null;
    }

    void learn(Learned fresh) {
      Learned known = find(fresh.high, fresh.low, fresh.router);
      if (known != null) {
        learned.set(learned.indexOf(known), fresh);
      } else if (learned.size() < MAX_LEARNED) {
        learned.add(fresh);
      } else {
        return;
      }
      long now = engine.now();
      if (fresh.hasAddress()) {
        adopt(out, fresh.high, interfaceIdentifier(out), 64);
      }
      forgetExpired(now);
      engine.schedule(this, now);
      rebuildRoutes();
    }

    void rebuildRoutes() {
      ip.routes().removeAll(out, false);
      ip.routes().add(new Route(LINK_LOCAL, 0, 10, 0, 0, out));
      for (Route route : configured) {
        ip.routes().add(route);
      }
      for (Learned each : learned) {
        if (each.router) {
          ip.routes().add(new Route(0, 0, 0, each.high, each.low, out));
        } else if (each.prefix > 0) {
          ip.routes().add(new Route(each.high, each.low, each.prefix, 0, 0, out));
        }
      }
    }
  }

  /** Gives an interface its link-local address and starts to look for routers. */
  public void start(NetInterface out) {
    Link link = new Link(out);
    links.add(link);
    link.rebuildRoutes();
    adopt(out, LINK_LOCAL, interfaceIdentifier(out), 64);
    engine.schedule(link, engine.now());
  }

  /** Adds a route that routers' advertisements do not touch. */
  public void addRoute(Route route) {
    for (Link link : links) {
      boolean v4 = IpAddress.isV4(route.destinationHigh(), route.destinationLow());
      if (link.out == route.out() && !v4) {
        link.configured.add(route);
        link.rebuildRoutes();
        return;
      }
    }
    ip.routes().add(route);
  }

  /** Makes an address this host's: joins its group and tells whoever has it already. */
  public void adopt(NetInterface out, long high, long low, int prefix) {
    if (out.hasAddress(high, low)) {
      return;
    }
    out.addAddress(high, low, prefix);
    long group = IpAddress.solicitedNodeLow(low);
    groups.join(out, IpAddress.LINK_GROUPS, group, 0, 0);
    sendSolicitation(
        out, 0, 0, high, low, IpAddress.LINK_GROUPS, IpAddress.solicitedNodeLow(low), false);
  }

  private void drop(NetInterface out, long high, long low) {
    long group = IpAddress.solicitedNodeLow(low);
    groups.leave(out, IpAddress.LINK_GROUPS, group, 0, 0);
    out.removeAddress(high, low);
  }

  /** RFC 4291, appendix A: the hardware address, stretched. */
  private static long interfaceIdentifier(NetInterface out) {
    long mac = out.mac();
    long high = mac >>> 24 ^ 0x020000L;
    return high << 40 | 0xfffeL << 24 | mac & 0xffffffL;
  }

  // ---- messages out ----

  @Override
  public void solicit(NetInterface out, long high, long low, long mac) {
    int source = -1;
    for (int i = 0; i < out.addressCount(); i++) {
      if (!IpAddress.isV4(out.addressHigh(i), out.addressLow(i))
          && (source < 0
              || IpAddress.isLinkLocal(out.addressHigh(i), out.addressLow(i))
                  == IpAddress.isLinkLocal(high, low))) {
        source = i;
      }
    }
    if (source < 0) {
      return;
    }
    boolean known = mac >= 0;
    sendSolicitation(
        out,
        out.addressHigh(source),
        out.addressLow(source),
        high,
        low,
        known ? high : IpAddress.LINK_GROUPS,
        known ? low : IpAddress.solicitedNodeLow(low),
        true);
  }

  private void sendSolicitation(
      NetInterface out,
      long sourceHigh,
      long sourceLow,
      long targetHigh,
      long targetLow,
      long high,
      long low,
      boolean withSource) {
    PacketBuffer p = out.pool().allocate();
    if (p == null) {
      return;
    }
    p.append(MESSAGE + (withSource ? 8 : 0));
    p.putLong(0, (long) SOLICITATION << 56);
    p.putLong(8, targetHigh);
    p.putLong(16, targetLow);
    if (withSource) {
      p.putShort(MESSAGE, OPTION_SOURCE << 8 | 1);
      p.putMac(MESSAGE + 2, out.mac());
    }
    icmp.send(IpLayer.onLink(out), p, sourceHigh, sourceLow, high, low, HOP_LIMIT);
  }

  private void sendAdvertisement(
      NetInterface out, long targetHigh, long targetLow, long high, long low, boolean solicited) {
    PacketBuffer p = out.pool().allocate();
    if (p == null) {
      return;
    }
    p.append(MESSAGE + 8);
    // Solicited and override.
    p.putLong(0, (long) ADVERTISEMENT << 56 | (solicited ? 0x6000_0000L : 0x2000_0000L));
    p.putLong(8, targetHigh);
    p.putLong(16, targetLow);
    p.putShort(MESSAGE, OPTION_TARGET << 8 | 1);
    p.putMac(MESSAGE + 2, out.mac());
    icmp.send(IpLayer.onLink(out), p, targetHigh, targetLow, high, low, HOP_LIMIT);
  }

  private void solicitRouters(NetInterface out) {
    PacketBuffer p = out.pool().allocate();
    if (p == null) {
      return;
    }
    p.append(16);
    p.putLong(0, (long) ROUTER_SOLICITATION << 56);
    p.putShort(8, OPTION_SOURCE << 8 | 1);
    p.putMac(10, out.mac());
    icmp.send(
        IpLayer.onLink(out),
        p,
        LINK_LOCAL,
        interfaceIdentifier(out),
        IpAddress.LINK_GROUPS,
        2,
        HOP_LIMIT);
  }

  // ---- messages in ----

  /** Handles a message; the buffer stays with the caller. */
  void receive(IpPacket packet) {
    PacketBuffer p = packet.buffer;
    // RFC 4861, sections 6.1 and 7.1: what has passed a router is forged; RFC 6980, section 5: what
    // comes in fragments hides from who watches the link.
    if (packet.hopLimit != HOP_LIMIT || packet.fragmented || p.getByte(1) != 0) {
      return;
    }
    switch (p.getByte(0)) {
      case SOLICITATION -> solicited(packet);
      case ADVERTISEMENT -> advertised(packet);
      case ROUTER_ADVERTISEMENT -> routerAdvertised(packet);
      default -> {}
    }
  }

  /** Returns the hardware address in an option, -1 without one, -2 when the options are broken. */
  private static long linkAddress(PacketBuffer p, int from, int kind) {
    long mac = -1;
    int i = from;
    while (i < p.length()) {
      if (i + 8 > p.length() || p.getByte(i + 1) == 0 || i + p.getByte(i + 1) * 8 > p.length()) {
        return -2;
      }
      if (p.getByte(i) == kind && p.getByte(i + 1) == 1) {
        mac = p.getMac(i + 2);
      }
      i += p.getByte(i + 1) * 8;
    }
    return mac;
  }

  private void solicited(IpPacket packet) {
    PacketBuffer p = packet.buffer;
    if (p.length() < MESSAGE) {
      return;
    }
    long targetHigh = p.getLong(8);
    long targetLow = p.getLong(16);
    long mac = linkAddress(p, MESSAGE, OPTION_SOURCE);
    if (mac == -2 || !packet.in.hasAddress(targetHigh, targetLow)) {
      return;
    }
    if (IpAddress.isAny(packet.sourceHigh, packet.sourceLow)) {
      if (mac >= 0 || !IpAddress.isMulticast(packet.destinationHigh, packet.destinationLow)) {
        return;
      }
      // Somebody else wants to take the address: tell everybody that it is ours.
      sendAdvertisement(packet.in, targetHigh, targetLow, IpAddress.LINK_GROUPS, 1, false);
      return;
    }
    if (mac >= 0) {
      neighbors.learn(packet.in, packet.sourceHigh, packet.sourceLow, mac, false, true, true);
    }
    sendAdvertisement(packet.in, targetHigh, targetLow, packet.sourceHigh, packet.sourceLow, true);
  }

  private void advertised(IpPacket packet) {
    PacketBuffer p = packet.buffer;
    if (p.length() < MESSAGE) {
      return;
    }
    long targetHigh = p.getLong(8);
    long targetLow = p.getLong(16);
    long mac = linkAddress(p, MESSAGE, OPTION_TARGET);
    if (mac < 0 || (mac >>> 40 & 1) != 0) {
      return;
    }
    if (packet.in.hasAddress(targetHigh, targetLow)) {
      if (mac != packet.in.mac()) {
        // RFC 4862, section 5.4.4: somebody had it first.
        drop(packet.in, targetHigh, targetLow);
      }
      return;
    }
    boolean solicited = (p.getByte(4) & 0x40) != 0 && !packet.group;
    boolean override = (p.getByte(4) & 0x20) != 0;
    neighbors.learn(packet.in, targetHigh, targetLow, mac, solicited, override, false);
  }

  private void routerAdvertised(IpPacket packet) {
    PacketBuffer p = packet.buffer;
    Link link = null;
    for (Link each : links) {
      link = each.out == packet.in ? each : link;
    }
    if (link == null
        || p.length() < ROUTER_HEADER
        || !IpAddress.isLinkLocal(packet.sourceHigh, packet.sourceLow)) {
      return;
    }
    long mac = linkAddress(p, ROUTER_HEADER, OPTION_SOURCE);
    if (mac == -2) {
      return;
    }
    long now = engine.now();
    link.heard = true;
    if (mac >= 0) {
      neighbors.learn(packet.in, packet.sourceHigh, packet.sourceLow, mac, false, true, true);
    }
    long lifetime = p.getShort(6) * SECOND;
    if (p.getByte(4) != 0) {
      link.out.setHopLimit(p.getByte(4));
    }
    link.learn(new Learned(packet.sourceHigh, packet.sourceLow, 0, true, now + lifetime, 0, 0));
    List<InetAddress> nameServers = new ArrayList<>(2);
    for (int i = ROUTER_HEADER; i < p.length(); i += p.getByte(i + 1) * 8) {
      int length = p.getByte(i + 1) * 8;
      if (p.getByte(i) == OPTION_PREFIX && length == 32) {
        prefix(link, p, i, now);
      } else if (p.getByte(i) == OPTION_MTU && length == 8) {
        int mtu = p.getInt(i + 4);
        if (mtu >= Icmpv6.MIN_MTU && mtu <= link.out.mtu()) {
          link.out.setMtu6(mtu);
        }
      } else if (p.getByte(i) == OPTION_SERVERS && p.getInt(i + 4) != 0) {
        for (int s = i + 8; s + 16 <= i + length && nameServers.size() < 4; s += 16) {
          nameServers.add(IpAddress.toInetAddress(p.getLong(s), p.getLong(s + 8)));
        }
      }
    }
    if (!nameServers.isEmpty()) {
      servers.advertised(packet.in, nameServers);
    }
  }

  private void prefix(Link link, PacketBuffer p, int at, long now) {
    int prefix = p.getByte(at + 2);
    boolean onLink = (p.getByte(at + 3) & 0x80) != 0;
    boolean autonomous = (p.getByte(at + 3) & 0x40) != 0 && prefix == 64;
    long valid = p.getInt(at + 4) & 0xffffffffL;
    long high = p.getLong(at + 16);
    long low = p.getLong(at + 24);
    if (prefix > 128
        || IpAddress.isLinkLocal(high, low)
        || IpAddress.isMulticast(high, low)
        || high == 0) {
      return;
    }
    long preferred = p.getInt(at + 8) & 0xffffffffL;
    if (autonomous && preferred > valid) {
      autonomous = false;
    }
    Learned known = link.find(high, low, false);
    long addressExpires = known == null ? 0 : known.addressExpires;
    long preferredUntil = known == null ? 0 : known.preferredUntil;
    if (autonomous && (addressExpires != 0 || valid > 0)) {
      // RFC 4862, section 5.5.3: nobody may take an address away at once by a forged message.
      long left = addressExpires - now;
      if (valid * SECOND > MIN_LIFETIME || valid * SECOND > left) {
        addressExpires = now + valid * SECOND;
      } else if (left > MIN_LIFETIME) {
        addressExpires = now + MIN_LIFETIME;
      }
      preferredUntil = now + preferred * SECOND;
    }
    long expires = now + valid * SECOND;
    int onLinkBits = onLink && valid > 0 ? prefix : 0;
    if (onLinkBits > 0 || addressExpires > now || known != null) {
      link.learn(
          new Learned(high, low, onLinkBits, false, expires, addressExpires, preferredUntil));
    }
  }
}

package org.demitasse.net.icmp;

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
 * What routers advertise, on a host (RFC 4861, section 6.3): routers themselves with their
 * preference (RFC 4191), prefixes and addresses in them (RFC 4862, section 5.5), the link's
 * parameters, name servers. Asks for it until a router answers (RFC 7559).
 */
final class RouterDiscovery {
  private static final int ROUTER_SOLICITATION = 133;
  private static final int OPTION_PREFIX = 3;
  private static final int OPTION_MTU = 5;
  private static final int HEADER = 16;
  private static final long MILLI = 1_000_000L;
  private static final long SECOND = 1000 * MILLI;

  /** RFC 7559, section 2. */
  private static final long FIRST_INTERVAL = 4 * SECOND;

  private static final long LAST_INTERVAL = 3600 * SECOND;

  /** RFC 4862, section 5.5.3, rule e: two hours. */
  private static final long MIN_LIFETIME = 7200 * SECOND;

  /** RFC 4861, section 6.2.1: no reachable time is longer. */
  private static final long MAX_TIME = 3_600_000;

  /** Shorter times would make solicitations a flood. */
  private static final long MIN_TIME = 100;

  /** Prefixes and routers remembered of one link; more are an attack. */
  private static final int MAX_LEARNED = 16;

  /** The rank of a router that does not answer: behind RFC 4191's 1, 0 and -1. */
  private static final int SILENT = -2;

  private final Engine engine;
  private final IpLayer ip;
  private final Icmpv6 icmp;
  private final NeighborCache neighbors;
  private final NeighborDiscovery discovery;
  private final NeighborDiscovery.ServerListener listener;
  private final List<Link> links = new ArrayList<>(1);

  RouterDiscovery(
      Engine engine,
      IpLayer ip,
      Icmpv6 icmp,
      NeighborCache neighbors,
      NeighborDiscovery discovery,
      NeighborDiscovery.ServerListener listener) {
    this.engine = engine;
    this.ip = ip;
    this.icmp = icmp;
    this.neighbors = neighbors;
    this.discovery = discovery;
    this.listener = listener;
  }

  /** A default router, which is forgotten after its lifetime. */
  private record Router(long high, long low, int rank, long expires) {}

  /**
   * A prefix.
   *
   * @param bits that are on the link, 0 for none
   * @param expires when it is no longer on the link
   * @param addressExpires until when our address in the prefix is valid, 0 without one
   * @param preferredUntil after that the address is deprecated
   */
  private record Prefix(
      long high, long low, int bits, long expires, long addressExpires, long preferredUntil) {
    boolean hasAddress() {
      return addressExpires != 0;
    }

    /** Returns what is left of it at a time, or null. */
    Prefix at(long now) {
      boolean here = bits > 0 && expires > now;
      boolean address = hasAddress() && addressExpires > now;
      if (!here && !address) {
        return null;
      }
      return here == bits > 0 && address == hasAddress()
          ? this
          : new Prefix(
              high,
              low,
              here ? bits : 0,
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

  /** One interface that configures itself; the timer asks for routers and forgets what is old. */
  private final class Link extends Timer {
    final NetInterface out;
    final List<Router> routers = new ArrayList<>(1);
    final List<Prefix> prefixes = new ArrayList<>(2);
    final List<Route> configured = new ArrayList<>(1);
    final AdvertisedNames names = new AdvertisedNames();
    long askAt;
    long interval = FIRST_INTERVAL;

    Link(NetInterface out) {
      this.out = out;
      askAt = engine.now();
    }

    @Override
    protected void expire(long now) {
      forgetExpired(now);
      if (now >= askAt) {
        solicitRouters(out);
        // RFC 7559: twice the time before, more or less.
        askAt = now + interval + jitter(interval);
        interval = Math.min(2 * interval, LAST_INTERVAL);
      }
      rearm(now);
    }

    private long jitter(long nanos) {
      return interval == FIRST_INTERVAL
          ? 0
          : Math.floorMod(engine.random().next(), nanos / 5) - nanos / 10;
    }

    private void rearm(long now) {
      long next = Math.min(askAt, names.nextChange());
      for (Router each : routers) {
        next = Math.min(next, each.expires);
      }
      for (Prefix each : prefixes) {
        next = Math.min(next, each.nextChange(now));
      }
      if (next != Long.MAX_VALUE) {
        engine.schedule(this, next);
      }
    }

    private void forgetExpired(long now) {
      boolean changed = routers.removeIf(each -> each.expires <= now);
      for (int i = prefixes.size() - 1; i >= 0; i--) {
        Prefix each = prefixes.get(i);
        Prefix left = each.at(now);
        long identifier = NeighborDiscovery.interfaceIdentifier(out);
        if (each.hasAddress() && (left == null || !left.hasAddress())) {
          discovery.drop(out, each.high, identifier);
        } else if (each.hasAddress()) {
          out.setDeprecated(each.high, identifier, each.preferredUntil <= now);
        }
        if (left == null) {
          prefixes.remove(i);
          changed = true;
        } else if (left != each) {
          prefixes.set(i, left);
          changed = true;
        }
      }
      if (changed) {
        rebuildRoutes();
      }
      if (names.forgetExpired(now)) {
        tellNames();
      }
    }

    Router router(long high, long low) {
      for (Router each : routers) {
        if (each.high == high && each.low == low) {
          return each;
        }
      }
      return null;
    }

    /** Puts a router in its place: behind all others of its rank, unless it was among them. */
    void rank(Router known, Router fresh) {
      int at = known == null ? -1 : routers.indexOf(known);
      if (known != null && known.rank == fresh.rank && fresh.rank != SILENT) {
        routers.set(at, fresh);
        return;
      }
      if (known != null) {
        routers.remove(at);
      }
      int i = 0;
      while (i < routers.size() && routers.get(i).rank >= fresh.rank) {
        i++;
      }
      routers.add(i, fresh);
    }

    Prefix prefix(long high, long low) {
      for (Prefix each : prefixes) {
        if (each.high == high && each.low == low) {
          return each;
        }
      }
      return null;
    }

    void learn(Prefix known, Prefix fresh) {
      if (known != null) {
        prefixes.set(prefixes.indexOf(known), fresh);
      } else if (prefixes.size() < MAX_LEARNED) {
        prefixes.add(fresh);
      } else {
        return;
      }
      if (fresh.hasAddress()) {
        discovery.adopt(out, fresh.high, NeighborDiscovery.interfaceIdentifier(out), 64);
      }
    }

    void rebuildRoutes() {
      ip.routes().removeAll(out, false);
      ip.routes().add(new Route(NeighborDiscovery.LINK_LOCAL, 0, 10, 0, 0, out));
      for (Route route : configured) {
        ip.routes().add(route);
      }
      for (Prefix each : prefixes) {
        if (each.bits > 0) {
          ip.routes().add(new Route(each.high, each.low, each.bits, 0, 0, out));
        }
      }
      for (Router each : routers) {
        ip.routes().add(new Route(0, 0, 0, each.high, each.low, out));
      }
    }
  }

  private Link link(NetInterface out) {
    for (Link each : links) {
      if (each.out == out) {
        return each;
      }
    }
    return null;
  }

  /** Gives an interface its link-local address and starts to look for routers. */
  void start(NetInterface out) {
    Link link = new Link(out);
    links.add(link);
    link.rebuildRoutes();
    discovery.adopt(
        out, NeighborDiscovery.LINK_LOCAL, NeighborDiscovery.interfaceIdentifier(out), 64);
    engine.schedule(link, engine.now());
  }

  /** Takes a route that advertisements do not touch; false when that is nothing to this. */
  boolean keep(Route route) {
    Link link = link(route.out());
    if (link == null || IpAddress.isV4(route.destinationHigh(), route.destinationLow())) {
      return false;
    }
    link.configured.add(route);
    link.rebuildRoutes();
    return true;
  }

  /** A neighbour does not answer: if it is a router, the others come first from now on. */
  void failed(NetInterface out, long high, long low) {
    Link link = link(out);
    Router router = link == null ? null : link.router(high, low);
    if (router != null) {
      link.rank(router, new Router(high, low, SILENT, router.expires));
      link.rebuildRoutes();
    }
  }

  /** A neighbour says that it is no router (RFC 4861, section 7.2.5). */
  void isNone(NetInterface out, long high, long low) {
    Link link = link(out);
    if (link != null && link.routers.removeIf(each -> each.high == high && each.low == low)) {
      link.rebuildRoutes();
    }
  }

  private void solicitRouters(NetInterface out) {
    PacketBuffer p = out.pool().allocate();
    if (p == null) {
      return;
    }
    long low = NeighborDiscovery.interfaceIdentifier(out);
    boolean named = out.hasAddress(NeighborDiscovery.LINK_LOCAL, low);
    // RFC 4429, section 3.2: what is not surely ours does not change what a router knows.
    boolean withSource = named && !discovery.isOptimistic(out, NeighborDiscovery.LINK_LOCAL, low);
    p.append(withSource ? 16 : 8);
    p.putLong(0, (long) ROUTER_SOLICITATION << 56);
    if (withSource) {
      p.putShort(8, NeighborDiscovery.OPTION_SOURCE << 8 | 1);
      p.putMac(10, out.mac());
    }
    icmp.send(
        IpLayer.onLink(out),
        p,
        named ? NeighborDiscovery.LINK_LOCAL : 0,
        named ? low : 0,
        IpAddress.LINK_GROUPS,
        2,
        NeighborDiscovery.HOP_LIMIT);
  }

  /** Handles a router's advertisement; the buffer stays with the caller. */
  void advertised(IpPacket packet) {
    PacketBuffer p = packet.buffer;
    Link link = link(packet.in);
    if (link == null
        || p.length() < HEADER
        || !IpAddress.isLinkLocal(packet.sourceHigh, packet.sourceLow)) {
      return;
    }
    long mac = NeighborDiscovery.linkAddress(p, HEADER, NeighborDiscovery.OPTION_SOURCE);
    if (mac == -2) {
      return;
    }
    if (mac >= 0) {
      neighbors.learn(packet.in, packet.sourceHigh, packet.sourceLow, mac, false, true, true);
    }
    long now = engine.now();
    readHeader(link, packet, now);
    boolean namesChanged = false;
    for (int i = HEADER; i < p.length(); i += p.getByte(i + 1) * 8) {
      int length = p.getByte(i + 1) * 8;
      switch (p.getByte(i)) {
        case OPTION_PREFIX -> {
          if (length == 32) {
            readPrefix(link, p, i, now);
          }
        }
        case OPTION_MTU -> {
          int mtu = p.getInt(i + 4);
          if (length == 8 && mtu >= Icmpv6.MIN_MTU && mtu <= link.out.mtu()) {
            link.out.setMtu6(mtu);
          }
        }
        case AdvertisedNames.OPTION_SERVERS, AdvertisedNames.OPTION_DOMAINS ->
            namesChanged |= link.names.read(p, i, length, now);
        default -> {}
      }
    }
    link.forgetExpired(now);
    link.rebuildRoutes();
    link.rearm(now);
    if (namesChanged) {
      tellNames();
    }
  }

  private static void readTimes(NetInterface out, PacketBuffer p) {
    long reachable = p.getInt(8) & 0xffffffffL;
    if (reachable != 0 && reachable <= MAX_TIME) {
      out.setReachableTime(Math.max(reachable, MIN_TIME) * MILLI);
    }
    long retrans = p.getInt(12) & 0xffffffffL;
    if (retrans != 0 && retrans <= MAX_TIME) {
      out.setRetransTime(Math.max(retrans, MIN_TIME) * MILLI);
    }
  }

  private void readHeader(Link link, IpPacket packet, long now) {
    PacketBuffer p = packet.buffer;
    if (p.getByte(4) != 0) {
      link.out.setHopLimit(p.getByte(4));
    }
    readTimes(link.out, p);
    long lifetime = p.getShort(6) * SECOND;
    Router known = link.router(packet.sourceHigh, packet.sourceLow);
    if (lifetime == 0) {
      link.routers.remove(known);
      return;
    }
    // RFC 4861, section 6.3.7: a router has been heard.
    link.askAt = Long.MAX_VALUE;
    if (known != null || link.routers.size() < MAX_LEARNED) {
      // RFC 4191, section 2.1: two bits, signed; the fourth value counts as medium.
      int bits = p.getByte(5) >>> 3 & 3;
      int rank = bits == 1 ? 1 : bits == 3 ? -1 : 0;
      link.rank(known, new Router(packet.sourceHigh, packet.sourceLow, rank, now + lifetime));
    }
  }

  private static void readPrefix(Link link, PacketBuffer p, int at, long now) {
    int bits = p.getByte(at + 2);
    boolean onLink = (p.getByte(at + 3) & 0x80) != 0;
    long valid = p.getInt(at + 4) & 0xffffffffL;
    long preferred = p.getInt(at + 8) & 0xffffffffL;
    long high = p.getLong(at + 16);
    long low = p.getLong(at + 24);
    boolean autonomous = (p.getByte(at + 3) & 0x40) != 0 && bits == 64 && preferred <= valid;
    if (bits > 128
        || IpAddress.isLinkLocal(high, low)
        || IpAddress.isMulticast(high, low)
        || high == 0) {
      return;
    }
    Prefix known = link.prefix(high, low);
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
    // RFC 4861, section 6.3.4: without the flag nothing is said of what is on the link.
    int linkBits = onLink ? (valid > 0 ? bits : 0) : known == null ? 0 : known.bits;
    long expires = onLink ? now + valid * SECOND : known == null ? 0 : known.expires;
    if (linkBits > 0 || addressExpires > now || known != null) {
      link.learn(
          known,
          new Prefix(
              high,
              low,
              linkBits,
              linkBits > 0 ? expires : Long.MAX_VALUE,
              addressExpires,
              preferredUntil));
    }
  }

  /** Tells what all links' routers advertise together. */
  private void tellNames() {
    AdvertisedNames all = new AdvertisedNames();
    for (Link each : links) {
      all.addAll(each.names);
    }
    listener.advertised(all.servers(), all.domains());
  }
}

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
import org.demitasse.net.link.Ethernet;
import org.demitasse.net.link.NeighborCache;

/**
 * Neighbour discovery (RFC 4861), stateless address autoconfiguration (RFC 4862) with optimistic
 * addresses (RFC 4429), and name servers from router advertisements (RFC 8106): the part that is
 * about addresses; {@link RouterDiscovery} is about routers.
 */
public final class NeighborDiscovery implements NeighborCache.Solicitor {
  /** Hears of name servers and search domains that routers advertise. */
  @FunctionalInterface
  public interface ServerListener {
    void advertised(List<InetAddress> servers, List<String> domains);
  }

  private static final int ROUTER_ADVERTISEMENT = 134;
  private static final int SOLICITATION = 135;
  private static final int ADVERTISEMENT = 136;
  static final int OPTION_SOURCE = 1;
  private static final int OPTION_TARGET = 2;
  private static final int OPTION_NONCE = 14;
  private static final int MESSAGE = 24;

  /** Bits of an advertisement (RFC 4861, section 4.4). */
  private static final int ROUTER = 0x80;

  private static final int SOLICITED = 0x40;
  private static final int OVERRIDE = 0x20;
  static final int HOP_LIMIT = 255;
  static final long LINK_LOCAL = 0xfe80L << 48;

  /** Addresses found to be another's that are remembered; more are an attack. */
  private static final int MAX_DUPLICATES = 16;

  private final Engine engine;
  private final IpLayer ip;
  private final Icmpv6 icmp;
  private final NeighborCache neighbors;
  private final GroupMembership groups;
  private final RouterDiscovery routers;

  /** Addresses in use that nobody has been given the time to object to. */
  private final List<Detection> optimistic = new ArrayList<>(2);

  private final List<Address> duplicates = new ArrayList<>(0);

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
    routers = new RouterDiscovery(engine, ip, icmp, neighbors, this, servers);
    icmp.setDiscovery(this);
  }

  private record Address(NetInterface on, long high, long low) {}

  /** RFC 4862, section 5.4: until this is over, an objection takes the address away. */
  private final class Detection extends Timer {
    final Address address;

    /** By this the own question is known when it comes back (RFC 7527): 48 bits. */
    final long nonce = engine.random().next() >>> 16;

    Detection(Address address) {
      this.address = address;
    }

    @Override
    protected void expire(long now) {
      optimistic.remove(this);
    }
  }

  private Detection detection(NetInterface on, long high, long low) {
    for (Detection each : optimistic) {
      if (each.address.on == on && each.address.low == low && each.address.high == high) {
        return each;
      }
    }
    return null;
  }

  /** Whether an address may still turn out to be another's. */
  boolean isOptimistic(NetInterface on, long high, long low) {
    return !optimistic.isEmpty() && detection(on, high, low) != null;
  }

  /** Gives an interface its link-local address and starts to look for routers. */
  public void start(NetInterface out) {
    routers.start(out);
  }

  /** Adds a route that routers' advertisements do not touch. */
  public void addRoute(Route route) {
    if (!routers.keep(route)) {
      ip.routes().add(route);
    }
  }

  /**
   * Makes an address this host's: joins its group and asks whether somebody has it already. It may
   * be used meanwhile (RFC 4429). What was found to be another's is not taken again.
   */
  public void adopt(NetInterface out, long high, long low, int prefix) {
    Address address = new Address(out, high, low);
    if (out.hasAddress(high, low) || duplicates.contains(address)) {
      return;
    }
    out.addAddress(high, low, prefix);
    Detection detection = new Detection(address);
    optimistic.add(detection);
    engine.schedule(detection, engine.now() + out.retransTime());
    long group = IpAddress.solicitedNodeLow(low);
    groups.join(out, IpAddress.LINK_GROUPS, group, 0, 0);
    sendSolicitation(
        out, 0, 0, high, low, IpAddress.LINK_GROUPS, group, OPTION_NONCE, detection.nonce);
  }

  void drop(NetInterface out, long high, long low) {
    if (!out.hasAddress(high, low)) {
      return;
    }
    Detection detection = detection(out, high, low);
    if (detection != null) {
      engine.cancel(detection);
      optimistic.remove(detection);
    }
    groups.leave(out, IpAddress.LINK_GROUPS, IpAddress.solicitedNodeLow(low), 0, 0);
    out.removeAddress(high, low);
  }

  /** Somebody else has an address that was to become ours. */
  private void duplicated(NetInterface out, long high, long low) {
    drop(out, high, low);
    if (duplicates.size() < MAX_DUPLICATES) {
      duplicates.add(new Address(out, high, low));
    }
  }

  /** RFC 4291, appendix A: the hardware address, stretched. */
  static long interfaceIdentifier(NetInterface out) {
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
    // RFC 4429, section 3.2, would have an address that is not surely ours ask nobody. Two hosts
    // that start at the same time could not talk for a second then.
    sendSolicitation(
        out,
        out.addressHigh(source),
        out.addressLow(source),
        high,
        low,
        known ? high : IpAddress.LINK_GROUPS,
        known ? low : IpAddress.solicitedNodeLow(low),
        OPTION_SOURCE,
        out.mac());
  }

  @Override
  public void failed(NetInterface out, long high, long low) {
    routers.failed(out, high, low);
  }

  private void sendSolicitation(
      NetInterface out,
      long sourceHigh,
      long sourceLow,
      long targetHigh,
      long targetLow,
      long high,
      long low,
      int option,
      long content) {
    PacketBuffer p = out.pool().allocate();
    if (p == null) {
      return;
    }
    p.append(MESSAGE + 8);
    p.putLong(0, (long) SOLICITATION << 56);
    p.putLong(8, targetHigh);
    p.putLong(16, targetLow);
    p.putShort(MESSAGE, option << 8 | 1);
    p.putMac(MESSAGE + 2, content);
    icmp.send(IpLayer.onLink(out), p, sourceHigh, sourceLow, high, low, HOP_LIMIT);
  }

  private void sendAdvertisement(
      NetInterface out, long targetHigh, long targetLow, long high, long low, boolean solicited) {
    PacketBuffer p = out.pool().allocate();
    if (p == null) {
      return;
    }
    p.append(MESSAGE + 8);
    boolean override = !isOptimistic(out, targetHigh, targetLow);
    int flags = (solicited ? SOLICITED : 0) | (override ? OVERRIDE : 0);
    p.putLong(0, (long) ADVERTISEMENT << 56 | (long) flags << 24);
    p.putLong(8, targetHigh);
    p.putLong(16, targetLow);
    p.putShort(MESSAGE, OPTION_TARGET << 8 | 1);
    p.putMac(MESSAGE + 2, out.mac());
    icmp.send(IpLayer.onLink(out), p, targetHigh, targetLow, high, low, HOP_LIMIT);
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
      case ROUTER_ADVERTISEMENT -> routers.advertised(packet);
      default -> {}
    }
  }

  /**
   * Returns the hardware address, or the nonce, in an option; -1 without one, -2 when the options
   * are broken.
   */
  static long linkAddress(PacketBuffer p, int from, int kind) {
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
      if (mac >= 0
          || packet.destinationHigh != IpAddress.LINK_GROUPS
          || packet.destinationLow != IpAddress.solicitedNodeLow(targetLow)) {
        return;
      }
      Detection detection = detection(packet.in, targetHigh, targetLow);
      if (detection != null) {
        // RFC 4862, section 5.4.3: two want it, so neither gets it; our own question may come back.
        if (linkAddress(p, MESSAGE, OPTION_NONCE) != detection.nonce
            && linkSource(packet) != packet.in.mac()) {
          duplicated(packet.in, targetHigh, targetLow);
        }
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
    int flags = p.getByte(4);
    long mac = linkAddress(p, MESSAGE, OPTION_TARGET);
    if (mac == -2
        || mac >= 0 && (mac >>> 40 & 1) != 0
        || (flags & SOLICITED) != 0 && toGroup(packet)) {
      return;
    }
    if (packet.in.hasAddress(targetHigh, targetLow)) {
      // RFC 4862, section 5.4.4: somebody had it first. Later it is ours, whatever others claim.
      if (isOptimistic(packet.in, targetHigh, targetLow) && linkSource(packet) != packet.in.mac()) {
        duplicated(packet.in, targetHigh, targetLow);
      }
      return;
    }
    boolean believed =
        neighbors.learn(
            packet.in,
            targetHigh,
            targetLow,
            mac,
            (flags & SOLICITED) != 0,
            (flags & OVERRIDE) != 0,
            false);
    if (believed && (flags & ROUTER) == 0) {
      routers.isNone(packet.in, targetHigh, targetLow);
    }
  }

  private static boolean toGroup(IpPacket packet) {
    return IpAddress.isMulticast(packet.destinationHigh, packet.destinationLow);
  }

  /** Returns the hardware address that a packet came from. */
  private static long linkSource(IpPacket packet) {
    PacketBuffer p = packet.buffer;
    int front = p.start() - packet.headerOffset + Ethernet.HEADER;
    p.prepend(front);
    long mac = Ethernet.source(p);
    p.strip(front);
    return mac;
  }
}

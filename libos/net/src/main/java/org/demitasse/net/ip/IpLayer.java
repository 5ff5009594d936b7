package org.demitasse.net.ip;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.demitasse.core.PacketBuffer;
import org.demitasse.core.PacketMemory;
import org.demitasse.core.PacketPool;
import org.demitasse.net.device.NetInterface;
import org.demitasse.net.engine.Engine;
import org.demitasse.net.link.Ethernet;
import org.demitasse.net.link.NeighborCache;

/** IP of a host: takes packets for this machine, routes packets of this machine. */
public final class IpLayer {
  /** Stands for the link's default: 64, or what routers advertise. */
  public static final int DEFAULT_HOP_LIMIT = -1;

  private static final int HOP_LIMIT4 = 64;

  /** No path is taken for narrower, whatever ICMP claims: what every host must take (RFC 791). */
  public static final int MIN_MTU = 576;

  private static final int LARGEST_PACKET = 65535;
  private static final int LARGE_BUFFERS = 64;

  private final Engine engine;
  private final NeighborCache neighbors;
  private final RouteTable routes = new RouteTable();
  private final IpPacket packet = new IpPacket();
  private final PacketPool largePool;
  private final Reassembly reassembly;
  private final PathMtu paths;
  private final Counters counters = new Counters();
  private final FlowLabels labels;
  private NetInterface[] interfaces = {};
  private Route loopbackRoute;
  private IpProtocol icmp;
  private IpProtocol igmp;
  private IpProtocol tcp;
  private IpProtocol udp;
  private PacketErrors errors;
  private IpProtocol icmpv6;
  private NetInterface takesAll;

  public IpLayer(Engine engine, NeighborCache neighbors, PacketMemory memory) {
    this.engine = engine;
    this.neighbors = neighbors;
    largePool =
        new PacketPool(
            memory, PacketPool.sizeFor(LARGEST_PACKET + Reassembly.HEADER_ROOM), LARGE_BUFFERS);
    reassembly = new Reassembly(engine, largePool, p -> errors.reassemblyTimedOut(p));
    paths = new PathMtu(engine, routes::touch);
    labels = new FlowLabels(engine.random().next());
  }

  public void setProtocols(
      IpProtocol icmp,
      IpProtocol icmpv6,
      IpProtocol igmp,
      IpProtocol tcp,
      IpProtocol udp,
      PacketErrors errors) {
    this.icmp = icmp;
    this.igmp = igmp;
    this.icmpv6 = icmpv6;
    this.tcp = tcp;
    this.udp = udp;
    this.errors = errors;
  }

  public void addInterface(NetInterface netInterface) {
    interfaces = java.util.Arrays.copyOf(interfaces, interfaces.length + 1);
    interfaces[interfaces.length - 1] = netInterface;
    if (netInterface.isLoopback()) {
      loopbackRoute = new Route(0, 0, 0, 0, 0, netInterface);
    }
  }

  public NetInterface[] interfaces() {
    return interfaces;
  }

  public RouteTable routes() {
    return routes;
  }

  /** Paths that are narrower than the link they begin with. */
  public PathMtu paths() {
    return paths;
  }

  public Counters counters() {
    return counters;
  }

  /** Buffers for datagrams larger than an interface's frames. */
  public PacketPool largePool() {
    return largePool;
  }

  /**
   * Gateway mode: takes packets that come in on this interface whatever address they are for, and
   * lets sockets bind any address. For a gateway that ends the connections of its guests itself.
   */
  public void takeAllFrom(NetInterface in) {
    takesAll = in;
  }

  /** Whether a socket may bind an address. */
  public boolean mayBind(long high, long low) {
    return takesAll != null || isLocal(high, low);
  }

  /** Whether an address belongs to this machine. */
  public boolean isLocal(long high, long low) {
    if (IpAddress.isLoopback(high, low)) {
      return true;
    }
    for (NetInterface netInterface : interfaces) {
      if (netInterface.hasAddress(high, low)) {
        return true;
      }
    }
    return false;
  }

  /** Whether an address is an IPv4 broadcast address on some interface. */
  public boolean isBroadcast(long high, long low) {
    if (!IpAddress.isV4(high, low)) {
      return false;
    }
    if ((int) low == -1) {
      return true;
    }
    for (NetInterface netInterface : interfaces) {
      if (isBroadcastOn(netInterface, (int) low)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isBroadcastOn(NetInterface on, int address) {
    for (int i = 0; i < on.addressCount(); i++) {
      if (IpAddress.isV4(on.addressHigh(i), on.addressLow(i))) {
        int broadcast = IpAddress.broadcast((int) on.addressLow(i), on.prefixLength(i));
        if (broadcast == address && broadcast != 0) {
          return true;
        }
      }
    }
    return false;
  }

  /** Returns the way to a destination, or null when there is none. */
  public Route route(long high, long low) {
    if (isLocal(high, low)) {
      return loopbackRoute;
    }
    Route route = routes.find(high, low);
    if (route == null && (IpAddress.isMulticast(high, low) || isBroadcast(high, low))) {
      for (NetInterface netInterface : interfaces) {
        if (!netInterface.isLoopback()) {
          return onLink(netInterface);
        }
      }
    }
    return route;
  }

  /** Returns the route to everything on the link of one interface. */
  public static Route onLink(NetInterface out) {
    return new Route(0, 0, 0, 0, 0, out);
  }

  /**
   * Returns the platform's object for the address of a socket or of its peer; an IPv6 one that is
   * good on one link alone names the link by its scope (RFC 4007).
   */
  public InetAddress toInetAddress(long high, long low) {
    NetInterface link = high >>> 54 == 0xfe80 >>> 6 ? link(high, low) : null;
    if (link == null) {
      return IpAddress.toInetAddress(high, low);
    }
    try {
      return Inet6Address.getByAddress(null, IpAddress.bytes(high, low), link.index());
    } catch (UnknownHostException e) {
      throw new AssertionError("sixteen bytes are an IPv6 address", e);
    }
  }

  private NetInterface link(long high, long low) {
    for (NetInterface netInterface : interfaces) {
      if (netInterface.hasAddress(high, low)) {
        return netInterface;
      }
    }
    Route route = routes.find(high, low);
    return route == null ? null : route.out();
  }

  public NetInterface interfaceByIndex(int index) {
    for (NetInterface netInterface : interfaces) {
      if (netInterface.index() == index) {
        return netInterface;
      }
    }
    return null;
  }

  /**
   * Chooses the source address for a destination (RFC 6724, section 5).
   *
   * @return the index of the address on the route's interface, or -1 when it has none of that
   *     family; a destination on this machine is its own source, whatever this says
   */
  public int selectSource(Route route, long high, long low) {
    return AddressSelection.source(route.out(), high, low);
  }

  /** Sorts the addresses of a peer, the one to be tried first in front (RFC 6724, section 6). */
  public List<InetAddress> order(List<InetAddress> addresses) {
    return AddressSelection.order(this, addresses);
  }

  /** Takes a received IPv4 packet, the link's header stripped. */
  public void receiveV4(NetInterface in, PacketBuffer buffer, boolean linkGroup) {
    if (!Ipv4Header.isValid(buffer)) {
      counters.headerErrors++;
      buffer.release();
      return;
    }
    IpPacket p = packet;
    p.in = in;
    p.buffer = buffer;
    int source = Ipv4Header.source(buffer);
    int destination = Ipv4Header.destination(buffer);
    p.sourceHigh = 0;
    p.sourceLow = IpAddress.v4(source);
    p.destinationHigh = 0;
    p.destinationLow = IpAddress.v4(destination);
    p.protocol = Ipv4Header.protocol(buffer);
    p.hopLimit = Ipv4Header.timeToLive(buffer);
    p.trafficClass = Ipv4Header.trafficClass(buffer);
    p.headerOffset = buffer.start();
    boolean group = destination == -1 || destination >>> 28 == 14 || isBroadcastOn(in, destination);
    p.group = group || linkGroup;
    boolean martian =
        source >>> 28 == 14
            || source == -1
            || isBroadcastOn(in, source)
            // Who has no address yet asks all (RFC 1122, section 3.2.1.3).
            || source == 0 && !p.group
            || !in.isLoopback() && (source >>> 24 == 127 || destination >>> 24 == 127)
            || !in.isLoopback() && source != 0 && isLocal(0, p.sourceLow);
    if (martian || !accepts(in, p, group)) {
      counters.addressErrors++;
      buffer.release();
      return;
    }
    int header = Ipv4Header.headerLength(buffer);
    if (header > Ipv4Header.LENGTH && !takesOptions(p, header)) {
      return;
    }
    int fragment = Ipv4Header.fragment(buffer);
    int identification = Ipv4Header.identification(buffer);
    buffer.truncate(Ipv4Header.totalLength(buffer));
    buffer.strip(header);
    if ((fragment & (Ipv4Header.MORE_FRAGMENTS | Ipv4Header.OFFSET_MASK)) != 0) {
      boolean more = (fragment & Ipv4Header.MORE_FRAGMENTS) != 0;
      PacketBuffer whole =
          reassembly.add(p, identification, (fragment & Ipv4Header.OFFSET_MASK) * 8, more);
      buffer.release();
      if (whole == null) {
        return;
      }
      p.buffer = whole;
    }
    deliver(p);
  }

  /** Whether a packet may be delivered for its options; else it is dropped, or answered. */
  private boolean takesOptions(IpPacket p, int header) {
    int problem = Ipv4Header.optionProblem(p.buffer, header);
    if (problem == Ipv4Header.OPTIONS_GOOD) {
      return true;
    }
    counters.headerErrors++;
    if (problem == Ipv4Header.OPTIONS_LEAD_ON) {
      p.buffer.release();
    } else {
      p.buffer.truncate(Ipv4Header.totalLength(p.buffer));
      p.buffer.strip(header);
      errors.parameterProblem(p, 0, problem, false);
    }
    return false;
  }

  private boolean accepts(NetInterface in, IpPacket p, boolean group) {
    if (!group) {
      // Until it has an address, the DHCP client takes what is sent to the one it may get.
      return in == takesAll
          || isLocal(p.destinationHigh, p.destinationLow)
          || p.protocol == IpProtocol.UDP && p.isV4() && !hasV4Address(in);
    }
    return !IpAddress.isMulticast(p.destinationHigh, p.destinationLow)
        || isAllNodes(p.destinationHigh, p.destinationLow)
        || in.isLoopback()
        || in.inGroup(p.destinationHigh, p.destinationLow);
  }

  private static boolean hasV4Address(NetInterface in) {
    for (int i = 0; i < in.addressCount(); i++) {
      if (IpAddress.isV4(in.addressHigh(i), in.addressLow(i))) {
        return true;
      }
    }
    return false;
  }

  /** 224.0.0.1 and ff02::1. */
  private static boolean isAllNodes(long high, long low) {
    return IpAddress.isV4(high, low)
        ? (int) low == 0xe0000001
        : low == 1 && high == IpAddress.LINK_GROUPS;
  }

  /** Takes a received IPv6 packet, the link's header stripped. */
  public void receiveV6(NetInterface in, PacketBuffer buffer, boolean linkGroup) {
    if (!Ipv6Header.isValid(buffer)) {
      counters.headerErrors++;
      buffer.release();
      return;
    }
    IpPacket p = packet;
    p.in = in;
    p.buffer = buffer;
    p.sourceHigh = buffer.getLong(8);
    p.sourceLow = buffer.getLong(16);
    p.destinationHigh = buffer.getLong(24);
    p.destinationLow = buffer.getLong(32);
    p.protocol = Ipv6Header.nextHeader(buffer);
    p.hopLimit = Ipv6Header.hopLimit(buffer);
    p.trafficClass = Ipv6Header.trafficClass(buffer);
    p.headerOffset = buffer.start();
    boolean group = IpAddress.isMulticast(p.destinationHigh, p.destinationLow);
    p.group = group || linkGroup;
    boolean martian =
        IpAddress.isMulticast(p.sourceHigh, p.sourceLow)
            // RFC 4291, section 2.7: these never leave the host that sends them.
            || group && !in.isLoopback() && (p.destinationHigh >>> 48 & 15) < 2
            // RFC 4942, section 2.2: IPv4 in disguise comes only as IPv4.
            || IpAddress.isV4(p.sourceHigh, p.sourceLow)
            || IpAddress.isV4(p.destinationHigh, p.destinationLow)
            || !in.isLoopback()
                && (IpAddress.isLoopback(p.sourceHigh, p.sourceLow)
                    || IpAddress.isLoopback(p.destinationHigh, p.destinationLow)
                    || !group && isLocal(p.sourceHigh, p.sourceLow));
    if (martian || !accepts(in, p, group)) {
      counters.addressErrors++;
      buffer.release();
      return;
    }
    buffer.truncate(Ipv6Header.LENGTH + Ipv6Header.payloadLength(buffer));
    buffer.strip(Ipv6Header.LENGTH);
    p.nextHeaderAt = Ipv6Header.NEXT_HEADER_AT;
    p.protocol = Ipv6Header.skipExtensions(p, p.protocol);
    p.fragmented = p.protocol == Ipv6Header.FRAGMENT;
    if (p.fragmented && !reassembleV6(p)) {
      return;
    }
    if (p.protocol < 0) {
      refuse(p);
      return;
    }
    deliver(p);
  }

  /** Drops a packet whose headers cannot be followed; answers where it is due. */
  private void refuse(IpPacket p) {
    counters.headerErrors++;
    if (p.problemCode < 0) {
      p.buffer.release();
    } else {
      errors.parameterProblem(p, p.problemCode, p.problemPointer, p.problemToGroups);
    }
  }

  /** Returns whether a whole packet came of the fragment. */
  private boolean reassembleV6(IpPacket p) {
    PacketBuffer buffer = p.buffer;
    p.fragmentOf = buffer.getByte(0);
    int offset = buffer.getShort(2) & 0xfff8;
    boolean more = (buffer.getByte(3) & 1) != 0;
    int identification = buffer.getInt(4);
    int place = buffer.start() - p.headerOffset;
    buffer.strip(Ipv6Header.FRAGMENT_LENGTH);
    boolean ragged = more && (buffer.length() & 7) != 0;
    if (ragged || offset + buffer.length() > LARGEST_PACKET) {
      // RFC 8200, section 4.5: the fault is in the payload length, or in the offset.
      p.problem(0, ragged ? 4 : place + 2, false);
      refuse(p);
      return false;
    }
    if (offset == 0 && more && !Ipv6Header.hasWholeChain(buffer, p.fragmentOf)) {
      p.problem(3, 0, false);
      refuse(p);
      return false;
    }
    p.nextHeaderAt = place;
    if (offset != 0 || more) {
      PacketBuffer whole = reassembly.add(p, identification, offset, more);
      buffer.release();
      if (whole == null) {
        return false;
      }
      p.buffer = whole;
    }
    p.protocol = Ipv6Header.skipExtensions(p, p.fragmentOf);
    if (p.protocol == Ipv6Header.FRAGMENT) {
      p.protocol = -1;
    }
    return true;
  }

  private void deliver(IpPacket p) {
    counters.delivered++;
    boolean v4 = p.isV4();
    switch (p.protocol) {
      case IpProtocol.TCP -> tcp.receive(p);
      case IpProtocol.UDP -> udp.receive(p);
      case IpProtocol.ICMP, IpProtocol.ICMPV6 -> {
        // Each family's control messages are meaningless in the other's packets.
        if (v4 == (p.protocol == IpProtocol.ICMP)) {
          (v4 ? icmp : icmpv6).receive(p);
        } else {
          errors.unknownProtocol(p);
        }
      }
      case IpProtocol.IGMP -> {
        if (v4) {
          igmp.receive(p);
        } else {
          errors.unknownProtocol(p);
        }
      }
      default -> errors.unknownProtocol(p);
    }
  }

  /** Passes an ICMP error on to the transport whose packet caused it. */
  public void error(IpPacket p, IpError error, int mtu) {
    switch (p.protocol) {
      case IpProtocol.TCP -> tcp.error(p, error, mtu);
      case IpProtocol.UDP -> udp.error(p, error, mtu);
      case IpProtocol.ICMPV6 -> icmpv6.error(p, error, mtu);
      default -> counters.ignoredErrors++;
    }
  }

  /** Largest transport packet (header and payload) that fits one packet on the path. */
  public int payloadLimit(Route route, long destinationHigh, long destinationLow) {
    boolean v4 = IpAddress.isV4(destinationHigh, destinationLow);
    int header = v4 ? Ipv4Header.LENGTH : Ipv6Header.LENGTH;
    return paths.of(destinationHigh, destinationLow, route.out().mtu(v4)) - header;
  }

  /**
   * Sends a transport packet; takes the buffer, which starts with the transport's header.
   *
   * @param wantedHops or {@link #DEFAULT_HOP_LIMIT}
   * @return false when the packet is larger than the MTU and must not be cut; it is released then
   */
  public boolean send(
      Route route,
      PacketBuffer buffer,
      int protocol,
      long sourceHigh,
      long sourceLow,
      long destinationHigh,
      long destinationLow,
      int wantedHops,
      int trafficClass,
      boolean dontFragment) {
    counters.sent++;
    boolean v4 = IpAddress.isV4(destinationHigh, destinationLow);
    int hopLimit = wantedHops;
    if (hopLimit == DEFAULT_HOP_LIMIT) {
      hopLimit = v4 ? HOP_LIMIT4 : route.out().hopLimit();
    }
    if (buffer.segmentKind() == PacketBuffer.SEGMENT_NONE
        && buffer.length() > payloadLimit(route, destinationHigh, destinationLow)) {
      if (dontFragment) {
        buffer.release();
        return false;
      }
      sendFragments(
          route,
          buffer,
          protocol,
          sourceHigh,
          sourceLow,
          destinationHigh,
          destinationLow,
          hopLimit,
          trafficClass);
      return true;
    }
    if (!v4) {
      Ipv6Header.prepend(
          buffer,
          trafficClass,
          labels.of(buffer, protocol, sourceLow, destinationHigh, destinationLow),
          protocol,
          hopLimit,
          sourceHigh,
          sourceLow,
          destinationHigh,
          destinationLow);
      transmitV6(route, buffer, destinationHigh, destinationLow);
      return true;
    }
    // A path may be narrower still than the narrowest that is believed: routers cut for it.
    boolean whole =
        dontFragment
            && (protocol != IpProtocol.TCP || !paths.isNarrowest(destinationHigh, destinationLow));
    // RFC 6864: the identification of a packet that is never cut means nothing.
    int identification = whole ? 0 : (int) engine.random().next() & 0xffff;
    Ipv4Header.prepend(
        buffer,
        trafficClass,
        identification,
        whole ? Ipv4Header.DONT_FRAGMENT : 0,
        hopLimit,
        protocol,
        (int) sourceLow,
        (int) destinationLow);
    transmitV4(route, buffer, destinationHigh, destinationLow);
    return true;
  }

  /**
   * Sends an IPv4 packet to a group on one link with the router alert option (RFC 2113), as IGMP
   * wants; takes the buffer.
   */
  public void sendRouterAlert(NetInterface out, PacketBuffer buffer, int protocol, int group) {
    Route route = onLink(out);
    int index = selectSource(route, 0, IpAddress.v4(group));
    buffer.prepend(4);
    buffer.putInt(0, 0x94040000);
    Ipv4Header.prepend(
        buffer,
        0xc0,
        (int) engine.random().next() & 0xffff,
        0,
        1,
        protocol,
        index < 0 ? 0 : (int) out.addressLow(index),
        group);
    buffer.putByte(0, 0x46);
    buffer.putShort(10, 0);
    buffer.putShort(
        10, InternetChecksum.finish(InternetChecksum.add(0, buffer, 0, Ipv4Header.LENGTH + 4)));
    transmitV4(route, buffer, 0, IpAddress.v4(group));
  }

  private void sendFragments(
      Route route,
      PacketBuffer buffer,
      int protocol,
      long sourceHigh,
      long sourceLow,
      long destinationHigh,
      long destinationLow,
      int hopLimit,
      int trafficClass) {
    NetInterface out = route.out();
    boolean v4 = IpAddress.isV4(destinationHigh, destinationLow);
    int identification = (int) engine.random().next();
    int headers = v4 ? Ipv4Header.LENGTH : Ipv6Header.LENGTH + Ipv6Header.FRAGMENT_LENGTH;
    int step = paths.of(destinationHigh, destinationLow, out.mtu(v4)) - headers & ~7;
    int total = buffer.length();
    int label = v4 ? 0 : labels.of(buffer, protocol, sourceLow, destinationHigh, destinationLow);
    for (int offset = 0; offset < total; offset += step) {
      int count = Math.min(step, total - offset);
      PacketBuffer piece = out.pool().allocate();
      if (piece == null) {
        out.counters().sendDrops++;
        break;
      }
      piece.append(count);
      piece.put(0, buffer, offset, count);
      boolean more = offset + count < total;
      if (v4) {
        Ipv4Header.prepend(
            piece,
            trafficClass,
            identification & 0xffff,
            (more ? Ipv4Header.MORE_FRAGMENTS : 0) | offset / 8,
            hopLimit,
            protocol,
            (int) sourceLow,
            (int) destinationLow);
        transmitV4(route, piece, destinationHigh, destinationLow);
      } else {
        piece.prepend(Ipv6Header.FRAGMENT_LENGTH);
        piece.putShort(0, protocol << 8);
        piece.putShort(2, offset | (more ? 1 : 0));
        piece.putInt(4, identification);
        Ipv6Header.prepend(
            piece,
            trafficClass,
            label,
            Ipv6Header.FRAGMENT,
            hopLimit,
            sourceHigh,
            sourceLow,
            destinationHigh,
            destinationLow);
        transmitV6(route, piece, destinationHigh, destinationLow);
      }
    }
    buffer.release();
  }

  private void transmitV6(Route route, PacketBuffer buffer, long high, long low) {
    NetInterface out = route.out();
    if (IpAddress.isMulticast(high, low)) {
      long mac = out.isLoopback() ? 0 : 0x3333_0000_0000L | low & 0xffffffffL;
      Ethernet.send(out, buffer, mac, Ethernet.TYPE_IPV6);
    } else if (route.onLink()) {
      neighbors.send(out, high, low, buffer, Ethernet.TYPE_IPV6);
    } else {
      neighbors.send(out, route.gatewayHigh(), route.gatewayLow(), buffer, Ethernet.TYPE_IPV6);
    }
  }

  private void transmitV4(Route route, PacketBuffer buffer, long high, long low) {
    NetInterface out = route.out();
    int address = (int) low;
    if (address >>> 28 == 14) {
      long mac = 0x0100_5e00_0000L | address & 0x7fffffL;
      Ethernet.send(out, buffer, out.isLoopback() ? 0 : mac, Ethernet.TYPE_IPV4);
    } else if (address == -1 || isBroadcastOn(out, address)) {
      Ethernet.send(out, buffer, Ethernet.BROADCAST, Ethernet.TYPE_IPV4);
    } else if (route.onLink()) {
      neighbors.send(out, high, low, buffer, Ethernet.TYPE_IPV4);
    } else {
      neighbors.send(out, route.gatewayHigh(), route.gatewayLow(), buffer, Ethernet.TYPE_IPV4);
    }
  }

  /**
   * A neighbour does not answer: tells the transport of a packet that was to go there, as if a
   * router had (RFC 1122, section 2.3.2.2). Takes the buffer, which starts with the IP header.
   */
  public void neighborUnreachable(NetInterface out, PacketBuffer buffer) {
    try {
      IpPacket p = new IpPacket();
      p.in = out;
      p.buffer = buffer;
      if (!quote(p, buffer)) {
        return;
      }
      if (buffer.length() >= 8) {
        error(p, IpError.HOST_UNREACHABLE, 0);
      }
    } finally {
      buffer.release();
    }
  }

  /**
   * Reads the headers of a packet that this host has sent and that comes back inside an ICMP error:
   * strips them and fills in addresses and protocol.
   *
   * @return false when no transport header follows
   */
  public boolean quote(IpPacket p, PacketBuffer buffer) {
    if (buffer.length() < Ipv4Header.LENGTH) {
      return false;
    }
    if (buffer.getByte(0) >>> 4 == 4) {
      int header = Ipv4Header.headerLength(buffer);
      // Only the fragment that holds the ports can be matched to a socket.
      if (header < Ipv4Header.LENGTH
          || buffer.length() < header
          || (Ipv4Header.fragment(buffer) & Ipv4Header.OFFSET_MASK) != 0) {
        return false;
      }
      p.sourceHigh = 0;
      p.sourceLow = IpAddress.v4(Ipv4Header.source(buffer));
      p.destinationHigh = 0;
      p.destinationLow = IpAddress.v4(Ipv4Header.destination(buffer));
      p.protocol = Ipv4Header.protocol(buffer);
      buffer.strip(header);
      return buffer.length() >= 8;
    }
    if (buffer.length() < Ipv6Header.LENGTH || buffer.getByte(0) >>> 4 != 6) {
      return false;
    }
    p.sourceHigh = buffer.getLong(8);
    p.sourceLow = buffer.getLong(16);
    p.destinationHigh = buffer.getLong(24);
    p.destinationLow = buffer.getLong(32);
    p.protocol = Ipv6Header.nextHeader(buffer);
    buffer.strip(Ipv6Header.LENGTH);
    if (p.protocol == Ipv6Header.FRAGMENT && buffer.length() >= Ipv6Header.FRAGMENT_LENGTH) {
      if ((buffer.getShort(2) & 0xfff8) != 0) {
        return false;
      }
      p.protocol = buffer.getByte(0);
      buffer.strip(Ipv6Header.FRAGMENT_LENGTH);
    }
    return buffer.length() >= 8;
  }

  /** What IP did since the start. */
  public static final class Counters {
    public long delivered;
    public long sent;
    public long headerErrors;
    public long addressErrors;
    public long ignoredErrors;
  }
}

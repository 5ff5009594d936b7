package org.demitasse.gateway;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.demitasse.core.Clock;
import org.demitasse.core.Entropy;
import org.demitasse.net.ip.InternetChecksum;
import org.demitasse.net.ip.IpAddress;

/**
 * Decides on each frame of the guest: what our stack sees, what is worked on here, what is dropped.
 * Used under the gateway's lock.
 */
final class FrameRouter {
  private static final int TCP_SYN = 0x02;
  private static final int TCP_RST = 0x04;
  private static final int TCP_SYN_ACK_RST_FIN = 0x17;
  private static final int TCP_HEADER = 20;

  /** RFC 4443 and RFC 4861: types below the first are errors. */
  private static final int ICMPV6_QUERIES = 128;

  private static final int NEIGHBOR_SOLICITATION = 135;
  private static final int NEIGHBOR_ADVERTISEMENT = 136;
  private static final int NEIGHBOR_MESSAGE = 24;
  private static final int NEIGHBOR_HOPS = 255;

  private static final InetAddress LOOPBACK4 = IpAddress.toInetAddress(0, IpAddress.LOOPBACK4);
  private static final InetAddress LOOPBACK6 = IpAddress.toInetAddress(0, 1);

  private final Gateway gateway;
  private final Network network;
  private final Options options;
  private final UdpRelay udp;
  private final TcpOutbound outbound;
  private final DnsForwarder dns;
  private final DhcpServer dhcp;
  private final RouterAdvertiser advertiser;
  private final Clock clock;
  private final Entropy entropy;
  private final GuestPacket packet = new GuestPacket();
  private Fragments fragments;
  private long dropped;

  FrameRouter(
      Gateway gateway,
      Options options,
      UdpRelay udp,
      TcpOutbound outbound,
      DnsForwarder dns,
      Clock clock,
      Entropy entropy) {
    this.gateway = gateway;
    this.options = options;
    this.network = options.network();
    this.udp = udp;
    this.outbound = outbound;
    this.dns = dns;
    dhcp = new DhcpServer(network);
    advertiser = new RouterAdvertiser(gateway);
    this.clock = clock;
    this.entropy = entropy;
  }

  /** Frames that were dropped because they are broken or go nowhere. */
  long dropped() {
    return dropped;
  }

  /**
   * Looks at the frame of {@code length} bytes from offset 0; returns whether it is for the stack.
   *
   * @param unsummed whether TCP's or UDP's checksum is not there, nor needed
   */
  boolean route(ByteBuffer frame, int length, boolean unsummed) {
    if (length < Packets.ETHERNET) {
      return drop();
    }
    long mac = Packets.mac(frame, 6);
    if ((mac & 1L << 40) != 0 || mac == Network.MAC || mac == 0) {
      return drop();
    }
    int type = Packets.unsignedShort(frame, 12);
    if (type == Packets.TYPE_ARP) {
      return arp(frame, length, mac);
    }
    GuestPacket p = packet;
    if (!p.read(frame, length, type)) {
      return drop();
    }
    p.mac = mac;
    p.unsummed = unsummed;
    if (network.isGuest(p.sourceHigh, p.sourceLow)) {
      gateway.sawGuest(p.sourceHigh, p.sourceLow, mac);
    } else if (!asksForAnAddress(p)) {
      return drop();
    }
    return switch (p.protocol) {
      case Packets.UDP -> udp(p);
      case Packets.TCP -> p.fragment ? drop() : tcp(p);
      case Packets.ICMP -> p.isV4() ? icmp(p) : refuse(p);
      case Packets.ICMPV6 -> p.isV4() ? refuse(p) : icmpv6(p);
      default -> refuse(p);
    };
  }

  /** A guest without an address asks for one: by DHCP, or whether somebody has what it has made. */
  private boolean asksForAnAddress(GuestPacket p) {
    if (!IpAddress.isAny(p.sourceHigh, p.sourceLow)) {
      return false;
    }
    return p.isV4()
        ? p.protocol == Packets.UDP
            && (p.destinationLow == IpAddress.v4(-1)
                || network.isHost(p.destinationHigh, p.destinationLow))
        : p.protocol == Packets.ICMPV6;
  }

  private boolean drop() {
    dropped++;
    return false;
  }

  private boolean arp(ByteBuffer frame, int length, long mac) {
    if (length < Packets.ETHERNET + Packets.ARP) {
      return drop();
    }
    long sender = IpAddress.v4(frame.getInt(Packets.ETHERNET + 14));
    if (Packets.mac(frame, Packets.ETHERNET + 8) == mac && network.isGuest(0, sender)) {
      gateway.sawGuest(0, sender, mac);
    }
    return true;
  }

  /** What follows the headers, put together when it comes in parts; null while some are missing. */
  private ByteBuffer whole(GuestPacket p) {
    if (!p.fragment) {
      return p.frame.slice(p.payload, p.length());
    }
    if (fragments == null) {
      fragments = new Fragments(clock, entropy);
    }
    return fragments.add(p);
  }

  /** A protocol that nobody speaks here: the stack says so for itself. */
  private boolean refuse(GuestPacket p) {
    return network.isGateway(p.destinationHigh, p.destinationLow) || prohibit(p);
  }

  /** The guest may not go there: it hears so at once instead of waiting. */
  private boolean prohibit(GuestPacket p) {
    if (network.isOutside(p.destinationHigh, p.destinationLow) && p.length() >= 8) {
      unreachable(p, Unreachable.PROHIBITED);
    }
    return drop();
  }

  /** Answers a packet of the guest, as the gateway or as who was meant. */
  private void unreachable(GuestPacket p, Unreachable why) {
    FlowKey flow =
        network.isGateway(p.destinationHigh, p.destinationLow)
            ? p.flow(0, 0)
            : network.fromGateway(p.sourceHigh, p.sourceLow);
    gateway.sendUnreachable(p.mac, flow, why, p.frame, p.ip, p.end);
  }

  /** Where packets of the guest go on the host's side; null: nowhere. */
  private InetSocketAddress target(GuestPacket p, int port) {
    long high = p.destinationHigh;
    long low = p.destinationLow;
    if (port == 0) {
      return null;
    }
    if (network.isHost(high, low)) {
      return options.allowHost()
          ? new InetSocketAddress(p.isV4() ? LOOPBACK4 : LOOPBACK6, port)
          : null;
    }
    return options.outbound() && network.isOutside(high, low)
        ? new InetSocketAddress(IpAddress.toInetAddress(high, low), port)
        : null;
  }

  // ---- ICMP -------------------------------------------------------------------------------------

  private boolean icmp(GuestPacket p) {
    if (network.isGateway(p.destinationHigh, p.destinationLow)) {
      return true;
    }
    ByteBuffer message = whole(p);
    if (message == null || message.remaining() < Packets.ICMP_HEADER) {
      return drop();
    }
    // RFC 1122, section 3.2.2: no errors about errors.
    boolean error =
        switch (message.get(message.position())) {
          case 3, 4, 5, 11, 12 -> true;
          default -> false;
        };
    return !error && ping(p, message);
  }

  private boolean ping(GuestPacket p, ByteBuffer message) {
    if (!network.isOutside(p.destinationHigh, p.destinationLow)) {
      return drop();
    }
    Unreachable why =
        options.outbound()
            ? gateway.echoes(p.isV4()).fromGuest(p.mac, p.flow(0, 0), message)
            : Unreachable.PROHIBITED;
    if (why == null) {
      return false;
    }
    if (!p.fragment) {
      unreachable(p, why);
    }
    return drop();
  }

  private boolean icmpv6(GuestPacket p) {
    if (p.fragment && network.isGateway(p.destinationHigh, p.destinationLow)) {
      return true;
    }
    ByteBuffer message = whole(p);
    if (message == null || message.remaining() < Packets.ICMP_HEADER) {
      return drop();
    }
    int type = message.get(message.position()) & 0xff;
    if (!p.fragment) {
      switch (type) {
        case RouterAdvertiser.SOLICITATION -> {
          if (!isDiscovery(p) || !p.isSummed()) {
            return drop();
          }
          advertiser.solicited(p);
          return false;
        }
        case NEIGHBOR_SOLICITATION -> {
          return isDiscovery(p) || drop();
        }
        case NEIGHBOR_ADVERTISEMENT -> {
          return isDiscovery(p) && !claimsOurs(p) || drop();
        }
        default -> {}
      }
    }
    if (IpAddress.isAny(p.sourceHigh, p.sourceLow)) {
      return drop();
    }
    if (network.isGateway(p.destinationHigh, p.destinationLow)) {
      return true;
    }
    return type < ICMPV6_QUERIES ? drop() : ping(p, message);
  }

  private static boolean isDiscovery(GuestPacket p) {
    return (p.frame.get(p.ip + 7) & 0xff) == NEIGHBOR_HOPS && p.frame.get(p.payload + 1) == 0;
  }

  /** The guest cannot have an address of ours: the stack would give it up (RFC 4862, 5.4.4). */
  private boolean claimsOurs(GuestPacket p) {
    return p.length() < NEIGHBOR_MESSAGE
        || network.isGateway(p.frame.getLong(p.payload + 8), p.frame.getLong(p.payload + 16));
  }

  // ---- TCP --------------------------------------------------------------------------------------

  private boolean tcp(GuestPacket p) {
    ByteBuffer frame = p.frame;
    int tcp = p.payload;
    if (p.length() < TCP_HEADER
        || !network.isGateway(p.destinationHigh, p.destinationLow)
            && !network.isOutside(p.destinationHigh, p.destinationLow)) {
      return drop();
    }
    int flags = frame.get(tcp + 13);
    if ((flags & (TCP_SYN | TCP_RST)) == 0) {
      return true;
    }
    int port = Packets.unsignedShort(frame, tcp + 2);
    FlowKey key = p.flow(Packets.unsignedShort(frame, tcp), port);
    if ((flags & TCP_SYN_ACK_RST_FIN) != TCP_SYN) {
      if ((flags & TCP_RST) != 0) {
        outbound.reset(key);
      }
      return true;
    }
    if (!p.unsummed && !p.isSummed()) {
      return drop();
    }
    InetSocketAddress target =
        network.isNameServer(p.destinationHigh, p.destinationLow)
            ? port == DnsForwarder.PORT && options.outbound() ? dns.server() : null
            : target(p, port);
    return outbound.syn(p, key, target);
  }

  // ---- UDP --------------------------------------------------------------------------------------

  private boolean udp(GuestPacket p) {
    ByteBuffer datagram = whole(p);
    if (datagram == null || !isUdp(p, datagram)) {
      return drop();
    }
    int sourcePort = Packets.unsignedShort(datagram, 0);
    int port = Packets.unsignedShort(datagram, 2);
    datagram.limit(Packets.unsignedShort(datagram, 4)).position(Packets.UDP_HEADER);
    boolean ours = network.isGateway(p.destinationHigh, p.destinationLow);
    if (port == DhcpServer.SERVER_PORT && p.isV4() && (ours || isBroadcast(p))) {
      return dhcp(p.mac, sourcePort, datagram);
    }
    FlowKey key = p.flow(sourcePort, port);
    if (port == DnsForwarder.PORT && network.isNameServer(p.destinationHigh, p.destinationLow)) {
      byte[] message = new byte[datagram.remaining()];
      datagram.get(message);
      dns.query(p.mac, key, message, options.outbound());
      return false;
    }
    if (IpAddress.isAny(p.sourceHigh, p.sourceLow)
        || sourcePort == 0
        || !ours && !network.isOutside(p.destinationHigh, p.destinationLow)) {
      return drop();
    }
    if (udp.fromGuest(p.mac, key, target(p, port), datagram)) {
      return false;
    }
    if (!p.fragment) {
      unreachable(p, ours ? Unreachable.PORT : Unreachable.PROHIBITED);
    }
    return drop();
  }

  private boolean isBroadcast(GuestPacket p) {
    return network.isBroadcast(p.destinationHigh, p.destinationLow);
  }

  /** Whether a datagram is whole and its checksum right; IPv4's may be left out (RFC 768). */
  private static boolean isUdp(GuestPacket p, ByteBuffer datagram) {
    int length = datagram.remaining();
    if (length < Packets.UDP_HEADER) {
      return false;
    }
    int said = Packets.unsignedShort(datagram, 4);
    if (said < Packets.UDP_HEADER || said > length) {
      return false;
    }
    if (p.unsummed && !p.fragment || p.isV4() && datagram.getShort(6) == 0) {
      return true;
    }
    long sum =
        InternetChecksum.pseudo(
            p.sourceHigh, p.sourceLow, p.destinationHigh, p.destinationLow, Packets.UDP, said);
    return datagram.getShort(6) != 0 && Packets.fold(Packets.sum(sum, datagram, 0, said)) == 0xffff;
  }

  private boolean dhcp(long mac, int sourcePort, ByteBuffer message) {
    if (sourcePort != DhcpServer.CLIENT_PORT) {
      return drop();
    }
    ByteBuffer answer = dhcp.answer(message);
    if (answer == null) {
      return false;
    }
    // Who goes on when DHCP has answered has IPv6 too by then.
    advertiser.advertise();
    int to = dhcp.destination();
    gateway.sendUdp(
        to == -1 ? Packets.BROADCAST_MAC : mac,
        new FlowKey(to, DhcpServer.CLIENT_PORT, network.gateway(), DhcpServer.SERVER_PORT),
        answer);
    return false;
  }
}

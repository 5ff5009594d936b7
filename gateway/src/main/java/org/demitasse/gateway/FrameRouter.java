package org.demitasse.gateway;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.demitasse.core.Clock;
import org.demitasse.core.Entropy;

/**
 * Decides on each frame of the guest: what our stack sees, what is worked on here, what is dropped.
 * Used under the gateway's lock.
 */
final class FrameRouter {
  private static final int TCP_SYN = 0x02;
  private static final int TCP_RST = 0x04;
  private static final int TCP_SYN_ACK_RST_FIN = 0x17;
  private static final int TCP_HEADER = 20;

  private final Gateway gateway;
  private final Network network;
  private final Options options;
  private final UdpRelay udp;
  private final TcpOutbound outbound;
  private final DnsForwarder dns;
  private final DhcpServer dhcp;
  private final Clock clock;
  private final Entropy entropy;
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
    this.clock = clock;
    this.entropy = entropy;
  }

  /** Frames that were dropped because they are broken or go nowhere. */
  long dropped() {
    return dropped;
  }

  /**
   * Looks at the frame of {@code length} bytes from offset 0; returns whether it is for the stack.
   */
  boolean route(ByteBuffer frame, int length) {
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
    int ip = Packets.ETHERNET;
    if (type != Packets.TYPE_IPV4 || !Packets.isIpv4(frame, ip, length - ip)) {
      return drop();
    }
    int source = frame.getInt(ip + 12);
    int destination = frame.getInt(ip + 16);
    int protocol = frame.get(ip + 9) & 0xff;
    if (!network.isGuest(source)) {
      boolean asksForAnAddress =
          source == 0
              && protocol == Packets.UDP
              && (destination == -1 || destination == network.gateway());
      if (!asksForAnAddress) {
        return drop();
      }
    } else {
      gateway.sawGuest(source, mac);
    }
    int end = ip + Packets.unsignedShort(frame, ip + 2);
    int payload = ip + Packets.headerLength(frame, ip);
    boolean fragment =
        (frame.getShort(ip + 6) & (Packets.MORE_FRAGMENTS | Packets.FRAGMENT_OFFSET)) != 0;
    return switch (protocol) {
      case Packets.UDP -> {
        ByteBuffer datagram =
            fragment ? reassemble(frame, ip) : frame.slice(payload, end - payload);
        if (datagram != null) {
          udp(mac, source, destination, datagram, fragment ? null : frame);
        }
        yield false;
      }
      case Packets.TCP -> fragment ? drop() : tcp(frame, source, destination, payload, end);
      case Packets.ICMP -> {
        if (network.isGateway(destination)) {
          yield true;
        }
        ByteBuffer message = fragment ? reassemble(frame, ip) : frame.slice(payload, end - payload);
        boolean out =
            message != null
                && options.outbound()
                && isOutside(destination)
                && gateway.echoes().fromGuest(mac, source, destination, message);
        yield out || fragment ? false : prohibit(mac, destination, frame, payload, end);
      }
      default -> network.isGateway(destination) || prohibit(mac, destination, frame, payload, end);
    };
  }

  private ByteBuffer reassemble(ByteBuffer frame, int ip) {
    if (fragments == null) {
      fragments = new Fragments(clock, entropy);
    }
    return fragments.add(frame, ip);
  }

  private boolean drop() {
    dropped++;
    return false;
  }

  private boolean arp(ByteBuffer frame, int length, long mac) {
    if (length < Packets.ETHERNET + Packets.ARP) {
      return drop();
    }
    int sender = frame.getInt(Packets.ETHERNET + 14);
    if (Packets.mac(frame, Packets.ETHERNET + 8) == mac && network.isGuest(sender)) {
      gateway.sawGuest(sender, mac);
    }
    return true;
  }

  /** Whether an address is one host somewhere outside of the wire's network. */
  private boolean isOutside(int address) {
    int first = address >>> 24;
    return first != 0 && first != 127 && first < 224 && !network.contains(address);
  }

  /** The guest may not go there: it hears so at once instead of waiting. */
  private boolean prohibit(long mac, int destination, ByteBuffer frame, int payload, int end) {
    if (isOutside(destination) && end - payload >= 8) {
      gateway.sendUnreachable(
          mac, network.gateway(), Packets.UNREACHABLE_PROHIBITED, frame, Packets.ETHERNET);
    }
    return drop();
  }

  /** Where packets to an address of the wire go on the host's side; null: nowhere. */
  private InetSocketAddress target(int destination, int port) {
    if (port == 0) {
      return null;
    }
    if (destination == network.gateway()) {
      return options.allowHost()
          ? new InetSocketAddress(InetAddress.getLoopbackAddress(), port)
          : null;
    }
    return options.outbound() && isOutside(destination)
        ? new InetSocketAddress(Network.toAddress(destination), port)
        : null;
  }

  private boolean tcp(ByteBuffer frame, int source, int destination, int tcp, int end) {
    if (end - tcp < TCP_HEADER || !network.isGateway(destination) && !isOutside(destination)) {
      return drop();
    }
    int flags = frame.get(tcp + 13);
    if ((flags & (TCP_SYN | TCP_RST)) == 0) {
      return true;
    }
    int port = Packets.unsignedShort(frame, tcp + 2);
    FlowKey key = new FlowKey(source, Packets.unsignedShort(frame, tcp), destination, port);
    if ((flags & TCP_SYN_ACK_RST_FIN) != TCP_SYN) {
      if ((flags & TCP_RST) != 0) {
        outbound.reset(key);
      }
      return true;
    }
    long sum =
        Packets.sum(
            Packets.pseudoHeader(source, destination, Packets.TCP, end - tcp),
            frame,
            tcp,
            end - tcp);
    if (Packets.fold(sum) != 0xffff) {
      return drop();
    }
    InetSocketAddress target =
        destination == network.dns()
            ? port == DnsForwarder.PORT && options.outbound() ? dns.server() : null
            : target(destination, port);
    return outbound.syn(key, target, frame, Packets.ETHERNET, tcp, end);
  }

  /**
   * Takes a whole datagram.
   *
   * @param frame the frame that it came in, null when it came in several
   */
  private void udp(long mac, int source, int destination, ByteBuffer datagram, ByteBuffer frame) {
    int length = datagram.remaining();
    if (!Packets.isUdp(datagram, 0, length, source, destination)) {
      drop();
      return;
    }
    int sourcePort = Packets.unsignedShort(datagram, 0);
    int port = Packets.unsignedShort(datagram, 2);
    datagram.limit(Packets.unsignedShort(datagram, 4)).position(Packets.UDP_HEADER);
    if (port == DhcpServer.SERVER_PORT
        && (destination == -1
            || destination == network.gateway()
            || destination == network.broadcast())) {
      dhcp(mac, sourcePort, datagram);
      return;
    }
    FlowKey key = new FlowKey(source, sourcePort, destination, port);
    if (destination == network.dns() && port == DnsForwarder.PORT) {
      byte[] message = new byte[datagram.remaining()];
      datagram.get(message);
      dns.query(mac, key, message, options.outbound());
      return;
    }
    boolean ours = network.isGateway(destination);
    if (source == 0 || sourcePort == 0 || !ours && !isOutside(destination)) {
      drop();
      return;
    }
    if (!udp.fromGuest(mac, key, target(destination, port), datagram)) {
      if (frame != null) {
        gateway.sendUnreachable(
            mac,
            ours ? destination : network.gateway(),
            ours ? Packets.UNREACHABLE_PORT : Packets.UNREACHABLE_PROHIBITED,
            frame,
            Packets.ETHERNET);
      }
      drop();
    }
  }

  private void dhcp(long mac, int sourcePort, ByteBuffer message) {
    if (sourcePort != DhcpServer.CLIENT_PORT) {
      drop();
      return;
    }
    ByteBuffer answer = dhcp.answer(message);
    if (answer == null) {
      return;
    }
    int to = dhcp.destination();
    gateway.sendUdp(
        to == -1 ? Packets.BROADCAST_MAC : mac,
        new FlowKey(to, DhcpServer.CLIENT_PORT, network.gateway(), DhcpServer.SERVER_PORT),
        answer);
  }
}

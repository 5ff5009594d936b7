package org.demitasse.net.icmp;

import org.demitasse.core.PacketBuffer;
import org.demitasse.net.ip.InternetChecksum;
import org.demitasse.net.ip.IpAddress;
import org.demitasse.net.ip.IpError;
import org.demitasse.net.ip.IpLayer;
import org.demitasse.net.ip.IpPacket;
import org.demitasse.net.ip.IpProtocol;
import org.demitasse.net.ip.Ipv6Header;
import org.demitasse.net.ip.PathMtu;
import org.demitasse.net.ip.Route;

/** ICMPv6 (RFC 4443); neighbour discovery's messages go to {@link NeighborDiscovery}. */
public final class Icmpv6 implements IpProtocol {
  static final int UNREACHABLE = 1;
  static final int TOO_BIG = 2;
  static final int TIME_EXCEEDED = 3;
  static final int PARAMETER_PROBLEM = 4;
  static final int ECHO_REQUEST = 128;
  static final int ECHO_REPLY = 129;
  static final int ROUTER_SOLICITATION = 133;
  static final int REDIRECT = 137;
  private static final int HEADER = 8;
  private static final int CODE_PORT = 4;
  private static final int CODE_NEXT_HEADER = 1;

  /** RFC 8200, section 5: what every link carries. */
  public static final int MIN_MTU = 1280;

  private final IpLayer ip;
  private final Icmp v4;
  private final IpPacket quoted = new IpPacket();
  private NeighborDiscovery discovery;
  private GroupMembership groups;

  Icmpv6(IpLayer ip, Icmp v4) {
    this.ip = ip;
    this.v4 = v4;
  }

  void setDiscovery(NeighborDiscovery handler) {
    discovery = handler;
  }

  public void setGroups(GroupMembership handler) {
    groups = handler;
  }

  @Override
  public void receive(IpPacket packet) {
    PacketBuffer buffer = packet.buffer;
    int length = buffer.length();
    long sum =
        InternetChecksum.pseudo(
            packet.sourceHigh,
            packet.sourceLow,
            packet.destinationHigh,
            packet.destinationLow,
            ICMPV6,
            length);
    if (length < HEADER
        || InternetChecksum.fold(InternetChecksum.add(sum, buffer, 0, length)) != 0xffff) {
      v4.counters().badPackets++;
      buffer.release();
      return;
    }
    v4.counters().received++;
    int type = buffer.getByte(0);
    switch (type) {
      case ECHO_REQUEST -> answer(packet);
      case ECHO_REPLY -> {
        v4.echoed(packet);
        buffer.release();
      }
      case UNREACHABLE -> report(packet, unreachable(buffer.getByte(1)), 0);
      case TOO_BIG -> {
        if (buffer.getInt(4) < MIN_MTU) {
          // RFC 8201, section 4: such a message is discarded.
          v4.counters().badPackets++;
          buffer.release();
        } else {
          report(packet, IpError.TOO_BIG, buffer.getInt(4));
        }
      }
      case TIME_EXCEEDED -> report(packet, IpError.TIME_EXCEEDED, 0);
      case PARAMETER_PROBLEM ->
          report(
              packet,
              buffer.getByte(1) == CODE_NEXT_HEADER
                  ? IpError.PROTOCOL_UNREACHABLE
                  : IpError.PROHIBITED,
              0);
      default -> {
        if (type == GroupMembership.MLD_QUERY) {
          groups.queried(packet);
        } else if (type == GroupMembership.MLD_REPORT) {
          groups.reported(packet);
        } else if (type >= ROUTER_SOLICITATION && type <= REDIRECT) {
          discovery.receive(packet);
        }
        buffer.release();
      }
    }
  }

  private static IpError unreachable(int code) {
    return switch (code) {
      case 0 -> IpError.NETWORK_UNREACHABLE;
      case 1, 5, 6 -> IpError.PROHIBITED;
      case CODE_PORT -> IpError.PORT_UNREACHABLE;
      default -> IpError.HOST_UNREACHABLE;
    };
  }

  @Override
  public void error(IpPacket packet, IpError error, int mtu) {
    int type = packet.buffer.getByte(0);
    if (error == IpError.TOO_BIG && (type == ECHO_REQUEST || type == ECHO_REPLY)) {
      ip.paths().learn(packet.destinationHigh, packet.destinationLow, mtu, PathMtu.LIFETIME);
    } else {
      v4.counters().ignoredErrors++;
    }
  }

  private void answer(IpPacket packet) {
    PacketBuffer buffer = packet.buffer;
    Route route =
        IpAddress.isAny(packet.sourceHigh, packet.sourceLow)
            ? null
            : ip.route(packet.sourceHigh, packet.sourceLow);
    // RFC 4443, section 4.2: requests to groups are answered too, but not so many that it hurts.
    if (route == null || !route.out().hasRoom() || packet.group && !v4.mayError(packet)) {
      buffer.release();
      return;
    }
    buffer.putShort(0, ECHO_REPLY << 8);
    v4.counters().echoesAnswered++;
    reply(route, buffer, packet);
  }

  /** Fills in the checksum and sends; takes the buffer. */
  void send(
      Route route,
      PacketBuffer buffer,
      long sourceHigh,
      long sourceLow,
      long high,
      long low,
      int hopLimit) {
    int length = buffer.length();
    buffer.putShort(2, 0);
    long sum = InternetChecksum.pseudo(sourceHigh, sourceLow, high, low, ICMPV6, length);
    buffer.putShort(2, InternetChecksum.finish(InternetChecksum.add(sum, buffer, 0, length)));
    ip.send(route, buffer, ICMPV6, sourceHigh, sourceLow, high, low, hopLimit, 0, false);
  }

  private void report(IpPacket packet, IpError error, int mtu) {
    PacketBuffer buffer = packet.buffer;
    try {
      buffer.strip(HEADER);
      quoted.in = packet.in;
      quoted.buffer = buffer;
      if (buffer.length() < Ipv6Header.LENGTH
          || buffer.getByte(0) >>> 4 != 6
          || !ip.quote(quoted, buffer)
          || !ip.isLocal(quoted.sourceHigh, quoted.sourceLow)) {
        v4.counters().badPackets++;
        return;
      }
      ip.error(quoted, error, mtu);
    } finally {
      buffer.release();
    }
  }

  /**
   * Answers a packet that nobody takes; takes its buffer.
   *
   * @param code {@link Icmp#CODE_PORT} or {@link Icmp#CODE_PROTOCOL}
   */
  void sendUnreachable(IpPacket packet, int code) {
    if (code == Icmp.CODE_PORT) {
      sendError(packet, UNREACHABLE, CODE_PORT, 0, false);
    } else {
      sendError(packet, PARAMETER_PROBLEM, CODE_NEXT_HEADER, packet.nextHeaderAt, false);
    }
  }

  /**
   * Answers a packet with an error; takes its buffer, whose headers down to IP's are still there.
   *
   * @param field the message's second word
   * @param toGroups whether packets to groups are answered too
   */
  void sendError(IpPacket packet, int type, int code, int field, boolean toGroups) {
    PacketBuffer cause = packet.buffer;
    try {
      if (packet.group && !toGroups
          || IpAddress.isAny(packet.sourceHigh, packet.sourceLow)
          || packet.headerOffset < 0) {
        return;
      }
      cause.prepend(cause.start() - packet.headerOffset);
      if (Ipv6Header.carriesError(cause) || !v4.mayError(packet)) {
        return;
      }
      Route route = ip.route(packet.sourceHigh, packet.sourceLow);
      PacketBuffer error = route == null ? null : route.out().pool().allocate();
      if (error == null) {
        return;
      }
      int quote = Math.min(cause.length(), MIN_MTU - Ipv6Header.LENGTH - HEADER);
      error.append(HEADER + quote);
      error.putShort(0, type << 8 | code);
      error.putShort(2, 0);
      error.putInt(4, field);
      error.put(HEADER, cause, 0, quote);
      v4.counters().errorsSent++;
      reply(route, error, packet);
    } finally {
      cause.release();
    }
  }

  /** Sends to a packet's source, from its destination or, when that is a group, from an own one. */
  private void reply(Route route, PacketBuffer buffer, IpPacket packet) {
    long sourceHigh = packet.destinationHigh;
    long sourceLow = packet.destinationLow;
    if (IpAddress.isMulticast(sourceHigh, sourceLow)) {
      int own = ip.selectSource(route, packet.sourceHigh, packet.sourceLow);
      if (own < 0) {
        buffer.release();
        return;
      }
      sourceHigh = route.out().addressHigh(own);
      sourceLow = route.out().addressLow(own);
    }
    send(
        route,
        buffer,
        sourceHigh,
        sourceLow,
        packet.sourceHigh,
        packet.sourceLow,
        IpLayer.DEFAULT_HOP_LIMIT);
  }
}

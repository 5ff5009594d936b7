package org.demitasse.net.tcp;

import org.demitasse.core.PacketBuffer;
import org.demitasse.net.ip.IpLayer;
import org.demitasse.net.ip.IpPacket;
import org.demitasse.net.ip.IpProtocol;
import org.demitasse.net.ip.Route;

/** Bare segments that no connection's state is behind: resets and challenges, both bounded. */
final class TcpReplies {
  /** RFC 5961, section 7. */
  private static final int CHALLENGES_PER_SECOND = 100;

  private static final int RESETS_PER_SECOND = 1000;

  private final TcpLayer layer;
  private long challengeWindow;
  private int challenges;
  private long resetWindow;
  private int resets;

  TcpReplies(TcpLayer layer) {
    this.layer = layer;
  }

  /** Answers a segment that belongs to no connection (RFC 9293, section 3.10.7.1). */
  void resetFor(IpPacket packet, TcpSegment s) {
    if (packet.group || s.has(TcpSegment.RST)) {
      return;
    }
    long now = layer.engine.now();
    if (now - resetWindow >= 1_000_000_000L) {
      resetWindow = now;
      resets = 0;
    }
    if (resets++ >= RESETS_PER_SECOND) {
      return;
    }
    boolean acked = s.has(TcpSegment.ACK);
    answer(
        packet,
        s,
        acked ? s.acknowledgment : 0,
        acked ? 0 : s.sequence + s.sequenceLength(),
        acked ? TcpSegment.RST : TcpSegment.RST | TcpSegment.ACK);
    layer.counters().resetsSent++;
  }

  /** Sends a bare segment back to where one came from. */
  private void answer(IpPacket packet, TcpSegment s, int sequence, int ack, int flags) {
    Route route = layer.ip.route(packet.sourceHigh, packet.sourceLow);
    PacketBuffer buffer = route == null ? null : route.out().pool().allocate();
    if (buffer == null) {
      return;
    }
    buffer.append(TcpSegment.HEADER);
    TcpOutput.write(
        buffer, TcpSegment.HEADER, s.destinationPort, s.sourcePort, sequence, ack, flags, 0);
    TcpOutput.checksum(
        buffer,
        route.out(),
        packet.destinationHigh,
        packet.destinationLow,
        packet.sourceHigh,
        packet.sourceLow);
    layer.ip.send(
        route,
        buffer,
        IpProtocol.TCP,
        packet.destinationHigh,
        packet.destinationLow,
        packet.sourceHigh,
        packet.sourceLow,
        IpLayer.DEFAULT_HOP_LIMIT,
        0,
        true);
  }

  /** Resets a connection's peer. */
  void sendReset(TcpConnection c) {
    sendBare(c, c.sndNxt, c.rcvNxt, TcpSegment.RST | TcpSegment.ACK);
    layer.counters().resetsSent++;
  }

  /** A wrong acknowledgement in SYN_SENT. */
  void sendResetFor(TcpConnection c, int sequence) {
    sendBare(c, sequence, 0, TcpSegment.RST);
    layer.counters().resetsSent++;
  }

  private void sendBare(TcpConnection c, int sequence, int ack, int flags) {
    Route route = layer.routeOf(c);
    PacketBuffer buffer = route == null ? null : route.out().pool().allocate();
    if (buffer == null) {
      return;
    }
    buffer.append(TcpSegment.HEADER);
    TcpOutput.write(buffer, TcpSegment.HEADER, c.localPort, c.remotePort, sequence, ack, flags, 0);
    TcpOutput.checksum(buffer, route.out(), c.localHigh, c.localLow, c.remoteHigh, c.remoteLow);
    layer.ip.send(
        route,
        buffer,
        IpProtocol.TCP,
        c.localHigh,
        c.localLow,
        c.remoteHigh,
        c.remoteLow,
        IpLayer.DEFAULT_HOP_LIMIT,
        c.trafficClass,
        true);
  }

  /** Sends a challenge ACK, at a bounded rate (RFC 5961). */
  void challenge(TcpConnection c) {
    long now = layer.engine.now();
    if (now - challengeWindow >= 1_000_000_000L) {
      challengeWindow = now;
      challenges = 0;
    }
    if (challenges++ < CHALLENGES_PER_SECOND) {
      layer.counters().challenges++;
      TcpOutput.sendAck(c);
    }
  }
}

package org.demitasse.net.tcp;

import org.demitasse.core.PacketBuffer;
import org.demitasse.net.ip.IpLayer;
import org.demitasse.net.ip.IpPacket;
import org.demitasse.net.ip.IpProtocol;
import org.demitasse.net.ip.Route;

/** Bare segments that no connection's state is behind: resets and challenges, both bounded. */
final class TcpReplies {
  /** RFC 5961, section 7: answers to segments of one connection in {@link #ANSWER_NANOS}. */
  private static final int MAX_ANSWERS = 10;

  /** Shorter than the time between two probes of a closed window, which all want an answer. */
  private static final long ANSWER_NANOS = 200_000_000L;

  /** To others: nobody floods this machine from within, and its programs wait for the answer. */
  private static final int RESETS_PER_SECOND = 1000;

  private final TcpLayer layer;
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
    if (!packet.in.isLoopback() && !mayReset()) {
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

  private boolean mayReset() {
    long now = layer.engine.now();
    if (now - resetWindow >= 1_000_000_000L) {
      resetWindow = now;
      resets = 0;
    }
    return resets++ < RESETS_PER_SECOND;
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
    // RFC 7323, section 3.2: a reset should have timestamps too.
    int header = TcpOutput.headerLength(c);
    buffer.append(header);
    if (c.timestamps) {
      TcpOutput.writeTimestamps(c, buffer, TcpSegment.HEADER);
    }
    TcpOutput.write(buffer, header, c.localPort, c.remotePort, sequence, ack, flags, 0);
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
  void challenge(TcpConnection c, TcpSegment s) {
    if (mayAnswer(c, s)) {
      layer.counters().challenges++;
      TcpOutput.sendAck(c);
    }
  }

  /**
   * Whether a segment that is out of place and brings nothing gets an answer. Each connection has a
   * bound of its own: from a common one strangers could tell what others receive. A segment that
   * comes again at once gets none: two ends that disagree would answer each other without end.
   */
  boolean mayAnswer(TcpConnection c, TcpSegment s) {
    long now = layer.engine.now();
    int key = (s.sequence * 31 + s.acknowledgment) * 31 + s.flags;
    if (c.answers == 0 || now - c.answeredAt >= ANSWER_NANOS) {
      c.answeredAt = now;
      c.answers = 0;
    } else if (key == c.answered) {
      return false;
    }
    c.answered = key;
    return c.answers++ < MAX_ANSWERS;
  }
}

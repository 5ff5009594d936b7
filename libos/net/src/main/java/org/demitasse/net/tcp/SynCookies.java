package org.demitasse.net.tcp;

import org.demitasse.net.engine.Engine;
import org.demitasse.net.ip.IpPacket;

/**
 * Connections without state until their third segment, for when a listener has too many half-open
 * ones (RFC 4987, section 3.6). The initial sequence number holds a coarse time and an MSS under a
 * keyed hash; the timestamp echoed by the peer brings window scale and SACK back.
 */
final class SynCookies {
  private static final int[] SIZES = {536, 1220, 1360, 1460, 4312, 8960, 16344, 65495};

  /** A cookie is good for one to two of these. */
  private static final long PERIOD = 32_000_000_000L;

  private static final int OPTION_BITS = 6;
  private static final int NO_SCALE = 15;
  private static final int ECN_BIT = 1 << 5;
  private static final long DOMAIN = 0x636f6f6b69650000L;

  private final Engine engine;

  /** Stands for the peer of each SYN in turn: a flood must not make garbage. */
  private TcpConnection scratch;

  SynCookies(Engine engine) {
    this.engine = engine;
  }

  private int hash(IpPacket packet, TcpSegment s, long clientSequence, long tick, int size) {
    long ports = (long) s.sourcePort << 48 | (long) s.destinationPort << 32 | clientSequence;
    return (int)
        engine
            .random()
            .hash(
                packet.sourceHigh ^ packet.destinationHigh,
                packet.sourceLow,
                packet.destinationLow,
                ports,
                DOMAIN ^ tick << 4 ^ size);
  }

  /** Answers a SYN and forgets it. */
  void answer(TcpLayer layer, TcpSegment s, IpPacket packet) {
    long tick = engine.now() / PERIOD;
    int size = 0;
    int peer = s.maximumSegmentSize <= 0 ? 536 : s.maximumSegmentSize;
    while (size + 1 < SIZES.length && SIZES[size + 1] <= peer) {
      size++;
    }
    TcpConnection c = scratch;
    if (c == null) {
      c = new TcpConnection(layer);
      scratch = c;
    }
    c.route = null;
    c.peerMss = 0;
    c.localHigh = packet.destinationHigh;
    c.localLow = packet.destinationLow;
    c.localPort = s.destinationPort;
    c.remoteHigh = packet.sourceHigh;
    c.remoteLow = packet.sourceLow;
    c.remotePort = s.sourcePort;
    c.timestampOffset = layer.timestampOffset(c);
    c.state = TcpState.SYN_RECEIVED;
    c.irs = s.sequence;
    c.rcvNxt = s.sequence + 1;
    c.rcvAdvertised = c.rcvNxt;
    layer.negotiate(c, s);
    if (c.timestamps) {
      // The low bits of our timestamp carry the options that the cookie has no room for.
      int options = (c.sndScale < 0 ? NO_SCALE : c.sndScale) << 1 | (c.sack ? 1 : 0);
      options |= c.ecn ? ECN_BIT : 0;
      int stamp = c.timestampNow() & -(1 << OPTION_BITS) | options;
      c.timestampOffset += stamp - c.timestampNow();
    } else {
      c.sack = false;
      c.ecn = false;
      c.sndScale = -1;
      c.rcvScale = -1;
    }
    int low = (int) (tick & 31) << 27 | size << 24;
    c.iss = low | hash(packet, s, s.sequence & 0xffffffffL, tick, size) & 0xffffff;
    layer.counters().cookiesSent++;
    TcpOutput.sendSyn(c);
  }

  /**
   * Looks at an acknowledgement that belongs to no connection.
   *
   * @return the connection that its cookie stands for, in SYN_RECEIVED, or null when it is none
   */
  TcpConnection check(TcpLayer layer, TcpAcceptor listener, TcpSegment s, IpPacket packet) {
    if (!listener.usedCookies() || s.has(TcpSegment.SYN) || s.has(TcpSegment.RST)) {
      return null;
    }
    int cookie = s.acknowledgment - 1;
    long tick = engine.now() / PERIOD;
    if ((tick & 31) != cookie >>> 27) {
      tick--;
      if ((tick & 31) != cookie >>> 27) {
        return null;
      }
    }
    int size = cookie >>> 24 & 7;
    long sequence = s.sequence - 1 & 0xffffffffL;
    if ((hash(packet, s, sequence, tick, size) & 0xffffff) != (cookie & 0xffffff)) {
      return null;
    }
    if (!listener.hasRoom()) {
      return null;
    }
    int saved = s.sequence;
    s.sequence = saved - 1;
    TcpConnection c = layer.passive(listener, s, packet);
    s.maximumSegmentSize = SIZES[size];
    s.sackPermitted = false;
    s.windowScale = -1;
    if (s.hasTimestamps) {
      int options = s.timestampEcho & (1 << OPTION_BITS) - 1;
      s.sackPermitted = (options & 1) != 0;
      int scale = options >>> 1 & 15;
      s.windowScale = scale == NO_SCALE ? -1 : scale;
    }
    if (c != null) {
      layer.negotiate(c, s);
      c.ecn = s.hasTimestamps && (s.timestampEcho & ECN_BIT) != 0;
      c.iss = cookie;
      c.sndUna = cookie;
      c.sndNxt = cookie + 1;
      c.rcvAdvertised = c.rcvNxt + Math.min(c.receiveLimit, 0xffff);
      if (c.timestamps) {
        // Goes on from what the peer has seen, or it would take what follows for old (PAWS).
        c.timestampOffset += s.timestampEcho - c.timestampNow();
      }
      listener.started();
      c.timers.armRetransmit();
      layer.counters().cookiesAccepted++;
    }
    s.sequence = saved;
    return c;
  }
}

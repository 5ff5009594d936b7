package org.demitasse.net.tcp;

import org.demitasse.core.PacketBuffer;
import org.demitasse.net.ip.IpPacket;

/**
 * Generic receive offload in software: segments of one batch that continue each other become one,
 * so that the state machine runs once for all of them. Their buffers are chained, not copied. What
 * differs in more than its place in the stream is passed on as it came.
 */
final class TcpCoalescer {
  /** Bytes of a joined segment at most, as of an IP packet. */
  private static final int MAX_BYTES = 65535;

  private final TcpLayer layer;
  private final IpPacket packet = new IpPacket();
  private TcpSegment held = new TcpSegment();
  private PacketBuffer tail;
  private int nextSequence;
  private boolean batching;
  private boolean holding;

  TcpCoalescer(TcpLayer layer) {
    this.layer = layer;
  }

  /** Segments may be held from now until {@link #end}. */
  void begin() {
    batching = true;
  }

  /** Passes on what is held. */
  void end() {
    batching = false;
    flush();
  }

  private void flush() {
    if (holding) {
      holding = false;
      tail = null;
      layer.dispatch(held, packet);
    }
  }

  /**
   * Takes a segment whose header and checksum are good, or passes it on.
   *
   * @return a segment that the caller may use for the next one
   */
  TcpSegment take(TcpSegment s, IpPacket p) {
    if (!batching) {
      layer.dispatch(s, p);
      return s;
    }
    if (holding && continues(s, p)) {
      tail.next = p.buffer;
      tail = p.buffer;
      tail.next = null;
      held.payloadLength += s.payloadLength;
      held.flags |= s.flags;
      nextSequence += s.payloadLength;
      layer.counters().coalescedSegments++;
      if (s.has(TcpSegment.PSH)) {
        flush();
      }
      return s;
    }
    flush();
    if (s.flags != TcpSegment.ACK || s.payloadLength == 0) {
      layer.dispatch(s, p);
      return s;
    }
    TcpSegment free = held;
    held = s;
    packet.copyFrom(p);
    tail = p.buffer;
    tail.next = null;
    nextSequence = s.sequence + s.payloadLength;
    holding = true;
    return free;
  }

  private boolean continues(TcpSegment s, IpPacket p) {
    if (s.sequence != nextSequence
        || s.payloadLength == 0
        || (s.flags & ~TcpSegment.PSH) != TcpSegment.ACK
        || s.acknowledgment != held.acknowledgment
        || s.window != held.window
        || s.sourcePort != held.sourcePort
        || s.destinationPort != held.destinationPort
        || s.headerLength != held.headerLength
        || held.payloadLength + s.payloadLength > MAX_BYTES
        || p.sourceLow != packet.sourceLow
        || p.destinationLow != packet.destinationLow
        || p.sourceHigh != packet.sourceHigh
        || p.destinationHigh != packet.destinationHigh
        || p.trafficClass != packet.trafficClass
        || p.in != packet.in) {
      return false;
    }
    for (int i = TcpSegment.HEADER; i < s.headerLength; i += 4) {
      if (s.buffer.getInt(i) != held.buffer.getInt(i)) {
        return false;
      }
    }
    return true;
  }
}

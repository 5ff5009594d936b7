package org.demitasse.net.tcp;

import org.demitasse.core.GatherList;
import org.demitasse.core.NetDevice;
import org.demitasse.core.PacketBuffer;
import org.demitasse.core.PacketPool;
import org.demitasse.net.device.NetInterface;
import org.demitasse.net.ip.InternetChecksum;
import org.demitasse.net.ip.IpAddress;
import org.demitasse.net.ip.IpLayer;
import org.demitasse.net.ip.IpPacket;
import org.demitasse.net.ip.IpProtocol;

/** Sending: what may go out now, and the segments themselves. */
final class TcpOutput {
  private static final int TIMESTAMP_BYTES = 12;

  /** Largest TCP packet that a device cuts: an IP packet's length less the longest IP header. */
  private static final int MAX_BURST = 65535 - 60;

  /** As much under way keeps the peer busy while a burst is filled; bytes. */
  private static final int ENOUGH_UNDER_WAY = 2 * MAX_BURST;

  private TcpOutput() {}

  /**
   * Sends what the windows allow.
   *
   * @return false when the interface or the memory had no room: call again once there is some
   */
  static boolean output(TcpConnection c) {
    if (c.state == TcpState.TIME_WAIT || c.state == TcpState.SYN_RECEIVED) {
      return !c.ackNow || sendAck(c);
    }
    if (!c.state.isSynchronized()) {
      return true;
    }
    NetInterface out = c.layer.interfaceOf(c);
    if (out == null) {
      return true;
    }
    if (!out.hasRoom()) {
      return false;
    }
    // RFC 2018, section 4: data that goes the other way has no room for what is to be reported.
    boolean report = c.ackNow && c.sack && (c.rangeCount > 0 || c.duplicatePending);
    if (report && !sendAck(c)) {
      return false;
    }
    if (!retransmitLost(c) || !sendNew(c, false)) {
      return false;
    }
    if (c.ackNow && !sendAck(c)) {
      return false;
    }
    if (c.sent.isEmpty()) {
      c.timers.cancelRetransmit();
      if (c.unsent() > 0 || c.finQueued && !c.finSent) {
        c.timers.ensurePersist();
      }
    } else {
      c.timers.cancelPersist();
      c.timers.ensureRetransmit();
      c.recovery.armProbe();
    }
    return true;
  }

  /** The persist timer has expired: the window's rules are waived once (RFC 9293, 3.8.6.2.1). */
  static void forced(TcpConnection c) {
    if (c.layer.routeOf(c) != null) {
      sendNew(c, true);
      if (!c.sent.isEmpty()) {
        c.timers.ensureRetransmit();
      }
    }
  }

  private static boolean retransmitLost(TcpConnection c) {
    while (c.sent.hasLost()) {
      int pipe = c.recovery.pipe();
      if (pipe > 0 && pipe + c.mss > c.congestion.window && !c.recovery.mustRetransmit()) {
        return true;
      }
      int i = c.sent.firstLost();
      if (i < 0) {
        return true;
      }
      if (!retransmit(c, i)) {
        return false;
      }
      c.recovery.retransmitted();
    }
    return true;
  }

  /** Sends record {@code i} again, in pieces when segments have become smaller. */
  private static boolean retransmit(TcpConnection c, int i) {
    SentSegments sent = c.sent;
    cutSegment(c, i);
    int start = sent.start(i);
    int end = sent.end(i);
    boolean fin = isFin(c, end);
    int length = end - start - (fin ? 1 : 0);
    if (!sendData(c, start, length, fin)) {
      return false;
    }
    sent.markRetransmitted(i, c.layer.engine.now());
    c.layer.counters().retransmittedSegments++;
    return true;
  }

  /** Makes a record of one segment at the front of record {@code i}, where that is longer. */
  static void cutSegment(TcpConnection c, int i) {
    if (isLongerThanSegment(c, i)) {
      c.sent.split(i, c.sent.start(i) + c.mss);
    }
  }

  private static boolean isLongerThanSegment(TcpConnection c, int i) {
    int end = c.sent.end(i);
    return end - c.sent.start(i) > c.mss + (isFin(c, end) ? 1 : 0);
  }

  private static boolean isFin(TcpConnection c, int end) {
    return c.finSent && end == c.sndNxt;
  }

  private static boolean sendNew(TcpConnection c, boolean force) {
    long now = c.layer.engine.now();
    while (true) {
      int unsent = c.unsent();
      boolean finDue = c.finQueued && !c.finSent;
      if (unsent == 0 && !finDue) {
        // The application is the limit, not the network.
        c.windowLimited = c.recovery.pipe() * 2 >= c.congestion.window;
        return true;
      }
      if (c.sent.isEmpty() && unsent > 0) {
        long idle = now - c.lastSent;
        if (idle > c.rtt.rto()) {
          c.congestion.restart(c.mss);
        } else {
          c.congestion.idled(idle);
        }
      }
      int outstanding = c.outstanding();
      int pipe = c.recovery.pipe();
      if (!force && waitsForMore(c, unsent, outstanding)) {
        c.windowLimited = pipe * 2 >= c.congestion.window;
        return true;
      }
      int offered = c.sndWnd - outstanding;
      int allowed = Math.min(offered, c.congestion.window - pipe);
      if (force && outstanding == 0) {
        allowed = offered;
      }
      int length = Math.min(Math.min(unsent, allowed), c.mss);
      boolean fin = finDue && length >= unsent && length <= c.mss;
      if (length <= 0) {
        if (!(fin && unsent == 0 && offered >= 0)) {
          c.windowLimited = offered > c.congestion.window - pipe;
          return true;
        }
        length = 0;
      } else if (length < c.mss && !fin && !force && !mayBeSmall(c, length, unsent, outstanding)) {
        return true;
      }
      if (length == c.mss && !force && Math.min(unsent, allowed) >= 2 * c.mss && !fin) {
        int sent = sendBurst(c, Math.min(unsent, allowed), now);
        if (sent > 0) {
          continue;
        }
      }
      if (!sendData(c, c.sndNxt, length, fin)) {
        return false;
      }
      int start = c.sndNxt;
      c.sndNxt += length;
      if (length < c.mss) {
        c.smallSegmentEnd = c.sndNxt;
      }
      if (fin) {
        c.finSent = true;
        c.sndNxt++;
      }
      c.sent.add(start, c.sndNxt, now);
      if (force) {
        return true;
      }
    }
  }

  /**
   * Hands several full segments to a device that cuts them itself.
   *
   * @return the bytes sent, 0 when the device does not, or has no buffer
   */
  private static int sendBurst(TcpConnection c, int available, long now) {
    NetInterface out = c.route.out();
    boolean v4 = IpAddress.isV4(c.remoteHigh, c.remoteLow);
    boolean gather = out.offloads(NetDevice.OFFLOAD_TX_GATHER);
    PacketPool pool = gather ? out.pool() : out.device().largePool();
    // The device would tell of a reduced window in every segment.
    if (pool == null
        || c.reductionPending
        || !out.offloads(v4 ? NetDevice.OFFLOAD_TX_TCP4 : NetDevice.OFFLOAD_TX_TCP6)
        || !out.hasRoom()) {
      return 0;
    }
    PacketBuffer buffer = pool.allocate();
    if (buffer == null) {
      return 0;
    }
    int header = headerLength(c);
    int limit = gather ? MAX_BURST : Math.min(buffer.tailroom(), MAX_BURST);
    int length = Math.min(available / c.mss * c.mss, burstLength(c, limit));
    if (length < 2 * c.mss) {
      buffer.release();
      return 0;
    }
    int offset = c.sndNxt - c.sndUna;
    GatherList payload = c.sendBuffer.gather(offset, c.layer.gatherList, length);
    if (gather) {
      buffer.append(header);
      buffer.setTail(payload);
    } else {
      buffer.append(header + length);
      payload.copyTo(buffer, header);
    }
    int flags = TcpSegment.ACK | (offset + length == c.sendLength ? TcpSegment.PSH : 0);
    if (c.timestamps) {
      writeTimestamps(c, buffer, TcpSegment.HEADER);
    }
    buffer.setSegmentation(
        v4 ? PacketBuffer.SEGMENT_TCP4 : PacketBuffer.SEGMENT_TCP6, c.mss, header);
    c.lastSent = now;
    int start = c.sndNxt;
    send(c, buffer, header, start, flags, c.ecn);
    c.sent.add(start, start + length, now);
    c.sndNxt = start + length;
    return length;
  }

  /**
   * Whether the end of what the application has written waits until it writes more: on a short path
   * each packet costs more than its bytes do. The next acknowledgement, which is due, sends it.
   */
  private static boolean waitsForMore(TcpConnection c, int unsent, int outstanding) {
    return outstanding > ENOUGH_UNDER_WAY
        && unsent < burstLength(c, MAX_BURST)
        && !c.noDelay
        && !c.finQueued
        && c.hasShortPath()
        && c.route.out().offloads(NetDevice.OFFLOAD_TX_GATHER);
  }

  /** Payload of the longest packet of whole segments, itself of at most {@code limit} bytes. */
  private static int burstLength(TcpConnection c, int limit) {
    return (limit - headerLength(c)) / c.mss * c.mss;
  }

  /** Sender's silly-window avoidance and Nagle's algorithm (RFC 9293, 3.8.6.2.1 and 3.7.4). */
  private static boolean mayBeSmall(TcpConnection c, int length, int unsent, int outstanding) {
    if (length == unsent) {
      // Minshall's variant: only a small segment in flight holds the next one back, so that the end
      // of
      // a long write does not wait for the peer's delayed acknowledgement.
      return c.noDelay || outstanding == 0 || !Sequence.after(c.smallSegmentEnd, c.sndUna);
    }
    // Cut short by the congestion window: an acknowledgement will come; by the peer's: see there.
    return length == c.sndWnd - outstanding && length >= c.maxSndWnd / 2;
  }

  /** Tail loss probe: new data where there is some and the window allows, else the last segment. */
  static boolean sendProbeSegment(TcpConnection c) {
    if (c.layer.routeOf(c) == null) {
      return false;
    }
    int length = Math.min(Math.min(c.unsent(), c.mss), c.sndWnd - c.outstanding());
    if (length > 0) {
      int start = c.sndNxt;
      boolean fin = c.finQueued && !c.finSent && length == c.unsent();
      if (sendData(c, start, length, fin)) {
        c.sndNxt += length;
        if (fin) {
          c.finSent = true;
          c.sndNxt++;
        }
        c.sent.add(start, c.sndNxt, c.layer.engine.now());
        return true;
      }
      return false;
    }
    int last = c.sent.count() - 1;
    if (isLongerThanSegment(c, last)) {
      c.sent.split(last, c.sent.end(last) - c.mss);
      last++;
    }
    retransmit(c, last);
    return false;
  }

  private static boolean sendData(TcpConnection c, int sequence, int length, boolean fin) {
    NetInterface out = c.route.out();
    if (!out.hasRoom()) {
      return false;
    }
    PacketBuffer buffer = out.pool().allocate();
    if (buffer == null) {
      return false;
    }
    int header = headerLength(c);
    buffer.append(header + length);
    int flags = TcpSegment.ACK;
    boolean fresh = sequence == c.sndNxt && length > 0;
    if (fresh && c.reductionPending) {
      flags |= TcpSegment.CWR;
      c.reductionPending = false;
    }
    if (length > 0) {
      int offset = sequence - c.sndUna;
      c.sendBuffer.gather(offset, c.layer.gatherList, length).copyTo(buffer, header);
      if (offset + length == c.sendLength) {
        flags |= TcpSegment.PSH;
      }
    }
    if (fin) {
      flags |= TcpSegment.FIN;
    }
    if (c.timestamps) {
      writeTimestamps(c, buffer, TcpSegment.HEADER);
    }
    c.lastSent = c.layer.engine.now();
    send(c, buffer, header, sequence, flags, c.ecn && fresh);
    return true;
  }

  /** Bytes of the header of a segment with data. */
  static int headerLength(TcpConnection c) {
    return TcpSegment.HEADER + (c.timestamps ? TIMESTAMP_BYTES : 0);
  }

  static void writeTimestamps(TcpConnection c, PacketBuffer buffer, int at) {
    buffer.putInt(at, 0x0101080a);
    buffer.putInt(at + 4, c.timestampNow());
    buffer.putInt(at + 8, c.timestampRecent);
  }

  /** Acknowledges; reports what arrived out of order. Returns false when there was no room. */
  static boolean sendAck(TcpConnection c) {
    NetInterface out = c.layer.interfaceOf(c);
    if (out == null) {
      c.ackNow = false;
      return true;
    }
    PacketBuffer buffer = out.pool().allocate();
    if (buffer == null) {
      return false;
    }
    int options = c.timestamps ? TIMESTAMP_BYTES : 0;
    int ranges = c.sack ? Math.min(c.rangeCount, c.timestamps ? 3 : 4) : 0;
    boolean duplicate = c.sack && c.duplicatePending;
    if (duplicate) {
      ranges = Math.min(ranges, c.timestamps ? 2 : 3);
    }
    int blocks = ranges + (duplicate ? 1 : 0);
    if (blocks > 0) {
      options += 4 + 8 * blocks;
    }
    int header = TcpSegment.HEADER + options;
    buffer.append(header);
    int at = TcpSegment.HEADER;
    if (c.timestamps) {
      writeTimestamps(c, buffer, at);
      at += TIMESTAMP_BYTES;
    }
    if (blocks > 0) {
      buffer.putInt(at, 0x01010500 | 2 + 8 * blocks);
      at += 4;
      if (duplicate) {
        buffer.putInt(at, c.duplicateStart);
        buffer.putInt(at + 4, c.duplicateEnd);
        at += 8;
        c.duplicatePending = false;
      }
      // RFC 2018, section 4: the newest first, then those that were reported last, so that each is
      // reported several times.
      long stamp = Long.MAX_VALUE;
      for (int i = 0; i < ranges; i++) {
        int r = c.rangeBefore(stamp);
        stamp = c.rangeStamp[r];
        buffer.putInt(at, c.rangeStart[r]);
        buffer.putInt(at + 4, c.rangeEnd[r]);
        at += 8;
      }
    }
    send(c, buffer, header, c.sndNxt, TcpSegment.ACK, false);
    return true;
  }

  /**
   * A segment that is out of the window, so that the peer answers: zero-window probe and keep-alive
   * (RFC 9293, sections 3.8.6.1 and 3.8.4).
   */
  static void sendProbe(TcpConnection c) {
    NetInterface out = c.layer.interfaceOf(c);
    PacketBuffer buffer = out == null ? null : out.pool().allocate();
    if (buffer == null) {
      return;
    }
    int header = headerLength(c);
    buffer.append(header);
    if (c.timestamps) {
      writeTimestamps(c, buffer, TcpSegment.HEADER);
    }
    send(c, buffer, header, c.sndUna - 1, TcpSegment.ACK, false);
  }

  /** Sends SYN or SYN-ACK with the options of RFC 9293, 7323 and 2018. */
  static void sendSyn(TcpConnection c) {
    NetInterface out = c.layer.interfaceOf(c);
    PacketBuffer buffer = out == null ? null : out.pool().allocate();
    if (buffer == null) {
      return;
    }
    boolean answer = c.state == TcpState.SYN_RECEIVED;
    int options = 4;
    boolean offerTimestamps = !answer || c.timestamps;
    boolean offerSack = !answer || c.sack;
    boolean offerScale = !answer || c.rcvScale >= 0;
    if (offerTimestamps) {
      options += 12;
    } else if (offerSack) {
      options += 4;
    }
    if (offerScale) {
      options += 4;
    }
    int header = TcpSegment.HEADER + options;
    buffer.append(header);
    int at = TcpSegment.HEADER;
    buffer.putInt(at, 0x02040000 | c.layer.offeredMss(c));
    at += 4;
    if (offerTimestamps) {
      buffer.putInt(at, offerSack ? 0x0402080a : 0x0101080a);
      buffer.putInt(at + 4, c.timestampNow());
      buffer.putInt(at + 8, answer ? c.timestampRecent : 0);
      at += 12;
    } else if (offerSack) {
      buffer.putInt(at, 0x01010402);
      at += 4;
    }
    if (offerScale) {
      buffer.putInt(at, 0x01030300 | TcpLayer.WINDOW_SCALE);
    }
    write(
        buffer,
        header,
        c.localPort,
        c.remotePort,
        c.iss,
        answer ? c.rcvNxt : 0,
        flagsOfSyn(c, answer),
        Math.min(c.receiveLimit, 0xffff));
    if (answer) {
      c.rcvAdvertised = c.rcvNxt + Math.min(c.receiveLimit, 0xffff);
      c.lastAckSent = c.rcvNxt;
    }
    c.synRepeated = c.lastSent != 0;
    c.lastSent = c.layer.engine.now();
    transmit(c, buffer, false);
  }

  /** RFC 3168, section 6.1.1: asks for ECN, or agrees to it. */
  private static int flagsOfSyn(TcpConnection c, boolean answer) {
    if (answer) {
      return TcpSegment.SYN | TcpSegment.ACK | (c.ecn ? TcpSegment.ECE : 0);
    }
    return TcpSegment.SYN | (c.ecn ? TcpSegment.ECE | TcpSegment.CWR : 0);
  }

  /**
   * @param capable whether the network may mark the packet: new data alone (RFC 3168, sections
   *     6.1.4 to 6.1.6)
   */
  private static void send(
      TcpConnection c,
      PacketBuffer buffer,
      int header,
      int sequence,
      int wantedFlags,
      boolean capable) {
    int flags = c.congestionEcho ? wantedFlags | TcpSegment.ECE : wantedFlags;
    int window = c.receiveWindow();
    int field = Math.min(window >>> Math.max(c.rcvScale, 0), 0xffff);
    int edge = c.rcvNxt + (field << Math.max(c.rcvScale, 0));
    if (Sequence.after(edge, c.rcvAdvertised)) {
      c.rcvAdvertised = edge;
    }
    write(buffer, header, c.localPort, c.remotePort, sequence, c.rcvNxt, flags, field);
    c.ackNow = false;
    c.unacknowledgedSegments = 0;
    c.lastAckSent = c.rcvNxt;
    c.timers.cancelDelayedAck();
    transmit(c, buffer, capable);
  }

  static void write(
      PacketBuffer buffer,
      int header,
      int sourcePort,
      int destinationPort,
      int sequence,
      int acknowledgment,
      int flags,
      int window) {
    buffer.putInt(0, sourcePort << 16 | destinationPort);
    buffer.putInt(4, sequence);
    buffer.putInt(8, acknowledgment);
    buffer.putInt(12, header / 4 << 28 | flags << 16 | window);
    buffer.putInt(16, 0);
  }

  private static void transmit(TcpConnection c, PacketBuffer buffer, boolean capable) {
    checksum(buffer, c.route.out(), c.localHigh, c.localLow, c.remoteHigh, c.remoteLow);
    c.layer.counters().sent++;
    boolean fits =
        c.layer.ip.send(
            c.route,
            buffer,
            IpProtocol.TCP,
            c.localHigh,
            c.localLow,
            c.remoteHigh,
            c.remoteLow,
            IpLayer.DEFAULT_HOP_LIMIT,
            capable ? c.trafficClass | IpPacket.ECN_CAPABLE : c.trafficClass,
            true);
    if (!fits) {
      c.layer.segmentsShrunk(c);
    }
  }

  static void checksum(
      PacketBuffer buffer,
      NetInterface out,
      long localHigh,
      long localLow,
      long remoteHigh,
      long remoteLow) {
    int length = buffer.totalLength();
    long sum =
        InternetChecksum.pseudo(localHigh, localLow, remoteHigh, remoteLow, IpProtocol.TCP, length);
    if (out.offloads(NetDevice.OFFLOAD_TX_CHECKSUM)) {
      buffer.putShort(16, InternetChecksum.fold(sum));
      buffer.setChecksumRequest(0, 16);
    } else {
      buffer.putShort(16, InternetChecksum.finish(InternetChecksum.add(sum, buffer, 0, length)));
    }
  }
}

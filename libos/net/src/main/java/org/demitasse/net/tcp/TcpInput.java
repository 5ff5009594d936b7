package org.demitasse.net.tcp;

import org.demitasse.net.ip.IpPacket;

/** A segment arrives for a connection: RFC 9293, section 3.10.7, in its order of checks. */
final class TcpInput {
  /**
   * Full-sized segments at the start of a connection are acknowledged at once: slow start waits.
   */
  private static final int QUICK_ACKS = 16;

  /** Out-of-order ranges kept; what would make more is dropped and comes again. */
  private static final int MAX_RANGES = 32;

  /** No window is larger (RFC 7323, section 2.3). */
  private static final int MAX_COUNTED = 1 << 30;

  /** RFC 7323, section 5.5. */
  private static final long TIMESTAMP_LIFETIME = 24L * 24 * 3600 * 1_000_000_000L;

  private TcpInput() {}

  /** Handles a segment; the buffer stays with the caller. */
  static void arrives(TcpConnection c, TcpSegment segment, IpPacket packet) {
    if (c.state == TcpState.SYN_SENT) {
      inSynSent(c, segment);
      return;
    }
    long now = c.layer.engine.now();
    if (c.state == TcpState.SYN_RECEIVED && isOwnSynAcknowledged(c, segment)) {
      // Both sides have opened at once, and the peer's SYN comes again with its acknowledgement of
      // ours (RFC 9293, section 3.5, figure 7): all that is new in it is the acknowledgement.
      segment.flags &= ~TcpSegment.SYN;
      segment.sequence++;
    }
    // RFC 7323, section 5.3: PAWS.
    if (c.timestamps
        && segment.hasTimestamps
        && !segment.has(TcpSegment.RST)
        && segment.timestampValue - c.timestampRecent < 0) {
      if (now - c.timestampRecentAt > TIMESTAMP_LIFETIME) {
        c.timestampRecent = segment.timestampValue;
      } else {
        c.layer.counters().pawsDrops++;
        duplicate(c, segment);
        return;
      }
    }
    if (!isAcceptable(c, segment)) {
      if (segment.has(TcpSegment.RST)) {
        return;
      }
      if (c.state == TcpState.SYN_RECEIVED && segment.has(TcpSegment.SYN)) {
        // Our SYN-ACK was lost.
        TcpOutput.sendSyn(c);
        return;
      }
      if (segment.has(TcpSegment.SYN)) {
        c.layer.replies.challenge(c, segment);
        return;
      }
      duplicate(c, segment);
      // RFC 9293, section 3.10.7.4: with a window of zero, acknowledgements still count.
      if (!(segment.has(TcpSegment.ACK)
          && segment.sequence == c.rcvNxt
          && c.rcvAdvertised == c.rcvNxt)) {
        return;
      }
      processAck(c, segment, now);
      return;
    }
    if (segment.has(TcpSegment.RST)) {
      reset(c, segment);
      return;
    }
    if (segment.has(TcpSegment.SYN)) {
      if (c.state == TcpState.SYN_RECEIVED && segment.sequence == c.irs) {
        TcpOutput.sendSyn(c);
      } else {
        // RFC 5961, section 4.
        c.layer.replies.challenge(c, segment);
      }
      return;
    }
    if (!segment.has(TcpSegment.ACK)) {
      return;
    }
    if (c.state == TcpState.SYN_RECEIVED) {
      if (Sequence.notAfter(segment.acknowledgment, c.sndUna)
          || Sequence.after(segment.acknowledgment, c.sndNxt)) {
        c.layer.replies.resetFor(packet, segment);
        return;
      }
      if (c.listener != null && !c.listener.hasRoom()) {
        // Nobody accepts fast enough: the peer will try again.
        return;
      }
      c.sndUna = c.iss + 1;
      c.sndWnd = segment.window << Math.max(c.sndScale, 0);
      c.maxSndWnd = c.sndWnd;
      c.sndWl1 = segment.sequence;
      c.sndWl2 = segment.acknowledgment;
      if (c.timestamps && segment.hasTimestamps) {
        long stamp = (c.timestampNow() - segment.timestampEcho) * 1_000_000L;
        if (stamp >= 0 && stamp < RttEstimator.MAX_RTO) {
          c.rtt.sample(stamp, now);
        }
      } else if (c.lastSent != 0 && !c.synRepeated) {
        c.rtt.sample(now - c.lastSent, now);
      }
      c.established();
    }
    if (c.timers.isBackedOff() && segment.sequenceLength() > 0) {
      c.timers.heardAfter(now - c.lastHeard);
    }
    c.lastHeard = now;
    c.keepAliveProbes = 0;
    if (c.ecn) {
      noteMarks(c, segment, packet);
    }
    if (!processAck(c, segment, now)) {
      return;
    }
    if (c.timestamps && segment.hasTimestamps && !Sequence.after(segment.sequence, c.lastAckSent)) {
      // RFC 7323, section 4.3; a wrong acknowledgement must not bring a timestamp of the future.
      c.timestampRecent = segment.timestampValue;
      c.timestampRecentAt = now;
    }
    if (segment.payloadLength > 0 || segment.has(TcpSegment.FIN)) {
      processText(c, segment, packet);
    }
  }

  /** RFC 3168, section 6.1.3: marks are echoed until the peer says that it has reacted. */
  private static void noteMarks(TcpConnection c, TcpSegment segment, IpPacket packet) {
    if (segment.has(TcpSegment.CWR)) {
      c.congestionEcho = false;
    }
    if ((packet.trafficClass & IpPacket.ECN) == IpPacket.CONGESTION_EXPERIENCED) {
      c.layer.counters().congestionMarks++;
      if (!c.congestionEcho) {
        c.congestionEcho = true;
        c.ackNow = true;
        c.layer.wantOutput(c);
      }
    }
  }

  private static boolean isOwnSynAcknowledged(TcpConnection c, TcpSegment segment) {
    int both = TcpSegment.SYN | TcpSegment.ACK;
    return (segment.flags & (both | TcpSegment.RST)) == both
        && segment.sequence == c.irs
        && segment.acknowledgment == c.sndNxt;
  }

  private static void inSynSent(TcpConnection c, TcpSegment segment) {
    boolean acked = false;
    if (segment.has(TcpSegment.ACK)) {
      if (segment.acknowledgment != c.sndNxt) {
        if (!segment.has(TcpSegment.RST)) {
          c.layer.replies.sendResetFor(c, segment.acknowledgment);
        }
        return;
      }
      acked = true;
    }
    if (segment.has(TcpSegment.RST)) {
      if (acked) {
        c.closed(TcpFailure.REFUSED);
      }
      return;
    }
    if (!segment.has(TcpSegment.SYN)) {
      return;
    }
    long now = c.layer.engine.now();
    c.irs = segment.sequence;
    c.rcvNxt = segment.sequence + 1;
    c.rcvAdvertised = c.rcvNxt + Math.min(c.receiveLimit, 0xffff);
    c.layer.negotiate(c, segment);
    c.lastHeard = now;
    if (acked) {
      c.sndUna = segment.acknowledgment;
      c.sndWnd = segment.window;
      c.maxSndWnd = c.sndWnd;
      c.sndWl1 = segment.sequence;
      c.sndWl2 = segment.acknowledgment;
      if (!c.synRepeated) {
        c.rtt.sample(now - c.lastSent, now);
      }
      c.established();
      c.ackNow = true;
      c.layer.wantOutput(c);
    } else {
      // Both sides open at once (RFC 9293, section 3.5, figure 7).
      c.state = TcpState.SYN_RECEIVED;
      TcpOutput.sendSyn(c);
      c.timers.armRetransmit();
    }
  }

  /** RFC 9293, section 3.10.7.4, first check. */
  private static boolean isAcceptable(TcpConnection c, TcpSegment segment) {
    int length = segment.sequenceLength();
    int window = Math.max(c.rcvAdvertised - c.rcvNxt, 0);
    int sequence = segment.sequence;
    if (length == 0) {
      // The right edge is where a peer is that has filled the window: behind a hole its
      // acknowledgements would else be lost on us.
      return Sequence.notBefore(sequence, c.rcvNxt)
          && Sequence.notAfter(sequence, c.rcvNxt + window);
    }
    if (window == 0) {
      // A FIN needs no room, and some send it into a closed window: else both would repeat
      // themselves until it opens.
      return sequence == c.rcvNxt && segment.payloadLength == 0 && !segment.has(TcpSegment.SYN);
    }
    int last = sequence + length - 1;
    return Sequence.before(sequence, c.rcvNxt + window) && Sequence.notBefore(last, c.rcvNxt);
  }

  /** Answers a segment outside of the window; says that its data was here already (RFC 2883). */
  private static void duplicate(TcpConnection c, TcpSegment segment) {
    if (c.sack
        && segment.payloadLength > 0
        && Sequence.notAfter(segment.sequence + segment.payloadLength, c.rcvNxt)) {
      c.duplicateStart = segment.sequence;
      c.duplicateEnd = segment.sequence + segment.payloadLength;
      c.duplicatePending = true;
    }
    if (c.state == TcpState.TIME_WAIT && segment.has(TcpSegment.FIN)) {
      c.timers.armTimeWait();
    }
    if (segment.sequenceLength() > 0 || c.layer.replies.mayAnswer(c, segment)) {
      c.ackNow = true;
      c.layer.wantOutput(c);
    }
  }

  /** RFC 5961, section 3: only the exact sequence number resets, others are challenged. */
  private static void reset(TcpConnection c, TcpSegment segment) {
    if (segment.sequence != c.rcvNxt) {
      c.layer.replies.challenge(c, segment);
      return;
    }
    switch (c.state) {
      case SYN_RECEIVED -> c.closed(c.listener == null ? TcpFailure.REFUSED : TcpFailure.RESET);
      case CLOSING, LAST_ACK, TIME_WAIT -> c.closed(null);
      default -> c.closed(TcpFailure.RESET);
    }
  }

  /** Returns whether the segment's text is to be looked at. */
  private static boolean processAck(TcpConnection c, TcpSegment segment, long now) {
    int ack = segment.acknowledgment;
    if (Sequence.after(ack, c.sndNxt)) {
      if (segment.payloadLength > 0 || c.layer.replies.mayAnswer(c, segment)) {
        c.ackNow = true;
        c.layer.wantOutput(c);
      }
      return false;
    }
    if (Sequence.before(ack, c.sndUna)) {
      // RFC 5961, section 5: too old to be honest, or of what was never sent.
      if (Sequence.before(ack, c.sndUna - Math.min(c.maxSndWnd, c.acknowledged))) {
        c.layer.replies.challenge(c, segment);
        return false;
      }
      return true;
    }
    int oldWindow = c.sndWnd;
    if (Sequence.before(c.sndWl1, segment.sequence)
        || c.sndWl1 == segment.sequence && Sequence.notAfter(c.sndWl2, ack)) {
      c.sndWnd = segment.window << Math.max(c.sndScale, 0);
      c.maxSndWnd = Math.max(c.maxSndWnd, c.sndWnd);
      c.sndWl1 = segment.sequence;
      c.sndWl2 = ack;
    }
    boolean moved = segment.payloadLength > 0 || c.sndWnd != oldWindow;
    int acked = ack - c.sndUna;
    if (acked > 0 || !c.sent.isEmpty()) {
      c.recovery.acknowledged(segment, ack, moved, now);
    }
    if (c.ecn && segment.has(TcpSegment.ECE)) {
      c.recovery.congestionEchoed(ack);
    }
    if (acked > 0) {
      int bytes = Math.min(acked, c.sendLength);
      c.sndUna = ack;
      c.acknowledged = Math.min(c.acknowledged + Math.min(acked, MAX_COUNTED), MAX_COUNTED);
      c.sendLength -= bytes;
      c.sendBuffer.drop(bytes, c.sendLength == 0);
      c.tuneSendBuffer();
      if (c.sent.isEmpty()) {
        c.sent.release();
        c.timers.cancelRetransmit();
      } else {
        c.timers.armRetransmit();
      }
      c.notifySocket();
      if (c.finSent && ack == c.sndNxt && !finAcknowledged(c)) {
        return false;
      }
    }
    if (c.sndWnd > 0) {
      c.timers.cancelPersist();
      if (oldWindow == 0 && !c.sent.isEmpty() && c.timers.isBackedOff()) {
        c.recovery.windowReopened();
      }
    }
    if (c.unsent() > 0 || c.finQueued && !c.finSent || c.sent.hasLost()) {
      c.layer.wantOutput(c);
    }
    return true;
  }

  private static boolean finAcknowledged(TcpConnection c) {
    switch (c.state) {
      case FIN_WAIT_1 -> {
        c.state = TcpState.FIN_WAIT_2;
        if (c.socket == null) {
          c.timers.armOrphan();
        }
      }
      case CLOSING -> c.enterTimeWait();
      case LAST_ACK -> {
        c.closed(null);
        return false;
      }
      default -> {}
    }
    return true;
  }

  private static void processText(TcpConnection c, TcpSegment segment, IpPacket packet) {
    if (!c.state.canReceive()) {
      // Nothing follows a FIN: what does is ignored (RFC 9293, section 3.10.7.4, eighth step).
      if (c.state == TcpState.TIME_WAIT) {
        duplicate(c, segment);
      }
      return;
    }
    int length = segment.payloadLength;
    if (length > 0 && c.socket == null && c.listener == null) {
      // RFC 9293, section 3.6.1: nobody will ever read this.
      c.layer.replies.resetFor(packet, segment);
      c.closed(TcpFailure.RESET);
      return;
    }
    int start = segment.sequence;
    int end = start + length;
    int index = segment.headerLength;
    if (segment.has(TcpSegment.FIN)) {
      c.finPending = true;
      c.finSequence = end;
    }
    if (Sequence.before(start, c.rcvNxt)) {
      if (c.sack && length > 0) {
        c.duplicateStart = start;
        c.duplicateEnd = Sequence.after(end, c.rcvNxt) ? c.rcvNxt : end;
        c.duplicatePending = true;
      }
      index += c.rcvNxt - start;
      start = c.rcvNxt;
      c.ackNow = true;
    }
    int limit = c.rcvAdvertised;
    if (Sequence.after(end, limit)) {
      end = limit;
    }
    if (Sequence.before(start, end)) {
      c.segmentsReceived++;
      if (c.inputShut) {
        if (start == c.rcvNxt) {
          c.rcvNxt = end;
          c.rcvAdvertised = Sequence.max(c.rcvAdvertised, c.rcvNxt);
        }
        acknowledgeSoon(c, end - start);
      } else {
        store(c, segment, start, end, index);
      }
    }
    if (c.finPending && c.finSequence == c.rcvNxt && !c.finReceived) {
      finArrived(c);
    } else if (length == 0 && segment.has(TcpSegment.FIN)) {
      c.ackNow = true;
    }
    c.layer.wantOutput(c);
  }

  private static void store(TcpConnection c, TcpSegment segment, int start, int end, int index) {
    int length = end - start;
    if (start == c.rcvNxt
        && c.rangeCount == 0
        && length == segment.payloadLength
        && segment.give(c.receiveBuffer, c.readable)) {
      c.readable += length;
      c.rcvNxt = end;
      acknowledgeSoon(c, length);
      c.notifySocket();
      return;
    }
    int offset = c.readable + (start - c.rcvNxt);
    boolean early = start != c.rcvNxt;
    boolean room =
        (!early || c.layer.chunks.hasRoomForEarly())
            && c.receiveBuffer.reserve(offset, length) == length;
    if (!room && !early && c.rangeCount > 0) {
      // What arrived too early must not keep out what it waits for (RFC 2018, section 8).
      c.dropRanges();
      room = c.receiveBuffer.reserve(offset, length) == length;
    }
    if (!room) {
      // No memory: as if the network had lost it.
      c.layer.counters().memoryDrops++;
      c.ackNow = true;
      return;
    }
    if (start == c.rcvNxt) {
      boolean hole = c.rangeCount > 0;
      if (hole && c.sack && !c.duplicatePending && Sequence.before(c.rangeStart[0], end)) {
        c.duplicateStart = c.rangeStart[0];
        c.duplicateEnd = Sequence.after(c.rangeEnd[0], end) ? end : c.rangeEnd[0];
        c.duplicatePending = true;
      }
      segment.copy(c.receiveBuffer, offset, index, length);
      c.readable += length;
      c.rcvNxt = end;
      if (hole) {
        joinRanges(c);
        c.ackNow = true;
      } else {
        acknowledgeSoon(c, length);
      }
      c.notifySocket();
      return;
    }
    if (addRange(c, start, end)) {
      segment.copy(c.receiveBuffer, offset, index, length);
    }
    c.layer.counters().outOfOrder++;
    // RFC 5681, section 4.2: at once, so that the sender learns of the hole.
    if (!TcpOutput.sendAck(c)) {
      c.ackNow = true;
    }
  }

  private static void acknowledgeSoon(TcpConnection c, int length) {
    c.unacknowledgedSegments++;
    boolean full = length >= c.mss;
    if (c.unacknowledgedSegments >= 2 && full
        || length >= 2 * c.mss
        || full && c.segmentsReceived < QUICK_ACKS
        || c.unacknowledgedSegments > 4) {
      c.ackNow = true;
    } else {
      c.timers.ensureDelayedAck();
    }
  }

  /** Moves RCV.NXT over ranges that have become contiguous. */
  private static void joinRanges(TcpConnection c) {
    int joined = 0;
    while (joined < c.rangeCount && Sequence.notAfter(c.rangeStart[joined], c.rcvNxt)) {
      int advance = c.rangeEnd[joined] - c.rcvNxt;
      if (advance > 0) {
        c.readable += advance;
        c.rcvNxt = c.rangeEnd[joined];
      }
      joined++;
    }
    if (joined > 0) {
      c.rangeCount -= joined;
      System.arraycopy(c.rangeStart, joined, c.rangeStart, 0, c.rangeCount);
      System.arraycopy(c.rangeEnd, joined, c.rangeEnd, 0, c.rangeCount);
      System.arraycopy(c.rangeStamp, joined, c.rangeStamp, 0, c.rangeCount);
      if (c.rangeCount == 0) {
        c.rangeStart = null;
        c.rangeEnd = null;
        c.rangeStamp = null;
      }
    }
  }

  /** Notes an out-of-order range; false when there are too many. */
  private static boolean addRange(TcpConnection c, int start, int end) {
    if (c.rangeStart == null) {
      c.rangeStart = new int[MAX_RANGES];
      c.rangeEnd = new int[MAX_RANGES];
      c.rangeStamp = new long[MAX_RANGES];
    }
    int i = 0;
    while (i < c.rangeCount && Sequence.before(c.rangeEnd[i], start)) {
      i++;
    }
    if (i == c.rangeCount || Sequence.before(end, c.rangeStart[i])) {
      if (c.rangeCount == MAX_RANGES) {
        return false;
      }
      System.arraycopy(c.rangeStart, i, c.rangeStart, i + 1, c.rangeCount - i);
      System.arraycopy(c.rangeEnd, i, c.rangeEnd, i + 1, c.rangeCount - i);
      System.arraycopy(c.rangeStamp, i, c.rangeStamp, i + 1, c.rangeCount - i);
      c.rangeStart[i] = start;
      c.rangeEnd[i] = end;
      c.rangeCount++;
      c.touchRange(i);
      return true;
    }
    int first = Sequence.max(start, c.rangeStart[i]);
    int last = Sequence.after(end, c.rangeEnd[i]) ? c.rangeEnd[i] : end;
    if (c.sack && Sequence.before(first, last)) {
      c.duplicateStart = first;
      c.duplicateEnd = last;
      c.duplicatePending = true;
    }
    if (Sequence.before(start, c.rangeStart[i])) {
      c.rangeStart[i] = start;
    }
    c.rangeEnd[i] = Sequence.max(c.rangeEnd[i], end);
    int j = i + 1;
    while (j < c.rangeCount && Sequence.notAfter(c.rangeStart[j], c.rangeEnd[i])) {
      c.rangeEnd[i] = Sequence.max(c.rangeEnd[i], c.rangeEnd[j]);
      j++;
    }
    int removed = j - i - 1;
    if (removed > 0) {
      System.arraycopy(c.rangeStart, j, c.rangeStart, i + 1, c.rangeCount - j);
      System.arraycopy(c.rangeEnd, j, c.rangeEnd, i + 1, c.rangeCount - j);
      System.arraycopy(c.rangeStamp, j, c.rangeStamp, i + 1, c.rangeCount - j);
      c.rangeCount -= removed;
    }
    c.touchRange(i);
    return true;
  }

  private static void finArrived(TcpConnection c) {
    c.finReceived = true;
    if (c.rangeCount > 0) {
      // Nothing follows a FIN; what a peer sends behind it all the same must not hold memory.
      c.dropRanges();
    }
    c.rcvNxt++;
    c.rcvAdvertised = Sequence.max(c.rcvAdvertised, c.rcvNxt);
    c.ackNow = true;
    switch (c.state) {
      case ESTABLISHED -> c.state = TcpState.CLOSE_WAIT;
      case FIN_WAIT_1 -> c.state = TcpState.CLOSING;
      case FIN_WAIT_2 -> c.enterTimeWait();
      default -> {}
    }
    c.notifySocket();
  }
}

package org.demitasse.net.tcp;

/**
 * Decides what was lost and when to send it again: RACK-TLP (RFC 8985) with selective
 * acknowledgements, NewReno (RFC 6582) for peers without them, and the retransmission timeout.
 */
final class LossRecovery {
  private static final int DUPLICATE_THRESHOLD = 3;
  private static final long MAX_DELAYED_ACK = 200_000_000L;
  private static final long MIN_PROBE_TIMEOUT = 10_000_000L;

  private final TcpConnection c;

  /** Fast recovery lasts until this is acknowledged. */
  private int recoveryPoint;

  private boolean inRecovery;

  /** The timeout has struck and SND.NXT of that moment is not acknowledged yet. */
  private boolean inTimeoutRecovery;

  // RACK: the newest transmission that is known to have arrived.
  private long rackTime;
  private int rackEnd;
  private long rackRtt;
  private int highestSacked;
  private boolean reorderingSeen;
  private int reorderMultiplier = 1;

  // Tail loss probe.
  private boolean probing;
  private boolean probeWasRetransmission;
  private int probeEnd;

  private int duplicateAcks;

  /** The window was reduced for a mark (RFC 3168), not again before this is acknowledged. */
  private int markPoint;

  private boolean reducedForMark;

  /**
   * The first retransmission of a recovery goes out whatever is in flight (RFC 6675, section 5).
   */
  private boolean firstRetransmission;

  // What to restore when a timeout or a recovery proves needless (RFC 4015).
  private int savedWindow;
  private int savedThreshold;
  private int retransmitStamp;
  private boolean undoPossible;

  LossRecovery(TcpConnection connection) {
    c = connection;
  }

  boolean inRecovery() {
    return inRecovery || inTimeoutRecovery;
  }

  /** Bytes believed to be in the network. */
  int pipe() {
    int pipe = c.sent.pipe(c.outstanding());
    return c.sack ? pipe : Math.max(pipe - duplicateAcks * c.mss, 0);
  }

  /**
   * An acceptable acknowledgement has arrived; SND.UNA is still the old one.
   *
   * @param window whether the segment moved the send window or carried data: it is then no
   *     duplicate acknowledgement
   */
  void acknowledged(TcpSegment segment, int ack, boolean window, long now) {
    int oldUna = c.sndUna;
    boolean advanced = Sequence.after(ack, oldUna);
    long sample = advanced ? removeAcknowledged(ack, now) : -1;
    boolean duplicateReported = c.sack && segment.sackCount > 0 && isDuplicateReport(segment, ack);
    boolean newlySacked = c.sack && segment.sackCount > 0 && applySack(segment, ack, now);
    if (sample < 0 && advanced && c.timestamps && segment.hasTimestamps) {
      long stamp = (c.timestampNow() - segment.timestampEcho) * 1_000_000L;
      if (stamp >= 0 && stamp < RttEstimator.MAX_RTO) {
        sample = stamp;
      }
    }
    if (sample >= 0) {
      c.rtt.sample(sample, now);
    } else if (advanced) {
      c.rtt.resetBackoff();
    }
    if (advanced) {
      duplicateAcks = 0;
      c.timers.progress();
      detectSpurious(segment);
    }
    if (probing) {
      finishProbe(ack, !advanced && !window && segment.sackCount == 0, duplicateReported);
    }
    if (inRecovery() && Sequence.notBefore(ack, recoveryPoint)) {
      inRecovery = false;
      inTimeoutRecovery = false;
      undoPossible = false;
    }
    if (duplicateReported && reorderMultiplier < 16) {
      reorderMultiplier++;
    }
    if (c.sack) {
      if (advanced || newlySacked) {
        detectLoss(now);
      }
    } else {
      newReno(ack, advanced, window);
    }
    if (advanced && !inRecovery && c.windowLimited) {
      c.congestion.acknowledged(ack - oldUna, c.mss, now, c.rtt.smoothed());
    }
    if (c.sent.hasLost() && !inRecovery()) {
      enterRecovery();
    }
  }

  /**
   * Returns the round-trip time of the newest segment, or -1 when one of those acknowledged was
   * sent more than once: then the others may have waited at the peer for that one (RFC 6298,
   * section 3).
   */
  private long removeAcknowledged(int ack, long now) {
    SentSegments sent = c.sent;
    long sample = -1;
    boolean resent = false;
    while (!sent.isEmpty()) {
      boolean whole = Sequence.notAfter(sent.end(0), ack);
      if (!whole && Sequence.notBefore(sent.start(0), ack)) {
        break;
      }
      resent |= sent.is(0, SentSegments.EVER_RETRANSMITTED);
      if (!sent.is(0, SentSegments.SACKED)) {
        arrived(0, whole ? sent.end(0) : ack, now);
        sample = now - sent.time(0);
      }
      if (!whole) {
        sent.trimFirst(ack);
        break;
      }
      sent.removeFirst();
    }
    return resent ? -1 : sample;
  }

  /** RFC 8985, section 6.2, steps 1 to 3, for a record that was delivered up to {@code end}. */
  private void arrived(int i, int end, long now) {
    SentSegments sent = c.sent;
    long time = sent.time(i);
    c.largestArrived = Math.max(c.largestArrived, Math.min(end - sent.start(i), c.mss));
    boolean retransmitted = sent.is(i, SentSegments.EVER_RETRANSMITTED);
    long rtt = now - time;
    if (retransmitted && rtt < c.rtt.minimum()) {
      // More likely the acknowledgement of the first copy.
      return;
    }
    if (!retransmitted) {
      c.rtt.delivered(rtt, now);
    }
    if (!retransmitted && Sequence.before(end, highestSacked)) {
      reorderingSeen = true;
    }
    if (Sequence.after(end, highestSacked)) {
      highestSacked = end;
    }
    if (time > rackTime || time == rackTime && Sequence.after(end, rackEnd)) {
      rackTime = time;
      rackEnd = end;
      rackRtt = rtt;
    }
  }

  private boolean isDuplicateReport(TcpSegment segment, int ack) {
    int left = segment.sackLeft[0];
    int right = segment.sackRight[0];
    if (Sequence.before(left, ack)) {
      return true;
    }
    return segment.sackCount > 1
        && Sequence.notBefore(left, segment.sackLeft[1])
        && Sequence.notAfter(right, segment.sackRight[1]);
  }

  private boolean applySack(TcpSegment segment, int ack, long now) {
    SentSegments sent = c.sent;
    boolean marked = false;
    for (int b = 0; b < segment.sackCount; b++) {
      int left = segment.sackLeft[b];
      int right = segment.sackRight[b];
      if (Sequence.notBefore(left, right)
          || Sequence.before(left, ack)
          || Sequence.after(right, c.sndNxt)) {
        continue;
      }
      for (int i = sent.indexAfter(left); i < sent.count(); i++) {
        if (Sequence.notBefore(sent.start(i), right)) {
          break;
        }
        if (sent.is(i, SentSegments.SACKED)) {
          continue;
        }
        // Whole segments alone count: a peer cannot have records made for single bytes.
        int begin = sent.start(i);
        int skipped = Math.max(left - begin, 0) + c.mss - 1;
        int from = begin + skipped / c.mss * c.mss;
        int end = sent.end(i);
        int to = Sequence.notAfter(end, right) ? end : begin + (right - begin) / c.mss * c.mss;
        if (Sequence.notBefore(from, to)) {
          continue;
        }
        int reported = i;
        if (from != begin) {
          sent.split(i, from);
          reported++;
        }
        if (to != end) {
          sent.split(reported, to);
        }
        arrived(reported, to, now);
        sent.markSacked(reported);
        marked = true;
        i = reported;
      }
    }
    return marked;
  }

  private long reorderWindow() {
    boolean many =
        c.sent.sackedCount() >= DUPLICATE_THRESHOLD
            || c.sent.sackedBytes() > (DUPLICATE_THRESHOLD - 1) * c.mss;
    if (!reorderingSeen && (inRecovery() || many)) {
      return 0;
    }
    long window = reorderMultiplier * (c.rtt.minimum() / 4);
    long smoothed = c.rtt.smoothed();
    return smoothed == 0 ? window : Math.min(window, smoothed);
  }

  /** RFC 8985, section 6.2, step 5. */
  private void detectLoss(long now) {
    SentSegments sent = c.sent;
    c.timers.cancelReorder();
    if (rackTime == 0 || sent.isEmpty()) {
      return;
    }
    if (sent.sackedCount() == 0 && !inRecovery()) {
      // Everything arrived in order so far: nothing older than the newest is missing.
      return;
    }
    long reorder = reorderWindow();
    long timeout = 0;
    for (int i = 0; i < sent.count(); i++) {
      long time = sent.time(i);
      boolean resent = sent.is(i, SentSegments.EVER_RETRANSMITTED);
      if (!resent && time > rackTime) {
        // First transmissions are in order of time: nothing behind is older.
        break;
      }
      if (sent.is(i, SentSegments.SACKED)
          || sent.is(i, SentSegments.LOST) && !sent.is(i, SentSegments.RETRANSMITTED)) {
        continue;
      }
      boolean before = time < rackTime || time == rackTime && Sequence.before(sent.end(i), rackEnd);
      if (!before) {
        continue;
      }
      long remaining = time + rackRtt + reorder - now;
      if (remaining <= 0) {
        sent.markLost(i);
      } else {
        timeout = Math.max(timeout, remaining);
      }
    }
    if (timeout > 0) {
      c.timers.armReorder(timeout);
    }
  }

  /** RACK's timer: what was in doubt is lost now. */
  void reorderingTimeout() {
    detectLoss(c.layer.engine.now());
    if (c.sent.hasLost()) {
      if (!inRecovery()) {
        enterRecovery();
      }
      c.layer.wantOutput(c);
    }
  }

  private void newReno(int ack, boolean advanced, boolean window) {
    SentSegments sent = c.sent;
    if (sent.isEmpty()) {
      duplicateAcks = 0;
      return;
    }
    if (advanced) {
      if (inRecovery) {
        // A partial acknowledgement: the next hole is lost too.
        markFirstLost();
      }
      return;
    }
    if (window || ack != c.sndUna || inTimeoutRecovery) {
      // After a timeout they answer what was sent again: nothing left the network for them.
      return;
    }
    duplicateAcks++;
    if (duplicateAcks == DUPLICATE_THRESHOLD && !inRecovery()) {
      markFirstLost();
    }
  }

  private void markFirstLost() {
    if (!c.sent.is(0, SentSegments.LOST) || c.sent.is(0, SentSegments.RETRANSMITTED)) {
      TcpOutput.cutSegment(c, 0);
      c.sent.markLost(0);
    }
  }

  private void enterRecovery() {
    c.layer.counters().fastRecoveries++;
    save();
    inRecovery = true;
    firstRetransmission = true;
    recoveryPoint = c.sndNxt;
    c.congestion.lost(c.mss);
    c.reductionPending = c.ecn;
  }

  /**
   * The peer saw marks of the network: reacts as to a loss, once in a round trip, without sending
   * anything again (RFC 3168, section 6.1.2).
   */
  void congestionEchoed(int ack) {
    if (inRecovery() || reducedForMark && Sequence.before(ack, markPoint)) {
      return;
    }
    reducedForMark = true;
    markPoint = c.sndNxt;
    c.layer.counters().markReductions++;
    c.congestion.lost(c.mss);
    c.reductionPending = true;
  }

  /** The peer has room again for what it could not take: that need not wait for the timer. */
  void windowReopened() {
    for (int i = 0; i < c.sent.count(); i++) {
      if (!c.sent.is(i, SentSegments.SACKED)) {
        c.sent.markLost(i);
      }
    }
    c.rtt.resetBackoff();
    c.timers.armRetransmit();
    c.layer.wantOutput(c);
  }

  boolean mustRetransmit() {
    return firstRetransmission;
  }

  void retransmitted() {
    firstRetransmission = false;
  }

  /** Segments have become smaller on the path: what is too long has to be sent again. */
  void segmentsShrunk() {
    for (int i = 0; i < c.sent.count(); i++) {
      if (c.sent.end(i) - c.sent.start(i) > c.mss && !c.sent.is(i, SentSegments.SACKED)) {
        c.sent.markLost(i);
      }
    }
    firstRetransmission = true;
  }

  private void save() {
    if (inRecovery()) {
      return;
    }
    savedWindow = c.congestion.window;
    savedThreshold = c.congestion.threshold;
    retransmitStamp = c.timestampNow();
    undoPossible = c.timestamps;
  }

  /** The Eifel detection algorithm (RFC 3522): was the first acknowledgement for the original? */
  private void detectSpurious(TcpSegment segment) {
    if (!undoPossible || !inRecovery()) {
      return;
    }
    undoPossible = false;
    if (segment.hasTimestamps && segment.timestampEcho - retransmitStamp < 0) {
      c.layer.counters().spuriousRetransmissions++;
      c.congestion.undo(savedWindow, savedThreshold);
      inRecovery = false;
      inTimeoutRecovery = false;
      SentSegments sent = c.sent;
      for (int i = 0; i < sent.count(); i++) {
        if (sent.is(i, SentSegments.LOST)) {
          sent.markAlive(i);
        }
      }
    }
  }

  /** The retransmission timer went off (RFC 6298, section 5; RFC 8985, section 6.3). */
  void retransmissionTimeout(boolean first) {
    SentSegments sent = c.sent;
    if (first) {
      save();
      c.congestion.timedOut(c.mss);
      c.reductionPending = c.ecn;
    } else {
      undoPossible = false;
    }
    inRecovery = false;
    inTimeoutRecovery = true;
    recoveryPoint = c.sndNxt;
    duplicateAcks = 0;
    probing = false;
    c.timers.cancelReorder();
    c.timers.cancelProbe();
    for (int i = 0; i < sent.count(); i++) {
      if (sent.is(i, SentSegments.SACKED)) {
        if (i > 0) {
          continue;
        }
        // The receiver has dropped what it had acknowledged selectively.
        sent.markUnsacked(i);
      }
      sent.markLost(i);
    }
  }

  /** After output: starts the tail loss probe's clock where one is due (RFC 8985, section 7.2). */
  void armProbe() {
    if (!c.sack
        || probing
        || inRecovery()
        || c.sent.isEmpty()
        || c.sent.sackedCount() > 0
        || c.rtt.smoothed() == 0
        || !c.state.isSynchronized()) {
      return;
    }
    long timeout = 2 * c.rtt.smoothed() + (c.outstanding() <= c.mss ? MAX_DELAYED_ACK : 2_000_000L);
    c.timers.armProbe(Math.max(timeout, MIN_PROBE_TIMEOUT));
  }

  /** The probe's time has come: sends new data where there is some, else the last segment again. */
  void probeTimeout() {
    if (c.sent.isEmpty() || inRecovery() || probing) {
      return;
    }
    c.layer.counters().tailLossProbes++;
    probing = true;
    probeWasRetransmission = !TcpOutput.sendProbeSegment(c);
    probeEnd = c.sndNxt;
    c.timers.armRetransmit();
  }

  /** RFC 8985, section 7.4.2: did the probe repair a loss that nobody noticed? */
  private void finishProbe(int ack, boolean duplicateAck, boolean duplicateReported) {
    if (Sequence.before(ack, probeEnd)) {
      return;
    }
    if (!probeWasRetransmission || duplicateReported || duplicateAck && ack == probeEnd) {
      probing = false;
    } else if (ack != probeEnd || c.sent.isEmpty() && c.unsent() == 0) {
      probing = false;
      if (ack != probeEnd && !inRecovery()) {
        c.congestion.lost(c.mss);
      }
    }
  }
}

package org.demitasse.net.tcp;

import org.demitasse.net.engine.Engine;
import org.demitasse.net.engine.Timer;

/**
 * The deadlines of one connection behind one entry of the timer wheel. Moving a deadline later,
 * which every segment does, touches one field; the entry finds out when it fires.
 */
final class TcpTimers extends Timer {
  private static final long NEVER = Long.MAX_VALUE;
  private static final long DELAYED_ACK = 40_000_000L;

  /** 2 MSL as all stacks of today count it. */
  private static final long TIME_WAIT = 60_000_000_000L;

  /** How long the peer of a closed socket may take to close its side. */
  private static final long ORPHAN = 60_000_000_000L;

  private static final long MAX_PERSIST = 60_000_000_000L;

  /** RFC 9293, section 3.8.3: R2; with backoff about 15 minutes. */
  private static final int MAX_RETRANSMISSIONS = 15;

  /** After so many timeouts in a row segments become smaller, and once more after as many again. */
  private static final int BLACK_HOLE_TIMEOUTS = 3;

  private static final int SMALL_MTU = 1280;
  private static final int SMALLEST_MTU = 576;

  /** An orphan may not hold memory for as long: so often, and so long after it became one. */
  private static final int MAX_ORPHAN_RETRANSMISSIONS = 8;

  private static final long ORPHAN_PATIENCE = 100_000_000_000L;

  private static final int MAX_SYN_RETRANSMISSIONS = 6;
  private static final int MAX_SYN_ACK_RETRANSMISSIONS = 5;

  private final TcpConnection connection;
  private final Engine engine;
  private long retransmit = NEVER;
  private long probe = NEVER;
  private long reorder = NEVER;
  private long persist = NEVER;
  private long delayedAck = NEVER;
  private long keepAlive = NEVER;
  private long end = NEVER;
  private long wakeAt = NEVER;
  private int retransmissions;
  private int persistProbes;
  private long orphanedAt;

  /** Since when the peer has acknowledged nothing though there was something to acknowledge. */
  private long stalledSince;

  TcpTimers(TcpConnection connection) {
    this.connection = connection;
    engine = connection.layer.engine;
  }

  private void wake(long deadline) {
    if (!isArmed() || deadline < wakeAt) {
      wakeAt = deadline;
      engine.schedule(this, deadline);
    }
  }

  /** Starts the retransmission timer anew (RFC 6298, section 5). */
  void armRetransmit() {
    if (retransmit == NEVER && retransmissions == 0) {
      stalledSince = engine.now();
    }
    retransmit = Math.min(engine.now() + connection.rtt.rto(), patienceEnds());
    wake(retransmit);
  }

  void ensureRetransmit() {
    if (retransmit == NEVER) {
      armRetransmit();
    }
  }

  /** When the user timeout ends the connection if nothing is acknowledged (RFC 5482). */
  private long patienceEnds() {
    int timeout = connection.userTimeout;
    return timeout == 0 ? NEVER : stalledSince + timeout * 1_000_000L;
  }

  /** Whether the peer has acknowledged nothing since before, though there is something. */
  boolean isStalled(long before) {
    return (retransmit != NEVER || persist != NEVER) && stalledSince < before;
  }

  /** The user timeout was set. */
  void patienceChanged() {
    if (retransmit != NEVER) {
      retransmit = Math.min(retransmit, patienceEnds());
      wake(retransmit);
    }
    if (persist != NEVER) {
      persist = Math.min(persist, patienceEnds());
      wake(persist);
    }
  }

  /** Counts anew for the data; returns whether the SYN had to be sent more than once. */
  boolean handshakeDone() {
    boolean repeated = retransmissions > 0;
    retransmissions = 0;
    return repeated;
  }

  /** The socket is closed: what is left is sent for a while. */
  void orphaned() {
    orphanedAt = engine.now();
  }

  /**
   * The peer sends data again after a silence longer than the last retransmission's wait: the way
   * is open, so the next one need not wait as long as the backoff has become (as RFC 6069 does on
   * ICMP's word). Traffic that never ceased shows nothing about the other direction.
   */
  void heardAfter(long silence) {
    long now = engine.now();
    if (retransmissions >= 2 && retransmit != NEVER && silence > connection.rtt.rto() / 2) {
      connection.rtt.resetBackoff();
      long deadline = now + connection.rtt.rto();
      if (deadline < retransmit) {
        retransmit = deadline;
        wake(deadline);
      }
    }
  }

  /** Whether the last retransmission was not the first. */
  boolean isBackedOff() {
    return retransmissions > 0;
  }

  /** Something new was acknowledged. */
  void progress() {
    retransmissions = 0;
    persistProbes = 0;
    stalledSince = engine.now();
  }

  void cancelRetransmit() {
    retransmit = NEVER;
    probe = NEVER;
    reorder = NEVER;
  }

  /** Arms the tail loss probe (RFC 8985, section 7.2). */
  void armProbe(long timeout) {
    long deadline = engine.now() + timeout;
    if (deadline < retransmit) {
      probe = deadline;
      wake(deadline);
    } else {
      probe = NEVER;
    }
  }

  void cancelProbe() {
    probe = NEVER;
  }

  /** Arms RACK's reordering timer. */
  void armReorder(long timeout) {
    reorder = engine.now() + timeout;
    wake(reorder);
  }

  void cancelReorder() {
    reorder = NEVER;
  }

  void ensurePersist() {
    if (persist == NEVER) {
      if (persistProbes == 0) {
        stalledSince = engine.now();
      }
      long interval = connection.rtt.rto() << Math.min(persistProbes, 10);
      persist = Math.min(engine.now() + Math.min(interval, MAX_PERSIST), patienceEnds());
      wake(persist);
    }
  }

  void cancelPersist() {
    persist = NEVER;
    persistProbes = 0;
  }

  void ensureDelayedAck() {
    if (delayedAck == NEVER) {
      delayedAck = engine.now() + DELAYED_ACK;
      wake(delayedAck);
    }
  }

  void cancelDelayedAck() {
    delayedAck = NEVER;
  }

  /** Arms the keep-alive timer when the option is on (RFC 9293, section 3.8.4). */
  void armKeepAlive() {
    if (!connection.keepAlive || !connection.state.isSynchronized()) {
      keepAlive = NEVER;
      return;
    }
    connection.keepAliveProbes = 0;
    keepAlive = engine.now() + connection.keepAliveIdle * 1_000_000_000L;
    wake(keepAlive);
  }

  void armTimeWait() {
    end = engine.now() + TIME_WAIT;
    wake(end);
  }

  void armOrphan() {
    end = engine.now() + ORPHAN;
    wake(end);
  }

  void cancelAll() {
    retransmit = NEVER;
    probe = NEVER;
    reorder = NEVER;
    persist = NEVER;
    delayedAck = NEVER;
    keepAlive = NEVER;
    end = NEVER;
    engine.cancel(this);
  }

  @Override
  protected void expire(long now) {
    TcpConnection c = connection;
    if (now >= end) {
      end = NEVER;
      c.closed(null);
      return;
    }
    if (now >= delayedAck) {
      delayedAck = NEVER;
      c.ackNow = true;
      c.layer.wantOutput(c);
    }
    if (now >= reorder) {
      reorder = NEVER;
      c.recovery.reorderingTimeout();
    }
    if (now >= probe) {
      probe = NEVER;
      c.recovery.probeTimeout();
    }
    if (now >= retransmit) {
      retransmit = NEVER;
      retransmissionTimeout();
    }
    if (now >= persist) {
      persist = NEVER;
      persistTimeout();
    }
    if (now >= keepAlive) {
      keepAlive = NEVER;
      keepAliveTimeout(now);
    }
    long earliest =
        Math.min(
            Math.min(Math.min(end, delayedAck), Math.min(reorder, probe)),
            Math.min(Math.min(retransmit, persist), keepAlive));
    if (earliest != NEVER && c.state != TcpState.CLOSED) {
      wakeAt = earliest;
      engine.schedule(this, earliest);
    }
  }

  private void retransmissionTimeout() {
    TcpConnection c = connection;
    retransmissions++;
    int limit =
        switch (c.state) {
          case SYN_SENT -> MAX_SYN_RETRANSMISSIONS;
          case SYN_RECEIVED -> MAX_SYN_ACK_RETRANSMISSIONS;
          default -> isPatient() ? MAX_RETRANSMISSIONS : MAX_ORPHAN_RETRANSMISSIONS;
        };
    // RFC 9293, section 3.8.6.1: a peer that has no room, and says so, is not gone.
    boolean full =
        c.sndWnd == 0
            && c.socket != null
            && c.state.isSynchronized()
            && engine.now() - c.lastHeard < 2 * RttEstimator.MAX_RTO;
    boolean over =
        c.userTimeout == 0 ? retransmissions > limit && !full : engine.now() >= patienceEnds();
    if (over) {
      if (c.state.isSynchronized()) {
        c.layer.replies.sendReset(c);
      }
      c.closed(c.softFailure == null ? TcpFailure.TIMED_OUT : c.softFailure);
      return;
    }
    c.rtt.backOff();
    c.layer.counters().retransmissionTimeouts++;
    if (!c.state.isSynchronized()) {
      // RFC 3168, section 6.1.1.1: perhaps somebody drops SYNs that ask for ECN.
      c.ecn &= c.state != TcpState.SYN_SENT;
      TcpOutput.sendSyn(c);
      armRetransmit();
      return;
    }
    c.recovery.retransmissionTimeout(retransmissions == 1);
    // Where long segments have arrived before, it is more likely that all sorts get lost.
    int first = c.largestArrived >= c.mss ? 2 * BLACK_HOLE_TIMEOUTS : BLACK_HOLE_TIMEOUTS;
    boolean again = retransmissions == first;
    if (!full && (again || retransmissions == first + BLACK_HOLE_TIMEOUTS)) {
      c.layer.pathSwallows(c, again ? SMALL_MTU : SMALLEST_MTU);
    }
    armRetransmit();
    c.layer.wantOutput(c);
  }

  private boolean isPatient() {
    TcpConnection c = connection;
    return c.socket != null || c.listener != null || engine.now() - orphanedAt < ORPHAN_PATIENCE;
  }

  private void persistTimeout() {
    TcpConnection c = connection;
    if (c.sent.isEmpty() && c.state.isSynchronized()) {
      if (engine.now() >= patienceEnds()) {
        c.layer.replies.sendReset(c);
        c.closed(TcpFailure.TIMED_OUT);
        return;
      }
      if (!isPatient() && persistProbes > MAX_ORPHAN_RETRANSMISSIONS) {
        c.abort();
        return;
      }
      persistProbes++;
      // A window may have opened too little for the rules; after a timeout anything goes.
      TcpOutput.forced(c);
      if (c.sent.isEmpty()) {
        TcpOutput.sendProbe(c);
        ensurePersist();
      }
    }
  }

  private void keepAliveTimeout(long now) {
    TcpConnection c = connection;
    if (!c.keepAlive || !c.state.isSynchronized()) {
      return;
    }
    long idle = c.keepAliveIdle * 1_000_000_000L;
    long interval = c.keepAliveInterval * 1_000_000_000L;
    if (c.keepAliveProbes == 0 && now - c.lastHeard < idle || c.outstanding() > 0) {
      keepAlive = c.outstanding() > 0 ? now + idle : c.lastHeard + idle;
      wake(keepAlive);
      return;
    }
    // As Linux has it, the user timeout takes the place of the number of probes.
    boolean over =
        c.userTimeout == 0
            ? c.keepAliveProbes >= c.keepAliveCount
            : c.keepAliveProbes > 0 && now - c.lastHeard >= c.userTimeout * 1_000_000L;
    if (over) {
      c.layer.replies.sendReset(c);
      c.closed(TcpFailure.TIMED_OUT);
      return;
    }
    c.keepAliveProbes++;
    TcpOutput.sendProbe(c);
    keepAlive = now + interval;
    wake(keepAlive);
  }
}

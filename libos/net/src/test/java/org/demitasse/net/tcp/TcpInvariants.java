package org.demitasse.net.tcp;

import java.lang.reflect.Field;
import java.util.HashMap;
import java.util.Map;

/**
 * What holds of every connection between two steps, whatever the network does: sequence numbers in
 * order, records that cover just what is in flight, counts that add up, and a timer behind
 * everything that is waited for.
 */
public final class TcpInvariants {
  private static final Map<String, Field> TIMERS = new HashMap<>();

  private TcpInvariants() {}

  /** Fails when one of a stack's connections is broken. */
  public static void check(TcpLayer layer) {
    for (TcpConnection c : layer.connections.all()) {
      try {
        checkSequences(c);
        checkRecords(c);
        checkRanges(c);
        checkState(c);
        checkTimers(c);
      } catch (AssertionError e) {
        throw new AssertionError(
            e.getMessage()
                + String.format(
                    ": %s, port %d to %d, una %d, nxt +%d, queued %d, window %d, cwnd %d, mss %d",
                    c.state,
                    c.localPort,
                    c.remotePort,
                    c.sndUna,
                    c.outstanding(),
                    c.sendLength,
                    c.sndWnd,
                    c.congestion.window,
                    c.mss));
      }
    }
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  private static void checkSequences(TcpConnection c) {
    require(c.state != TcpState.CLOSED, "a closed connection is in the table");
    require(Sequence.notAfter(c.sndUna, c.sndNxt), "SND.UNA is behind SND.NXT");
    require(Sequence.notBefore(c.rcvAdvertised, c.rcvNxt), "the window ends before RCV.NXT");
    require(!c.finSent || c.finQueued, "a FIN was sent that nobody wanted");
    require(c.readable >= 0 && c.sendLength >= 0, "less than nothing is queued");
    require(c.mss >= 32, "segments of less than 32 bytes");
    if (c.state.isSynchronized()) {
      int fin = c.finSent && Sequence.before(c.sndUna, c.sndNxt) ? 1 : 0;
      require(c.outstanding() - fin <= c.sendLength, "more is in flight than is queued");
      require(c.congestion.window >= c.mss, "the congestion window is less than a segment");
    }
  }

  private static void checkRecords(TcpConnection c) {
    SentSegments sent = c.sent;
    if (!c.state.isSynchronized()) {
      return;
    }
    int at = c.sndUna;
    int lost = 0;
    int sacked = 0;
    int resent = 0;
    boolean waits = false;
    for (int i = 0; i < sent.count(); i++) {
      int length = sent.end(i) - sent.start(i);
      require(sent.start(i) == at && length > 0, "the records have a hole at " + i);
      at = sent.end(i);
      require(
          !(sent.is(i, SentSegments.SACKED) && sent.is(i, SentSegments.LOST)),
          "a record is there and lost");
      sacked += sent.is(i, SentSegments.SACKED) ? length : 0;
      lost += sent.is(i, SentSegments.LOST) ? length : 0;
      resent += sent.is(i, SentSegments.RETRANSMITTED) ? length : 0;
      waits |= sent.is(i, SentSegments.LOST) && !sent.is(i, SentSegments.RETRANSMITTED);
    }
    require(at == c.sndNxt, "the records do not end at SND.NXT");
    require(sent.sackedBytes() == sacked, "the count of selectively acknowledged bytes is wrong");
    require(sent.lostBytes() == lost, "the count of lost bytes is wrong");
    require(
        sent.pipe(c.outstanding()) == c.outstanding() - sacked - lost + resent,
        "the count of bytes in the network is wrong");
    require(sent.hasLost() == waits, "whether something is to be sent again is wrong");
  }

  private static void checkRanges(TcpConnection c) {
    int last = c.rcvNxt;
    for (int i = 0; i < c.rangeCount; i++) {
      require(Sequence.after(c.rangeStart[i], last), "ranges touch or are out of order");
      require(Sequence.after(c.rangeEnd[i], c.rangeStart[i]), "a range is empty");
      last = c.rangeEnd[i];
    }
    require(Sequence.notAfter(last, c.rcvAdvertised), "a range is beyond the window");
  }

  private static void checkState(TcpConnection c) {
    boolean received =
        switch (c.state) {
          case CLOSE_WAIT, LAST_ACK, CLOSING, TIME_WAIT -> true;
          default -> false;
        };
    require(c.finReceived == received, "the state does not know of the peer's FIN");
    boolean queued =
        switch (c.state) {
          case FIN_WAIT_1, FIN_WAIT_2, LAST_ACK, CLOSING, TIME_WAIT -> true;
          case SYN_RECEIVED -> c.finQueued;
          default -> false;
        };
    require(c.finQueued == queued, "the state does not know of the own FIN");
    if (c.state == TcpState.FIN_WAIT_2 || c.state == TcpState.TIME_WAIT) {
      require(c.finSent && c.sndUna == c.sndNxt, "the FIN is not acknowledged");
    }
  }

  private static boolean isArmed(TcpConnection c, String timer) {
    try {
      Field field = TIMERS.get(timer);
      if (field == null) {
        field = TcpTimers.class.getDeclaredField(timer);
        field.setAccessible(true);
        TIMERS.put(timer, field);
      }
      return field.getLong(c.timers) != Long.MAX_VALUE && c.timers.isArmed();
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  private static void checkTimers(TcpConnection c) {
    if (c.outputPending) {
      return;
    }
    require(!c.ackNow, "an acknowledgement is due and nobody sends it");
    switch (c.state) {
      case TIME_WAIT -> require(isArmed(c, "end"), "TIME-WAIT does not end");
      case SYN_SENT, SYN_RECEIVED -> require(isArmed(c, "retransmit"), "the SYN is not repeated");
      default -> {
        if (!c.sent.isEmpty()) {
          require(isArmed(c, "retransmit"), "data is in flight without a timer");
        } else if (c.unsent() > 0 || c.finQueued && !c.finSent) {
          require(isArmed(c, "persist"), "data waits for the window without a timer");
        }
        if (c.state == TcpState.FIN_WAIT_2 && c.socket == null) {
          require(isArmed(c, "end"), "an orphan waits for its peer without end");
        }
        if (c.unacknowledgedSegments > 0) {
          require(isArmed(c, "delayedAck"), "an acknowledgement is delayed without a timer");
        }
      }
    }
  }
}

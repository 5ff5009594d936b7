package org.demitasse.net.tcp;

import org.demitasse.net.ip.Route;

/**
 * One connection's state: the transmission control block (RFC 9293, section 3.3.1), under the names
 * of the RFCs. {@link TcpInput}, {@link TcpOutput}, {@link LossRecovery} and {@link TcpTimers} work
 * on it.
 */
final class TcpConnection {
  static final int DEFAULT_BUFFER = 256 * 1024;
  static final int MAX_BUFFER = 8 << 20;

  /** Buffers grow by themselves up to this: a gigabit over 30 ms. */
  private static final int MAX_TUNED_BUFFER = 4 << 20;

  /**
   * The send buffer up to this where a round trip is shorter than {@link #SHORT_PATH} nanoseconds:
   * 30 gigabits a second, and no more than a processor's cache holds. What exceeds it would wait in
   * the peer's queue, and both ends would work on cold memory.
   */
  private static final int MAX_SEND_BUFFER_SHORT_PATH = 768 << 10;

  private static final long SHORT_PATH = 200_000;

  static final int MIN_BUFFER = 2048;

  final TcpLayer layer;
  final TcpTimers timers;
  final StreamBuffer sendBuffer;
  final StreamBuffer receiveBuffer;
  final SentSegments sent;
  final RttEstimator rtt = new RttEstimator();
  final Cubic congestion = new Cubic();
  final LossRecovery recovery = new LossRecovery(this);

  TcpState state = TcpState.CLOSED;

  /** The handshake was completed at some time. */
  boolean wasEstablished;

  /** The socket, null before somebody accepts and after it was closed. */
  TcpStream socket;

  /** Where the connection came in, until somebody accepts it. */
  TcpAcceptor listener;

  /** Why the connection ended, null while it has not or when it ended in order. */
  TcpFailure failure;

  /** What ICMP said; the reason given when the connection then times out (RFC 5461). */
  TcpFailure softFailure;

  long localHigh;
  long localLow;
  int localPort;
  long remoteHigh;
  long remoteLow;
  int remotePort;
  Route route;
  int routeGeneration;
  int trafficClass;

  // Send sequence space.
  int iss;
  int sndUna;
  int sndNxt;
  int sndWnd;
  int sndWl1;
  int sndWl2;
  int maxSndWnd;
  int sndScale;

  /** Bytes that the peer has acknowledged, as far as a window reaches. */
  int acknowledged;

  /** Bytes in the send buffer, from SND.UNA on. */
  int sendLength;

  int sendLimit = DEFAULT_BUFFER;

  /** The application has set the size: it is not tuned. */
  boolean sendLimitFixed;

  /** No more data follows what is queued. */
  boolean finQueued;

  /** SND.NXT counts the FIN. */
  boolean finSent;

  /** Largest payload of a segment, timestamps counted off. */
  int mss;

  /** As the peer's option said; 0 without one. */
  int peerMss;

  /** Bytes of the longest segment that the peer has acknowledged. */
  int largestArrived;

  boolean noDelay;

  /** Where the last segment that was not full ended. */
  int smallSegmentEnd;

  // Receive sequence space.
  int irs;
  int rcvNxt;

  /** Right edge of the window that the peer was told. */
  int rcvAdvertised;

  int rcvScale;
  int receiveLimit = DEFAULT_BUFFER;
  boolean receiveLimitFixed;

  /** Since when, and how much, the application has read: to tune the buffer's size. */
  private long tuneSince;

  private int tuneRead;

  /** Bytes that can be read, at the front of the receive buffer. */
  int readable;

  /** The peer's FIN was reached. */
  boolean finReceived;

  /** Sequence number of a FIN that arrived early; valid with {@code finPending}. */
  int finSequence;

  boolean finPending;

  /** The application reads no more: data is acknowledged and dropped. */
  boolean inputShut;

  // Out-of-order data: ranges in order, not touching.
  int[] rangeStart;
  int[] rangeEnd;

  /** Which range grew last: the larger, the later (RFC 2018, section 4). */
  long[] rangeStamp;

  int rangeCount;

  private long rangeClock;

  int duplicateStart;
  int duplicateEnd;

  /** A duplicate is to be reported (RFC 2883). */
  boolean duplicatePending;

  // Acknowledging.
  boolean ackNow;
  int unacknowledgedSegments;
  int segmentsReceived;
  int lastAckSent;

  /** Of the segments out of place that were answered last: since when, how many, and which. */
  long answeredAt;

  int answers;
  int answered;
  long lastHeard;

  /** 0 before anything was sent. */
  long lastSent;

  /** More than one SYN was sent: its acknowledgement measures nothing (Karn's algorithm). */
  boolean synRepeated;

  // Options.
  boolean timestamps;
  boolean sack;
  int timestampRecent;
  long timestampRecentAt;
  int timestampOffset;

  // Explicit congestion notification (RFC 3168).

  /** Both sides take part. */
  boolean ecn;

  /** What arrives was marked by the network: acknowledgements say so until the peer has reacted. */
  boolean congestionEcho;

  /** The window was reduced, which the next new data tells the peer. */
  boolean reductionPending;

  /** Milliseconds that the peer may take to acknowledge (RFC 5482), 0 for the usual limits. */
  int userTimeout;

  // Keep-alive.
  boolean keepAlive;
  int keepAliveIdle = 7200;
  int keepAliveInterval = 75;
  int keepAliveCount = 9;
  int keepAliveProbes;

  /** In the layer's list of connections that have something to send. */
  boolean outputPending;

  TcpConnection nextOutput;

  /** Links connections in TIME_WAIT, oldest first. */
  TcpConnection nextTimeWait;

  /** Of the addresses and ports, for the layer's table. */
  int hash;

  /** The last output was limited by the congestion window, so acknowledgements may widen it. */
  boolean windowLimited;

  TcpConnection(TcpLayer layer) {
    this.layer = layer;
    sent = new SentSegments(layer.spareSegments);
    timers = new TcpTimers(this);
    sendBuffer = new StreamBuffer(layer.chunks, true);
    receiveBuffer = new StreamBuffer(layer.chunks, false);
  }

  /** SND.NXT - SND.UNA. */
  int outstanding() {
    return sndNxt - sndUna;
  }

  /** Queued bytes that were never sent. */
  int unsent() {
    return finSent ? 0 : sendLength - outstanding();
  }

  /** What the receive buffer still takes, as far as the window's field can say it. */
  private int freeWindow() {
    return Math.clamp(receiveLimit - readable, 0, 0xffff << Math.max(rcvScale, 0));
  }

  /** The window to be told: what the buffer still takes; never moves its right edge back. */
  int receiveWindow() {
    int free = freeWindow();
    int edge = rcvNxt + free;
    int advance = edge - rcvAdvertised;
    // RFC 9293, section 3.8.6.2.2: the window moves in steps worth a segment.
    if (advance < Math.min(receiveLimit / 2, mss)) {
      return Math.max(rcvAdvertised - rcvNxt, 0);
    }
    return free;
  }

  /**
   * Lets the send buffer hold twice what may be in flight, and the receive buffer twice what the
   * application reads in a round trip: then neither limits the transfer.
   */
  void tuneSendBuffer() {
    if (!sendLimitFixed && congestion.window > sendLimit / 2 && sendLimit < MAX_TUNED_BUFFER) {
      int maximum = hasShortPath() ? MAX_SEND_BUFFER_SHORT_PATH : MAX_TUNED_BUFFER;
      sendLimit = Math.max(sendLimit, Math.min(2 * congestion.window, maximum));
    }
  }

  /** Whether the peer is as near as another program of the same host. */
  boolean hasShortPath() {
    long shortest = rtt.minimum();
    return shortest != 0 && shortest < SHORT_PATH;
  }

  void tuneReceiveBuffer(int count) {
    if (receiveLimitFixed || receiveLimit >= MAX_TUNED_BUFFER || rcvScale < 0) {
      return;
    }
    tuneRead += count;
    long now = layer.engine.now();
    if (now - tuneSince >= rtt.smoothed()) {
      if (tuneRead > receiveLimit / 2) {
        receiveLimit = Math.min(2 * receiveLimit, MAX_TUNED_BUFFER);
      }
      tuneSince = now;
      tuneRead = 0;
    }
  }

  /** The application has read: tells the peer when the window has opened far enough. */
  void windowOpened() {
    int advance = rcvNxt + freeWindow() - rcvAdvertised;
    int current = rcvAdvertised - rcvNxt;
    if (advance >= Math.min(receiveLimit, 0xffff << Math.max(rcvScale, 0)) / 4
        || current < 2 * mss && advance >= Math.min(2 * mss, receiveLimit / 2)) {
      ackNow = true;
      layer.wantOutput(this);
    }
  }

  int timestampNow() {
    return (int) (layer.engine.now() / 1_000_000L) + timestampOffset;
  }

  /** Tells the socket, or whoever waits for the connection, that something changed. */
  void notifySocket() {
    if (socket != null) {
      socket.updateReadiness();
    }
  }

  /** The connection is over: leaves the tables and frees its memory. */
  void closed(TcpFailure reason) {
    if (state == TcpState.CLOSED) {
      return;
    }
    boolean halfOpen = state == TcpState.SYN_RECEIVED;
    state = TcpState.CLOSED;
    if (failure == null) {
      failure = reason;
    }
    timers.cancelAll();
    layer.remove(this);
    sendBuffer.clear();
    sendLength = 0;
    sent.clear();
    if (socket == null) {
      receiveBuffer.clear();
      readable = 0;
    } else if (rangeCount > 0) {
      rangeCount = 0;
    }
    if (listener != null) {
      listener.forget(this, halfOpen);
    }
    notifySocket();
  }

  /** Says that an out-of-order range has grown. */
  void touchRange(int i) {
    rangeStamp[i] = ++rangeClock;
  }

  /** Returns the range that grew last before the one of {@code stamp}; there is one. */
  int rangeBefore(long stamp) {
    int latest = -1;
    for (int i = 0; i < rangeCount; i++) {
      if (rangeStamp[i] < stamp && (latest < 0 || rangeStamp[i] > rangeStamp[latest])) {
        latest = i;
      }
    }
    return latest;
  }

  /** Forgets the out-of-order ranges and what they hold. */
  void dropRanges() {
    rangeCount = 0;
    rangeStart = null;
    rangeEnd = null;
    rangeStamp = null;
    receiveBuffer.truncate(readable);
  }

  /** Drops what was received and not read. */
  void discardInput() {
    receiveBuffer.clear();
    readable = 0;
    rangeCount = 0;
  }

  /** Sends no more. */
  void shutdownOutput() {
    if (finQueued) {
      return;
    }
    switch (state) {
      case SYN_SENT -> closed(null);
      case SYN_RECEIVED, ESTABLISHED -> {
        finQueued = true;
        if (state == TcpState.ESTABLISHED) {
          state = TcpState.FIN_WAIT_1;
        }
        layer.wantOutput(this);
      }
      case CLOSE_WAIT -> {
        finQueued = true;
        state = TcpState.LAST_ACK;
        layer.wantOutput(this);
      }
      default -> {}
    }
  }

  /** Ends the connection at once, with a reset where the peer knows of it. */
  void abort() {
    if (state.isSynchronized() && state != TcpState.TIME_WAIT || state == TcpState.SYN_RECEIVED) {
      layer.replies.sendReset(this);
    }
    closed(TcpFailure.RESET);
  }

  /** The socket was closed: what is queued is still sent, then the connection ends. */
  void detach() {
    socket = null;
    boolean unread = readable > 0 || rangeCount > 0;
    if (unread && state.isSynchronized() && state != TcpState.TIME_WAIT) {
      // RFC 2525, section 2.17: the peer must learn that its data was not read.
      abort();
      discardInput();
      return;
    }
    discardInput();
    timers.orphaned();
    shutdownOutput();
    if (state == TcpState.FIN_WAIT_2) {
      timers.armOrphan();
    }
  }

  /** The FIN was acknowledged in FIN_WAIT_1 or both sides have closed. */
  void enterTimeWait() {
    state = TcpState.TIME_WAIT;
    timers.cancelAll();
    timers.armTimeWait();
    layer.enteredTimeWait(this);
    notifySocket();
  }

  /** Both sides agree on the sequence numbers. */
  void established() {
    wasEstablished = true;
    smallSegmentEnd = sndUna;
    state = finQueued ? TcpState.FIN_WAIT_1 : TcpState.ESTABLISHED;
    timers.cancelRetransmit();
    rtt.resetBackoff();
    if (timers.handshakeDone() && rtt.smoothed() == 0) {
      rtt.startCautiously();
    }
    lastHeard = layer.engine.now();
    timers.armKeepAlive();
    if (listener != null) {
      listener.completed(this);
    }
    notifySocket();
  }
}

package org.demitasse.net.tcp;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.demitasse.core.GatherList;
import org.demitasse.core.PacketBuffer;
import org.demitasse.net.device.NetInterface;
import org.demitasse.net.engine.Engine;
import org.demitasse.net.icmp.Icmpv6;
import org.demitasse.net.ip.InternetChecksum;
import org.demitasse.net.ip.IpAddress;
import org.demitasse.net.ip.IpError;
import org.demitasse.net.ip.IpLayer;
import org.demitasse.net.ip.IpPacket;
import org.demitasse.net.ip.IpProtocol;
import org.demitasse.net.ip.Ipv4Header;
import org.demitasse.net.ip.Ipv6Header;
import org.demitasse.net.ip.PathMtu;
import org.demitasse.net.ip.Route;

/** Finds the connection or listener of a segment, makes connections, and answers for nobody. */
public final class TcpLayer implements IpProtocol {
  /** What we ask peers to shift our windows by: up to {@link TcpConnection#MAX_BUFFER}. */
  static final int WINDOW_SCALE = 7;

  private static final int FIRST_EPHEMERAL = 32768;
  private static final int EPHEMERAL_COUNT = 28232;
  private static final int LISTENER_BUCKETS = 64;

  /** TIME_WAITs kept; the oldest goes first: it has waited longest. */
  private static final int MAX_TIME_WAIT = 8192;

  /** How long a path that swallows long packets is not tried with them again. */
  private static final long BLACK_HOLE_LIFETIME = 3600_000_000_000L;

  /** R2: a connection without progress may be given up then, where its memory is needed. */
  private static final long PATIENCE = 100_000_000_000L;

  private static final long RECLAIM_INTERVAL = 1_000_000_000L;

  private static final int DEFAULT_MSS = 536;
  private static final int DEFAULT_MSS6 = 1220;

  final Engine engine;
  final IpLayer ip;
  final ChunkPool chunks;

  /** Of the packet that is being sent. */
  final GatherList gatherList = new GatherList();

  final SentSegments.Spare spareSegments = new SentSegments.Spare();
  final PortTable ports = new PortTable();
  final ConnectionTable connections;
  private final TcpAcceptor[] listeners = new TcpAcceptor[LISTENER_BUCKETS];
  private final TcpCoalescer coalescer = new TcpCoalescer(this);
  private TcpSegment segment = new TcpSegment();
  private final TcpCounters counters = new TcpCounters();
  private final SynCookies cookies;
  final TcpReplies replies = new TcpReplies(this);
  private TcpConnection outputHead;
  private TcpConnection outputTail;
  private TcpConnection timeWaitHead;
  private TcpConnection timeWaitTail;
  private int timeWaits;
  private TcpStream starved;
  private int starvedAtUsed;
  private int starvedAtToSend;
  private long reclaimed;
  private boolean outputBlocked;
  private boolean ecn;

  /**
   * @param bufferBytes bound of all connections' buffers together
   */
  public TcpLayer(Engine engine, IpLayer ip, long bufferBytes) {
    this.engine = engine;
    this.ip = ip;
    chunks = new ChunkPool(bufferBytes);
    connections = new ConnectionTable(engine.random().next(), engine.random().next());
    cookies = new SynCookies(engine);
  }

  /** Whether connections from here ask for explicit congestion notification (RFC 3168). */
  public void setEcn(boolean on) {
    ecn = on;
  }

  public TcpCounters counters() {
    return counters;
  }

  public ChunkPool chunks() {
    return chunks;
  }

  public TcpStream open() {
    return new TcpStream(this, null);
  }

  public TcpAcceptor openListener() {
    return new TcpAcceptor(this);
  }

  /** Connections in any state. */
  public int connectionCount() {
    return connections.size();
  }

  /** Returns what all connections are like at this moment. */
  public List<TcpConnectionInfo> connections() {
    List<TcpConnectionInfo> infos = new ArrayList<>(connections.size());
    for (TcpConnection c : connections.all()) {
      infos.add(
          new TcpConnectionInfo(
              new InetSocketAddress(ip.toInetAddress(c.localHigh, c.localLow), c.localPort),
              new InetSocketAddress(ip.toInetAddress(c.remoteHigh, c.remoteLow), c.remotePort),
              c.state,
              c.rtt.smoothed(),
              c.rtt.rto(),
              c.congestion.window,
              c.congestion.threshold,
              c.outstanding(),
              c.sendLength,
              c.readable,
              c.sndWnd,
              c.mss));
    }
    return infos;
  }

  // ---- segments in ----

  @Override
  public void receive(IpPacket packet) {
    PacketBuffer buffer = packet.buffer;
    TcpSegment s = segment;
    if (packet.group || !s.decode(buffer) || !sumIsGood(packet, buffer)) {
      counters.badSegments++;
      buffer.release();
      return;
    }
    counters.received++;
    segment = coalescer.take(s, packet);
  }

  /** Between these two received segments may be held for a while, to be joined with the next. */
  public void beginBatch() {
    coalescer.begin();
  }

  public void endBatch() {
    coalescer.end();
  }

  /** Handles a segment, perhaps one of several that were joined; takes its buffers. */
  void dispatch(TcpSegment s, IpPacket packet) {
    TcpConnection c =
        connections.find(
            packet.destinationHigh,
            packet.destinationLow,
            s.destinationPort,
            packet.sourceHigh,
            packet.sourceLow,
            s.sourcePort);
    TcpConnection previous = null;
    if (c != null
        && c.state == TcpState.TIME_WAIT
        && reopens(c, s)
        && listener(packet, s.destinationPort) != null) {
      previous = c;
      c.closed(null);
      c = null;
    }
    if (c != null) {
      TcpInput.arrives(c, s, packet);
    } else {
      TcpAcceptor listener = listener(packet, s.destinationPort);
      if (listener == null) {
        if (!s.has(TcpSegment.RST)) {
          counters.noPort++;
          replies.resetFor(packet, s);
        }
      } else {
        inListen(listener, s, packet, previous);
      }
    }
    s.release();
  }

  private static boolean sumIsGood(IpPacket packet, PacketBuffer buffer) {
    if (buffer.checksumGood()) {
      return true;
    }
    int length = buffer.length();
    long sum =
        InternetChecksum.pseudo(
            packet.sourceHigh,
            packet.sourceLow,
            packet.destinationHigh,
            packet.destinationLow,
            TCP,
            length);
    return InternetChecksum.fold(InternetChecksum.add(sum, buffer, 0, length)) == 0xffff;
  }

  /** RFC 6191, section 2: may a SYN take the place of a connection in TIME_WAIT? */
  private static boolean reopens(TcpConnection c, TcpSegment s) {
    if ((s.flags & (TcpSegment.SYN | TcpSegment.ACK | TcpSegment.RST)) != TcpSegment.SYN) {
      return false;
    }
    boolean newer = Sequence.after(s.sequence, c.rcvNxt);
    if (!s.hasTimestamps) {
      return newer;
    }
    int later = c.timestamps ? s.timestampValue - c.timestampRecent : 1;
    return later > 0 || later == 0 && newer;
  }

  private TcpAcceptor listener(IpPacket packet, int port) {
    TcpAcceptor any = null;
    for (TcpAcceptor l = listeners[port & LISTENER_BUCKETS - 1]; l != null; l = l.chain) {
      if (l.localPort == port) {
        if (IpAddress.isAny(l.localHigh, l.localLow)) {
          any = l;
        } else if (l.localLow == packet.destinationLow && l.localHigh == packet.destinationHigh) {
          return l;
        }
      }
    }
    return any;
  }

  /**
   * RFC 9293, section 3.10.7.2.
   *
   * @param previous whose place in TIME_WAIT the segment takes, or null
   */
  private void inListen(
      TcpAcceptor listener, TcpSegment s, IpPacket packet, TcpConnection previous) {
    if (s.has(TcpSegment.RST)) {
      return;
    }
    if (s.has(TcpSegment.ACK)) {
      TcpConnection c = cookies.check(this, listener, s, packet);
      if (c == null) {
        replies.resetFor(packet, s);
      } else if (c.state == TcpState.SYN_RECEIVED) {
        TcpInput.arrives(c, s, packet);
      }
      return;
    }
    if (!s.has(TcpSegment.SYN) || s.sourcePort == 0) {
      return;
    }
    if (!listener.hasRoom()) {
      counters.backlogDrops++;
      return;
    }
    if (listener.isFlooded()) {
      listener.usesCookies();
      cookies.answer(this, s, packet);
      return;
    }
    TcpConnection c = passive(listener, s, packet);
    if (c == null) {
      return;
    }
    negotiate(c, s);
    c.iss = initialSequence(c);
    if (previous != null && !Sequence.after(c.iss, previous.sndNxt)) {
      // RFC 1122, section 4.2.2.13: beyond everything that was sent before.
      c.iss = previous.sndNxt + 0x10000;
    }
    c.sndUna = c.iss;
    c.sndNxt = c.iss + 1;
    listener.started();
    TcpOutput.sendSyn(c);
    c.timers.armRetransmit();
  }

  /**
   * Makes a connection in SYN_RECEIVED for a segment that came to a listener; null: no way back.
   */
  TcpConnection passive(TcpAcceptor listener, TcpSegment s, IpPacket packet) {
    TcpConnection c = new TcpConnection(this);
    c.localHigh = packet.destinationHigh;
    c.localLow = packet.destinationLow;
    c.localPort = s.destinationPort;
    c.remoteHigh = packet.sourceHigh;
    c.remoteLow = packet.sourceLow;
    c.remotePort = s.sourcePort;
    c.receiveLimit = listener.receiveLimit;
    c.receiveLimitFixed = listener.receiveLimitFixed;
    if (routeOf(c) == null) {
      return null;
    }
    c.listener = listener;
    c.state = TcpState.SYN_RECEIVED;
    c.irs = s.sequence;
    c.rcvNxt = s.sequence + 1;
    c.rcvAdvertised = c.rcvNxt;
    c.timestampOffset = timestampOffset(c);
    connections.add(c);
    counters.passiveOpens++;
    return c;
  }

  /** Takes the peer's options from its SYN. */
  void negotiate(TcpConnection c, TcpSegment s) {
    if (s.maximumSegmentSize > 0) {
      c.peerMss = Math.max(s.maximumSegmentSize, 64);
    }
    c.timestamps = s.hasTimestamps;
    if (s.hasTimestamps) {
      c.timestampRecent = s.timestampValue;
      c.timestampRecentAt = engine.now();
    }
    c.sack = s.sackPermitted;
    int marks = s.flags & (TcpSegment.ECE | TcpSegment.CWR);
    // RFC 3168, section 6.1.1: a SYN asks with both flags, a SYN-ACK agrees with one, to who asked.
    c.ecn =
        s.has(TcpSegment.ACK)
            ? c.ecn && marks == TcpSegment.ECE
            : marks == (TcpSegment.ECE | TcpSegment.CWR);
    c.sndScale = s.windowScale;
    c.rcvScale = s.windowScale < 0 ? -1 : WINDOW_SCALE;
    updateMss(c);
    c.congestion.start(c.mss);
  }

  private void updateMss(TcpConnection c) {
    int options = c.timestamps ? 12 : 0;
    // RFC 9293, section 3.7.1: what to believe of a peer that does not say it.
    int otherwise = IpAddress.isV4(c.remoteHigh, c.remoteLow) ? DEFAULT_MSS : DEFAULT_MSS6;
    int peer = c.peerMss == 0 ? otherwise : c.peerMss;
    int offered = offeredMss(c);
    int path = ip.paths().of(c.remoteHigh, c.remoteLow, offered + headers(c)) - headers(c);
    c.mss = Math.max(Math.min(peer, Math.min(offered, path)) - options, 32);
    // A path that has become wider: a window of less than a segment would let nothing out.
    c.congestion.window = Math.max(c.congestion.window, c.mss);
  }

  /** What our MSS option says: a frame's payload less the headers (RFC 6691). */
  int offeredMss(TcpConnection c) {
    Route route = routeOf(c);
    boolean v4 = IpAddress.isV4(c.remoteHigh, c.remoteLow);
    int mtu = route == null ? IpLayer.MIN_MTU : route.out().mtu(v4);
    return Math.min(mtu - headers(c), 0xffff);
  }

  /** Bytes of the IP and TCP headers without options. */
  private static int headers(TcpConnection c) {
    boolean v4 = IpAddress.isV4(c.remoteHigh, c.remoteLow);
    return (v4 ? Ipv4Header.LENGTH : Ipv6Header.LENGTH) + TcpSegment.HEADER;
  }

  // ---- ICMP ----

  @Override
  public void error(IpPacket packet, IpError error, int mtu) {
    PacketBuffer quoted = packet.buffer;
    TcpConnection c =
        connections.find(
            packet.sourceHigh,
            packet.sourceLow,
            quoted.getShort(0),
            packet.destinationHigh,
            packet.destinationLow,
            quoted.getShort(2));
    if (c == null) {
      return;
    }
    int sequence = quoted.getInt(4);
    // RFC 5927, section 4.1: only what is in flight can have caused an error.
    if (Sequence.before(sequence, c.sndUna) || Sequence.notBefore(sequence, c.sndNxt)) {
      return;
    }
    if (error == IpError.TOO_BIG) {
      pathShrunk(c, mtu, PathMtu.LIFETIME);
      return;
    }
    TcpFailure failure =
        switch (error) {
          case PORT_UNREACHABLE, PROTOCOL_UNREACHABLE -> TcpFailure.REFUSED;
          case NETWORK_UNREACHABLE -> TcpFailure.NETWORK_UNREACHABLE;
          default -> TcpFailure.HOST_UNREACHABLE;
        };
    // RFC 1122, section 4.2.3.9, and RFC 5461: no established connection dies of ICMP.
    if (c.state == TcpState.SYN_SENT) {
      c.closed(failure);
    } else {
      c.softFailure = failure;
    }
  }

  /** Packets of more than {@code mtu} bytes do not get through (RFC 1191, RFC 8201). */
  private void pathShrunk(TcpConnection c, int mtu, long lifetime) {
    // RFC 8200, section 5: no IPv6 link is narrower than this.
    boolean v4 = IpAddress.isV4(c.remoteHigh, c.remoteLow);
    int least = v4 ? IpLayer.MIN_MTU : Icmpv6.MIN_MTU;
    if (Math.max(mtu, least) >= c.mss + (c.timestamps ? 12 : 0) + headers(c)) {
      return;
    }
    ip.paths().learn(c.remoteHigh, c.remoteLow, Math.max(mtu, least), lifetime);
    segmentsShrunk(c);
  }

  /** Timeouts in a row: perhaps only long packets get lost, and nobody says so (RFC 2923, 2.1). */
  void pathSwallows(TcpConnection c, int mtu) {
    // What is lost though it is short is lost for another reason.
    int lost = c.sent.isEmpty() ? 0 : Math.min(c.sent.end(0) - c.sent.start(0), c.mss);
    if (lost + (c.timestamps ? 12 : 0) + headers(c) > mtu) {
      pathShrunk(c, mtu, BLACK_HOLE_LIFETIME);
    }
  }

  /** Cuts what is in flight anew: the link or the path has become narrower. */
  void segmentsShrunk(TcpConnection c) {
    int old = c.mss;
    routeOf(c);
    updateMss(c);
    if (c.mss < old) {
      c.recovery.segmentsShrunk();
      wantOutput(c);
    }
  }

  // ---- connections ----

  /** Starts to connect; the addresses and ports are set. */
  void connect(TcpConnection c) {
    connections.add(c);
    c.timestampOffset = timestampOffset(c);
    c.timestamps = false;
    c.iss = initialSequence(c);
    c.sndUna = c.iss;
    c.sndNxt = c.iss + 1;
    c.rcvScale = -1;
    c.sndScale = -1;
    c.mss = 536;
    c.state = TcpState.SYN_SENT;
    c.ecn = ecn;
    counters.activeOpens++;
    TcpOutput.sendSyn(c);
    c.timers.armRetransmit();
  }

  /** RFC 6528: a clock plus a keyed hash of the connection's name. */
  private int initialSequence(TcpConnection c) {
    long ports = (long) c.localPort << 16 | c.remotePort;
    long hash =
        engine.random().hash(c.localLow, c.remoteHigh, c.remoteLow, ports, 0x69736e0000000000L);
    return (int) hash + (int) (engine.now() >>> 6);
  }

  /** RFC 7323, section 5.4: timestamps do not tell how long the machine runs. */
  int timestampOffset(TcpConnection c) {
    return (int)
        engine.random().hash(c.localLow, c.remoteHigh, c.remoteLow, 0, 0x7473000000000000L);
  }

  /** Returns the connection's route, looked up anew when routes have changed; null without one. */
  Route routeOf(TcpConnection c) {
    int generation = ip.routes().generation();
    if (c.route == null || c.routeGeneration != generation) {
      c.route = ip.route(c.remoteHigh, c.remoteLow);
      c.routeGeneration = generation;
      if (c.route != null && c.state.isSynchronized()) {
        updateMss(c);
      }
    }
    return c.route;
  }

  /** Returns the interface that the connection sends through, or null. */
  NetInterface interfaceOf(TcpConnection c) {
    Route route = routeOf(c);
    return route == null ? null : route.out();
  }

  TcpConnection find(TcpConnection like) {
    return connections.find(
        like.localHigh,
        like.localLow,
        like.localPort,
        like.remoteHigh,
        like.remoteLow,
        like.remotePort);
  }

  /** Chooses the local port of a connection (RFC 6056, algorithm 3); false when all are in use. */
  boolean chooseLocalPort(TcpConnection c) {
    int start = engine.random().next(EPHEMERAL_COUNT);
    for (int i = 0; i < EPHEMERAL_COUNT; i++) {
      c.localPort = FIRST_EPHEMERAL + (start + i) % EPHEMERAL_COUNT;
      if (!ports.isUsed(c.localPort) && find(c) == null) {
        return true;
      }
    }
    c.localPort = 0;
    return false;
  }

  /**
   * Binds a socket.
   *
   * @return null when the address is in use
   */
  PortTable.Entry bind(long high, long low, int wanted, boolean reuseAddress, boolean reusePort) {
    int port = wanted;
    if (port == 0) {
      int start = engine.random().next(EPHEMERAL_COUNT);
      for (int i = 0; i < EPHEMERAL_COUNT && port == 0; i++) {
        int candidate = FIRST_EPHEMERAL + (start + i) % EPHEMERAL_COUNT;
        if (!ports.isUsed(candidate) && !connections.usesLocalPort(candidate)) {
          port = candidate;
        }
      }
    }
    if (port == 0
        || ports.conflicts(high, low, port, reuseAddress, reusePort)
        || !reuseAddress && wanted != 0 && connections.usesLocalPort(port)) {
      return null;
    }
    PortTable.Entry entry = new PortTable.Entry(high, low, port, reusePort);
    ports.add(entry);
    return entry;
  }

  void addListener(TcpAcceptor listener) {
    int bucket = listener.localPort & LISTENER_BUCKETS - 1;
    listener.chain = listeners[bucket];
    listeners[bucket] = listener;
  }

  void removeListener(TcpAcceptor listener) {
    int bucket = listener.localPort & LISTENER_BUCKETS - 1;
    if (listeners[bucket] == listener) {
      listeners[bucket] = listener.chain;
    } else {
      for (TcpAcceptor l = listeners[bucket]; l != null; l = l.chain) {
        if (l.chain == listener) {
          l.chain = listener.chain;
          break;
        }
      }
    }
    // What nobody accepted is reset; there is no list of half-open ones, so look at all.
    for (TcpConnection c : connections.all()) {
      if (c.listener == listener) {
        c.abort();
      }
    }
  }

  void remove(TcpConnection c) {
    connections.remove(c);
  }

  void enteredTimeWait(TcpConnection c) {
    c.nextTimeWait = null;
    if (timeWaitTail == null) {
      timeWaitHead = c;
    } else {
      timeWaitTail.nextTimeWait = c;
    }
    timeWaitTail = c;
    timeWaits++;
    while (timeWaitHead != null
        && (timeWaitHead.state != TcpState.TIME_WAIT || timeWaits > MAX_TIME_WAIT)) {
      TcpConnection oldest = timeWaitHead;
      timeWaitHead = oldest.nextTimeWait;
      oldest.nextTimeWait = null;
      timeWaits--;
      if (oldest.state == TcpState.TIME_WAIT) {
        oldest.closed(null);
      }
    }
    if (timeWaitHead == null) {
      timeWaitTail = null;
    }
  }

  // ---- segments out ----

  /** Puts a connection into the list of those that may have something to send. */
  void wantOutput(TcpConnection c) {
    if (!c.outputPending) {
      c.outputPending = true;
      c.nextOutput = null;
      if (outputTail == null) {
        outputHead = c;
      } else {
        outputTail.nextOutput = c;
      }
      outputTail = c;
    }
  }

  /** Sends for all connections in the list; what an interface has no room for stays in it. */
  public void flush() {
    TcpConnection end = outputTail;
    outputBlocked = false;
    while (end != null && outputHead != null) {
      TcpConnection c = outputHead;
      outputHead = c.nextOutput;
      if (outputHead == null) {
        outputTail = null;
      }
      c.nextOutput = null;
      c.outputPending = false;
      boolean done = TcpOutput.output(c);
      if (!done) {
        wantOutput(c);
        outputBlocked = true;
      }
      if (c == end) {
        break;
      }
    }
    if (starved != null
        && (chunks.used() < starvedAtUsed || chunks.usedToSend() < starvedAtToSend)) {
      feed();
    }
  }

  /** Wakes the streams for which there is memory now. */
  private void feed() {
    TcpStream list = starved;
    starved = null;
    while (list != null) {
      TcpStream stream = list;
      list = stream.nextStarved;
      if (chunks.hasRoomToSend(stream.held())) {
        stream.fed();
      } else {
        stream.nextStarved = starved;
        starved = stream;
      }
    }
    starvedAtUsed = chunks.used();
    starvedAtToSend = chunks.usedToSend();
  }

  /** Whether {@link #flush} would do something. */
  public boolean hasOutput() {
    return outputHead != null && !outputBlocked;
  }

  /** Whether connections wait for an interface or memory to have room. */
  public boolean isBlocked() {
    return outputBlocked;
  }

  /** A stream found no memory to queue what it was to send. */
  void starve(TcpStream stream) {
    stream.nextStarved = starved;
    starved = stream;
    starvedAtUsed = chunks.used();
    starvedAtToSend = chunks.usedToSend();
    long now = engine.now();
    if (now - reclaimed >= RECLAIM_INTERVAL) {
      reclaimed = now;
      reclaim(now);
    }
  }

  /**
   * Ends connections whose peers have taken nothing for so long that they may be given up (RFC
   * 9293, section 3.8.3; RFC 6429, section 5): others need the memory.
   */
  private void reclaim(long now) {
    for (TcpConnection c : connections.all()) {
      if (c.sendLength > 0 && c.timers.isStalled(now - PATIENCE)) {
        counters.reclaimed++;
        replies.sendReset(c);
        c.closed(TcpFailure.TIMED_OUT);
      }
    }
  }
}

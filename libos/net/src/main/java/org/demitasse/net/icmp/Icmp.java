package org.demitasse.net.icmp;

import org.demitasse.core.PacketBuffer;
import org.demitasse.net.engine.Engine;
import org.demitasse.net.ip.InternetChecksum;
import org.demitasse.net.ip.IpAddress;
import org.demitasse.net.ip.IpError;
import org.demitasse.net.ip.IpLayer;
import org.demitasse.net.ip.IpPacket;
import org.demitasse.net.ip.IpProtocol;
import org.demitasse.net.ip.Ipv4Header;
import org.demitasse.net.ip.PacketErrors;
import org.demitasse.net.ip.Route;

/** ICMP for IPv4, and the door to ICMPv6 for the errors of both. */
public final class Icmp implements IpProtocol, PacketErrors {
  private static final int ECHO_REPLY = 0;
  private static final int UNREACHABLE = 3;
  private static final int ECHO_REQUEST = 8;
  private static final int REDIRECT = 5;
  private static final int TIME_EXCEEDED = 11;
  private static final int PARAMETER_PROBLEM = 12;
  private static final int HEADER = 8;

  public static final int CODE_PROTOCOL = 2;
  public static final int CODE_PORT = 3;
  private static final int CODE_FRAGMENTATION_NEEDED = 4;
  private static final int CODE_REASSEMBLY = 1;

  /**
   * RFC 1812, section 4.3.2.8: errors are limited in rate; at most so many in a second, and not the
   * same number always: who knows it can count the open ports of a resolver (CVE-2020-25705).
   */
  private static final int ERRORS_PER_SECOND = 100;

  private static final int ERRORS_VARY = 50;

  private final Engine engine;
  private final IpLayer ip;
  private final IpPacket quoted = new IpPacket();
  private final Icmpv6 v6;
  private EchoWaiter waiters;
  private long errorWindow;
  private int errorsInWindow;
  private final Counters counters = new Counters();

  public Icmp(Engine engine, IpLayer ip) {
    this.engine = engine;
    this.ip = ip;
    v6 = new Icmpv6(ip, this);
  }

  /** The other family's part. */
  public Icmpv6 v6() {
    return v6;
  }

  public Counters counters() {
    return counters;
  }

  @Override
  public void receive(IpPacket packet) {
    PacketBuffer buffer = packet.buffer;
    int length = buffer.length();
    if (length < HEADER
        || InternetChecksum.fold(InternetChecksum.add(0, buffer, 0, length)) != 0xffff) {
      counters.badPackets++;
      buffer.release();
      return;
    }
    counters.received++;
    switch (buffer.getByte(0)) {
      case ECHO_REQUEST -> answer(packet);
      case ECHO_REPLY -> {
        echoed(packet);
        buffer.release();
      }
      case UNREACHABLE -> {
        IpError error =
            switch (buffer.getByte(1)) {
              case 0, 6, 8, 11 -> IpError.NETWORK_UNREACHABLE;
              case CODE_PROTOCOL -> IpError.PROTOCOL_UNREACHABLE;
              case CODE_PORT -> IpError.PORT_UNREACHABLE;
              case CODE_FRAGMENTATION_NEEDED -> IpError.TOO_BIG;
              case 9, 10, 13 -> IpError.PROHIBITED;
              default -> IpError.HOST_UNREACHABLE;
            };
        report(packet, error, buffer.getShort(6));
      }
      case TIME_EXCEEDED -> report(packet, IpError.TIME_EXCEEDED, 0);
      default -> buffer.release();
    }
  }

  @Override
  public void error(IpPacket packet, IpError error, int mtu) {
    counters.ignoredErrors++;
  }

  private void answer(IpPacket packet) {
    PacketBuffer buffer = packet.buffer;
    Route route =
        packet.group || IpAddress.isAny(packet.sourceHigh, packet.sourceLow)
            ? null
            : ip.route(packet.sourceHigh, packet.sourceLow);
    if (route == null || !route.out().hasRoom()) {
      buffer.release();
      return;
    }
    buffer.putShort(0, ECHO_REPLY << 8);
    buffer.putShort(2, 0);
    buffer.putShort(
        2, InternetChecksum.finish(InternetChecksum.add(0, buffer, 0, buffer.length())));
    counters.echoesAnswered++;
    ip.send(
        route,
        buffer,
        ICMP,
        packet.destinationHigh,
        packet.destinationLow,
        packet.sourceHigh,
        packet.sourceLow,
        IpLayer.DEFAULT_HOP_LIMIT,
        packet.trafficClass,
        false);
  }

  private void report(IpPacket packet, IpError error, int mtu) {
    PacketBuffer buffer = packet.buffer;
    try {
      buffer.strip(HEADER);
      quoted.in = packet.in;
      quoted.buffer = buffer;
      if (buffer.length() < Ipv4Header.LENGTH
          || buffer.getByte(0) >>> 4 != 4
          || !ip.quote(quoted, buffer)
          || !ip.isLocal(0, quoted.sourceLow)) {
        counters.badPackets++;
        return;
      }
      ip.error(quoted, error, mtu);
    } finally {
      buffer.release();
    }
  }

  @Override
  public void unknownProtocol(IpPacket packet) {
    sendUnreachable(packet, CODE_PROTOCOL);
  }

  @Override
  public void parameterProblem(IpPacket packet, int code, int pointer, boolean toGroups) {
    if (packet.isV4()) {
      sendError(packet, PARAMETER_PROBLEM, code, pointer << 24);
    } else {
      v6.sendError(packet, Icmpv6.PARAMETER_PROBLEM, code, pointer, toGroups);
    }
  }

  @Override
  public void reassemblyTimedOut(IpPacket packet) {
    if (packet.isV4()) {
      sendError(packet, TIME_EXCEEDED, CODE_REASSEMBLY, 0);
    } else {
      v6.sendError(packet, Icmpv6.TIME_EXCEEDED, CODE_REASSEMBLY, 0, false);
    }
  }

  /**
   * Answers a packet with destination unreachable; takes its buffer, whose headers down to IP are
   * still there.
   *
   * @param code {@link #CODE_PORT} or {@link #CODE_PROTOCOL}
   */
  public void sendUnreachable(IpPacket packet, int code) {
    if (packet.isV4()) {
      sendError(packet, UNREACHABLE, code, 0);
    } else {
      v6.sendUnreachable(packet, code);
    }
  }

  private void sendError(IpPacket packet, int type, int code, int word) {
    PacketBuffer cause = packet.buffer;
    try {
      if (packet.group
          || IpAddress.isAny(packet.sourceHigh, packet.sourceLow)
          || packet.headerOffset < 0) {
        return;
      }
      cause.prepend(cause.start() - packet.headerOffset);
      if (carriesError(cause) || !mayError(packet)) {
        return;
      }
      Route route = ip.route(packet.sourceHigh, packet.sourceLow);
      PacketBuffer error = route == null ? null : route.out().pool().allocate();
      if (error == null) {
        return;
      }
      // RFC 1812, section 4.3.2.3: as much as fits 576 bytes.
      int quote = Math.min(cause.length(), 576 - Ipv4Header.LENGTH - HEADER);
      error.append(HEADER + quote);
      error.putLong(0, (long) (type << 8 | code) << 48 | word & 0xffffffffL);
      error.put(HEADER, cause, 0, quote);
      error.putShort(2, InternetChecksum.finish(InternetChecksum.add(0, error, 0, error.length())));
      counters.errorsSent++;
      ip.send(
          route,
          error,
          ICMP,
          packet.destinationHigh,
          packet.destinationLow,
          packet.sourceHigh,
          packet.sourceLow,
          IpLayer.DEFAULT_HOP_LIMIT,
          0,
          false);
    } finally {
      cause.release();
    }
  }

  /** RFC 1122, section 3.2.2: no error answers an error. */
  private static boolean carriesError(PacketBuffer packet) {
    int header = Ipv4Header.headerLength(packet);
    if (Ipv4Header.protocol(packet) != ICMP) {
      return false;
    }
    int type = header < packet.length() ? packet.getByte(header) : UNREACHABLE;
    return type >= UNREACHABLE && type <= REDIRECT
        || type == TIME_EXCEEDED
        || type == PARAMETER_PROBLEM;
  }

  /** Whether a packet may be answered; what this machine sends itself always is. */
  boolean mayError(IpPacket packet) {
    if (packet.in.isLoopback()) {
      return true;
    }
    long now = engine.now();
    if (now - errorWindow >= 1_000_000_000L) {
      errorWindow = now;
      errorsInWindow = engine.random().next(ERRORS_VARY);
    }
    return errorsInWindow++ < ERRORS_PER_SECOND;
  }

  void echoed(IpPacket packet) {
    int identifier = packet.buffer.getShort(4);
    for (EchoWaiter w = waiters; w != null; w = w.next) {
      if (w.identifier == identifier
          && w.low == packet.sourceLow
          && w.high == packet.sourceHigh
          && !w.answered) {
        w.answered = true;
        engine.later(w.listener);
      }
    }
  }

  /** Sends an echo request; its answer is reported to the returned waiter. Null: no route. */
  public EchoWaiter ping(long high, long low, int hopLimit, Runnable listener) {
    Route route = ip.route(high, low);
    if (route == null) {
      return null;
    }
    int source = ip.selectSource(route, high, low);
    PacketBuffer request = source < 0 ? null : route.out().pool().allocate();
    if (request == null) {
      return null;
    }
    boolean local = route.out().isLoopback();
    EchoWaiter waiter = new EchoWaiter(high, low, engine.random().next(0x10000), listener);
    waiter.next = waiters;
    waiters = waiter;
    boolean v4 = IpAddress.isV4(high, low);
    request.append(HEADER + 32);
    int type = v4 ? ECHO_REQUEST : Icmpv6.ECHO_REQUEST;
    request.putLong(0, (long) type << 56 | (long) waiter.identifier << 16 | 1);
    request.zero(HEADER, 32);
    long sourceHigh = local ? high : route.out().addressHigh(source);
    long sourceLow = local ? low : route.out().addressLow(source);
    int protocol = v4 ? ICMP : ICMPV6;
    long sum =
        v4
            ? 0
            : InternetChecksum.pseudo(sourceHigh, sourceLow, high, low, ICMPV6, request.length());
    request.putShort(
        2, InternetChecksum.finish(InternetChecksum.add(sum, request, 0, request.length())));
    ip.send(route, request, protocol, sourceHigh, sourceLow, high, low, hopLimit, 0, false);
    return waiter;
  }

  /** Stops waiting. */
  public void forget(EchoWaiter waiter) {
    if (waiters == waiter) {
      waiters = waiter.next;
      return;
    }
    for (EchoWaiter w = waiters; w != null; w = w.next) {
      if (w.next == waiter) {
        w.next = waiter.next;
        return;
      }
    }
  }

  /** One echo request that waits for its answer. */
  public static final class EchoWaiter {
    final long high;
    final long low;
    final int identifier;
    final Runnable listener;
    EchoWaiter next;
    volatile boolean answered;

    EchoWaiter(long high, long low, int identifier, Runnable listener) {
      this.high = high;
      this.low = low;
      this.identifier = identifier;
      this.listener = listener;
    }

    public boolean isAnswered() {
      return answered;
    }
  }

  /** What ICMP did since the start. */
  public static final class Counters {
    public long received;
    public long badPackets;
    public long echoesAnswered;
    public long errorsSent;
    public long ignoredErrors;
  }
}

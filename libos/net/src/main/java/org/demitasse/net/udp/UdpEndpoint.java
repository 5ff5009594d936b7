package org.demitasse.net.udp;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.demitasse.core.NetDevice;
import org.demitasse.core.PacketBuffer;
import org.demitasse.core.PacketPool;
import org.demitasse.net.device.NetInterface;
import org.demitasse.net.engine.Engine;
import org.demitasse.net.engine.Readiness;
import org.demitasse.net.ip.InternetChecksum;
import org.demitasse.net.ip.IpAddress;
import org.demitasse.net.ip.IpError;
import org.demitasse.net.ip.IpLayer;
import org.demitasse.net.ip.IpPacket;
import org.demitasse.net.ip.IpProtocol;
import org.demitasse.net.ip.Route;
import org.demitasse.net.socket.SocketSetting;
import org.demitasse.net.socket.UdpSocket;

/** A UDP socket. Received datagrams wait in their buffers, so waiting is bounded in number too. */
public final class UdpEndpoint implements UdpSocket {
  private static final int MAX_PAYLOAD4 = 65507;
  private static final int MAX_PAYLOAD6 = 65527;

  /** As Linux has it. */
  private static final int MIN_BUFFER = 1152;

  private static final int DEFAULT_RECEIVE_BUFFER = 212_992;
  private static final int MAX_BUFFER = 4 << 20;

  /** Each waiting datagram may hold a buffer of the device's pool. */
  private static final int MAX_QUEUED = 256;

  /** The sender, written over the datagram's own headers: two longs and a port. */
  private static final int SENDER = 20;

  private final UdpLayer layer;
  private final Engine engine;
  private final Readiness readiness;
  private final List<Membership> memberships = new ArrayList<>(0);
  long localHigh;
  long localLow;
  int localPort;
  boolean reuseAddress;
  boolean reusePort;
  UdpEndpoint chain;
  private long remoteHigh;
  private long remoteLow;
  private int remotePort;
  private InetSocketAddress remote;
  private boolean closed;
  private boolean broadcast;
  private boolean multicastLoop = true;
  private int multicastTtl = 1;
  private int multicastInterface;
  private int trafficClass;
  private boolean dontFragment;
  private int receiveLimit = DEFAULT_RECEIVE_BUFFER;
  private int sendLimit = DEFAULT_RECEIVE_BUFFER;
  private IpError failure;
  private PacketBuffer head;
  private PacketBuffer tail;
  private int queued;
  private int queuedBytes;
  private InetSocketAddress lastSender;
  private long lastSenderHigh;
  private long lastSenderLow;
  private InetSocketAddress lastTarget;
  private long lastTargetHigh;
  private long lastTargetLow;

  private record Membership(
      long high, long low, NetInterface in, long sourceHigh, long sourceLow) {}

  UdpEndpoint(UdpLayer layer) {
    this.layer = layer;
    engine = layer.engine;
    readiness = new Readiness(engine);
    readiness.set(WRITE);
  }

  /** How well a datagram's addresses fit this socket: the higher the better, -1 not at all. */
  int score(IpPacket packet, int port) {
    int score = 0;
    if (!IpAddress.isAny(localHigh, localLow)) {
      if (localLow != packet.destinationLow || localHigh != packet.destinationHigh) {
        return -1;
      }
      score++;
    }
    if (remotePort != 0) {
      if (remotePort != port || remoteLow != packet.sourceLow || remoteHigh != packet.sourceHigh) {
        return -1;
      }
      score += 2;
    }
    return score;
  }

  /** Whether a datagram to a group is for this socket: broadcasts are for all. */
  boolean wants(IpPacket packet) {
    if (!IpAddress.isMulticast(packet.destinationHigh, packet.destinationLow)) {
      return true;
    }
    for (Membership m : memberships) {
      if (m.low == packet.destinationLow
          && m.high == packet.destinationHigh
          && (m.in == packet.in || packet.in.isLoopback())
          && ((m.sourceHigh | m.sourceLow) == 0
              || m.sourceHigh == packet.sourceHigh && m.sourceLow == packet.sourceLow)) {
        return true;
      }
    }
    return false;
  }

  boolean isConnectedTo(long high, long low, int port) {
    return remotePort == port && remoteLow == low && remoteHigh == high;
  }

  /** Takes a datagram, its header still in front. */
  void deliver(IpPacket packet, PacketBuffer buffer) {
    int port = buffer.getShort(0);
    buffer.strip(UdpLayer.HEADER);
    int length = buffer.length();
    if (queued >= MAX_QUEUED || queuedBytes + length > receiveLimit && queued > 0) {
      layer.counters().receiveBufferDrops++;
      buffer.release();
      return;
    }
    PacketBuffer kept = keep(buffer);
    kept.prepend(SENDER);
    kept.putLong(0, packet.sourceHigh);
    kept.putLong(8, packet.sourceLow);
    kept.putInt(16, port);
    kept.next = null;
    if (queued++ == 0) {
      head = kept;
    } else {
      tail.next = kept;
    }
    tail = kept;
    queuedBytes += length;
    updateReadiness();
  }

  /**
   * Returns what waits in the queue: the buffer itself while its pool has many, else a copy of just
   * the datagram's size. A socket that nobody reads must not keep the others from receiving.
   */
  private static PacketBuffer keep(PacketBuffer buffer) {
    if (buffer.pool().isRoomy()) {
      return buffer;
    }
    PacketBuffer copy = buffer.copyTo(PacketPool.heap(buffer.length(), 1));
    buffer.release();
    return copy;
  }

  void failed(IpError error) {
    if (error == IpError.TIME_EXCEEDED) {
      return;
    }
    failure = error;
    updateReadiness();
  }

  private void updateReadiness() {
    readiness.set(
        closed ? READ | WRITE | HANGUP : WRITE | (queued > 0 || failure != null ? READ : 0));
  }

  private void requireOpen() throws SocketException {
    if (closed) {
      throw new SocketException("Socket closed");
    }
  }

  private void reportFailure() throws IOException {
    IpError error = failure;
    if (error == null) {
      return;
    }
    failure = null;
    updateReadiness();
    throw switch (error) {
      case PORT_UNREACHABLE, PROTOCOL_UNREACHABLE ->
          new PortUnreachableException("Connection refused");
      case NETWORK_UNREACHABLE -> new SocketException("Network is unreachable");
      default -> new NoRouteToHostException("No route to host");
    };
  }

  @Override
  public void bind(InetSocketAddress local) throws IOException {
    engine.enter();
    try {
      requireOpen();
      if (localPort != 0) {
        throw new SocketException("Already bound");
      }
      InetAddress address = local.getAddress();
      bind(IpAddress.high(address), IpAddress.low(address), local.getPort());
    } finally {
      engine.leave();
    }
  }

  private void bind(long high, long low, int wanted) throws IOException {
    if (!IpAddress.isAny(high, low)
        && !layer.ip.isLocal(high, low)
        && !IpAddress.isMulticast(high, low)
        && !layer.ip.isBroadcast(high, low)) {
      throw new BindException("Cannot assign requested address");
    }
    int port = wanted == 0 ? layer.ephemeralPort(high, low, this) : wanted;
    if (port < 0 || !layer.isFree(high, low, port, this)) {
      throw new BindException("Address already in use");
    }
    localHigh = high;
    localLow = low;
    localPort = port;
    layer.register(this);
  }

  @Override
  public void connect(InetSocketAddress to) throws IOException {
    engine.enter();
    try {
      requireOpen();
      InetAddress address = to.getAddress();
      long high = IpAddress.high(address);
      long low = IpAddress.low(address);
      if (IpAddress.isAny(high, low)) {
        low = IpAddress.LOOPBACK4;
        high = 0;
      }
      Route route = layer.ip.route(high, low);
      if (route == null) {
        throw new ConnectException("Network is unreachable");
      }
      if (layer.ip.isBroadcast(high, low) && !broadcast) {
        throw new SocketException("Permission denied");
      }
      if (localPort == 0) {
        bind(0, 0, 0);
      }
      if (IpAddress.isAny(localHigh, localLow)) {
        boolean local = route.out().isLoopback();
        int source = local ? -1 : layer.ip.selectSource(route, high, low);
        if (!local && source < 0) {
          throw new ConnectException("Network is unreachable");
        }
        localHigh = local ? high : route.out().addressHigh(source);
        localLow = local ? low : route.out().addressLow(source);
        wildcardBound = true;
      }
      remoteHigh = high;
      remoteLow = low;
      remotePort = to.getPort();
      remote = to;
      failure = null;
      dropForeign();
      updateReadiness();
    } finally {
      engine.leave();
    }
  }

  /** Whether the local address came with the peer and goes with it. */
  private boolean wildcardBound;

  /** What others sent before the socket was connected is not from the peer (JDK: never given). */
  private void dropForeign() {
    PacketBuffer rest = head;
    head = null;
    tail = null;
    queued = 0;
    queuedBytes = 0;
    while (rest != null) {
      PacketBuffer buffer = rest;
      rest = buffer.next;
      buffer.next = null;
      if (buffer.getLong(0) == remoteHigh
          && buffer.getLong(8) == remoteLow
          && buffer.getInt(16) == remotePort) {
        if (queued++ == 0) {
          head = buffer;
        } else {
          tail.next = buffer;
        }
        tail = buffer;
        queuedBytes += buffer.length() - SENDER;
      } else {
        buffer.release();
      }
    }
  }

  @Override
  public void disconnect() throws IOException {
    engine.enter();
    try {
      requireOpen();
      remoteHigh = 0;
      remoteLow = 0;
      remotePort = 0;
      remote = null;
      failure = null;
      if (wildcardBound) {
        localHigh = 0;
        localLow = 0;
        wildcardBound = false;
      }
      updateReadiness();
    } finally {
      engine.leave();
    }
  }

  @Override
  public InetSocketAddress localAddress() {
    engine.enter();
    try {
      return localPort == 0
          ? null
          : new InetSocketAddress(layer.ip.toInetAddress(localHigh, localLow), localPort);
    } finally {
      engine.leave();
    }
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return remote;
  }

  @Override
  public InetSocketAddress receive(ByteBuffer target) throws IOException {
    engine.enter();
    try {
      requireOpen();
      reportFailure();
      PacketBuffer buffer = head;
      if (buffer == null) {
        return null;
      }
      head = buffer.next;
      buffer.next = null;
      queued--;
      if (head == null) {
        tail = null;
      }
      int length = buffer.length() - SENDER;
      queuedBytes -= length;
      InetSocketAddress sender = sender(buffer.getLong(0), buffer.getLong(8), buffer.getInt(16));
      buffer.get(SENDER, target, Math.min(length, target.remaining()));
      buffer.release();
      updateReadiness();
      return sender;
    } finally {
      engine.leave();
    }
  }

  private InetSocketAddress sender(long high, long low, int port) {
    InetSocketAddress last = lastSender;
    if (last == null || last.getPort() != port || lastSenderLow != low || lastSenderHigh != high) {
      last = new InetSocketAddress(layer.ip.toInetAddress(high, low), port);
      lastSender = last;
      lastSenderHigh = high;
      lastSenderLow = low;
    }
    return last;
  }

  @Override
  public boolean send(ByteBuffer source, InetSocketAddress to) throws IOException {
    engine.enter();
    try {
      requireOpen();
      reportFailure();
      long high = remoteHigh;
      long low = remoteLow;
      int port = remotePort;
      if (to != null) {
        if (to != lastTarget && to != lastSender) {
          InetAddress address = to.getAddress();
          lastTargetHigh = IpAddress.high(address);
          lastTargetLow = IpAddress.low(address);
          lastTarget = to;
        }
        high = to == lastTarget ? lastTargetHigh : lastSenderHigh;
        low = to == lastTarget ? lastTargetLow : lastSenderLow;
        port = to.getPort();
      } else if (remotePort == 0) {
        throw new SocketException("Destination address required");
      }
      if (IpAddress.isAny(high, low)) {
        high = 0;
        low = IpAddress.LOOPBACK4;
      }
      if (port == 0) {
        throw new SocketException("Invalid argument: the destination port is 0");
      }
      return send(source, high, low, port);
    } finally {
      engine.leave();
    }
  }

  private boolean send(ByteBuffer source, long high, long low, int port) throws IOException {
    int length = source.remaining();
    if (length > (IpAddress.isV4(high, low) ? MAX_PAYLOAD4 : MAX_PAYLOAD6)) {
      throw new SocketException("Message too long");
    }
    boolean multicast = IpAddress.isMulticast(high, low);
    if (!broadcast && layer.ip.isBroadcast(high, low)) {
      throw new SocketException("Permission denied");
    }
    Route route;
    if (multicast && multicastInterface != 0) {
      NetInterface out = layer.ip.interfaceByIndex(multicastInterface);
      route = out == null ? null : IpLayer.onLink(out);
    } else {
      route = layer.ip.route(high, low);
    }
    if (route == null) {
      throw new SocketException("Network is unreachable");
    }
    if (localPort == 0) {
      bind(0, 0, 0);
    }
    NetInterface out = route.out();
    long sourceHigh = localHigh;
    long sourceLow = localLow;
    if (IpAddress.isAny(sourceHigh, sourceLow) || IpAddress.isMulticast(sourceHigh, sourceLow)) {
      if (out.isLoopback() && !multicast) {
        sourceHigh = high;
        sourceLow = low;
      } else {
        int index = layer.ip.selectSource(route, high, low);
        if (index < 0 && out.addressCount() > 0) {
          throw new SocketException("Network is unreachable");
        }
        sourceHigh = index < 0 ? 0 : out.addressHigh(index);
        sourceLow = index < 0 ? IpAddress.v4(0) : out.addressLow(index);
      }
    }
    if (!out.hasRoom()) {
      return false;
    }
    int total = UdpLayer.HEADER + length;
    boolean fits = total <= layer.ip.payloadLimit(route, high, low);
    if (dontFragment && !fits) {
      throw new SocketException("Message too long");
    }
    PacketPool pool = fits ? out.pool() : layer.ip.largePool();
    PacketBuffer buffer = pool.allocate();
    if (buffer == null) {
      return false;
    }
    write(buffer, source, length, port);
    long sum = InternetChecksum.pseudo(sourceHigh, sourceLow, high, low, IpProtocol.UDP, total);
    boolean copyToSelf = multicast && multicastLoop && !out.isLoopback();
    if (fits && !copyToSelf && out.offloads(NetDevice.OFFLOAD_TX_CHECKSUM)) {
      buffer.putShort(6, InternetChecksum.fold(sum));
      buffer.setChecksumRequest(0, 6);
    } else {
      int checksum = InternetChecksum.finish(InternetChecksum.add(sum, buffer, 0, total));
      buffer.putShort(6, checksum == 0 ? 0xffff : checksum);
    }
    int hops = multicast ? multicastTtl : IpLayer.DEFAULT_HOP_LIMIT;
    layer.counters().sent++;
    if (copyToSelf && out.inGroup(high, low)) {
      loopBack(buffer, total, sourceHigh, sourceLow, high, low);
    }
    layer.ip.send(
        route,
        buffer,
        IpProtocol.UDP,
        sourceHigh,
        sourceLow,
        high,
        low,
        hops,
        trafficClass,
        dontFragment);
    return true;
  }

  private void write(PacketBuffer buffer, ByteBuffer source, int length, int port) {
    buffer.append(UdpLayer.HEADER + length);
    buffer.putShort(0, localPort);
    buffer.putShort(2, port);
    buffer.putShort(4, UdpLayer.HEADER + length);
    buffer.putShort(6, 0);
    buffer.put(UdpLayer.HEADER, source, length);
  }

  /** Members on this machine hear what it sends to their group (RFC 1112, section 6.1). */
  private void loopBack(
      PacketBuffer original, int total, long sHigh, long sLow, long high, long low) {
    Route loopback = layer.ip.route(0, IpAddress.LOOPBACK4);
    PacketBuffer copy = loopback.out().pool().allocate();
    if (copy == null || copy.tailroom() < total) {
      if (copy != null) {
        copy.release();
      }
      return;
    }
    copy.append(total);
    copy.put(0, original, 0, total);
    layer.ip.send(
        loopback, copy, IpProtocol.UDP, sHigh, sLow, high, low, multicastTtl, trafficClass, false);
  }

  @Override
  public void join(InetAddress group, int interfaceIndex, InetAddress source) throws IOException {
    engine.enter();
    try {
      requireOpen();
      Membership m = membership(group, interfaceIndex, source);
      if (memberships.contains(m)) {
        throw new SocketException("Address already in use");
      }
      memberships.add(m);
      layer.groups().join(m.in, m.high, m.low, m.sourceHigh, m.sourceLow);
    } finally {
      engine.leave();
    }
  }

  @Override
  public void leave(InetAddress group, int interfaceIndex, InetAddress source) throws IOException {
    engine.enter();
    try {
      requireOpen();
      Membership m = membership(group, interfaceIndex, source);
      if (!memberships.remove(m)) {
        throw new SocketException("Cannot assign requested address");
      }
      leave(m);
    } finally {
      engine.leave();
    }
  }

  private void leave(Membership m) {
    layer.groups().leave(m.in, m.high, m.low, m.sourceHigh, m.sourceLow);
  }

  private Membership membership(InetAddress group, int index, InetAddress source)
      throws SocketException {
    long high = IpAddress.high(group);
    long low = IpAddress.low(group);
    if (!IpAddress.isMulticast(high, low)) {
      throw new SocketException("Not a multicast address: " + group.getHostAddress());
    }
    NetInterface in;
    if (index != 0) {
      in = layer.ip.interfaceByIndex(index);
    } else {
      Route route = layer.ip.route(high, low);
      in = route == null ? null : route.out();
    }
    if (in == null) {
      throw new SocketException("No such device");
    }
    return new Membership(
        high,
        low,
        in,
        source == null ? 0 : IpAddress.high(source),
        source == null ? 0 : IpAddress.low(source));
  }

  @Override
  public <T> void setOption(SocketSetting<T> option, T value) throws IOException {
    engine.enter();
    try {
      requireOpen();
      switch (option.name()) {
        case "SO_BROADCAST" -> broadcast = (Boolean) value;
        case "SO_REUSEADDR" -> reuseAddress = (Boolean) value;
        case "SO_REUSEPORT" -> reusePort = (Boolean) value;
        case "SO_RCVBUF" -> receiveLimit = Math.clamp((Integer) value, MIN_BUFFER, MAX_BUFFER);
        case "SO_SNDBUF" -> sendLimit = Math.clamp((Integer) value, MIN_BUFFER, MAX_BUFFER);
        case "IP_TOS" -> trafficClass = (Integer) value & 0xff;
        case "IP_DONTFRAGMENT" -> dontFragment = (Boolean) value;
        case "IP_MULTICAST_TTL" -> multicastTtl = (Integer) value;
        case "IP_MULTICAST_LOOP" -> multicastLoop = (Boolean) value;
        case "IP_MULTICAST_IF" -> {
          int index = (Integer) value;
          if (index != 0 && layer.ip.interfaceByIndex(index) == null) {
            throw new SocketException("No such device");
          }
          multicastInterface = index;
        }
        default -> throw unsupported(option);
      }
    } finally {
      engine.leave();
    }
  }

  @Override
  public <T> T getOption(SocketSetting<T> option) throws IOException {
    engine.enter();
    try {
      requireOpen();
      Object value =
          switch (option.name()) {
            case "SO_BROADCAST" -> broadcast;
            case "SO_REUSEADDR" -> reuseAddress;
            case "SO_REUSEPORT" -> reusePort;
            case "SO_RCVBUF" -> receiveLimit;
            case "SO_SNDBUF" -> sendLimit;
            case "IP_TOS" -> trafficClass;
            case "IP_DONTFRAGMENT" -> dontFragment;
            case "IP_MULTICAST_TTL" -> multicastTtl;
            case "IP_MULTICAST_LOOP" -> multicastLoop;
            case "IP_MULTICAST_IF" -> multicastInterface;
            default -> throw unsupported(option);
          };
      return option.type().cast(value);
    } finally {
      engine.leave();
    }
  }

  private static UnsupportedOperationException unsupported(SocketSetting<?> option) {
    return new UnsupportedOperationException("a UDP socket has no " + option.name());
  }

  @Override
  public int readiness() {
    return readiness.bits();
  }

  @Override
  public void addListener(Runnable listener) {
    engine.enter();
    try {
      readiness.add(listener);
    } finally {
      engine.leave();
    }
  }

  @Override
  public void removeListener(Runnable listener) {
    engine.enter();
    try {
      readiness.remove(listener);
    } finally {
      engine.leave();
    }
  }

  @Override
  public void close() {
    engine.enter();
    try {
      if (closed) {
        return;
      }
      closed = true;
      if (localPort != 0) {
        layer.unregister(this);
      }
      while (head != null) {
        PacketBuffer buffer = head;
        head = buffer.next;
        buffer.next = null;
        buffer.release();
      }
      queued = 0;
      for (Membership m : memberships) {
        leave(m);
      }
      memberships.clear();
      updateReadiness();
    } finally {
      engine.leave();
    }
  }
}

package org.demitasse.net;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.demitasse.core.Clock;
import org.demitasse.core.Entropy;
import org.demitasse.core.PacketBuffer;
import org.demitasse.net.device.LoopbackDevice;
import org.demitasse.net.device.NetInterface;
import org.demitasse.net.device.PacketCapture;
import org.demitasse.net.dhcp.DhcpClient;
import org.demitasse.net.dhcp.DhcpLease;
import org.demitasse.net.dns.DnsConfig;
import org.demitasse.net.dns.DnsResolver;
import org.demitasse.net.engine.Engine;
import org.demitasse.net.icmp.GroupMembership;
import org.demitasse.net.icmp.Icmp;
import org.demitasse.net.icmp.NeighborDiscovery;
import org.demitasse.net.ip.IpAddress;
import org.demitasse.net.ip.IpLayer;
import org.demitasse.net.ip.Route;
import org.demitasse.net.link.Arp;
import org.demitasse.net.link.Ethernet;
import org.demitasse.net.link.NeighborCache;
import org.demitasse.net.socket.InterfaceInfo;
import org.demitasse.net.socket.Resolver;
import org.demitasse.net.socket.SocketStack;
import org.demitasse.net.socket.TcpListener;
import org.demitasse.net.socket.TcpSocket;
import org.demitasse.net.socket.UdpSocket;
import org.demitasse.net.tcp.TcpConnectionInfo;
import org.demitasse.net.tcp.TcpLayer;
import org.demitasse.net.udp.UdpLayer;

/**
 * The whole stack. Any thread may use its sockets; what they send goes out on the calling thread.
 * One thread, or whoever sleeps on the devices, runs the loop:
 *
 * <pre>{@code
 * while (true) {
 *   long nanos = stack.poll();
 *   if (nanos > 0) sleepUntilFramesOrWakeOr(nanos);
 * }
 * }</pre>
 *
 * <p>The {@code wake} given at construction must end that sleep; it is called without the stack's
 * lock.
 */
public final class NetworkStack implements SocketStack {
  /** Frames taken in one step, so that listeners are not kept waiting by a flood. */
  private static final int BATCH = 64;

  /**
   * Bytes after which a step takes no more frames: those that are to read them find them in the
   * processor's cache, and free the buffers for the next ones.
   */
  private static final int BATCH_BYTES = 256 << 10;

  /** Rounds of traffic over loopback within one step. */
  private static final int LOOPBACK_ROUNDS = 256;

  /** How soon a full device is tried again: it says nothing when it has room. */
  private static final long RETRY_NANOS = 200_000L;

  private final Engine engine;
  private final NeighborCache neighbors;
  private final Arp arp;
  private final IpLayer ip;
  private final Icmp icmp;
  private final NeighborDiscovery discovery;
  private final UdpLayer udp;
  private final TcpLayer tcp;
  private final NetInterface loopback;
  private final NetInterface[] devices;
  private final DhcpClient[] dhcpClients;
  private final DnsConfig dnsConfig;
  private final DnsResolver resolver;
  private final String configuredName;
  private String leasedName = "";

  /**
   * @param wake ends the sleep of the loop that calls {@link #poll}; called on any thread
   */
  public NetworkStack(NetworkConfig config, Clock clock, Entropy entropy, Runnable wake) {
    engine = new Engine(clock, entropy, wake);
    engine.onLeave(this::flush);
    neighbors = new NeighborCache(engine);
    arp = new Arp(engine, neighbors);
    ip = new IpLayer(engine, neighbors, config.memory);
    icmp = new Icmp(engine, ip);
    udp = new UdpLayer(engine, ip, icmp);
    tcp = new TcpLayer(engine, ip, config.bufferBytes);
    tcp.setEcn(config.ecn);
    GroupMembership groups = new GroupMembership(engine, ip);
    icmp.v6().setGroups(groups);
    udp.setGroups(groups);
    discovery = new NeighborDiscovery(engine, ip, icmp.v6(), neighbors, groups, this::advertised);
    neighbors.setSolicitors(arp, discovery);
    neighbors.onUnreachable(ip::neighborUnreachable);
    ip.setProtocols(icmp, icmp.v6(), groups, tcp, udp, icmp);
    configuredName = config.hostName;
    loopback = new NetInterface("lo", 1, new LoopbackDevice(config.memory), true);
    loopback.addAddress(0, IpAddress.LOOPBACK4, 8);
    if (config.ipv6) {
      loopback.addAddress(0, 1, 128);
    }
    ip.addInterface(loopback);
    dnsConfig = new DnsConfig(config.nameServers, config.searchDomains);
    for (NetworkConfig.Host host : config.hosts) {
      dnsConfig.addHost(host.name(), host.address());
    }
    resolver =
        new DnsResolver(dnsConfig, this, clock, engine.random(), this::hostName, this::order);
    int count = config.interfaces.size();
    devices = new NetInterface[count];
    List<DhcpClient> clients = new ArrayList<>(1);
    engine.enter();
    try {
      for (int i = 0; i < count; i++) {
        NetworkConfig.Interface c = config.interfaces.get(i);
        NetInterface netInterface = new NetInterface(c.name(), i + 2, c.device(), false);
        devices[i] = netInterface;
        ip.addInterface(netInterface);
        if (config.ipv6) {
          discovery.start(netInterface);
        }
        if (c.dhcp()) {
          clients.add(new DhcpClient(engine, ip, arp, netInterface, configuredName, this::leased));
        } else {
          configure(netInterface, c);
        }
        for (NetworkConfig.Interface more : config.more) {
          if (more.device() == c.device()) {
            configure(netInterface, more);
          }
        }
      }
      dhcpClients = clients.toArray(new DhcpClient[0]);
      if (dhcpClients.length > 0) {
        DhcpClient.Dispatcher dhcp = new DhcpClient.Dispatcher(dhcpClients);
        udp.setDhcp(dhcp);
        arp.onConflict(dhcp::conflict);
        for (DhcpClient client : dhcpClients) {
          client.start();
        }
      }
    } finally {
      engine.leave();
    }
  }

  private void configure(NetInterface out, NetworkConfig.Interface config) {
    long high = IpAddress.high(config.address());
    long low = IpAddress.low(config.address());
    if (IpAddress.isV4(high, low)) {
      out.addAddress(high, low, config.prefix());
    } else {
      discovery.adopt(out, high, low, config.prefix());
    }
    discovery.addRoute(new Route(high, low, config.prefix(), 0, 0, out));
    if (config.gateway() != null) {
      long gatewayHigh = IpAddress.high(config.gateway());
      long gatewayLow = IpAddress.low(config.gateway());
      long any = IpAddress.isV4(gatewayHigh, gatewayLow) ? IpAddress.v4(0) : 0;
      discovery.addRoute(new Route(0, any, 0, gatewayHigh, gatewayLow, out));
    }
    if (IpAddress.isV4(high, low)) {
      arp.announce(out, (int) low);
    }
  }

  private void advertised(List<InetAddress> servers, List<String> domains) {
    dnsConfig.setAdvertised(servers, domains);
  }

  private void leased(NetInterface out, DhcpLease lease) {
    if (lease == null) {
      dnsConfig.setLeased(List.of(), List.of());
      leasedName = "";
    } else {
      dnsConfig.setLeased(lease.nameServers(), lease.searchDomains());
      leasedName = lease.hostName();
    }
  }

  /**
   * Takes frames from the devices, runs timers that are due, and sends. Called by one thread at a
   * time.
   *
   * @return in how many nanoseconds to call again when no frame arrives: 0 for at once, {@link
   *     Long#MAX_VALUE} for never
   */
  public long poll() {
    long sleep;
    engine.enter();
    try {
      engine.runTimers();
      boolean more = false;
      tcp.beginBatch();
      for (NetInterface device : devices) {
        more |= receiveBatch(device);
      }
      tcp.endBatch();
      engine.flushNow();
      sleep = engine.sleep();
      if (more) {
        sleep = 0;
      } else if (isBlocked()) {
        sleep = Math.min(sleep, RETRY_NANOS);
      }
    } finally {
      engine.leave();
    }
    return sleep;
  }

  private boolean isBlocked() {
    if (tcp.isBlocked()) {
      return true;
    }
    for (NetInterface device : devices) {
      if (device.hasQueued()) {
        return true;
      }
    }
    return false;
  }

  private boolean receiveBatch(NetInterface in) {
    int bytes = 0;
    for (int i = 0; i < BATCH && bytes < BATCH_BYTES; i++) {
      PacketBuffer frame = in.device().receive();
      if (frame == null) {
        return false;
      }
      bytes += frame.length();
      receive(in, frame);
    }
    return true;
  }

  private void receive(NetInterface in, PacketBuffer frame) {
    NetInterface.Counters counters = in.counters();
    in.received(frame);
    if (frame.length() < Ethernet.HEADER) {
      counters.receiveDrops++;
      frame.release();
      return;
    }
    long destination = Ethernet.destination(frame);
    boolean group = Ethernet.isGroup(destination);
    if (!group && destination != in.mac() && !in.isLoopback()) {
      counters.receiveDrops++;
      frame.release();
      return;
    }
    int type = Ethernet.type(frame);
    frame.strip(Ethernet.HEADER);
    switch (type) {
      case Ethernet.TYPE_IPV4 -> ip.receiveV4(in, frame, group);
      case Ethernet.TYPE_IPV6 -> ip.receiveV6(in, frame, group);
      case Ethernet.TYPE_ARP -> arp.receive(in, frame);
      default -> {
        counters.receiveDrops++;
        frame.release();
      }
    }
  }

  /**
   * Sends everything that the step has produced; traffic to this machine is received in the step.
   */
  private void flush() {
    for (NetInterface device : devices) {
      device.drainQueue();
    }
    int rounds = 0;
    boolean more;
    do {
      tcp.flush();
      more = false;
      for (PacketBuffer frame = loopback.device().receive();
          frame != null;
          frame = loopback.device().receive()) {
        receive(loopback, frame);
        more = true;
      }
    } while ((more || tcp.hasOutput()) && ++rounds < LOOPBACK_ROUNDS);
    if (rounds == LOOPBACK_ROUNDS) {
      engine.requestPoll();
    }
    for (NetInterface device : devices) {
      device.flush();
    }
  }

  /**
   * Waits until every interface that uses DHCP has an address. When one has had an IPv6 address for
   * half of the time, which leaves DHCP one more question, it is believed that there is no DHCP.
   *
   * @return whether that came true within the time
   */
  public boolean awaitConfigured(long nanos) {
    long begin = System.nanoTime();
    for (DhcpClient client : dhcpClients) {
      long ipv6Since = Long.MAX_VALUE;
      while (!client.isBound()) {
        long waited = System.nanoTime() - begin;
        if (ipv6Since == Long.MAX_VALUE && hasGlobalIpv6(client.out())) {
          ipv6Since = waited;
        }
        if (waited - nanos / 2 >= ipv6Since) {
          break;
        }
        if (waited >= nanos) {
          return false;
        }
        client.await(Math.min(nanos - waited, nanos / 40 + 1));
      }
    }
    return true;
  }

  private boolean hasGlobalIpv6(NetInterface out) {
    engine.enter();
    try {
      for (int i = 0; i < out.addressCount(); i++) {
        long high = out.addressHigh(i);
        long low = out.addressLow(i);
        if (!IpAddress.isV4(high, low) && !IpAddress.isLinkLocal(high, low)) {
          return true;
        }
      }
      return false;
    } finally {
      engine.leave();
    }
  }

  @Override
  public TcpSocket openTcp() throws IOException {
    return tcp.open();
  }

  @Override
  public TcpListener openTcpListener() throws IOException {
    return tcp.openListener();
  }

  @Override
  public UdpSocket openUdp() throws IOException {
    return udp.open();
  }

  @Override
  public Resolver resolver() {
    return resolver;
  }

  @Override
  public List<InterfaceInfo> interfaces() {
    engine.enter();
    try {
      List<InterfaceInfo> infos = new ArrayList<>(devices.length + 1);
      for (NetInterface each : ip.interfaces()) {
        infos.add(info(each));
      }
      return infos;
    } finally {
      engine.leave();
    }
  }

  private static InterfaceInfo info(NetInterface each) {
    List<InterfaceInfo.Address> addresses = new ArrayList<>(each.addressCount());
    for (int i = 0; i < each.addressCount(); i++) {
      long high = each.addressHigh(i);
      long low = each.addressLow(i);
      int broadcast =
          IpAddress.isV4(high, low) && !each.isLoopback()
              ? IpAddress.broadcast((int) low, each.prefixLength(i))
              : 0;
      addresses.add(
          new InterfaceInfo.Address(
              IpAddress.toInetAddress(high, low),
              each.prefixLength(i),
              broadcast == 0 ? null : IpAddress.toInetAddress(0, IpAddress.v4(broadcast))));
    }
    byte[] mac = null;
    if (!each.isLoopback()) {
      mac = new byte[6];
      for (int i = 0; i < 6; i++) {
        mac[i] = (byte) (each.mac() >> 40 - 8 * i);
      }
    }
    return new InterfaceInfo(
        each.name(),
        each.index(),
        each.mtu(),
        mac,
        each.device().linkUp(),
        each.isLoopback(),
        !each.isLoopback(),
        addresses);
  }

  /** Sorts the addresses of a peer, the one to be tried first in front (RFC 6724, section 6). */
  private List<InetAddress> order(List<InetAddress> addresses) {
    engine.enter();
    try {
      return ip.order(addresses);
    } finally {
      engine.leave();
    }
  }

  @Override
  public String hostName() {
    String name = configuredName.isEmpty() ? leasedName : configuredName;
    return name.isEmpty() ? "localhost" : name;
  }

  @Override
  public boolean ping(InetAddress address, int ttl, int timeoutMillis) throws IOException {
    Thread waiting = Thread.currentThread();
    Icmp.EchoWaiter waiter;
    engine.enter();
    try {
      waiter =
          icmp.ping(
              IpAddress.high(address),
              IpAddress.low(address),
              ttl <= 0 ? IpLayer.DEFAULT_HOP_LIMIT : ttl,
              () -> LockSupport.unpark(waiting));
    } finally {
      engine.leave();
    }
    if (waiter == null) {
      throw new NoRouteToHostException("Network is unreachable: " + address.getHostAddress());
    }
    try {
      long deadline = System.nanoTime() + timeoutMillis * 1_000_000L;
      while (!waiter.isAnswered()) {
        long left = deadline - System.nanoTime();
        if (left <= 0 || Thread.currentThread().isInterrupted()) {
          return false;
        }
        LockSupport.parkNanos(this, left);
      }
      return true;
    } finally {
      engine.enter();
      try {
        icmp.forget(waiter);
      } finally {
        engine.leave();
      }
    }
  }

  /** Returns what all TCP connections are like at this moment. */
  public List<TcpConnectionInfo> connections() {
    engine.enter();
    try {
      return tcp.connections();
    } finally {
      engine.leave();
    }
  }

  /**
   * Captures the frames of an interface from now on.
   *
   * @param interfaceIndex as in {@link InterfaceInfo}
   * @param out where pcapng goes; written under the stack's lock. Null ends a capture
   * @return the capture, or null when it was ended
   */
  public PacketCapture capture(int interfaceIndex, OutputStream out, int snapLength) {
    engine.enter();
    try {
      NetInterface target = ip.interfaceByIndex(interfaceIndex);
      if (target == null) {
        throw new IllegalArgumentException("there is no interface " + interfaceIndex);
      }
      PacketCapture capture =
          out == null ? null : new PacketCapture(out, engine.clock(), snapLength, target.name());
      target.setCapture(capture);
      return capture;
    } finally {
      engine.leave();
    }
  }

  /** The TCP layer, for its counters. */
  public TcpLayer tcp() {
    return tcp;
  }

  /** The UDP layer, for its counters. */
  public UdpLayer udp() {
    return udp;
  }

  /** The IP layer, for its counters and interfaces. */
  public IpLayer ip() {
    return ip;
  }

  /** The ICMP layer, for its counters. */
  public Icmp icmp() {
    return icmp;
  }
}

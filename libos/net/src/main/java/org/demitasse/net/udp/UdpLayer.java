package org.demitasse.net.udp;

import org.demitasse.core.PacketBuffer;
import org.demitasse.net.engine.Engine;
import org.demitasse.net.icmp.GroupMembership;
import org.demitasse.net.icmp.Icmp;
import org.demitasse.net.icmp.Icmpv6;
import org.demitasse.net.ip.InternetChecksum;
import org.demitasse.net.ip.IpAddress;
import org.demitasse.net.ip.IpError;
import org.demitasse.net.ip.IpLayer;
import org.demitasse.net.ip.IpPacket;
import org.demitasse.net.ip.IpProtocol;
import org.demitasse.net.ip.PathMtu;

/** Finds the socket of a datagram. Used under the stack's lock. */
public final class UdpLayer implements IpProtocol {
  static final int HEADER = 8;
  private static final int FIRST_EPHEMERAL = 32768;
  private static final int EPHEMERAL_COUNT = 28232;
  private static final int BUCKETS = 256;
  private static final int DHCP_CLIENT = 68;

  final Engine engine;
  final IpLayer ip;
  private final Icmp icmp;
  private GroupMembership groups;
  private IpProtocol dhcp;
  private final UdpEndpoint[] buckets = new UdpEndpoint[BUCKETS];
  private final Counters counters = new Counters();

  public UdpLayer(Engine engine, IpLayer ip, Icmp icmp) {
    this.engine = engine;
    this.ip = ip;
    this.icmp = icmp;
  }

  /** Sets who tells routers of the groups that sockets join; once, by the stack. */
  public void setGroups(GroupMembership membership) {
    groups = membership;
  }

  GroupMembership groups() {
    return groups;
  }

  /** Gives datagrams to port 68 to the DHCP client, which works before there is an address. */
  public void setDhcp(IpProtocol handler) {
    dhcp = handler;
  }

  public Counters counters() {
    return counters;
  }

  public UdpEndpoint open() {
    return new UdpEndpoint(this);
  }

  @Override
  public void receive(IpPacket packet) {
    PacketBuffer buffer = packet.buffer;
    int length = buffer.length() < HEADER ? 0 : buffer.getShort(4);
    if (length < HEADER || length > buffer.length() || buffer.getShort(2) == 0) {
      counters.badPackets++;
      buffer.release();
      return;
    }
    buffer.truncate(length);
    boolean unsummed = buffer.getShort(6) == 0 && packet.isV4();
    if (!unsummed && !buffer.checksumGood()) {
      long sum =
          InternetChecksum.pseudo(
              packet.sourceHigh,
              packet.sourceLow,
              packet.destinationHigh,
              packet.destinationLow,
              UDP,
              length);
      if (InternetChecksum.fold(InternetChecksum.add(sum, buffer, 0, length)) != 0xffff) {
        counters.badChecksums++;
        buffer.release();
        return;
      }
    }
    if (dhcp != null && buffer.getShort(2) == DHCP_CLIENT) {
      dhcp.receive(packet);
      return;
    }
    if (packet.group) {
      receiveGroup(packet);
      return;
    }
    UdpEndpoint endpoint = find(packet, buffer.getShort(0), buffer.getShort(2));
    if (endpoint == null) {
      counters.noPort++;
      icmp.sendUnreachable(packet, Icmp.CODE_PORT);
      return;
    }
    counters.received++;
    endpoint.deliver(packet, buffer);
  }

  private void receiveGroup(IpPacket packet) {
    PacketBuffer buffer = packet.buffer;
    int port = buffer.getShort(2);
    UdpEndpoint last = null;
    for (UdpEndpoint e = buckets[port & BUCKETS - 1]; e != null; e = e.chain) {
      if (e.localPort != port || e.score(packet, buffer.getShort(0)) < 0 || !e.wants(packet)) {
        continue;
      }
      if (last != null) {
        PacketBuffer copy = packet.in.pool().allocate();
        if (copy != null && copy.tailroom() >= buffer.length()) {
          copy.append(buffer.length());
          copy.put(0, buffer, 0, buffer.length());
          counters.received++;
          last.deliver(packet, copy);
        } else if (copy != null) {
          copy.release();
        }
      }
      last = e;
    }
    if (last == null) {
      buffer.release();
    } else {
      counters.received++;
      last.deliver(packet, buffer);
    }
  }

  private UdpEndpoint find(IpPacket packet, int remotePort, int localPort) {
    UdpEndpoint best = null;
    int bestScore = -1;
    for (UdpEndpoint e = buckets[localPort & BUCKETS - 1]; e != null; e = e.chain) {
      if (e.localPort == localPort) {
        int score = e.score(packet, remotePort);
        if (score > bestScore) {
          best = e;
          bestScore = score;
        }
      }
    }
    return best;
  }

  @Override
  public void error(IpPacket packet, IpError error, int mtu) {
    int localPort = packet.buffer.getShort(0);
    int remotePort = packet.buffer.getShort(2);
    if (error == IpError.TOO_BIG && isTaken(localPort)) {
      // RFC 8201, section 5.2: the datagram is lost, the next ones are cut.
      int least = packet.isV4() ? IpLayer.MIN_MTU : Icmpv6.MIN_MTU;
      ip.paths()
          .learn(
              packet.destinationHigh,
              packet.destinationLow,
              Math.max(mtu, least),
              PathMtu.LIFETIME);
      return;
    }
    for (UdpEndpoint e = buckets[localPort & BUCKETS - 1]; e != null; e = e.chain) {
      if (e.localPort == localPort
          && e.isConnectedTo(packet.destinationHigh, packet.destinationLow, remotePort)) {
        e.failed(error);
      }
    }
  }

  /** Whether a port can be bound at an address. */
  boolean isFree(long high, long low, int port, UdpEndpoint who) {
    for (UdpEndpoint e = buckets[port & BUCKETS - 1]; e != null; e = e.chain) {
      if (e.localPort == port
          && (IpAddress.isAny(high, low)
              || IpAddress.isAny(e.localHigh, e.localLow)
              || e.localHigh == high && e.localLow == low)
          && !(e.reusePort && who.reusePort)
          && !(e.reuseAddress && who.reuseAddress)) {
        return false;
      }
    }
    return true;
  }

  /** Returns a free port nobody can foresee (RFC 6056, section 3.3.2), or -1 when all are taken. */
  int ephemeralPort(long high, long low, UdpEndpoint who) {
    int start = engine.random().next(EPHEMERAL_COUNT);
    for (int i = 0; i < EPHEMERAL_COUNT; i++) {
      int port = FIRST_EPHEMERAL + (start + i) % EPHEMERAL_COUNT;
      if (isFree(high, low, port, who) && !isTaken(port)) {
        return port;
      }
    }
    return -1;
  }

  private boolean isTaken(int port) {
    for (UdpEndpoint e = buckets[port & BUCKETS - 1]; e != null; e = e.chain) {
      if (e.localPort == port) {
        return true;
      }
    }
    return false;
  }

  void register(UdpEndpoint endpoint) {
    int bucket = endpoint.localPort & BUCKETS - 1;
    endpoint.chain = buckets[bucket];
    buckets[bucket] = endpoint;
  }

  void unregister(UdpEndpoint endpoint) {
    int bucket = endpoint.localPort & BUCKETS - 1;
    if (buckets[bucket] == endpoint) {
      buckets[bucket] = endpoint.chain;
    } else {
      for (UdpEndpoint e = buckets[bucket]; e != null; e = e.chain) {
        if (e.chain == endpoint) {
          e.chain = endpoint.chain;
          break;
        }
      }
    }
    endpoint.chain = null;
  }

  /** What UDP did since the start. */
  public static final class Counters {
    public long received;
    public long sent;
    public long noPort;
    public long badPackets;
    public long badChecksums;
    public long receiveBufferDrops;
  }
}

package org.demitasse.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.demitasse.net.engine.Timer;

/**
 * UDP between the guest and the host's sockets: one host socket for each pair of ends that the
 * guest talks from and to, and one for each forwarded port. Called under the gateway's lock.
 */
final class UdpRelay {
  /** Conversations at once; the one idle longest makes room. Each may hold a descriptor. */
  static final int FLOWS_MAX = 512;

  /** RFC 4787, requirement 5: at least two minutes. */
  static final long IDLE_NANOS = 120_000_000_000L;

  /** Datagrams of one socket in a row, so that one flood does not starve the others. */
  private static final int BURST = 64;

  private static final int PORT_FIRST = 49_152;

  private final Gateway gateway;
  private final Map<FlowKey, Flow> flows = new LinkedHashMap<>(64, 0.75f, true);
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(65_535);
  private final ByteBuffer quoted = ByteBuffer.allocate(Packets.IPV6 + Packets.UDP_HEADER);
  private final Expiry expiry = new Expiry();
  private int nextPort = PORT_FIRST;

  UdpRelay(Gateway gateway) {
    this.gateway = gateway;
  }

  int flowCount() {
    return flows.size();
  }

  /**
   * Passes a datagram of the guest on.
   *
   * @param payload from position to limit
   * @param target where it goes on the host's side; null: only to a flow that is there already
   * @return whether there was a way
   */
  boolean fromGuest(long mac, FlowKey key, InetSocketAddress target, ByteBuffer payload) {
    Flow flow = flows.get(key);
    if (flow == null) {
      if (target == null) {
        return false;
      }
      flow = open(mac, key, target);
      if (flow == null) {
        return true;
      }
    }
    flow.mac = mac;
    flow.toHost(payload);
    return true;
  }

  private Flow open(long mac, FlowKey key, InetSocketAddress target) {
    try {
      DatagramChannel channel = DatagramChannel.open(familyOf(target.getAddress()));
      try {
        channel.configureBlocking(false);
        channel.connect(target);
        Outbound flow = new Outbound(mac, key, channel);
        flow.selection = gateway.register(channel, SelectionKey.OP_READ, flow);
        add(flow);
        return flow;
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      // No route on the host, or no descriptors left.
      gateway.shortage(e);
      unreachable(mac, key, Unreachable.NETWORK);
      return null;
    } catch (UnsupportedOperationException e) {
      // The host has no IPv6.
      unreachable(mac, key, Unreachable.NETWORK);
      return null;
    }
  }

  static StandardProtocolFamily familyOf(InetAddress address) {
    return address instanceof java.net.Inet4Address
        ? StandardProtocolFamily.INET
        : StandardProtocolFamily.INET6;
  }

  private void add(Flow flow) {
    if (flows.size() >= FLOWS_MAX) {
      Iterator<Flow> eldest = flows.values().iterator();
      Flow victim = eldest.next();
      eldest.remove();
      victim.close();
    }
    flows.put(flow.key, flow);
    flow.used();
    if (!expiry.isArmed()) {
      gateway.schedule(expiry, IDLE_NANOS);
    }
  }

  /** Tells the guest what became of a datagram, whose headers are made up again. */
  private void unreachable(long mac, FlowKey key, Unreachable why) {
    int udp = key.isV4() ? Packets.IPV4 : Packets.IPV6;
    int end = udp + Packets.UDP_HEADER;
    quoted.clear();
    if (key.isV4()) {
      Packets.putIpv4(quoted, 0, end, 0, 0, Packets.UDP, (int) key.guestLow(), (int) key.farLow());
    } else {
      Packets.putIpv6(
          quoted,
          0,
          Packets.UDP_HEADER,
          Packets.UDP,
          Packets.TTL,
          key.guestHigh(),
          key.guestLow(),
          key.farHigh(),
          key.farLow());
    }
    quoted.putShort(udp, (short) key.guestPort());
    quoted.putShort(udp + 2, (short) key.farPort());
    quoted.putShort(udp + 4, (short) Packets.UDP_HEADER);
    quoted.putShort(udp + 6, (short) 0);
    FlowKey flow = gateway.network().fromGateway(key.guestHigh(), key.guestLow());
    gateway.sendUnreachable(mac, flow, why, quoted, 0, end);
  }

  /** Listens at a port of the host for datagrams to the guest. */
  void forward(DatagramChannel channel, int guestPort) throws IOException {
    Forwarded forwarded = new Forwarded(channel, guestPort);
    gateway.register(channel, SelectionKey.OP_READ, forwarded);
  }

  void closeAll() {
    for (Flow flow : flows.values()) {
      flow.close();
    }
    flows.clear();
  }

  private abstract class Flow {
    final FlowKey key;
    long mac;
    long lastUsed;

    Flow(long mac, FlowKey key) {
      this.mac = mac;
      this.key = key;
    }

    final void used() {
      lastUsed = gateway.now();
    }

    final void toGuest(ByteBuffer payload) {
      used();
      gateway.sendUdp(mac, key, payload);
    }

    abstract void toHost(ByteBuffer payload);

    abstract void close();
  }

  /** The guest talks to somebody outside. */
  private final class Outbound extends Flow implements HostHandler {
    private final DatagramChannel channel;
    private SelectionKey selection;

    Outbound(long mac, FlowKey key, DatagramChannel channel) {
      super(mac, key);
      this.channel = channel;
    }

    @Override
    void toHost(ByteBuffer payload) {
      used();
      try {
        if (payload.hasRemaining()) {
          // A full socket buffer loses the datagram, as any network may.
          channel.write(payload);
        } else {
          // Connected channels send no empty datagrams, others do. (Connecting drops what came in
          // between.)
          SocketAddress target = channel.getRemoteAddress();
          channel.disconnect();
          channel.send(payload, target);
          channel.connect(target);
        }
      } catch (PortUnreachableException e) {
        unreachable(mac, key, Unreachable.PORT);
      } catch (IOException e) {
        unreachable(mac, key, Unreachable.NETWORK);
      }
    }

    @Override
    public void hostReady() {
      for (int i = 0; i < BURST; i++) {
        buffer.clear();
        try {
          if (channel.receive(buffer) == null) {
            return;
          }
        } catch (PortUnreachableException e) {
          unreachable(mac, key, Unreachable.PORT);
          continue;
        } catch (IOException e) {
          flows.remove(key);
          close();
          return;
        }
        toGuest(buffer.flip());
      }
    }

    @Override
    void close() {
      if (selection != null) {
        selection.cancel();
      }
      Gateway.closeQuietly(channel);
    }
  }

  /** A port of the host, and the peers who talk to the guest through it. */
  private final class Forwarded implements HostHandler {
    private final DatagramChannel channel;
    private final int guestPort;
    private final Map<SocketAddress, Inbound> peers = new HashMap<>();

    Forwarded(DatagramChannel channel, int guestPort) {
      this.channel = channel;
      this.guestPort = guestPort;
    }

    @Override
    public void hostReady() {
      for (int i = 0; i < BURST; i++) {
        buffer.clear();
        SocketAddress peer;
        try {
          peer = channel.receive(buffer);
        } catch (IOException e) {
          continue;
        }
        if (peer == null) {
          return;
        }
        long mac = gateway.guestMac();
        if (mac == 0) {
          gateway.lookForGuest();
          continue;
        }
        Inbound flow = peers.get(peer);
        if (flow == null) {
          flow = new Inbound(mac, freeKey(), this, peer);
          peers.put(peer, flow);
          add(flow);
        }
        flow.mac = mac;
        // Keeps it from being the eldest.
        flows.get(flow.key);
        flow.toGuest(buffer.flip());
      }
    }

    private FlowKey freeKey() {
      while (true) {
        int port = nextPort;
        nextPort = port == 65_535 ? PORT_FIRST : port + 1;
        FlowKey key =
            new FlowKey(gateway.network().guest(), guestPort, gateway.network().gateway(), port);
        if (!flows.containsKey(key)) {
          return key;
        }
      }
    }
  }

  /** Somebody outside talks to a forwarded port. */
  private final class Inbound extends Flow {
    private final Forwarded forwarded;
    private final SocketAddress peer;

    Inbound(long mac, FlowKey key, Forwarded forwarded, SocketAddress peer) {
      super(mac, key);
      this.forwarded = forwarded;
      this.peer = peer;
    }

    @Override
    void toHost(ByteBuffer payload) {
      used();
      try {
        forwarded.channel.send(payload, peer);
      } catch (IOException e) {
        unreachable(mac, key, Unreachable.PORT);
      }
    }

    @Override
    void close() {
      forwarded.peers.remove(peer);
    }
  }

  /** Closes conversations in which nobody has said anything for long. */
  private final class Expiry extends Timer {
    @Override
    protected void expire(long now) {
      Iterator<Flow> all = flows.values().iterator();
      while (all.hasNext()) {
        Flow flow = all.next();
        long left = flow.lastUsed + IDLE_NANOS - now;
        if (left > 0) {
          // In order of last use by the guest; the rest may still be younger than it looks.
          continue;
        }
        all.remove();
        flow.close();
      }
      if (!flows.isEmpty()) {
        gateway.schedule(this, IDLE_NANOS / 4);
      }
    }
  }
}

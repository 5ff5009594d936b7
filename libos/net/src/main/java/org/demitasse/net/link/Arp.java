package org.demitasse.net.link;

import org.demitasse.core.PacketBuffer;
import org.demitasse.net.device.NetInterface;
import org.demitasse.net.engine.Engine;

/** ARP for IPv4 over Ethernet (RFC 826): the packet, and how requests are answered. */
public final class Arp implements NeighborCache.Solicitor {
  private static final int LENGTH = 28;
  private static final int REQUEST = 1;
  private static final int REPLY = 2;

  /** IPv4 addresses in the stack's 128-bit form (RFC 4291, section 2.5.5.2). */
  private static final long MAPPED = 0xffff_0000_0000L;

  /** RFC 5227, section 2.4: an address is defended once in this time, so that two do not fight. */
  private static final long DEFEND_INTERVAL = 10_000_000_000L;

  /** Hears that another station uses an address. */
  @FunctionalInterface
  public interface ConflictListener {
    /** Returns whether the address is given up: it is not defended then. */
    boolean conflict(NetInterface in, int address);
  }

  private final Engine engine;
  private final NeighborCache neighbors;
  private ConflictListener listener = (in, address) -> false;
  private long defended;
  private long conflicts;

  public Arp(Engine engine, NeighborCache neighbors) {
    this.engine = engine;
    this.neighbors = neighbors;
    defended = engine.now() - DEFEND_INTERVAL;
  }

  /** Sets who decides whether an address is defended. */
  public void onConflict(ConflictListener decides) {
    listener = decides;
  }

  /** How often another station has claimed an address of ours. */
  public long conflicts() {
    return conflicts;
  }

  /** Handles a received packet (the Ethernet header is stripped); takes the buffer. */
  public void receive(NetInterface in, PacketBuffer packet) {
    try {
      if (packet.length() < LENGTH
          || packet.getInt(0) != 0x0001_0800
          || packet.getShort(4) != 0x0604) {
        in.counters().receiveDrops++;
        return;
      }
      int operation = packet.getShort(6);
      long senderMac = packet.getMac(8);
      int sender = packet.getInt(14);
      int target = packet.getInt(24);
      if (Ethernet.isGroup(senderMac)
          || !isHost(sender)
          || operation != REQUEST && operation != REPLY) {
        in.counters().receiveDrops++;
        return;
      }
      boolean forUs = in.hasAddress(0, MAPPED | target & 0xffffffffL);
      boolean ours = in.hasAddress(0, MAPPED | sender & 0xffffffffL);
      if (ours && senderMac != in.mac()) {
        defend(in, sender);
      }
      if (sender != 0 && !ours) {
        long address = MAPPED | sender & 0xffffffffL;
        // A reply to a question finds the neighbour that was asked for; others make none.
        boolean create = forUs && operation == REQUEST;
        neighbors.learn(in, 0, address, senderMac, operation == REPLY, true, create);
      }
      if (forUs && operation == REQUEST && !ours) {
        send(in, REPLY, target, sender, senderMac, senderMac);
      }
    } finally {
      packet.release();
    }
  }

  /** Whether a station can have the address, or none yet: no group, broadcast or loopback one. */
  private static boolean isHost(int address) {
    return address >>> 28 != 14 && address != -1 && address >>> 24 != 127;
  }

  @Override
  public void solicit(NetInterface out, long high, long low, long mac) {
    int source = 0;
    for (int i = 0; i < out.addressCount() && source == 0; i++) {
      if (out.addressHigh(i) == 0 && out.addressLow(i) >>> 32 == 0xffff) {
        source = (int) out.addressLow(i);
      }
    }
    send(out, REQUEST, source, (int) low, 0, mac < 0 ? Ethernet.BROADCAST : mac);
  }

  private void defend(NetInterface out, int address) {
    conflicts++;
    if (listener.conflict(out, address)) {
      return;
    }
    if (engine.now() - defended >= DEFEND_INTERVAL) {
      defended = engine.now();
      announce(out, address);
    }
  }

  /** Asks whether anybody has an address already (RFC 5227, section 2.1.1). */
  public void probe(NetInterface out, int address) {
    send(out, REQUEST, 0, address, 0, Ethernet.BROADCAST);
  }

  /** Tells the link that an address is ours (RFC 5227, section 2.3). */
  public void announce(NetInterface out, int address) {
    send(out, REQUEST, address, address, 0, Ethernet.BROADCAST);
  }

  private static void send(
      NetInterface out, int operation, int source, int target, long targetMac, long destination) {
    PacketBuffer packet = out.pool().allocate();
    if (packet == null) {
      out.counters().sendDrops++;
      return;
    }
    packet.append(LENGTH);
    packet.putInt(0, 0x0001_0800);
    packet.putShort(4, 0x0604);
    packet.putShort(6, operation);
    packet.putMac(8, out.mac());
    packet.putInt(14, source);
    packet.putMac(18, targetMac);
    packet.putInt(24, target);
    Ethernet.send(out, packet, destination, Ethernet.TYPE_ARP);
  }
}

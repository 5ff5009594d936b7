package org.demitasse.net.link;

import org.demitasse.core.PacketBuffer;
import org.demitasse.net.device.NetInterface;
import org.demitasse.net.engine.Engine;
import org.demitasse.net.engine.Timer;

/**
 * Hardware addresses of neighbours, found by ARP or by neighbour discovery. An entry that is stale
 * is still used while it is asked for again; packets for an unknown neighbour wait for the answer.
 * Bounded; the oldest entry makes room.
 *
 * <p>Of the states of RFC 4861, section 7.3.2, an entry without hardware address is INCOMPLETE. One
 * that has it is REACHABLE or STALE, by the time; and while its timer runs DELAY, and PROBE once it
 * has been asked.
 */
public final class NeighborCache {
  /** Asks a neighbour for its hardware address. */
  @FunctionalInterface
  public interface Solicitor {
    /**
     * @param mac where the neighbour was last, or -1 to ask all
     */
    void solicit(NetInterface out, long high, long low, long mac);

    /** Hears that a neighbour that was asked does not answer. */
    default void failed(NetInterface out, long high, long low) {}
  }

  /** Hears that a neighbour does not answer, with the packets that were to be sent to it. */
  @FunctionalInterface
  public interface UnreachableListener {
    /** Takes the packet, which starts with its IP header. */
    void unreachable(NetInterface out, PacketBuffer packet);
  }

  private static final int CAPACITY = 1024;
  private static final int BUCKETS = 256;
  private static final int QUEUE_LIMIT = 16;
  private static final int MAX_SOLICITS = 3;

  /** ARP's; those of IPv6 are the interface's. */
  private static final long SOLICIT_INTERVAL = 1_000_000_000L;

  private static final long REACHABLE_TIME = 30_000_000_000L;

  /** RFC 4861, section 10: so long a packet's answer may tell that the neighbour is there. */
  private static final long DELAY_FIRST_PROBE = 5_000_000_000L;

  private final Engine engine;
  private final Entry[] buckets = new Entry[BUCKETS];
  private Solicitor arp;
  private Solicitor discovery;
  private UnreachableListener unreachable;
  private int size;
  private Entry recent;

  public NeighborCache(Engine engine) {
    this.engine = engine;
  }

  public void setSolicitors(Solicitor ipv4, Solicitor ipv6) {
    arp = ipv4;
    discovery = ipv6;
  }

  public void onUnreachable(UnreachableListener listener) {
    unreachable = listener;
  }

  /** Sends a packet to a neighbour, now or once its address is known. Takes the buffer. */
  public void send(NetInterface out, long high, long low, PacketBuffer packet, int type) {
    if (out.isLoopback()) {
      Ethernet.send(out, packet, 0, type);
      return;
    }
    Entry entry = recent;
    if (entry == null || entry.low != low || entry.high != high || entry.out != out) {
      entry = find(out, high, low);
      if (entry == null) {
        entry = insert(out, high, low);
      }
      recent = entry;
    }
    entry.lastUse = engine.now();
    if (entry.mac >= 0) {
      if (engine.now() > entry.reachableUntil && !entry.isArmed()) {
        entry.probeLater();
      }
      Ethernet.send(out, packet, entry.mac, type);
      return;
    }
    PacketBuffer whole = out.whole(packet);
    if (whole != null) {
      entry.enqueue(whole, type);
    }
    if (!entry.isArmed()) {
      entry.solicits = 0;
      entry.solicit();
    }
  }

  /**
   * Notes what a packet of a neighbour says.
   *
   * @param mac -1 when it does not say where the neighbour is
   * @param solicited whether it answers a question (then the neighbour is surely there)
   * @param override whether it counts more than another address that is known already
   * @param create whether a neighbour not yet known is to be remembered
   * @return whether the packet was believed (RFC 4861, section 7.2.5)
   */
  public boolean learn(
      NetInterface in,
      long high,
      long low,
      long mac,
      boolean solicited,
      boolean override,
      boolean create) {
    Entry entry = find(in, high, low);
    if (entry == null) {
      if (!create) {
        return false;
      }
      entry = insert(in, high, low);
    }
    boolean moved = mac >= 0 && entry.mac != mac;
    if (entry.mac < 0 && mac < 0) {
      return false;
    }
    if (moved && entry.mac >= 0 && !override) {
      // Perhaps it has moved; the next packet asks.
      entry.reachableUntil = Math.min(entry.reachableUntil, engine.now() - 1);
      return false;
    }
    if (moved) {
      entry.mac = mac;
    }
    if (moved || solicited) {
      entry.reachableUntil =
          solicited || entry.v4 ? engine.now() + entry.reachableTime() : engine.now() - 1;
      engine.cancel(entry);
    }
    entry.sendQueued();
    return true;
  }

  /** Neighbours in the cache. */
  public int size() {
    return size;
  }

  /** Forgets all neighbours of an interface, whose link has changed. */
  public void forget(NetInterface out) {
    for (int i = 0; i < BUCKETS; i++) {
      Entry entry = buckets[i];
      while (entry != null) {
        Entry following = entry.chain;
        if (entry.out == out) {
          remove(entry);
        }
        entry = following;
      }
    }
  }

  private static int bucket(long high, long low) {
    long hash = (high * 31 + low) * 0x9e3779b97f4a7c15L;
    return (int) (hash >>> 56) & BUCKETS - 1;
  }

  private Entry find(NetInterface out, long high, long low) {
    for (Entry e = buckets[bucket(high, low)]; e != null; e = e.chain) {
      if (e.low == low && e.high == high && e.out == out) {
        return e;
      }
    }
    return null;
  }

  private Entry insert(NetInterface out, long high, long low) {
    if (size >= CAPACITY) {
      evict();
    }
    Entry entry = new Entry(out, high, low);
    entry.lastUse = engine.now();
    int bucket = bucket(high, low);
    entry.chain = buckets[bucket];
    buckets[bucket] = entry;
    size++;
    return entry;
  }

  private void evict() {
    Entry oldest = null;
    for (Entry first : buckets) {
      for (Entry e = first; e != null; e = e.chain) {
        if (oldest == null || e.lastUse - oldest.lastUse < 0) {
          oldest = e;
        }
      }
    }
    remove(oldest);
  }

  private void remove(Entry entry) {
    engine.cancel(entry);
    entry.dropQueued(null);
    int bucket = bucket(entry.high, entry.low);
    if (buckets[bucket] == entry) {
      buckets[bucket] = entry.chain;
    } else {
      Entry e = buckets[bucket];
      while (e.chain != entry) {
        e = e.chain;
      }
      e.chain = entry.chain;
    }
    size--;
    if (recent == entry) {
      recent = null;
    }
  }

  private final class Entry extends Timer {
    final NetInterface out;
    final long high;
    final long low;
    Entry chain;
    final boolean v4;
    long mac = -1;
    long reachableUntil;
    long lastUse;

    /** Questions asked; none yet while the timer of DELAY runs. */
    int solicits;

    PacketBuffer head;
    PacketBuffer tail;
    int queued;
    int type;

    Entry(NetInterface out, long high, long low) {
      this.out = out;
      this.high = high;
      this.low = low;
      v4 = high == 0 && low >>> 32 == 0xffff;
    }

    /** RFC 4861, section 6.3.2: for IPv6 half to one and a half times what routers say. */
    long reachableTime() {
      long base = out.reachableTime();
      return v4 ? REACHABLE_TIME : base / 2 + Math.floorMod(engine.random().next(), base);
    }

    long interval() {
      return v4 ? SOLICIT_INTERVAL : out.retransTime();
    }

    void probeLater() {
      solicits = 0;
      if (v4) {
        solicit();
      } else {
        engine.schedule(this, engine.now() + DELAY_FIRST_PROBE);
      }
    }

    void enqueue(PacketBuffer packet, int etherType) {
      type = etherType;
      if (queued > 0 && !packet.pool().isRoomy()) {
        // Many neighbours that are not there must not keep all buffers.
        packet.release();
        out.counters().sendDrops++;
        return;
      }
      if (queued >= QUEUE_LIMIT) {
        PacketBuffer oldest = head;
        head = oldest.next;
        oldest.release();
        queued--;
        out.counters().sendDrops++;
      }
      packet.next = null;
      if (queued++ == 0) {
        head = packet;
      } else {
        tail.next = packet;
      }
      tail = packet;
    }

    void sendQueued() {
      while (queued > 0) {
        PacketBuffer packet = head;
        head = packet.next;
        packet.next = null;
        queued--;
        Ethernet.send(out, packet, mac, type);
      }
      tail = null;
    }

    void dropQueued(UnreachableListener listener) {
      while (queued > 0) {
        PacketBuffer packet = head;
        head = packet.next;
        packet.next = null;
        queued--;
        if (listener == null) {
          packet.release();
        } else {
          listener.unreachable(out, packet);
        }
      }
      tail = null;
    }

    void solicit() {
      solicits++;
      // Armed first: a question to the last known place is itself sent to this neighbour.
      engine.schedule(this, engine.now() + interval());
      // The last known place is asked first; when it stays silent, everybody is: by ARP at once,
      // by neighbour discovery (RFC 4861, section 7.3.3) when the entry is gone.
      solicitor().solicit(out, high, low, solicits == 1 || !v4 ? mac : -1);
    }

    Solicitor solicitor() {
      return v4 ? arp : discovery;
    }

    @Override
    protected void expire(long now) {
      if (solicits < MAX_SOLICITS) {
        solicit();
        return;
      }
      mac = -1;
      dropQueued(unreachable);
      remove(this);
      solicitor().failed(out, high, low);
    }
  }
}

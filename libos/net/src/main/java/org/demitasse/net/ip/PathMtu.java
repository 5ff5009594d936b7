package org.demitasse.net.ip;

import org.demitasse.net.engine.Engine;
import org.demitasse.net.engine.Timer;

/**
 * What is known of paths narrower than this host's own links (RFC 1191, RFC 8201): a bounded table
 * by destination. Entries are forgotten after a while, so that a path that has become wider is used
 * so (RFC 1191, section 6.3). Used under the stack's lock.
 */
public final class PathMtu extends Timer {
  /** RFC 1191, section 6.3. */
  public static final long LIFETIME = 600_000_000_000L;

  private static final int SLOTS = 512;

  private final Engine engine;
  private final Runnable changed;
  private Entry[] entries;
  private int size;

  private static final class Entry {
    long high;
    long low;
    int mtu;
    long expires;
  }

  /**
   * @param changed called when a path has become narrower, or may have become wider
   */
  PathMtu(Engine engine, Runnable changed) {
    this.engine = engine;
    this.changed = changed;
  }

  private static int slot(long high, long low) {
    long hash = (high * 31 + low) * 0x9e3779b97f4a7c15L;
    return (int) (hash >>> 55) & SLOTS - 1;
  }

  /**
   * Notes that packets longer than {@code mtu} do not pass. The caller has made sure that the news
   * is about a packet of this host. Of two paths that fall together in the table the newer stays.
   *
   * @param lifetime how long that is believed, nanoseconds
   */
  public void learn(long high, long low, int mtu, long lifetime) {
    if (entries == null) {
      entries = new Entry[SLOTS];
    }
    int slot = slot(high, low);
    Entry entry = entries[slot];
    if (entry == null) {
      entry = new Entry();
      entries[slot] = entry;
      size++;
    } else if (entry.high == high && entry.low == low && entry.mtu < mtu) {
      return;
    }
    entry.high = high;
    entry.low = low;
    entry.mtu = mtu;
    entry.expires = engine.now() + lifetime;
    if (!isArmed()) {
      engine.schedule(this, entry.expires);
    }
    changed.run();
  }

  /** Returns the longest packet that passes, as far as is known; {@code link} when nothing is. */
  public int of(long high, long low, int link) {
    if (size == 0) {
      return link;
    }
    Entry entry = entries[slot(high, low)];
    return entry == null || entry.low != low || entry.high != high
        ? link
        : Math.min(entry.mtu, link);
  }

  /**
   * Whether a path is as narrow as the narrowest IPv4 path that is believed, or perhaps more so.
   */
  boolean isNarrowest(long high, long low) {
    return of(high, low, Integer.MAX_VALUE) <= IpLayer.MIN_MTU;
  }

  @Override
  protected void expire(long now) {
    long next = Long.MAX_VALUE;
    for (int i = 0; i < SLOTS; i++) {
      Entry entry = entries[i];
      if (entry != null && entry.expires <= now) {
        entries[i] = null;
        size--;
      } else if (entry != null) {
        next = Math.min(next, entry.expires);
      }
    }
    if (size > 0) {
      engine.schedule(this, next);
    }
    changed.run();
  }
}

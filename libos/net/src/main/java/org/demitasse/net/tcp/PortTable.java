package org.demitasse.net.tcp;

import org.demitasse.net.ip.IpAddress;

/** The ports that sockets have bound, as far as they were bound and not just used to connect. */
final class PortTable {
  private static final int BUCKETS = 64;

  private final Entry[] buckets = new Entry[BUCKETS];

  /** One bound socket. */
  static final class Entry {
    final long high;
    final long low;
    final int port;
    final boolean reusePort;
    boolean listening;
    private Entry chain;

    Entry(long high, long low, int port, boolean reusePort) {
      this.high = high;
      this.low = low;
      this.port = port;
      this.reusePort = reusePort;
    }
  }

  void add(Entry entry) {
    int bucket = entry.port & BUCKETS - 1;
    entry.chain = buckets[bucket];
    buckets[bucket] = entry;
  }

  void remove(Entry entry) {
    int bucket = entry.port & BUCKETS - 1;
    if (buckets[bucket] == entry) {
      buckets[bucket] = entry.chain;
      return;
    }
    for (Entry e = buckets[bucket]; e != null; e = e.chain) {
      if (e.chain == entry) {
        e.chain = entry.chain;
        return;
      }
    }
  }

  boolean isUsed(int port) {
    for (Entry e = buckets[port & BUCKETS - 1]; e != null; e = e.chain) {
      if (e.port == port) {
        return true;
      }
    }
    return false;
  }

  boolean conflicts(long high, long low, int port, boolean reuseAddress, boolean reusePort) {
    for (Entry e = buckets[port & BUCKETS - 1]; e != null; e = e.chain) {
      boolean same =
          e.port == port
              && (IpAddress.isAny(high, low)
                  || IpAddress.isAny(e.high, e.low)
                  || e.high == high && e.low == low);
      if (same && !(reusePort && e.reusePort) && (e.listening || !reuseAddress)) {
        return true;
      }
    }
    return false;
  }
}

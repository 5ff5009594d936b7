package org.demitasse.net.tcp;

/**
 * Connections by addresses and ports: open addressing with linear probing, at most half full, so a
 * segment finds its connection in about one step. The hash is keyed, so nobody can aim at one
 * chain.
 */
final class ConnectionTable {
  private final long key0;
  private final long key1;
  private TcpConnection[] slots = new TcpConnection[64];
  private int size;

  ConnectionTable(long key0, long key1) {
    this.key0 = key0 | 1;
    this.key1 = key1 | 1;
  }

  int hash(long localLow, int localPort, long remoteHigh, long remoteLow, int remotePort) {
    long h = (remoteLow ^ key0) * 0x9e3779b97f4a7c15L;
    h = (h ^ h >>> 32 ^ remoteHigh ^ localLow) * key1;
    h = (h ^ h >>> 29 ^ (long) localPort << 16 ^ remotePort) * key0;
    return (int) (h >>> 32);
  }

  int size() {
    return size;
  }

  TcpConnection find(
      long localHigh,
      long localLow,
      int localPort,
      long remoteHigh,
      long remoteLow,
      int remotePort) {
    int mask = slots.length - 1;
    int i = hash(localLow, localPort, remoteHigh, remoteLow, remotePort) & mask;
    for (TcpConnection c = slots[i]; c != null; c = slots[i = i + 1 & mask]) {
      if (c.remotePort == remotePort
          && c.localPort == localPort
          && c.remoteLow == remoteLow
          && c.localLow == localLow
          && c.remoteHigh == remoteHigh
          && c.localHigh == localHigh) {
        return c;
      }
    }
    return null;
  }

  void add(TcpConnection c) {
    if (++size * 2 > slots.length) {
      TcpConnection[] old = slots;
      slots = new TcpConnection[old.length * 2];
      for (TcpConnection each : old) {
        if (each != null) {
          insert(each);
        }
      }
    }
    c.hash = hash(c.localLow, c.localPort, c.remoteHigh, c.remoteLow, c.remotePort);
    insert(c);
  }

  private void insert(TcpConnection c) {
    int mask = slots.length - 1;
    int i = c.hash & mask;
    while (slots[i] != null) {
      i = i + 1 & mask;
    }
    slots[i] = c;
  }

  void remove(TcpConnection c) {
    int mask = slots.length - 1;
    int i = c.hash & mask;
    while (slots[i] != c) {
      if (slots[i] == null) {
        return;
      }
      i = i + 1 & mask;
    }
    size--;
    // Close the gap, so that searches never have to pass over removed entries.
    int gap = i;
    for (int j = i + 1 & mask; slots[j] != null; j = j + 1 & mask) {
      int home = slots[j].hash & mask;
      if ((j - home & mask) >= (j - gap & mask)) {
        slots[gap] = slots[j];
        gap = j;
      }
    }
    slots[gap] = null;
  }

  boolean usesLocalPort(int port) {
    for (TcpConnection c : slots) {
      if (c != null && c.localPort == port) {
        return true;
      }
    }
    return false;
  }

  /** Returns all connections. */
  TcpConnection[] all() {
    TcpConnection[] all = new TcpConnection[size];
    int n = 0;
    for (TcpConnection c : slots) {
      if (c != null) {
        all[n++] = c;
      }
    }
    return all;
  }
}

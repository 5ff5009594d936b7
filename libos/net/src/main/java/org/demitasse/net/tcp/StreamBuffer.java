package org.demitasse.net.tcp;

import java.nio.ByteBuffer;
import org.demitasse.core.GatherList;
import org.demitasse.core.PacketBuffer;

/**
 * A stretch of a byte stream, addressed by offsets from its first byte. Bytes may be written at any
 * offset (segments arrive in any order), are read at any offset (segments are sent again) and leave
 * at the front. Memory is taken from the pool only where bytes are; packets whose bytes come in
 * order may be kept as they are, in front of it.
 */
final class StreamBuffer {
  private static final byte[][] EMPTY = {};

  private final ChunkPool pool;
  private final boolean toSend;

  /** A ring of chunks; its length is a power of two; null where nothing was written. */
  private byte[][] chunks = EMPTY;

  private int first;

  /** Where the first byte lies in the first chunk. */
  private int skip;

  /** Chunks of the ring that may hold bytes, from {@code first}. */
  private int extent;

  /** Packets, stripped to their payload, that hold the first bytes; the chunks follow them. */
  private PacketBuffer packets;

  private PacketBuffer lastPacket;
  private int inPackets;

  StreamBuffer(ChunkPool pool, boolean toSend) {
    this.pool = pool;
    this.toSend = toSend;
  }

  /** Bytes in packets: the chunks begin behind them. */
  int inPackets() {
    return inPackets;
  }

  /** Takes over a packet whose bytes follow those of the last one; no chunk holds any. */
  void adopt(PacketBuffer packet) {
    packet.next = null;
    if (packets == null) {
      packets = packet;
    } else {
      lastPacket.next = packet;
    }
    lastPacket = packet;
    inPackets += packet.length();
  }

  /**
   * Makes the bytes from {@code offset} to {@code offset + count} writable.
   *
   * @return how many of them, from the first one on
   */
  int reserve(int offset, int count) {
    int begin = skip + offset - inPackets;
    int from = begin >> ChunkPool.SHIFT;
    int to = begin + count - 1 >> ChunkPool.SHIFT;
    if (to >= chunks.length) {
      grow(to + 1);
    }
    int mask = chunks.length - 1;
    for (int i = from; i <= to; i++) {
      int slot = first + i & mask;
      if (chunks[slot] == null) {
        byte[] chunk = pool.take(toSend, extent);
        if (chunk == null) {
          return Math.max((i << ChunkPool.SHIFT) - begin, 0);
        }
        chunks[slot] = chunk;
        extent = Math.max(extent, i + 1);
      }
    }
    return count;
  }

  /** Chunks that it has, or has room for in between. */
  int held() {
    return extent;
  }

  private void grow(int wanted) {
    int length = Math.max(Integer.highestOneBit(wanted - 1) << 1, 2);
    byte[][] more = new byte[length][];
    for (int i = 0; i < extent; i++) {
      more[i] = chunks[first + i & chunks.length - 1];
    }
    chunks = more;
    first = 0;
  }

  /** Copies from a packet to reserved bytes. */
  void write(int offset, PacketBuffer source, int index, int count) {
    int at = skip + offset - inPackets;
    int done = 0;
    while (done < count) {
      int inChunk = at & ChunkPool.SIZE - 1;
      int n = Math.min(count - done, ChunkPool.SIZE - inChunk);
      source.get(index + done, chunk(at), inChunk, n);
      at += n;
      done += n;
    }
  }

  /** Copies from a buffer's position to reserved bytes. */
  void write(int offset, ByteBuffer source, int count) {
    int at = skip + offset - inPackets;
    int done = 0;
    while (done < count) {
      int inChunk = at & ChunkPool.SIZE - 1;
      int n = Math.min(count - done, ChunkPool.SIZE - inChunk);
      source.get(chunk(at), inChunk, n);
      at += n;
      done += n;
    }
  }

  /** Lists written bytes, none of them in adopted packets, where they are. Returns the list. */
  GatherList gather(int offset, GatherList list, int count) {
    list.clear();
    int at = skip + offset - inPackets;
    int done = 0;
    while (done < count) {
      int inChunk = at & ChunkPool.SIZE - 1;
      int n = Math.min(count - done, ChunkPool.SIZE - inChunk);
      list.add(chunk(at), inChunk, n);
      at += n;
      done += n;
    }
    return list;
  }

  /** Copies the first bytes to a buffer's position. */
  void read(ByteBuffer target, int count) {
    int done = 0;
    for (PacketBuffer p = packets; p != null && done < count; p = p.next) {
      int n = Math.min(count - done, p.length());
      p.get(0, target, n);
      done += n;
    }
    int at = skip;
    while (done < count) {
      int inChunk = at & ChunkPool.SIZE - 1;
      int n = Math.min(count - done, ChunkPool.SIZE - inChunk);
      target.put(chunk(at), inChunk, n);
      at += n;
      done += n;
    }
  }

  private byte[] chunk(int at) {
    return chunks[first + (at >> ChunkPool.SHIFT) & chunks.length - 1];
  }

  /**
   * Drops bytes at the front.
   *
   * @param empty whether no byte is left behind them
   */
  void drop(int count, boolean empty) {
    if (empty) {
      clear();
      return;
    }
    int left = count;
    while (packets != null && left > 0) {
      int n = Math.min(left, packets.length());
      packets.strip(n);
      inPackets -= n;
      left -= n;
      if (packets.length() == 0) {
        releaseFirst();
      }
    }
    int at = skip + left;
    int whole = at >> ChunkPool.SHIFT;
    for (int i = 0; i < whole; i++) {
      int slot = first + i & chunks.length - 1;
      if (chunks[slot] != null) {
        pool.give(chunks[slot], toSend);
        chunks[slot] = null;
      }
    }
    if (whole > 0) {
      first = first + whole & chunks.length - 1;
      extent = Math.max(extent - whole, 0);
    }
    skip = at & ChunkPool.SIZE - 1;
  }

  private void releaseFirst() {
    PacketBuffer empty = packets;
    packets = empty.next;
    empty.next = null;
    empty.release();
  }

  /** Drops everything behind the first {@code count} bytes, which are at least those in packets. */
  void truncate(int count) {
    if (count == 0) {
      clear();
      return;
    }
    int kept = (skip + count - inPackets - 1 >> ChunkPool.SHIFT) + 1;
    for (int i = kept; i < extent; i++) {
      int slot = first + i & chunks.length - 1;
      if (chunks[slot] != null) {
        pool.give(chunks[slot], toSend);
        chunks[slot] = null;
      }
    }
    extent = Math.min(extent, kept);
  }

  /** Drops everything. */
  void clear() {
    while (packets != null) {
      releaseFirst();
    }
    lastPacket = null;
    inPackets = 0;
    for (int i = 0; i < extent; i++) {
      int slot = first + i & chunks.length - 1;
      if (chunks[slot] != null) {
        pool.give(chunks[slot], toSend);
        chunks[slot] = null;
      }
    }
    extent = 0;
    first = 0;
    skip = 0;
    if (chunks.length > 16) {
      chunks = EMPTY;
    }
  }
}

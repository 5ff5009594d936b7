package org.demitasse.net.tcp;

import java.nio.ByteBuffer;
import org.demitasse.core.PacketBuffer;

/**
 * A stretch of a byte stream, addressed by offsets from its first byte. Bytes may be written at any
 * offset (segments arrive in any order), are read at any offset (segments are sent again) and leave
 * at the front. Memory is taken from the pool only where bytes are.
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

  StreamBuffer(ChunkPool pool, boolean toSend) {
    this.pool = pool;
    this.toSend = toSend;
  }

  /**
   * Makes the bytes from {@code offset} to {@code offset + count} writable.
   *
   * @return how many of them, from the first one on
   */
  int reserve(int offset, int count) {
    int from = skip + offset >> ChunkPool.SHIFT;
    int to = skip + offset + count - 1 >> ChunkPool.SHIFT;
    if (to >= chunks.length) {
      grow(to + 1);
    }
    int mask = chunks.length - 1;
    for (int i = from; i <= to; i++) {
      int slot = first + i & mask;
      if (chunks[slot] == null) {
        byte[] chunk = pool.take(toSend);
        if (chunk == null) {
          return Math.max((i << ChunkPool.SHIFT) - skip - offset, 0);
        }
        chunks[slot] = chunk;
        extent = Math.max(extent, i + 1);
      }
    }
    return count;
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
    int at = skip + offset;
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
    int at = skip + offset;
    int done = 0;
    while (done < count) {
      int inChunk = at & ChunkPool.SIZE - 1;
      int n = Math.min(count - done, ChunkPool.SIZE - inChunk);
      source.get(chunk(at), inChunk, n);
      at += n;
      done += n;
    }
  }

  /** Copies written bytes into a packet. */
  void read(int offset, PacketBuffer target, int index, int count) {
    int at = skip + offset;
    int done = 0;
    while (done < count) {
      int inChunk = at & ChunkPool.SIZE - 1;
      int n = Math.min(count - done, ChunkPool.SIZE - inChunk);
      target.put(index + done, chunk(at), inChunk, n);
      at += n;
      done += n;
    }
  }

  /** Copies written bytes to a buffer's position. */
  void read(int offset, ByteBuffer target, int count) {
    int at = skip + offset;
    int done = 0;
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
    int at = skip + count;
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

  /** Drops everything behind the first {@code count} bytes. */
  void truncate(int count) {
    if (count == 0) {
      clear();
      return;
    }
    int kept = (skip + count - 1 >> ChunkPool.SHIFT) + 1;
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

package org.demitasse.fs;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A file in memory: chunks that exist only where something was written. A chunk's array may be
 * shorter than a chunk (small files stay small); what it lacks reads as zeros.
 */
final class MemoryFile extends MemoryInode {
  private static final int CHUNK_SHIFT = 15;
  private static final int CHUNK = 1 << CHUNK_SHIFT;
  private static final int SMALLEST = 64;

  /** The largest size: keeps the number of a chunk an int, with room to spare. */
  static final long MAX_BYTES = 1L << 40;

  /** What a place in the table of chunks is charged at. */
  private static final int SLOT_BYTES = 8;

  private static final byte[][] NO_CHUNKS = {};
  private static final byte[] NO_BYTES = {};

  private byte[][] chunks = NO_CHUNKS;
  private long size;
  private long charged;
  private int openFiles;

  MemoryFile(MemoryVolume memory, int permissions) {
    super(memory, permissions);
  }

  @Override
  public FileKind kind() {
    return FileKind.REGULAR;
  }

  @Override
  public synchronized long size() {
    return size;
  }

  @Override
  public synchronized int read(long position, byte[] to, int offset, int length) {
    int total = (int) Math.min(length, Math.max(size - position, 0));
    int done = 0;
    while (done < total) {
      byte[] chunk = chunk(position + done);
      int at = (int) (position + done) & CHUNK - 1;
      int n = Math.min(total - done, CHUNK - at);
      int there = Math.clamp(chunk.length - at, 0, n);
      System.arraycopy(chunk, Math.min(at, chunk.length), to, offset + done, there);
      Arrays.fill(to, offset + done + there, offset + done + n, (byte) 0);
      done += n;
    }
    return total;
  }

  @Override
  public synchronized int read(long position, ByteBuffer to) {
    if (to.hasArray()) {
      int n = read(position, to.array(), to.arrayOffset() + to.position(), to.remaining());
      to.position(to.position() + n);
      return n;
    }
    int total = (int) Math.min(to.remaining(), Math.max(size - position, 0));
    int done = 0;
    while (done < total) {
      byte[] chunk = chunk(position + done);
      int at = (int) (position + done) & CHUNK - 1;
      int n = Math.min(total - done, CHUNK - at);
      int there = Math.clamp(chunk.length - at, 0, n);
      to.put(chunk, Math.min(at, chunk.length), there);
      for (int i = there; i < n; i++) {
        to.put((byte) 0);
      }
      done += n;
    }
    return total;
  }

  private byte[] chunk(long position) {
    int index = (int) (position >>> CHUNK_SHIFT);
    byte[] chunk = index < chunks.length ? chunks[index] : null;
    return chunk == null ? NO_BYTES : chunk;
  }

  @Override
  public synchronized long write(long position, boolean append, ByteBuffer from)
      throws FsException {
    long at = append ? size : position;
    if (!from.hasRemaining()) {
      return at;
    }
    if (at > MAX_BYTES - from.remaining()) {
      throw new FsException(FsError.FBIG);
    }
    contentChanged();
    while (from.hasRemaining()) {
      int start = (int) at & CHUNK - 1;
      int n = Math.min(from.remaining(), CHUNK - start);
      byte[] chunk = room((int) (at >>> CHUNK_SHIFT), start + n);
      from.get(chunk, start, n);
      at += n;
      size = Math.max(size, at);
    }
    return at;
  }

  /** Returns chunk {@code index} with at least {@code length} bytes. */
  private byte[] room(int index, int length) throws FsException {
    if (index >= chunks.length) {
      int slots = Math.max(index + 1, Math.min(chunks.length * 2, chunks.length + 1024));
      charge((long) (slots - chunks.length) * SLOT_BYTES);
      chunks = Arrays.copyOf(chunks, slots);
    }
    byte[] chunk = chunks[index];
    int have = chunk == null ? 0 : chunk.length;
    if (have < length) {
      int rounded = Integer.highestOneBit(Math.max(length, SMALLEST) - 1) << 1;
      charge(rounded - have);
      chunk = chunk == null ? new byte[rounded] : Arrays.copyOf(chunk, rounded);
      chunks[index] = chunk;
    }
    return chunk;
  }

  private void charge(long bytes) throws FsException {
    memory.take(bytes);
    charged += bytes;
  }

  @Override
  public synchronized void truncate(long newSize) throws FsException {
    if (newSize < 0) {
      throw new FsException(FsError.INVAL);
    }
    if (newSize > MAX_BYTES) {
      throw new FsException(FsError.FBIG);
    }
    contentChanged();
    if (newSize < size) {
      cut(newSize);
    }
    size = newSize;
  }

  private void cut(long newSize) {
    int keep = (int) (newSize + CHUNK - 1 >>> CHUNK_SHIFT);
    long freed = 0;
    for (int i = keep; i < chunks.length; i++) {
      if (chunks[i] != null) {
        freed += chunks[i].length;
      }
    }
    if (keep < chunks.length) {
      freed += (long) (chunks.length - keep) * SLOT_BYTES;
      chunks = keep == 0 ? NO_CHUNKS : Arrays.copyOf(chunks, keep);
    }
    charged -= freed;
    memory.giveBack(freed);
    int tail = (int) newSize & CHUNK - 1;
    if (tail != 0 && keep <= chunks.length) {
      byte[] last = chunks[keep - 1];
      if (last != null && last.length > tail) {
        Arrays.fill(last, tail, last.length, (byte) 0);
      }
    }
  }

  @Override
  protected synchronized void opened() {
    openFiles++;
  }

  @Override
  protected synchronized void closed() {
    openFiles--;
    freeWhenUnused();
  }

  @Override
  synchronized void unlinked() {
    super.unlinked();
    freeWhenUnused();
  }

  private void freeWhenUnused() {
    if (openFiles == 0 && links() == 0) {
      memory.giveBack(charged);
      charged = 0;
      chunks = NO_CHUNKS;
      size = 0;
    }
  }
}

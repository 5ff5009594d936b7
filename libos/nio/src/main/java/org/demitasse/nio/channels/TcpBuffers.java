package org.demitasse.nio.channels;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.demitasse.net.socket.TcpSocket;

/** Reads and writes of several buffers over a socket that takes one a time. Any thread may call. */
final class TcpBuffers {
  /** Bytes of small buffers that go to the stack together. */
  private static final int GATHER_BYTES = 16 * 1024;

  /** Buffers kept for reuse: as many as writers are likely to be inside at once. */
  private static final int KEPT = 8;

  private static final AtomicReferenceArray<ByteBuffer> KEPT_BUFFERS =
      new AtomicReferenceArray<>(KEPT);

  private TcpBuffers() {}

  /**
   * Reads as much as there is now.
   *
   * @return the bytes read, 0 when there are none now, -1 at the end; a failure after the first
   *     bytes is for the next read to tell
   */
  static long read(TcpSocket socket, ByteBuffer[] targets, int offset, int length)
      throws IOException {
    long total = 0;
    for (int i = offset; i < offset + length; i++) {
      ByteBuffer target = targets[i];
      if (!target.hasRemaining()) {
        continue;
      }
      int n;
      try {
        n = socket.read(target);
      } catch (IOException e) {
        if (total == 0) {
          throw e;
        }
        return total;
      }
      if (n < 0) {
        return total > 0 ? total : -1;
      }
      total += n;
      if (target.hasRemaining()) {
        break;
      }
    }
    return total;
  }

  /**
   * Writes as much as the socket takes now. Small buffers are put together first: given one by one
   * they would become a segment each, of which Nagle's algorithm (RFC 9293, section 3.7.4) holds
   * back all but the first until it is acknowledged.
   *
   * @return the bytes taken; a failure after the first ones is for the next write to tell
   */
  static long write(TcpSocket socket, ByteBuffer[] sources, int offset, int length)
      throws IOException {
    long total = 0;
    int end = offset + length;
    int first = offset;
    while (true) {
      while (first < end && !sources[first].hasRemaining()) {
        first++;
      }
      if (first == end) {
        return total;
      }
      int wanted = Math.min(remaining(sources, first, end), GATHER_BYTES);
      int n;
      try {
        if (sources[first].remaining() >= wanted) {
          wanted = sources[first].remaining();
          n = socket.write(sources[first]);
        } else {
          n = writeTogether(socket, sources, first, wanted);
        }
      } catch (IOException e) {
        if (total == 0) {
          throw e;
        }
        return total;
      }
      total += n;
      if (n < wanted) {
        return total;
      }
    }
  }

  private static int remaining(ByteBuffer[] buffers, int from, int to) {
    int sum = 0;
    for (int i = from; i < to && sum < GATHER_BYTES; i++) {
      sum += Math.min(buffers[i].remaining(), GATHER_BYTES);
    }
    return sum;
  }

  private static int writeTogether(TcpSocket socket, ByteBuffer[] sources, int first, int wanted)
      throws IOException {
    ByteBuffer together = take().clear();
    try {
      int filled = 0;
      for (int i = first; filled < wanted; i++) {
        int chunk = Math.min(sources[i].remaining(), wanted - filled);
        together.put(filled, sources[i], sources[i].position(), chunk);
        filled += chunk;
      }
      int n = socket.write(together.limit(wanted));
      int left = n;
      for (int i = first; left > 0; i++) {
        int chunk = Math.min(sources[i].remaining(), left);
        sources[i].position(sources[i].position() + chunk);
        left -= chunk;
      }
      return n;
    } finally {
      give(together);
    }
  }

  private static ByteBuffer take() {
    for (int i = 0; i < KEPT; i++) {
      ByteBuffer kept = KEPT_BUFFERS.get(i);
      if (kept != null && KEPT_BUFFERS.compareAndSet(i, kept, null)) {
        return kept;
      }
    }
    return ByteBuffer.allocate(GATHER_BYTES);
  }

  private static void give(ByteBuffer buffer) {
    for (int i = 0; i < KEPT; i++) {
      if (KEPT_BUFFERS.compareAndSet(i, null, buffer)) {
        return;
      }
    }
  }
}

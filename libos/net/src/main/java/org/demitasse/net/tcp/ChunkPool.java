package org.demitasse.net.tcp;

/**
 * Memory of all streams' buffers: equal arrays, used again and again. Bounded, so that connections
 * together cannot take the program's heap.
 */
public final class ChunkPool {
  static final int SHIFT = 12;
  static final int SIZE = 1 << SHIFT;

  /** Arrays kept when nobody uses them; more are left to the garbage collector. */
  private static final int KEPT = 1024;

  /** Arrays that count as little. */
  private static final int FEW = 2;

  private final int maximum;
  private byte[][] free = new byte[64][];
  private int freeCount;
  private int used;
  private int toSendUsed;

  /**
   * @param maximumBytes bound of all buffers together
   */
  public ChunkPool(long maximumBytes) {
    maximum = Math.clamp(maximumBytes >> SHIFT, 16, Integer.MAX_VALUE);
  }

  /**
   * Returns an array of {@link #SIZE} bytes, or null when the bound is reached. What is to be sent
   * may take half of the memory: two hosts whose memory is full of data for each other would wait
   * for ever. The last quarter of that is for streams that hold little: peers that take nothing
   * must not keep answers from the others. What nobody reads leaves a sixteenth for answers.
   *
   * @param held arrays that the stream has
   */
  byte[] take(boolean toSend, int held) {
    boolean room = toSend ? hasRoomToSend(held) : used < maximum - maximum / 16;
    if (!room) {
      return null;
    }
    used++;
    if (toSend) {
      toSendUsed++;
    }
    if (freeCount == 0) {
      return new byte[SIZE];
    }
    byte[] chunk = free[--freeCount];
    free[freeCount] = null;
    return chunk;
  }

  void give(byte[] chunk, boolean toSend) {
    used--;
    if (toSend) {
      toSendUsed--;
    }
    if (freeCount == KEPT) {
      return;
    }
    if (freeCount == free.length) {
      free = java.util.Arrays.copyOf(free, freeCount * 2);
    }
    free[freeCount++] = chunk;
  }

  /** Whether there is memory for data to be sent of a stream that holds so many arrays. */
  boolean hasRoomToSend(int held) {
    return used < maximum && toSendUsed < maximum / 2 - (held < FEW ? 0 : maximum / 8);
  }

  /**
   * Whether there is memory for data that came too early: single bytes far from each other take
   * much, and nobody reads them before what is missing has come.
   */
  boolean hasRoomForEarly() {
    return used < maximum - maximum / 4;
  }

  /** Arrays in use for what is to be sent. */
  int usedToSend() {
    return toSendUsed;
  }

  /** Arrays in use. */
  public int used() {
    return used;
  }
}

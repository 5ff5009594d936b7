package org.demitasse.nio.channels;

import java.nio.ByteBuffer;

/** Helpers for reads and writes of several buffers. */
final class Scatter {
  private Scatter() {}

  /**
   * Returns whether any of these buffers has room.
   *
   * @throws IllegalArgumentException when one of them is read-only
   */
  static boolean hasRoom(ByteBuffer[] targets, int offset, int length) {
    boolean room = false;
    for (int i = offset; i < offset + length; i++) {
      if (targets[i].isReadOnly()) {
        throw new IllegalArgumentException("Read-only buffer");
      }
      room |= targets[i].hasRemaining();
    }
    return room;
  }

  /** Returns how many bytes these buffers have left, at most {@code Integer.MAX_VALUE}. */
  static int remaining(ByteBuffer[] buffers, int offset, int length) {
    long sum = 0;
    for (int i = offset; i < offset + length; i++) {
      sum += buffers[i].remaining();
    }
    return (int) Math.min(sum, Integer.MAX_VALUE);
  }

  /** Moves all of {@code from} into {@code targets}, which have room for it. */
  static void spread(ByteBuffer from, ByteBuffer[] targets, int offset) {
    for (int i = offset; from.hasRemaining(); i++) {
      int chunk = Math.min(from.remaining(), targets[i].remaining());
      targets[i].put(targets[i].position(), from, from.position(), chunk);
      targets[i].position(targets[i].position() + chunk);
      from.position(from.position() + chunk);
    }
  }
}

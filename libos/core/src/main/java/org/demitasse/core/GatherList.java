package org.demitasse.core;

import java.util.Objects;

/**
 * Bytes that are sent behind a packet's own from where they lie: pieces of arrays, in order.
 * Whoever owns the arrays may use them again as soon as the device has answered, so nobody keeps a
 * packet that has such a tail ({@link PacketBuffer#copyTo} makes a whole one).
 */
public final class GatherList {
  /** Pieces that a list holds. */
  public static final int PIECES_MAX = 32;

  private final byte[][] arrays = new byte[PIECES_MAX][];
  private final int[] offsets = new int[PIECES_MAX];
  private final int[] lengths = new int[PIECES_MAX];
  private int count;
  private int bytes;

  /** Adds a piece. The list must have fewer than {@link #PIECES_MAX}. */
  public void add(byte[] array, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, array.length);
    arrays[count] = array;
    offsets[count] = offset;
    lengths[count] = length;
    count++;
    bytes += length;
  }

  /** Drops all pieces. */
  public void clear() {
    for (int i = 0; i < count; i++) {
      arrays[i] = null;
    }
    count = 0;
    bytes = 0;
  }

  /** Pieces. */
  public int count() {
    return count;
  }

  /** Bytes of all pieces. */
  public int bytes() {
    return bytes;
  }

  /** The arrays of the pieces, from index 0; not to be changed. */
  public byte[][] arrays() {
    return arrays;
  }

  /** Where each piece begins in its array; not to be changed. */
  public int[] offsets() {
    return offsets;
  }

  /** Bytes of each piece; not to be changed. */
  public int[] lengths() {
    return lengths;
  }

  /** Copies all pieces into a packet. */
  public void copyTo(PacketBuffer target, int index) {
    int at = index;
    for (int i = 0; i < count; i++) {
      target.put(at, arrays[i], offsets[i], lengths[i]);
      at += lengths[i];
    }
  }
}

package org.demitasse.zip;

import java.util.Arrays;

/**
 * The deflate window: 64 KiB of input of which the older half is history, and for each three bytes
 * a chain of the places where they (or others of the same hash) were seen.
 */
final class MatchFinder {
  static final int SIZE = 1 << 15;
  private static final int MASK = SIZE - 1;

  /** With less than this ahead a match could be cut short: get more input first. */
  static final int MIN_LOOKAHEAD = Codes.MAX_MATCH + Codes.MIN_MATCH + 1;

  /** The farthest a match reaches back, so that what it covers stays in the window. */
  static final int MAX_DISTANCE = SIZE - MIN_LOOKAHEAD;

  private static final int HASH_BITS = 15;

  /** Eight bytes beyond the window may be looked at, never believed. */
  final byte[] bytes = new byte[2 * SIZE + 8];

  /** The latest place of each hash; 0 stands for none, so place 0 itself is never found. */
  private final char[] head = new char[1 << HASH_BITS];

  /** The place before each place, of the same hash. */
  private final char[] previous = new char[SIZE];

  /** Where the next symbol starts. */
  int at;

  /** Bytes of input from {@link #at} on. */
  int ahead;

  /** Where the current block starts; negative once its start has left the window. */
  int blockStart;

  /** The place that the last call of {@link #longest} found. */
  int matchAt;

  /** The first place that is in no chain yet. */
  private int nextInsert;

  void reset() {
    at = 0;
    ahead = 0;
    blockStart = 0;
    forget();
  }

  /** Empties the chains: nothing before {@link #at} will be found again. */
  void forget() {
    Arrays.fill(head, (char) 0);
    nextInsert = at;
  }

  /** Takes input while there is room; returns how many bytes. */
  int fill(byte[] from, int offset, int length) {
    if (at >= SIZE + MAX_DISTANCE) {
      slide();
    }
    int n = Math.min(length, 2 * SIZE - at - ahead);
    System.arraycopy(from, offset, bytes, at + ahead, n);
    ahead += n;
    return n;
  }

  private void slide() {
    System.arraycopy(bytes, SIZE, bytes, 0, SIZE);
    at -= SIZE;
    blockStart -= SIZE;
    nextInsert -= SIZE;
    slide(head);
    slide(previous);
  }

  private static void slide(char[] places) {
    for (int i = 0; i < places.length; i++) {
      places[i] = (char) Math.max(places[i] - SIZE, 0);
    }
  }

  /** Makes the last {@link #MAX_DISTANCE} bytes of a dictionary findable, as if sent before. */
  void preset(byte[] dictionary, int offset, int length) {
    while (length > 0) {
      int n = fill(dictionary, offset, length);
      offset += n;
      length -= n;
      at += ahead;
      ahead = 0;
      insertTo(at);
    }
    blockStart = at;
  }

  private int hash(int place) {
    int three = LittleEndian.getInt(bytes, place) & 0xffffff;
    return three * 0x9E3779B1 >>> 32 - HASH_BITS;
  }

  /** Adds all places before {@code end} that have three bytes to their chains. */
  void insertTo(int end) {
    int stop = Math.min(end, at + ahead - Codes.MIN_MATCH + 1);
    for (int place = nextInsert; place < stop; place++) {
      int hash = hash(place);
      previous[place & MASK] = head[hash];
      head[hash] = (char) place;
    }
    nextInsert = Math.max(nextInsert, stop);
  }

  /** Leaves the places before {@code end} out of the chains. */
  void skipTo(int end) {
    nextInsert = Math.max(nextInsert, end);
  }

  /** Adds {@link #at} to its chain; returns the nearest earlier place in reach, or 0. */
  int insert() {
    if (ahead < Codes.MIN_MATCH) {
      return 0;
    }
    insertTo(at);
    int hash = hash(at);
    int found = head[hash];
    previous[at & MASK] = (char) found;
    head[hash] = (char) at;
    nextInsert = at + 1;
    return at - found <= MAX_DISTANCE ? found : 0;
  }

  /**
   * Looks for a match for what is ahead that is longer than {@code best}.
   *
   * @param candidate what {@link #insert} returned, not 0
   * @param chain at most so many candidates are tried
   * @param nice a match of that length is good enough
   * @return the length, or {@code best} when there is none longer; where is in {@link #matchAt}
   */
  int longest(int candidate, int best, int chain, int nice) {
    final byte[] bytes = this.bytes;
    final int at = this.at;
    final int most = Math.min(Codes.MAX_MATCH, ahead);
    final int enough = Math.min(nice, most);
    final int limit = Math.max(at - MAX_DISTANCE, 0);
    if (best >= most) {
      return best;
    }
    final short start = LittleEndian.getShort(bytes, at);
    short end = LittleEndian.getShort(bytes, at + best - 1);
    int length = best;
    do {
      if (LittleEndian.getShort(bytes, candidate + length - 1) == end
          && LittleEndian.getShort(bytes, candidate) == start) {
        int n = common(bytes, candidate, at, most);
        if (n > length) {
          matchAt = candidate;
          length = n;
          if (n >= enough) {
            break;
          }
          end = LittleEndian.getShort(bytes, at + n - 1);
        }
      }
      candidate = previous[candidate & MASK];
    } while (candidate > limit && --chain > 0);
    return length;
  }

  private static int common(byte[] bytes, int a, int b, int most) {
    int n = 2;
    while (n < most) {
      long difference = LittleEndian.getLong(bytes, a + n) ^ LittleEndian.getLong(bytes, b + n);
      if (difference != 0) {
        return Math.min(most, n + (Long.numberOfTrailingZeros(difference) >>> 3));
      }
      n += 8;
    }
    return most;
  }
}

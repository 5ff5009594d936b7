package org.demitasse.net.tcp;

/**
 * What is in flight, in sequence order, in arrays used as a ring: a record is one segment, or
 * several that were sent at once and have had the same fate so far ({@link #split}). It knows when
 * it was sent last and whether it was selectively acknowledged, is taken for lost, or was sent
 * again. Idle connections hold no arrays.
 */
final class SentSegments {
  static final int SACKED = 1;
  static final int LOST = 2;

  /** Sent again since it was marked lost, and that copy is in flight. */
  static final int RETRANSMITTED = 4;

  /** Was ever sent again: Karn's rule. */
  static final int EVER_RETRANSMITTED = 8;

  /** Records that an idle connection may keep room for. */
  private static final int KEPT = 16;

  private static final int[] NO_INTS = {};
  private static final long[] NO_LONGS = {};
  private static final byte[] NO_BYTES = {};

  /**
   * Arrays that a connection gave back, for the next one that needs room: one that is busy by turns
   * then allocates nothing. One set for all connections of a stack.
   */
  static final class Spare {
    private int[] starts = NO_INTS;
    private int[] ends = NO_INTS;
    private long[] times = NO_LONGS;
    private byte[] states = NO_BYTES;
  }

  private final Spare spare;
  private int[] starts = NO_INTS;
  private int[] ends = NO_INTS;
  private long[] times = NO_LONGS;
  private byte[] states = NO_BYTES;
  private int first;
  private int count;
  private int sackedBytes;
  private int sackedCount;
  private int lostBytes;
  private int lostCount;
  private int retransmittedBytes;
  private int retransmittedCount;

  /** No record before this one waits to be sent again. */
  private int lostHint;

  SentSegments(Spare spare) {
    this.spare = spare;
  }

  int count() {
    return count;
  }

  boolean isEmpty() {
    return count == 0;
  }

  int start(int i) {
    return starts[slot(i)];
  }

  int end(int i) {
    return ends[slot(i)];
  }

  long time(int i) {
    return times[slot(i)];
  }

  boolean is(int i, int state) {
    return (states[slot(i)] & state) != 0;
  }

  int sackedCount() {
    return sackedCount;
  }

  int sackedBytes() {
    return sackedBytes;
  }

  int lostBytes() {
    return lostBytes;
  }

  /** Whether something lost has not been sent again yet. */
  boolean hasLost() {
    return lostCount > retransmittedCount;
  }

  /**
   * Bytes believed to be in the network (RFC 6675's pipe).
   *
   * @param outstanding SND.NXT - SND.UNA
   */
  int pipe(int outstanding) {
    return outstanding - sackedBytes - lostBytes + retransmittedBytes;
  }

  private int slot(int i) {
    return first + i & starts.length - 1;
  }

  /** Adds what was sent for the first time. */
  void add(int start, int end, long now) {
    if (count == starts.length) {
      grow();
    }
    int s = slot(count++);
    starts[s] = start;
    ends[s] = end;
    times[s] = now;
    states[s] = 0;
  }

  private void grow() {
    int length = Math.max(starts.length * 2, 8);
    boolean take = spare.starts.length >= length;
    int[] newStarts = take ? spare.starts : new int[length];
    int[] newEnds = take ? spare.ends : new int[length];
    long[] newTimes = take ? spare.times : new long[length];
    byte[] newStates = take ? spare.states : new byte[length];
    if (take) {
      spare.starts = NO_INTS;
    }
    for (int i = 0; i < count; i++) {
      int s = slot(i);
      newStarts[i] = starts[s];
      newEnds[i] = ends[s];
      newTimes[i] = times[s];
      newStates[i] = states[s];
    }
    starts = newStarts;
    ends = newEnds;
    times = newTimes;
    states = newStates;
    first = 0;
  }

  /** Takes the first record out: it was acknowledged. */
  void removeFirst() {
    int s = slot(0);
    uncount(states[s], ends[s] - starts[s]);
    first = first + 1 & starts.length - 1;
    count--;
    lostHint = Math.max(lostHint - 1, 0);
  }

  /** Cuts the front of the first record: part of it was acknowledged. */
  void trimFirst(int acknowledged) {
    int s = slot(0);
    int state = states[s];
    uncount(state, ends[s] - starts[s]);
    starts[s] = acknowledged;
    recount(state, ends[s] - starts[s]);
  }

  private void uncount(int state, int length) {
    if ((state & SACKED) != 0) {
      sackedBytes -= length;
      sackedCount--;
    }
    if ((state & LOST) != 0) {
      lostBytes -= length;
      lostCount--;
    }
    if ((state & RETRANSMITTED) != 0) {
      retransmittedBytes -= length;
      retransmittedCount--;
    }
  }

  private void recount(int state, int length) {
    if ((state & SACKED) != 0) {
      sackedBytes += length;
      sackedCount++;
    }
    if ((state & LOST) != 0) {
      lostBytes += length;
      lostCount++;
    }
    if ((state & RETRANSMITTED) != 0) {
      retransmittedBytes += length;
      retransmittedCount++;
    }
  }

  private void change(int i, int state) {
    int s = slot(i);
    int length = ends[s] - starts[s];
    uncount(states[s], length);
    states[s] = (byte) state;
    recount(state, length);
  }

  void markSacked(int i) {
    change(i, states[slot(i)] & EVER_RETRANSMITTED | SACKED);
  }

  /**
   * Forgets a selective acknowledgement: the receiver may have dropped it (RFC 2018, section 8).
   */
  void markUnsacked(int i) {
    change(i, states[slot(i)] & ~SACKED);
  }

  /** Takes a record for lost: it, or its last copy, has to be sent again. */
  void markLost(int i) {
    change(i, states[slot(i)] & EVER_RETRANSMITTED | LOST);
    lostHint = Math.min(lostHint, i);
  }

  /** Undoes {@link #markLost} for what has not been sent again. */
  void markAlive(int i) {
    change(i, states[slot(i)] & ~LOST & ~RETRANSMITTED);
  }

  /** Notes that a record was sent once more. */
  void markRetransmitted(int i, long now) {
    int s = slot(i);
    int state = states[s];
    times[s] = now;
    change(i, state | EVER_RETRANSMITTED | ((state & LOST) != 0 ? RETRANSMITTED : 0));
  }

  /**
   * Makes two records of one, whose parts have different fates or do not fit one segment.
   *
   * @param at sequence number where the second half starts, inside the record
   */
  void split(int i, int at) {
    if (count == starts.length) {
      grow();
    }
    for (int j = count; j > i + 1; j--) {
      int to = slot(j);
      int from = slot(j - 1);
      starts[to] = starts[from];
      ends[to] = ends[from];
      times[to] = times[from];
      states[to] = states[from];
    }
    int left = slot(i);
    int right = slot(i + 1);
    int state = states[left];
    uncount(state, ends[left] - starts[left]);
    starts[right] = at;
    ends[right] = ends[left];
    times[right] = times[left];
    states[right] = (byte) state;
    ends[left] = at;
    count++;
    recount(state, ends[left] - starts[left]);
    recount(state, ends[right] - starts[right]);
  }

  /** Returns the first record that is lost and not sent again, or -1. */
  int firstLost() {
    if (!hasLost()) {
      return -1;
    }
    for (int i = lostHint; i < count; i++) {
      if ((states[slot(i)] & (LOST | RETRANSMITTED)) == LOST) {
        lostHint = i;
        return i;
      }
    }
    return -1;
  }

  /** Returns the first record that ends after {@code sequence}, or {@link #count()}. */
  int indexAfter(int sequence) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = low + high >>> 1;
      if (Sequence.after(end(middle), sequence)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  void clear() {
    count = 0;
    first = 0;
    lostHint = 0;
    sackedBytes = 0;
    sackedCount = 0;
    lostBytes = 0;
    lostCount = 0;
    retransmittedBytes = 0;
    retransmittedCount = 0;
    release();
  }

  /** Gives large arrays back once nothing is in flight. */
  void release() {
    if (count == 0 && starts.length > KEPT) {
      if (starts.length > spare.starts.length) {
        spare.starts = starts;
        spare.ends = ends;
        spare.times = times;
        spare.states = states;
      }
      starts = NO_INTS;
      ends = NO_INTS;
      times = NO_LONGS;
      states = NO_BYTES;
      first = 0;
    }
  }
}

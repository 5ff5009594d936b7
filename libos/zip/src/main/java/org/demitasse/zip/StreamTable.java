package org.demitasse.zip;

import java.util.Arrays;

/**
 * Streams by number: the JDK's natives name a stream by a {@code long} that must not be 0. Numbers
 * are used again after {@link #remove}. Any thread may call.
 */
public final class StreamTable<T> {
  private Object[] streams = new Object[8];
  private int[] free = new int[8];
  private int freeCount;
  private int next = 1;

  /** Adds a stream and returns its number, never 0. */
  public synchronized long add(T stream) {
    int index;
    if (freeCount > 0) {
      index = free[--freeCount];
    } else {
      index = next++;
      if (index == streams.length) {
        streams = Arrays.copyOf(streams, index * 2);
        free = Arrays.copyOf(free, index * 2);
      }
    }
    streams[index] = stream;
    return index;
  }

  /**
   * Returns the stream of that number.
   *
   * @throws IllegalStateException when there is none (it was removed, or never was)
   */
  @SuppressWarnings("unchecked")
  public synchronized T get(long number) {
    Object stream = number > 0 && number < next ? streams[(int) number] : null;
    if (stream == null) {
      throw new IllegalStateException("No open stream has the number " + number);
    }
    return (T) stream;
  }

  /** Removes the stream of that number; one that is not there is ignored. */
  public synchronized void remove(long number) {
    if (number > 0 && number < next && streams[(int) number] != null) {
      streams[(int) number] = null;
      free[freeCount++] = (int) number;
    }
  }
}

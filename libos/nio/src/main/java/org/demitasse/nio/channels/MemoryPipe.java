package org.demitasse.nio.channels;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.spi.SelectorProvider;
import org.demitasse.net.socket.Pollable;

/**
 * A pipe in memory: a ring of bytes between one source and one sink. It grows from a little to its
 * bound as it is used, since most pipes carry single bytes that wake somebody.
 */
final class MemoryPipe extends Pipe {
  /** What a pipe holds at most, in bytes: as much as one of Linux. */
  static final int CAPACITY = 64 * 1024;

  private static final int FIRST_CAPACITY = 256;

  private final Object lock = new Object();
  private byte[] ring = new byte[FIRST_CAPACITY];
  private int head;
  private int size;
  private boolean sourceClosed;
  private boolean sinkClosed;

  private final End readEnd = new End(true);
  private final End writeEnd = new End(false);
  private final PipeSource source;
  private final PipeSink sink;

  MemoryPipe(SelectorProvider provider) {
    source = new PipeSource(provider, this, readEnd);
    sink = new PipeSink(provider, this, writeEnd);
  }

  @Override
  public SourceChannel source() {
    return source;
  }

  @Override
  public SinkChannel sink() {
    return sink;
  }

  /** Returns the bytes read, 0 when there are none now, -1 when there will be none. */
  int read(ByteBuffer target) {
    int n;
    boolean wasFull;
    synchronized (lock) {
      if (size == 0) {
        return sinkClosed ? -1 : 0;
      }
      wasFull = size == CAPACITY;
      n = Math.min(size, target.remaining());
      int first = Math.min(n, ring.length - head);
      target.put(ring, head, first);
      target.put(ring, 0, n - first);
      size -= n;
      head = size == 0 ? 0 : (head + n) % ring.length;
    }
    if (wasFull && n > 0) {
      writeEnd.changed();
    }
    return n;
  }

  /** Returns the bytes taken, 0 when the pipe is full. */
  int write(ByteBuffer bytes) throws IOException {
    int n;
    boolean wasEmpty;
    synchronized (lock) {
      if (sourceClosed) {
        throw new IOException("Broken pipe");
      }
      wasEmpty = size == 0;
      n = Math.min(CAPACITY - size, bytes.remaining());
      reserve(size + n);
      int tail = (head + size) % ring.length;
      int first = Math.min(n, ring.length - tail);
      bytes.get(ring, tail, first);
      bytes.get(ring, 0, n - first);
      size += n;
    }
    if (wasEmpty && n > 0) {
      readEnd.changed();
    }
    return n;
  }

  private void reserve(int needed) {
    if (needed > ring.length) {
      int capacity = ring.length;
      while (capacity < needed) {
        capacity *= 2;
      }
      byte[] larger = new byte[capacity];
      int first = Math.min(size, ring.length - head);
      System.arraycopy(ring, head, larger, 0, first);
      System.arraycopy(ring, 0, larger, first, size - first);
      ring = larger;
      head = 0;
    }
  }

  void closeSource() {
    synchronized (lock) {
      sourceClosed = true;
    }
    writeEnd.changed();
  }

  void closeSink() {
    synchronized (lock) {
      sinkClosed = true;
    }
    readEnd.changed();
  }

  /** One end's readiness. Its only listener is the channel's {@code Waiters}. */
  private final class End implements Pollable {
    private final boolean reading;
    private volatile Runnable listener;

    End(boolean reading) {
      this.reading = reading;
    }

    @Override
    public int readiness() {
      synchronized (lock) {
        if (reading) {
          return (size > 0 ? READ : 0) | (sinkClosed ? READ | HANGUP : 0);
        }
        return (size < CAPACITY ? WRITE : 0) | (sourceClosed ? WRITE | HANGUP : 0);
      }
    }

    @Override
    public void addListener(Runnable added) {
      listener = added;
    }

    @Override
    public void removeListener(Runnable removed) {
      if (listener == removed) {
        listener = null;
      }
    }

    void changed() {
      Runnable told = listener;
      if (told != null) {
        told.run();
      }
    }
  }
}

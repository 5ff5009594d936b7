package org.demitasse.nio.channels;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.spi.SelectorProvider;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.demitasse.net.socket.Pollable;
import org.demitasse.nio.net.Waiters;

/** The end of a pipe that is written to. */
final class PipeSink extends Pipe.SinkChannel implements SelectableSocket {
  private final MemoryPipe pipe;
  private final Waiters waiters;
  private final ReentrantLock writeLock = new ReentrantLock();

  PipeSink(SelectorProvider provider, MemoryPipe pipe, Pollable end) {
    super(provider);
    this.pipe = pipe;
    this.waiters = new Waiters(end);
  }

  private void ensureOpen() throws ClosedChannelException {
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    Objects.requireNonNull(source);
    return (int) write(new ByteBuffer[] {source}, 0, 1);
  }

  @Override
  public long write(ByteBuffer[] sources) throws IOException {
    return write(sources, 0, sources.length);
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, sources.length);
    writeLock.lock();
    try {
      ensureOpen();
      boolean blocking = isBlocking();
      long n = 0;
      try {
        if (blocking) {
          begin();
          ensureOpen();
        }
        for (int i = offset; i < offset + length; i++) {
          ByteBuffer source = sources[i];
          int first = source.position();
          try {
            write(source, blocking);
          } catch (IOException e) {
            if (n == 0 && source.position() == first) {
              throw e;
            }
          } finally {
            n += source.position() - first;
          }
          if (source.hasRemaining()) {
            break;
          }
        }
        return n;
      } finally {
        if (blocking) {
          end(n > 0);
        }
      }
    } finally {
      writeLock.unlock();
    }
  }

  private void write(ByteBuffer source, boolean blocking) throws IOException {
    if (source.hasRemaining()) {
      pipe.write(source);
    }
    while (blocking && source.hasRemaining() && isOpen()) {
      waiters.park(Pollable.WRITE, 0);
      if (Thread.currentThread().isInterrupted()) {
        // Closes the channel now: see DemitasseSocketChannel.await.
        begin();
      }
      if (isOpen()) {
        pipe.write(source);
      }
    }
  }

  @Override
  protected void implConfigureBlocking(boolean block) throws IOException {
    writeLock.lock();
    try {
      ensureOpen();
    } finally {
      writeLock.unlock();
    }
  }

  @Override
  protected void implCloseSelectableChannel() {
    if (!isBlocking()) {
      writeLock.lock();
      writeLock.unlock();
    }
    pipe.closeSink();
    waiters.end(Pollable.WRITE);
  }

  @Override
  public Waiters waiters() {
    return waiters;
  }

  @Override
  public int events(int interestOps) {
    return (interestOps & SelectionKey.OP_WRITE) != 0 ? Pollable.WRITE : 0;
  }

  @Override
  public int readyOps(int readiness, int interestOps) {
    return readiness != 0 ? interestOps & SelectionKey.OP_WRITE : 0;
  }
}

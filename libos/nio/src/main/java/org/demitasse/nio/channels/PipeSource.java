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

/** The end of a pipe that is read from. */
final class PipeSource extends Pipe.SourceChannel implements SelectableSocket {
  private final MemoryPipe pipe;
  private final Waiters waiters;
  private final ReentrantLock readLock = new ReentrantLock();

  PipeSource(SelectorProvider provider, MemoryPipe pipe, Pollable end) {
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
  public int read(ByteBuffer target) throws IOException {
    Objects.requireNonNull(target);
    return (int) read(new ByteBuffer[] {target}, 0, 1);
  }

  @Override
  public long read(ByteBuffer[] targets) throws IOException {
    return read(targets, 0, targets.length);
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, targets.length);
    readLock.lock();
    try {
      ensureOpen();
      boolean blocking = isBlocking();
      long n = 0;
      try {
        if (blocking) {
          begin();
          ensureOpen();
        }
        if (!Scatter.hasRoom(targets, offset, length)) {
          return 0;
        }
        n = scatter(targets, offset, length);
        while (n == 0 && blocking && isOpen()) {
          waiters.park(Pollable.READ, 0);
          if (Thread.currentThread().isInterrupted()) {
            // Closes the channel now: see DemitasseSocketChannel.await.
            begin();
          }
          n = isOpen() ? scatter(targets, offset, length) : 0;
        }
        return n;
      } finally {
        if (blocking) {
          end(n > 0);
        }
      }
    } finally {
      readLock.unlock();
    }
  }

  private long scatter(ByteBuffer[] targets, int offset, int length) {
    long total = 0;
    for (int i = offset; i < offset + length; i++) {
      ByteBuffer target = targets[i];
      if (target.hasRemaining()) {
        int n = pipe.read(target);
        if (n < 0) {
          return total > 0 ? total : -1;
        }
        total += n;
        if (target.hasRemaining()) {
          break;
        }
      }
    }
    return total;
  }

  @Override
  protected void implConfigureBlocking(boolean block) throws IOException {
    readLock.lock();
    try {
      ensureOpen();
    } finally {
      readLock.unlock();
    }
  }

  @Override
  protected void implCloseSelectableChannel() {
    if (!isBlocking()) {
      readLock.lock();
      readLock.unlock();
    }
    pipe.closeSource();
    waiters.end(Pollable.READ);
  }

  @Override
  public Waiters waiters() {
    return waiters;
  }

  @Override
  public int events(int interestOps) {
    return (interestOps & SelectionKey.OP_READ) != 0 ? Pollable.READ : 0;
  }

  @Override
  public int readyOps(int readiness, int interestOps) {
    return readiness != 0 ? interestOps & SelectionKey.OP_READ : 0;
  }
}

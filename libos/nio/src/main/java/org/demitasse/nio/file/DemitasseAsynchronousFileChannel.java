package org.demitasse.nio.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.CompletionHandler;
import java.nio.channels.FileLock;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import org.demitasse.fs.FsError;
import org.demitasse.fs.FsException;
import org.demitasse.fs.OpenFile;

/**
 * A channel whose operations run on an executor. None of them waits for anything, so that what this
 * gives over a plain channel is its interface.
 */
final class DemitasseAsynchronousFileChannel extends AsynchronousFileChannel {
  private final OpenFile file;
  private final FileLocks locks;
  private final Executor executor;
  private volatile boolean closed;

  DemitasseAsynchronousFileChannel(OpenFile file, FileLocks locks, Executor executor) {
    this.file = file;
    this.locks = locks;
    this.executor = executor;
  }

  private void ensureOpen() throws ClosedChannelException {
    if (closed) {
      throw new ClosedChannelException();
    }
  }

  private <T> T run(Callable<T> operation) throws Exception {
    try {
      ensureOpen();
      return operation.call();
    } catch (FsException e) {
      if (e.error() == FsError.BADF && closed) {
        throw new AsynchronousCloseException();
      }
      throw FileErrors.ofOpen(e);
    }
  }

  private <T, A> void start(
      Callable<T> operation, A attachment, CompletionHandler<T, ? super A> handler) {
    Objects.requireNonNull(handler, "'handler' is null");
    executor.execute(
        () -> {
          T result;
          try {
            result = run(operation);
          } catch (Exception e) {
            handler.failed(e, attachment);
            return;
          }
          handler.completed(result, attachment);
        });
  }

  private <T> Future<T> start(Callable<T> operation) {
    CompletableFuture<T> future = new CompletableFuture<>();
    executor.execute(
        () -> {
          try {
            future.complete(run(operation));
          } catch (Exception e) {
            future.completeExceptionally(e);
          }
        });
    return future;
  }

  private Callable<Integer> reading(ByteBuffer to, long position) {
    if (position < 0) {
      throw new IllegalArgumentException("Negative position");
    }
    if (to.isReadOnly()) {
      throw new IllegalArgumentException("Read-only buffer");
    }
    if (!file.isReadable()) {
      throw new NonReadableChannelException();
    }
    return () -> file.read(position, to);
  }

  private Callable<Integer> writing(ByteBuffer from, long position) {
    if (position < 0) {
      throw new IllegalArgumentException("Negative position");
    }
    if (!file.isWritable()) {
      throw new NonWritableChannelException();
    }
    return () -> {
      int before = from.remaining();
      try {
        file.write(position, from);
      } catch (FsException e) {
        if (from.remaining() == before) {
          throw e;
        }
      }
      return before - from.remaining();
    };
  }

  @Override
  public <A> void read(
      ByteBuffer to, long position, A attachment, CompletionHandler<Integer, ? super A> handler) {
    start(reading(to, position), attachment, handler);
  }

  @Override
  public Future<Integer> read(ByteBuffer to, long position) {
    return start(reading(to, position));
  }

  @Override
  public <A> void write(
      ByteBuffer from, long position, A attachment, CompletionHandler<Integer, ? super A> handler) {
    start(writing(from, position), attachment, handler);
  }

  @Override
  public Future<Integer> write(ByteBuffer from, long position) {
    return start(writing(from, position));
  }

  private FileLock takeLock(long position, long size, boolean shared) {
    if (shared && !file.isReadable()) {
      throw new NonReadableChannelException();
    }
    if (!shared && !file.isWritable()) {
      throw new NonWritableChannelException();
    }
    return locks.add(this, file.inode(), position, size, shared);
  }

  @Override
  public <A> void lock(
      long position,
      long size,
      boolean shared,
      A attachment,
      CompletionHandler<FileLock, ? super A> handler) {
    Objects.requireNonNull(handler, "'handler' is null");
    if (closed) {
      start(() -> null, attachment, handler);
      return;
    }
    FileLock lock = takeLock(position, size, shared);
    start(() -> lock, attachment, handler);
  }

  @Override
  public Future<FileLock> lock(long position, long size, boolean shared) {
    if (closed) {
      return start(() -> null);
    }
    FileLock lock = takeLock(position, size, shared);
    return start(() -> lock);
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) throws IOException {
    ensureOpen();
    return takeLock(position, size, shared);
  }

  @Override
  public long size() throws IOException {
    ensureOpen();
    try {
      return file.size();
    } catch (FsException e) {
      throw FileErrors.ofOpen(e);
    }
  }

  @Override
  public AsynchronousFileChannel truncate(long size) throws IOException {
    if (size < 0) {
      throw new IllegalArgumentException("Negative size");
    }
    ensureOpen();
    if (!file.isWritable()) {
      throw new NonWritableChannelException();
    }
    try {
      if (size < file.size()) {
        file.truncate(size);
      }
    } catch (FsException e) {
      throw FileErrors.ofOpen(e);
    }
    return this;
  }

  @Override
  public void force(boolean metaData) throws IOException {
    ensureOpen();
    try {
      file.sync();
    } catch (FsException e) {
      throw FileErrors.ofOpen(e);
    }
  }

  @Override
  public boolean isOpen() {
    return !closed;
  }

  @Override
  public void close() {
    closed = true;
    locks.removeAll(this);
    file.close();
  }
}

package org.demitasse.nio.file;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;
import org.demitasse.fs.FsError;
import org.demitasse.fs.FsException;
import org.demitasse.fs.OpenFile;

/** A channel to an open file, alone or beside a stream of {@code java.io}. */
final class DemitasseFileChannel extends FileChannel {
  /** Bytes moved at a time between channels. */
  private static final int TRANSFER = 32 << 10;

  private final OpenFile file;
  private final boolean readable;
  private final boolean writable;
  private final FileLocks locks;
  private final boolean interruptible;

  /** What closes the file, when it belongs to a stream; else null. */
  private final Closeable owner;

  private final Object positionLock = new Object();

  DemitasseFileChannel(
      OpenFile file,
      boolean readable,
      boolean writable,
      boolean interruptible,
      FileLocks locks,
      Closeable owner) {
    this.file = file;
    this.readable = readable;
    this.writable = writable;
    this.locks = locks;
    this.interruptible = interruptible;
    this.owner = owner;
  }

  /** An operation on the file. */
  private interface Operation {
    long run() throws FsException, IOException;
  }

  /**
   * Runs an operation, of an interruptible channel as one that closing and interrupting end: the
   * platform wants such a channel closed when its thread is interrupted.
   */
  private long run(Operation operation) throws IOException {
    boolean completed = false;
    if (interruptible) {
      begin();
    }
    try {
      ensureOpen();
      long result = operation.run();
      completed = true;
      return result;
    } catch (FsException e) {
      if (e.error() == FsError.BADF && !isOpen()) {
        throw new ClosedChannelException();
      }
      throw FileErrors.ofOpen(e);
    } finally {
      if (interruptible) {
        end(completed);
      }
    }
  }

  private void ensureOpen() throws ClosedChannelException {
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
  }

  private void ensureReadable() throws IOException {
    ensureOpen();
    if (!readable) {
      throw new NonReadableChannelException();
    }
  }

  private void ensureWritable() throws IOException {
    ensureOpen();
    if (!writable) {
      throw new NonWritableChannelException();
    }
  }

  private static ByteBuffer forReading(ByteBuffer to) {
    if (to.isReadOnly()) {
      throw new IllegalArgumentException("Read-only buffer");
    }
    return to;
  }

  @Override
  public int read(ByteBuffer to) throws IOException {
    Objects.requireNonNull(to);
    ensureReadable();
    forReading(to);
    synchronized (positionLock) {
      return (int) run(() -> file.read(to));
    }
  }

  @Override
  public long read(ByteBuffer[] to, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, to.length);
    ensureReadable();
    for (int i = offset; i < offset + length; i++) {
      forReading(to[i]);
    }
    synchronized (positionLock) {
      return run(
          () -> {
            long sum = 0;
            for (int i = offset; i < offset + length; i++) {
              int wanted = to[i].remaining();
              int n = file.read(to[i]);
              if (n < 0) {
                return sum == 0 ? -1 : sum;
              }
              sum += n;
              if (n < wanted) {
                break;
              }
            }
            return sum;
          });
    }
  }

  @Override
  public int read(ByteBuffer to, long position) throws IOException {
    Objects.requireNonNull(to);
    if (position < 0) {
      throw new IllegalArgumentException("Negative position");
    }
    ensureReadable();
    forReading(to);
    return (int) run(() -> file.read(position, to));
  }

  /** What is written before there is no more room counts; the next write says what is wrong. */
  private static int write(OpenFile file, ByteBuffer from, long position) throws FsException {
    int before = from.remaining();
    try {
      if (position < 0) {
        file.write(from);
      } else {
        file.write(position, from);
      }
    } catch (FsException e) {
      if (from.remaining() == before) {
        throw e;
      }
    }
    return before - from.remaining();
  }

  @Override
  public int write(ByteBuffer from) throws IOException {
    Objects.requireNonNull(from);
    ensureWritable();
    synchronized (positionLock) {
      return (int) run(() -> write(file, from, -1));
    }
  }

  @Override
  public long write(ByteBuffer[] from, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, from.length);
    ensureWritable();
    synchronized (positionLock) {
      return run(
          () -> {
            long sum = 0;
            for (int i = offset; i < offset + length; i++) {
              sum += write(file, from[i], -1);
              if (from[i].hasRemaining()) {
                break;
              }
            }
            return sum;
          });
    }
  }

  @Override
  public int write(ByteBuffer from, long position) throws IOException {
    Objects.requireNonNull(from);
    if (position < 0) {
      throw new IllegalArgumentException("Negative position");
    }
    ensureWritable();
    return (int) run(() -> write(file, from, position));
  }

  @Override
  public long position() throws IOException {
    ensureOpen();
    synchronized (positionLock) {
      return run(() -> file.isAppending() ? file.size() : file.position());
    }
  }

  @Override
  public FileChannel position(long newPosition) throws IOException {
    ensureOpen();
    if (newPosition < 0) {
      throw new IllegalArgumentException("Negative position");
    }
    synchronized (positionLock) {
      run(
          () -> {
            file.seek(newPosition);
            return 0;
          });
    }
    return this;
  }

  @Override
  public long size() throws IOException {
    ensureOpen();
    return run(file::size);
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    ensureOpen();
    if (size < 0) {
      throw new IllegalArgumentException("Negative size");
    }
    ensureWritable();
    synchronized (positionLock) {
      run(
          () -> {
            if (size < file.size()) {
              file.truncate(size);
            }
            if (file.position() > size) {
              file.seek(size);
            }
            return 0;
          });
    }
    return this;
  }

  @Override
  public void force(boolean metaData) throws IOException {
    ensureOpen();
    run(
        () -> {
          file.sync();
          return 0;
        });
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
    ensureOpen();
    if (!target.isOpen()) {
      throw new ClosedChannelException();
    }
    ensureReadable();
    if (target instanceof DemitasseFileChannel channel) {
      channel.ensureWritable();
    }
    if (position < 0 || count < 0) {
      throw new IllegalArgumentException("Negative position or count");
    }
    long wanted = Math.min(count, size() - position);
    if (wanted <= 0 && file.inode().size() > 0) {
      return 0;
    }
    wanted = file.inode().size() > 0 ? wanted : count;
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(wanted, TRANSFER));
    long moved = 0;
    try {
      while (moved < wanted) {
        buffer.clear().limit((int) Math.min(wanted - moved, buffer.capacity()));
        if (read(buffer, position + moved) <= 0) {
          break;
        }
        buffer.flip();
        moved += target.write(buffer);
        if (buffer.hasRemaining()) {
          break;
        }
      }
    } catch (IOException e) {
      if (moved == 0 || e instanceof ClosedChannelException) {
        throw e;
      }
    }
    return moved;
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long position, long count)
      throws IOException {
    ensureOpen();
    if (!source.isOpen()) {
      throw new ClosedChannelException();
    }
    if (source instanceof DemitasseFileChannel channel) {
      channel.ensureReadable();
    }
    ensureWritable();
    if (position < 0 || count < 0) {
      throw new IllegalArgumentException("Negative position or count");
    }
    ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(count, TRANSFER));
    long moved = 0;
    try {
      while (moved < count) {
        buffer.clear().limit((int) Math.min(count - moved, buffer.capacity()));
        int n = source.read(buffer);
        if (n <= 0) {
          break;
        }
        buffer.flip();
        moved += write(buffer, position + moved);
        if (buffer.hasRemaining()) {
          break;
        }
      }
    } catch (IOException e) {
      if (moved == 0 || e instanceof ClosedChannelException) {
        throw e;
      }
    }
    return moved;
  }

  private void checkMapping(MapMode mode, long position, long size) throws IOException {
    ensureOpen();
    Objects.requireNonNull(mode, "Mode is null");
    requireCopyable(mode);
    if (position < 0 || size < 0) {
      throw new IllegalArgumentException("Negative position or size");
    }
    if (position + size < 0) {
      throw new IllegalArgumentException("Position + size overflow");
    }
    if (mode != MapMode.READ_ONLY) {
      ensureWritable();
    }
    ensureReadable();
    if (size() < position + size) {
      if (!writable) {
        throw new IOException("Channel not open for writing - cannot extend file to required size");
      }
      run(
          () -> {
            file.truncate(position + size);
            return 0;
          });
    }
  }

  private static void requireCopyable(MapMode mode) {
    if (mode != MapMode.READ_ONLY && mode != MapMode.PRIVATE) {
      throw new UnsupportedOperationException(
          "Files cannot be mapped here to be written: they are no pages of memory. Write through"
              + " the channel instead");
    }
  }

  /** Reads all of {@code to} at a position. */
  private void readFully(ByteBuffer to, long position) throws IOException {
    int start = to.position();
    while (to.hasRemaining()) {
      if (read(to, position + to.position() - start) <= 0) {
        throw new IOException("The file became shorter while it was mapped");
      }
    }
  }

  /**
   * A read-only or private mapping is a copy of the file at this moment; the platform leaves open
   * whether later changes show.
   */
  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
    if (size > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("Size exceeds Integer.MAX_VALUE");
    }
    checkMapping(mode, position, size);
    ByteBuffer buffer;
    try {
      buffer = ByteBuffer.allocateDirect((int) size);
    } catch (OutOfMemoryError e) {
      throw new IOException("Map failed", e);
    }
    readFully(buffer, position);
    buffer.flip();
    // The platform's direct buffers are mapped buffers, of no file.
    return (MappedByteBuffer) (mode == MapMode.READ_ONLY ? buffer.asReadOnlyBuffer() : buffer);
  }

  /** As {@link #map(MapMode, long, long)}, of any size. */
  @Override
  public MemorySegment map(MapMode mode, long position, long size, Arena arena) throws IOException {
    Objects.requireNonNull(arena, "Arena is null");
    checkMapping(mode, position, size);
    MemorySegment segment = arena.allocate(size);
    for (long done = 0; done < size; ) {
      long part = Math.min(size - done, 1 << 30);
      readFully(segment.asSlice(done, part).asByteBuffer(), position + done);
      done += part;
    }
    return mode == MapMode.READ_ONLY ? segment.asReadOnly() : segment;
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) throws IOException {
    ensureOpen();
    if (shared) {
      ensureReadable();
    } else {
      ensureWritable();
    }
    FileLock lock = locks.add(this, file.inode(), position, size, shared);
    if (!isOpen()) {
      locks.removeAll(this);
      throw new ClosedChannelException();
    }
    return lock;
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) throws IOException {
    return lock(position, size, shared);
  }

  @Override
  protected void implCloseChannel() throws IOException {
    locks.removeAll(this);
    if (owner == null) {
      file.close();
    } else {
      owner.close();
    }
  }
}

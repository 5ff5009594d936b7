package org.demitasse.nio.file;

import java.io.IOException;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.util.ArrayList;
import java.util.List;
import org.demitasse.fs.Inode;

/**
 * The locks on all files. An image is one process, so a lock never waits: it overlaps with one that
 * is held, which is the caller's mistake, or it is free.
 */
final class FileLocks {
  private final List<Lock> locks = new ArrayList<>();

  /** A lock that is held until it is released or its channel closed. */
  final class Lock extends FileLock {
    private final Inode inode;
    private volatile boolean valid = true;

    private Lock(FileChannel channel, Inode inode, long position, long size, boolean shared) {
      super(channel, position, size, shared);
      this.inode = inode;
    }

    private Lock(
        AsynchronousFileChannel channel, Inode inode, long position, long size, boolean shared) {
      super(channel, position, size, shared);
      this.inode = inode;
    }

    @Override
    public boolean isValid() {
      return valid;
    }

    @Override
    public void release() throws IOException {
      if (!acquiredBy().isOpen()) {
        throw new ClosedChannelException();
      }
      remove(this);
    }
  }

  FileLock add(FileChannel channel, Inode inode, long position, long size, boolean shared) {
    return add(new Lock(channel, inode, position, rest(position, size), shared));
  }

  FileLock add(
      AsynchronousFileChannel channel, Inode inode, long position, long size, boolean shared) {
    return add(new Lock(channel, inode, position, rest(position, size), shared));
  }

  /** Size 0 means all from the position on. */
  private static long rest(long position, long size) {
    return size == 0 ? Long.MAX_VALUE - Math.max(0, position) : size;
  }

  private synchronized Lock add(Lock lock) {
    for (Lock other : locks) {
      if (other.inode.equals(lock.inode) && other.overlaps(lock.position(), lock.size())) {
        throw new OverlappingFileLockException();
      }
    }
    locks.add(lock);
    return lock;
  }

  private synchronized void remove(Lock lock) {
    lock.valid = false;
    locks.remove(lock);
  }

  /** Releases all locks that came through a channel. */
  synchronized void removeAll(Object channel) {
    for (int i = locks.size() - 1; i >= 0; i--) {
      Lock lock = locks.get(i);
      if (lock.acquiredBy() == channel) {
        lock.valid = false;
        locks.remove(i);
      }
    }
  }
}

package org.demitasse.nio.channels;

import java.util.concurrent.locks.ReentrantLock;

/**
 * The locks of a channel that one thread may read and one may write at a time. What needs nobody in
 * either direction, as connecting and changing the mode do, holds both, taken in this order.
 */
final class Directions {
  final ReentrantLock read = new ReentrantLock();
  final ReentrantLock write = new ReentrantLock();

  void lockBoth() {
    read.lock();
    write.lock();
  }

  void unlockBoth() {
    write.unlock();
    read.unlock();
  }

  /** Waits until whoever is inside has left: let it finish instead of failing it. */
  void await() {
    read.lock();
    read.unlock();
    write.lock();
    write.unlock();
  }
}

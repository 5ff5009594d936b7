package org.demitasse.net.socket;

/**
 * Something whose readiness can be watched. All methods may be called from any thread, platform or
 * virtual, and never block.
 */
public interface Pollable {
  /** Reading (or accepting) would not wait: bytes, a datagram, a connection, end or error. */
  int READ = 1;

  /** Writing would not wait, or a connection attempt has ended (well or badly). */
  int WRITE = 2;

  /** The peer is gone or the socket has failed: reading and writing would both report it. */
  int HANGUP = 4;

  /** Returns what the socket is ready for at this moment: a set of {@link #READ} and so on. */
  int readiness();

  /**
   * Calls {@code listener} after each change that added a readiness bit, until removed. It is
   * called without any lock of the stack held, on whatever thread caused the change; it must be
   * short and must not block (unparking a thread, setting a flag). A listener that is added while
   * the socket is ready already is not called for that: look at {@link #readiness()} after adding.
   */
  void addListener(Runnable listener);

  /** Stops calling {@code listener} (compared by identity). */
  void removeListener(Runnable listener);
}

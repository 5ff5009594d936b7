package org.demitasse.nio.channels;

import java.nio.channels.SelectionKey;
import org.demitasse.net.socket.Pollable;

/** Selection keys' operations as readiness bits and back, for channels that read and write. */
final class ReadyOps {
  private ReadyOps() {}

  /** Returns the readiness bits that tell of {@code interestOps}. */
  static int events(int interestOps) {
    int events = 0;
    if ((interestOps & SelectionKey.OP_READ) != 0) {
      events |= Pollable.READ;
    }
    if ((interestOps & (SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT)) != 0) {
      events |= Pollable.WRITE;
    }
    return events;
  }

  /** Returns the operations of {@code interestOps} that {@code readiness} makes possible. */
  static int of(int readiness, int interestOps) {
    if ((readiness & Pollable.HANGUP) != 0) {
      return interestOps;
    }
    int ready = 0;
    if ((readiness & Pollable.READ) != 0) {
      ready |= SelectionKey.OP_READ;
    }
    if ((readiness & Pollable.WRITE) != 0) {
      ready |= SelectionKey.OP_WRITE | SelectionKey.OP_CONNECT;
    }
    return ready & interestOps;
  }
}

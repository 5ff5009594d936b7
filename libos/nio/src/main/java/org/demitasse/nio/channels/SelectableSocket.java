package org.demitasse.nio.channels;

import org.demitasse.nio.net.Waiters;

/** A channel that {@link DemitasseSelector} can watch. */
interface SelectableSocket {
  /** Returns who waits for the channel, and its readiness. */
  Waiters waiters();

  /** Returns the readiness bits that a key of this interest set has to be told of. */
  int events(int interestOps);

  /** Returns the operations of {@code interestOps} that {@code readiness} makes possible. */
  int readyOps(int readiness, int interestOps);
}

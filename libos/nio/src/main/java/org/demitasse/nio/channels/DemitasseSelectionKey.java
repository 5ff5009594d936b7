package org.demitasse.nio.channels;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.spi.AbstractSelectionKey;
import org.demitasse.net.socket.Pollable;

/**
 * One channel in one selector. As a {@link Runnable} it is the channel's watcher: it tells the
 * selector that the channel has become ready for something that the running selection looks for.
 */
final class DemitasseSelectionKey extends AbstractSelectionKey implements Runnable {
  private static final VarHandle INTEREST;
  private static final VarHandle REPORTED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      INTEREST = lookup.findVarHandle(DemitasseSelectionKey.class, "interestOps", int.class);
      REPORTED = lookup.findVarHandle(DemitasseSelectionKey.class, "reported", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final SelectableChannel channel;
  private final DemitasseSelector selector;
  private volatile int interestOps;
  private volatile int readyOps;

  // The readiness bits that selections look for: the interest set as it was when the last one
  // began.
  private volatile int armed;

  // Whether the selector has been told and has not looked yet; then it need not be told again.
  private volatile boolean reported;

  /** The next key that was reported to the selector; belongs to the selector while reported. */
  DemitasseSelectionKey nextReported;

  /** Whether an interest change waits for the next selection; under the selector's update lock. */
  boolean updateQueued;

  /** Whether the key is among those that the selector looks at; under its selection lock. */
  boolean watched;

  /** What the channel was ready for when the selection looked; under its selection lock. */
  int readiness;

  DemitasseSelectionKey(SelectableChannel channel, DemitasseSelector selector) {
    this.channel = channel;
    this.selector = selector;
  }

  private void ensureValid() {
    if (!isValid()) {
      throw new CancelledKeyException();
    }
  }

  private void checkOps(int ops) {
    if ((ops & ~channel.validOps()) != 0) {
      throw new IllegalArgumentException();
    }
  }

  SelectableSocket socket() {
    return (SelectableSocket) channel;
  }

  @Override
  public SelectableChannel channel() {
    return channel;
  }

  @Override
  public DemitasseSelector selector() {
    return selector;
  }

  @Override
  public int interestOps() {
    ensureValid();
    return interestOps;
  }

  @Override
  public SelectionKey interestOps(int ops) {
    ensureValid();
    checkOps(ops);
    int before = (int) INTEREST.getAndSet(this, ops);
    if (before != ops) {
      selector.interestChanged(this);
    }
    return this;
  }

  @Override
  public int interestOpsOr(int ops) {
    ensureValid();
    checkOps(ops);
    int before = (int) INTEREST.getAndBitwiseOr(this, ops);
    if (before != (before | ops)) {
      selector.interestChanged(this);
    }
    return before;
  }

  @Override
  public int interestOpsAnd(int ops) {
    ensureValid();
    int before = (int) INTEREST.getAndBitwiseAnd(this, ops);
    if (before != (before & ops)) {
      selector.interestChanged(this);
    }
    return before;
  }

  @Override
  public int readyOps() {
    ensureValid();
    return readyOps;
  }

  /** Looks for what the interest set wants now. */
  void arm() {
    armed = socket().events(interestOps);
  }

  /** Looks for nothing any more. */
  void disarm() {
    armed = 0;
  }

  /** Returns those readiness bits that are looked for; also notes them in {@link #readiness}. */
  int look() {
    int wanted = armed;
    readiness = wanted == 0 ? 0 : socket().waiters().readiness() & (wanted | Pollable.HANGUP);
    return readiness;
  }

  /**
   * Returns whether the interest set and {@link #readiness} have an operation in common; sets it.
   */
  boolean setReady() {
    int ready = socket().readyOps(readiness, interestOps);
    readyOps = ready;
    return ready != 0;
  }

  /** Adds to the ready set of a key that was selected before; returns whether that changed it. */
  boolean addReady() {
    int before = readyOps;
    int ready = before | socket().readyOps(readiness, interestOps);
    readyOps = ready;
    return ready != before;
  }

  /** Takes the key over for a look; from now on the channel reports again. */
  void acknowledge() {
    nextReported = null;
    reported = false;
  }

  @Override
  public void run() {
    int wanted = armed;
    if (wanted != 0
        && (socket().waiters().readiness() & (wanted | Pollable.HANGUP)) != 0
        && REPORTED.compareAndSet(this, false, true)) {
      selector.report(this);
    }
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("channel=").append(channel);
    text.append(", selector=").append(selector);
    if (isValid()) {
      text.append(", interestOps=").append(interestOps).append(", readyOps=").append(readyOps);
    } else {
      text.append(", invalid");
    }
    return text.toString();
  }
}

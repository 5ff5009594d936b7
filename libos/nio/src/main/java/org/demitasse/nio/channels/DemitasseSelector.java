package org.demitasse.nio.channels;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.IllegalSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * A level-triggered selector whose cost is that of the ready channels alone. Channels report
 * themselves when they become ready; a selection looks at those and at the ones that were ready the
 * last time, and drops from its list what is ready no more.
 *
 * <p>An interest set that changes during a selection counts from the next one, as the interface
 * says.
 */
final class DemitasseSelector extends AbstractSelector {
  private static final VarHandle REPORTS;
  private static final VarHandle SLEEPER;
  private static final int FIRST_CAPACITY = 16;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      REPORTS =
          lookup.findVarHandle(DemitasseSelector.class, "reports", DemitasseSelectionKey.class);
      SLEEPER = lookup.findVarHandle(DemitasseSelector.class, "sleeper", Thread.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Set<SelectionKey> keys = ConcurrentHashMap.newKeySet();
  private final Set<SelectionKey> selectedKeys = new HashSet<>();
  private final Set<SelectionKey> publicKeys = Collections.unmodifiableSet(keys);
  private final Set<SelectionKey> publicSelectedKeys = new UngrowableSet<>(selectedKeys);

  // Held for a whole selection, also while it waits. A lock, not this object's monitor, so that a
  // virtual thread that waits here gives its carrier away.
  private final ReentrantLock selectionLock = new ReentrantLock();
  private boolean inSelection;

  // Keys whose interest set has changed; under updateLock.
  private final Object updateLock = new Object();
  private final ArrayDeque<DemitasseSelectionKey> updates = new ArrayDeque<>();

  // Keys that became ready, last one first.
  private volatile DemitasseSelectionKey reports;
  private volatile Thread sleeper;
  private volatile boolean wakeup;

  // Under selectionLock: the keys to look at; after a look, those that it found ready.
  private DemitasseSelectionKey[] watched = new DemitasseSelectionKey[FIRST_CAPACITY];
  private int watchedCount;

  DemitasseSelector(SelectorProvider provider) {
    super(provider);
  }

  private void ensureOpen() {
    if (!isOpen()) {
      throw new ClosedSelectorException();
    }
  }

  @Override
  public Set<SelectionKey> keys() {
    ensureOpen();
    return publicKeys;
  }

  @Override
  public Set<SelectionKey> selectedKeys() {
    ensureOpen();
    return publicSelectedKeys;
  }

  @Override
  public int select() throws IOException {
    return doSelect(null, -1L);
  }

  @Override
  public int select(long timeout) throws IOException {
    return doSelect(null, toNanos(timeout));
  }

  @Override
  public int selectNow() throws IOException {
    return doSelect(null, 0L);
  }

  @Override
  public int select(Consumer<SelectionKey> action) throws IOException {
    Objects.requireNonNull(action);
    return doSelect(action, -1L);
  }

  @Override
  public int select(Consumer<SelectionKey> action, long timeout) throws IOException {
    Objects.requireNonNull(action);
    return doSelect(action, toNanos(timeout));
  }

  @Override
  public int selectNow(Consumer<SelectionKey> action) throws IOException {
    Objects.requireNonNull(action);
    return doSelect(action, 0L);
  }

  private static long toNanos(long timeout) {
    if (timeout < 0) {
      throw new IllegalArgumentException("Negative timeout");
    }
    return timeout == 0 ? -1L : TimeUnit.MILLISECONDS.toNanos(timeout);
  }

  /**
   * @param nanos how long to wait: 0 not at all, below 0 for any time
   */
  private int doSelect(Consumer<SelectionKey> action, long nanos) throws IOException {
    selectionLock.lock();
    try {
      ensureOpen();
      if (inSelection) {
        throw new IllegalStateException("select in progress");
      }
      inSelection = true;
      try {
        begin(nanos);
        synchronized (this) {
          synchronized (publicSelectedKeys) {
            deregisterCancelled();
            return process(action);
          }
        }
      } finally {
        inSelection = false;
      }
    } finally {
      selectionLock.unlock();
    }
  }

  /** Waits until some key is ready, or for the other reasons that a selection ends. */
  private void begin(long nanos) {
    applyUpdates();
    synchronized (this) {
      synchronized (publicSelectedKeys) {
        deregisterCancelled();
      }
    }
    long start = nanos > 0 ? System.nanoTime() : 0;
    while (!look() && nanos != 0 && !wakeup && !Thread.currentThread().isInterrupted()) {
      long left = 0;
      if (nanos > 0) {
        left = nanos - (System.nanoTime() - start);
        if (left <= 0) {
          break;
        }
      }
      sleep(left);
    }
    wakeup = false;
  }

  private void sleep(long nanos) {
    sleeper = Thread.currentThread();
    if (reports == null && !wakeup) {
      if (nanos > 0) {
        LockSupport.parkNanos(this, nanos);
      } else {
        LockSupport.park(this);
      }
    }
    sleeper = null;
  }

  /** Wakes the thread in {@link #sleep}, once however many ask. */
  private void rouse() {
    Thread sleeping = sleeper;
    if (sleeping != null && SLEEPER.compareAndSet(this, sleeping, null)) {
      LockSupport.unpark(sleeping);
    }
  }

  private void applyUpdates() {
    synchronized (updateLock) {
      DemitasseSelectionKey key;
      while ((key = updates.pollFirst()) != null) {
        key.updateQueued = false;
        if (key.isValid()) {
          key.arm();
          watch(key);
        }
      }
    }
  }

  private void watch(DemitasseSelectionKey key) {
    if (!key.watched) {
      key.watched = true;
      if (watchedCount == watched.length) {
        watched = Arrays.copyOf(watched, watchedCount * 2);
      }
      watched[watchedCount++] = key;
    }
  }

  /** Looks at all watched keys, keeps those that are ready, and returns whether there are any. */
  private boolean look() {
    takeReports();
    int readyCount = 0;
    for (int i = 0; i < watchedCount; i++) {
      DemitasseSelectionKey key = watched[i];
      if (key.isValid() && key.look() != 0) {
        watched[readyCount++] = key;
      } else {
        key.watched = false;
      }
    }
    Arrays.fill(watched, readyCount, watchedCount, null);
    watchedCount = readyCount;
    return readyCount > 0;
  }

  private void takeReports() {
    if (reports == null) {
      return;
    }
    DemitasseSelectionKey last = (DemitasseSelectionKey) REPORTS.getAndSet(this, null);
    // Reverse, so that the channels are served in the order in which they became ready.
    DemitasseSelectionKey first = null;
    while (last != null) {
      DemitasseSelectionKey before = last.nextReported;
      last.nextReported = first;
      first = last;
      last = before;
    }
    while (first != null) {
      DemitasseSelectionKey next = first.nextReported;
      first.acknowledge();
      watch(first);
      first = next;
    }
  }

  private int process(Consumer<SelectionKey> action) {
    int updated = 0;
    for (int i = 0; i < watchedCount; i++) {
      DemitasseSelectionKey key = watched[i];
      if (!key.isValid()) {
        continue;
      }
      if (action != null) {
        if (key.setReady()) {
          action.accept(key);
          updated++;
          ensureOpen();
        }
      } else if (selectedKeys.contains(key)) {
        if (key.addReady()) {
          updated++;
        }
      } else if (key.setReady()) {
        selectedKeys.add(key);
        updated++;
      }
    }
    return updated;
  }

  /** Called by a key, on any thread, when its channel has become ready; once per look. */
  void report(DemitasseSelectionKey key) {
    DemitasseSelectionKey last;
    do {
      last = reports;
      key.nextReported = last;
    } while (!REPORTS.compareAndSet(this, last, key));
    rouse();
  }

  /** Called by a key, on any thread, when its interest set has changed. */
  void interestChanged(DemitasseSelectionKey key) {
    synchronized (updateLock) {
      if (!key.updateQueued) {
        key.updateQueued = true;
        updates.addLast(key);
      }
    }
  }

  @Override
  public Selector wakeup() {
    wakeup = true;
    rouse();
    return this;
  }

  @Override
  protected SelectionKey register(AbstractSelectableChannel channel, int ops, Object attachment) {
    if (!(channel instanceof SelectableSocket socket)) {
      throw new IllegalSelectorException();
    }
    DemitasseSelectionKey key = new DemitasseSelectionKey(channel, this);
    if (attachment != null) {
      key.attach(attachment);
    }
    ensureOpen();
    keys.add(key);
    try {
      key.interestOps(ops);
    } catch (CancelledKeyException e) {
      // Another thread found the key in keys() and cancelled it: it stays cancelled.
    }
    socket.waiters().addWatcher(key);
    if (!isOpen()) {
      socket.waiters().removeWatcher(key);
      keys.remove(key);
      key.cancel();
      throw new ClosedSelectorException();
    }
    return key;
  }

  private void deregisterCancelled() {
    Set<SelectionKey> cancelled = cancelledKeys();
    synchronized (cancelled) {
      if (!cancelled.isEmpty()) {
        for (SelectionKey key : cancelled) {
          forget((DemitasseSelectionKey) key);
          selectedKeys.remove(key);
          keys.remove(key);
        }
        cancelled.clear();
      }
    }
  }

  private void forget(DemitasseSelectionKey key) {
    key.disarm();
    key.socket().waiters().removeWatcher(key);
    deregister(key);
  }

  @Override
  protected void implCloseSelector() {
    wakeup();
    selectionLock.lock();
    try {
      synchronized (this) {
        synchronized (publicSelectedKeys) {
          Iterator<SelectionKey> all = keys.iterator();
          while (all.hasNext()) {
            forget((DemitasseSelectionKey) all.next());
            all.remove();
          }
          selectedKeys.clear();
        }
      }
      Arrays.fill(watched, 0, watchedCount, null);
      watchedCount = 0;
    } finally {
      selectionLock.unlock();
    }
  }
}

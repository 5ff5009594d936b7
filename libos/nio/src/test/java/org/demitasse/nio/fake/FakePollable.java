package org.demitasse.nio.fake;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.demitasse.net.socket.Pollable;

/** Readiness that is told as strictly as the interface allows: only when a bit was added. */
abstract class FakePollable implements Pollable {
  final FakeStack stack;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private int told;

  FakePollable(FakeStack stack) {
    this.stack = stack;
  }

  /** Called with the stack's lock held. */
  abstract int readinessLocked();

  @Override
  public int readiness() {
    synchronized (stack) {
      stack.countReadinessCall();
      return readinessLocked();
    }
  }

  /** Called with the stack's lock held, after each change. */
  void changedLocked() {
    int now = readinessLocked();
    if ((now & ~told) != 0) {
      stack.tell(this);
    }
    told = now;
  }

  /** Called without the lock. */
  void notifyListeners() {
    for (Runnable listener : listeners) {
      listener.run();
    }
  }

  @Override
  public void addListener(Runnable listener) {
    listeners.add(listener);
  }

  @Override
  public void removeListener(Runnable listener) {
    listeners.removeIf(known -> known == listener);
  }
}

package org.demitasse.net.engine;

/**
 * The readiness bits of one socket and who wants to hear of them. Used under the lock; the bits may
 * be read without it.
 */
public final class Readiness {
  private static final Runnable[] NONE = {};

  private final Engine engine;
  private Runnable[] listeners = NONE;
  private volatile int bits;

  public Readiness(Engine engine) {
    this.engine = engine;
  }

  public int bits() {
    return bits;
  }

  /** Stores the bits of this moment and calls listeners when one has been added. */
  public void set(int newBits) {
    int old = bits;
    if (old == newBits) {
      return;
    }
    bits = newBits;
    if ((newBits & ~old) != 0) {
      for (Runnable listener : listeners) {
        engine.later(listener);
      }
    }
  }

  public void add(Runnable listener) {
    Runnable[] more = java.util.Arrays.copyOf(listeners, listeners.length + 1);
    more[listeners.length] = listener;
    listeners = more;
  }

  public void remove(Runnable listener) {
    int length = listeners.length;
    for (int i = 0; i < length; i++) {
      if (listeners[i] == listener) {
        if (length == 1) {
          listeners = NONE;
        } else {
          Runnable[] fewer = new Runnable[length - 1];
          System.arraycopy(listeners, 0, fewer, 0, i);
          System.arraycopy(listeners, i + 1, fewer, i, length - 1 - i);
          listeners = fewer;
        }
        return;
      }
    }
  }
}

package org.demitasse.nio.net;

import java.lang.ref.Cleaner;

/**
 * Closes the stack's sockets of those that a program forgot to close. The stack holds on to a
 * socket until it is closed, but knows nothing of the object that the program had of it.
 */
public final class Abandoned {
  private Abandoned() {}

  /**
   * Closes {@code socket} when {@code owner} can no longer be reached. Nothing that the stack holds
   * on to may refer to the owner.
   *
   * @return what closes it at once and ends the watch; null when there is no cleaner
   */
  public static Cleaner.Cleanable watch(Object owner, AutoCloseable socket) {
    JdkAccess jdk = Network.jdkOrNull();
    Cleaner cleaner = jdk == null ? null : jdk.cleaner();
    return cleaner == null ? null : cleaner.register(owner, new Close(socket));
  }

  private record Close(AutoCloseable socket) implements Runnable {
    @Override
    public void run() {
      try {
        socket.close();
      } catch (Exception e) {
        throw new AssertionError("closing a socket of the stack does not fail", e);
      }
    }
  }
}

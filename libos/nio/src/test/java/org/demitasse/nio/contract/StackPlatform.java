package org.demitasse.nio.contract;

import java.security.SecureRandom;
import java.util.concurrent.locks.LockSupport;
import org.demitasse.core.Clock;
import org.demitasse.net.NetworkConfig;
import org.demitasse.net.NetworkStack;

/** Our sockets over the real stack and its loopback interface, which one thread drives. */
final class StackPlatform extends DemitassePlatform {
  private final Thread driver;
  private volatile boolean closed;

  private StackPlatform(NetworkStack stack, Thread[] sleeper) {
    super(stack);
    driver = Thread.ofPlatform().daemon().name("stack").unstarted(() -> drive(stack));
    sleeper[0] = driver;
    driver.start();
  }

  static StackPlatform open() {
    Thread[] sleeper = new Thread[1];
    SecureRandom random = new SecureRandom();
    NetworkStack stack =
        new NetworkStack(
            new NetworkConfig(),
            Clock.system(),
            (bytes, offset, length) -> {
              byte[] fresh = new byte[length];
              random.nextBytes(fresh);
              System.arraycopy(fresh, 0, bytes, offset, length);
            },
            () -> {
              if (sleeper[0] != null) {
                LockSupport.unpark(sleeper[0]);
              }
            });
    return new StackPlatform(stack, sleeper);
  }

  private void drive(NetworkStack stack) {
    while (!closed) {
      long nanos = stack.poll();
      if (nanos > 0) {
        LockSupport.parkNanos(this, nanos);
      }
    }
  }

  @Override
  public void close() {
    super.close();
    closed = true;
    LockSupport.unpark(driver);
  }
}

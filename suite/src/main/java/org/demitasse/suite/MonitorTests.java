package org.demitasse.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;

/** Monitors: taking and giving back, wait and notify, interrupts meanwhile. */
final class MonitorTests {

  private MonitorTests() {}

  static void addTo(TestList tests) {
    tests.add(
        "interrupted while a monitor is taken", () -> interruptedAtMonitor(Thread.ofPlatform()));
    tests.add("wait and notify in turns", MonitorTests::turns);
    tests.add("wait with a limit", MonitorTests::waitWithLimit);
    tests.add("notify wakes one", MonitorTests::notifyOne);
    tests.add("monitor without owner is refused", MonitorTests::illegalMonitor);
    tests.add("nested monitors are given back by wait", MonitorTests::nestedMonitors);
    tests.add("contended monitor keeps its count", MonitorTests::contendedMonitor);
    tests.add("holdsLock", MonitorTests::holdsLock);
  }

  /** No interrupt ends the wait for a monitor, gets lost there, or keeps the owner from running. */
  static void interruptedAtMonitor(Thread.Builder builder) throws Exception {
    Object monitor = new Object();
    AtomicInteger kept = new AtomicInteger();
    CountDownLatch taken = new CountDownLatch(1);
    CountDownLatch free = new CountDownLatch(1);
    Thread owner =
        builder.start(
            () -> {
              synchronized (monitor) {
                taken.countDown();
                try {
                  free.await();
                } catch (InterruptedException e) {
                  kept.set(Integer.MIN_VALUE);
                }
              }
            });
    Check.that(taken.await(Check.PATIENCE, TimeUnit.MILLISECONDS), "the monitor is taken");
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      boolean before = i % 2 == 0;
      Thread thread =
          builder.start(
              () -> {
                if (before) {
                  Thread.currentThread().interrupt();
                }
                synchronized (monitor) {
                  if (Thread.interrupted()) {
                    kept.incrementAndGet();
                  }
                }
              });
      threads.add(thread);
      if (!before) {
        Check.await(() -> thread.getState() == Thread.State.BLOCKED, "it waits for the monitor");
        thread.interrupt();
      }
    }
    free.countDown();
    Check.join(owner);
    for (Thread thread : threads) {
      Check.join(thread);
    }
    Check.equal(10, kept.get());
  }

  private static void turns() throws Exception {
    Object monitor = new Object();
    int[] turn = {0};
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int mine = i;
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int round = 0; round < 250; round++) {
                      synchronized (monitor) {
                        while (turn[0] % 4 != mine) {
                          try {
                            monitor.wait();
                          } catch (InterruptedException e) {
                            return;
                          }
                        }
                        turn[0]++;
                        monitor.notifyAll();
                      }
                    }
                  }));
    }
    for (Thread thread : threads) {
      Check.join(thread);
    }
    Check.equal(1000, turn[0], "turns");
  }

  private static void waitWithLimit() throws Exception {
    Object monitor = new Object();
    synchronized (monitor) {
      long before = System.nanoTime();
      monitor.wait(20);
      // A wait may end early without a reason, but then not on every try.
      for (int i = 0; i < 10 && System.nanoTime() - before < 20_000_000; i++) {
        monitor.wait(20);
      }
      Check.that(System.nanoTime() - before >= 20_000_000, "the wait lasted its time");
      Check.thrown(IllegalArgumentException.class, () -> monitor.wait(-1));
    }
  }

  private static void notifyOne() throws Exception {
    Object monitor = new Object();
    AtomicInteger waiting = new AtomicInteger();
    AtomicInteger woken = new AtomicInteger();
    int[] permits = {0};
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    synchronized (monitor) {
                      waiting.incrementAndGet();
                      while (permits[0] == 0) {
                        try {
                          monitor.wait();
                        } catch (InterruptedException e) {
                          return;
                        }
                      }
                      permits[0]--;
                      woken.incrementAndGet();
                    }
                  }));
    }
    Check.await(() -> waiting.get() == 5, "all wait");
    for (int i = 1; i <= 5; i++) {
      synchronized (monitor) {
        permits[0]++;
        monitor.notify();
      }
      int expected = i;
      Check.await(() -> woken.get() == expected, "one more has woken up");
    }
    for (Thread thread : threads) {
      Check.join(thread);
    }
  }

  private static void illegalMonitor() {
    Object monitor = new Object();
    Check.thrown(IllegalMonitorStateException.class, monitor::notify);
    Check.thrown(IllegalMonitorStateException.class, monitor::notifyAll);
    Check.thrown(IllegalMonitorStateException.class, monitor::wait);
    Check.thrown(IllegalMonitorStateException.class, () -> new ReentrantLock().unlock());
  }

  private static void nestedMonitors() throws Exception {
    Object monitor = new Object();
    boolean[] ready = {false};
    Thread thread;
    synchronized (monitor) {
      synchronized (monitor) {
        thread =
            Thread.ofPlatform()
                .start(
                    () -> {
                      synchronized (monitor) {
                        ready[0] = true;
                        monitor.notify();
                      }
                    });
        while (!ready[0]) {
          monitor.wait();
        }
      }
      Check.that(Thread.holdsLock(monitor), "the outer monitor is still held");
    }
    Check.join(thread);
  }

  private static void contendedMonitor() throws Exception {
    Object monitor = new Object();
    long[] count = {0};
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int n = 0; n < 20_000; n++) {
                      synchronized (monitor) {
                        long seen = count[0];
                        if (n % 1000 == 0) {
                          Thread.yield();
                        }
                        count[0] = seen + 1;
                      }
                    }
                  }));
    }
    for (Thread thread : threads) {
      Check.join(thread);
    }
    Check.equal(160_000L, count[0]);
  }

  private static void holdsLock() throws Exception {
    Object monitor = new Object();
    Check.equal(false, Thread.holdsLock(monitor));
    AtomicReference<Boolean> other = new AtomicReference<>();
    synchronized (monitor) {
      Check.equal(true, Thread.holdsLock(monitor));
      Check.join(Thread.ofPlatform().start(() -> other.set(Thread.holdsLock(monitor))));
    }
    Check.equal(false, other.get());
  }
}

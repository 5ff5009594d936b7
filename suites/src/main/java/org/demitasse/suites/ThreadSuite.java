package org.demitasse.suites;

import static org.demitasse.suites.Checks.check;
import static org.demitasse.suites.Checks.same;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.LongStream;

/** Threads, monitors, time. */
final class ThreadSuite {

  private static final long PATIENCE_SECONDS = 120;

  private static volatile boolean spinning;
  private static volatile long spins;

  private ThreadSuite() {}

  static void run(Checks checks) {
    checks.test("10,000 virtual threads that sleep", ThreadSuite::virtualThreads);
    checks.test("500 platform threads at once", ThreadSuite::platformThreads);
    checks.test("thousands of platform threads, one after another", ThreadSuite::endedThreads);
    checks.test("a spinner does not stop a ticking timer", ThreadSuite::spinner);
    checks.test("monitors: wait, notify, notifyAll", ThreadSuite::monitors);
    checks.test("contended lock keeps its count", ThreadSuite::contention);
    checks.test("park, unpark and park with a limit", ThreadSuite::parking);
    checks.test("interrupt ends sleep, wait and park", ThreadSuite::interrupts);
    checks.test("thread locals and inherited ones", ThreadSuite::threadLocals);
    checks.test("uncaught exceptions reach the handler", ThreadSuite::uncaught);
    checks.test("fork-join pool and parallel stream", ThreadSuite::parallel);
    checks.test("the clock goes forward and sleep lasts", ThreadSuite::time);
    checks.test("virtual threads and monitors", ThreadSuite::virtualMonitors);
  }

  private static void virtualThreads() throws Exception {
    AtomicLong sum = new AtomicLong();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 1; i <= 10_000; i++) {
        int number = i;
        threads.submit(
            () -> {
              Thread.sleep(5);
              return sum.addAndGet(number);
            });
      }
    }
    same(50_005_000L, sum.get(), "sum");
  }

  private static void platformThreads() throws Exception {
    CountDownLatch all = new CountDownLatch(500);
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger done = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    all.countDown();
                    try {
                      go.await();
                      done.incrementAndGet();
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  }));
    }
    check(all.await(PATIENCE_SECONDS, TimeUnit.SECONDS), "all have started");
    go.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    same(500, done.get(), "threads that ran to their end");
  }

  /** Their stacks have to be given back, or this does not fit. */
  private static void endedThreads() throws Exception {
    AtomicInteger done = new AtomicInteger();
    for (int i = 0; i < 5_000; i++) {
      Thread thread = Thread.ofPlatform().start(done::incrementAndGet);
      thread.join();
    }
    same(5_000, done.get(), "threads that ran");
  }

  private static void spinner() throws Exception {
    spinning = true;
    Thread spinner =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  while (spinning) {
                    spins++;
                  }
                });
    AtomicInteger ticks = new AtomicInteger();
    try (ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor()) {
      CountDownLatch twenty = new CountDownLatch(20);
      timer.scheduleAtFixedRate(
          () -> {
            ticks.incrementAndGet();
            twenty.countDown();
          },
          1,
          1,
          TimeUnit.MILLISECONDS);
      check(twenty.await(PATIENCE_SECONDS, TimeUnit.SECONDS), "twenty ticks");
      timer.shutdownNow();
    } finally {
      spinning = false;
    }
    spinner.join();
    check(spins > 0, "the spinner ran too");
  }

  private static void monitors() throws Exception {
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
      thread.join(PATIENCE_SECONDS * 1000);
    }
    same(1000, turn[0], "turns");
    long before = System.nanoTime();
    synchronized (monitor) {
      monitor.wait(10);
    }
    check(System.nanoTime() - before >= 9_000_000, "wait with a limit lasts");
  }

  private static void contention() throws Exception {
    ReentrantLock lock = new ReentrantLock();
    long[] count = {0, 0};
    Object monitor = new Object();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int n = 0; n < 20_000; n++) {
                      lock.lock();
                      try {
                        count[0]++;
                      } finally {
                        lock.unlock();
                      }
                      synchronized (monitor) {
                        count[1]++;
                      }
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    same(160_000L, count[0], "under the lock");
    same(160_000L, count[1], "under the monitor");
  }

  private static void parking() throws Exception {
    long before = System.nanoTime();
    LockSupport.parkNanos(5_000_000);
    check(System.nanoTime() - before < PATIENCE_SECONDS * 1_000_000_000L, "park with a limit ends");
    LockSupport.unpark(Thread.currentThread());
    LockSupport.park();
    AtomicReference<Thread> parked = new AtomicReference<>();
    CountDownLatch ended = new CountDownLatch(1);
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  parked.set(Thread.currentThread());
                  LockSupport.park();
                  ended.countDown();
                });
    while (parked.get() == null || thread.getState() != Thread.State.WAITING) {
      Thread.sleep(1);
    }
    LockSupport.unpark(thread);
    check(ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS), "unpark ends park");
  }

  private static void interrupts() throws Exception {
    AtomicInteger interrupted = new AtomicInteger();
    Object monitor = new Object();
    Thread sleeper =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    Thread.sleep(PATIENCE_SECONDS * 1000);
                  } catch (InterruptedException e) {
                    interrupted.incrementAndGet();
                  }
                });
    Thread waiter =
        Thread.ofPlatform()
            .start(
                () -> {
                  synchronized (monitor) {
                    try {
                      monitor.wait();
                    } catch (InterruptedException e) {
                      interrupted.incrementAndGet();
                    }
                  }
                });
    Thread parker =
        Thread.ofPlatform()
            .start(
                () -> {
                  LockSupport.park();
                  if (Thread.interrupted()) {
                    interrupted.incrementAndGet();
                  }
                });
    for (Thread thread : List.of(sleeper, waiter, parker)) {
      thread.interrupt();
      thread.join(PATIENCE_SECONDS * 1000);
    }
    same(3, interrupted.get(), "threads that noticed");
  }

  private static void threadLocals() throws Exception {
    ThreadLocal<String> local = ThreadLocal.withInitial(() -> "initial");
    InheritableThreadLocal<String> inherited = new InheritableThreadLocal<>();
    local.set("mine");
    inherited.set("parent's");
    AtomicReference<String> seen = new AtomicReference<>();
    Thread thread =
        new Thread(() -> seen.set(local.get() + ", " + inherited.get()), "thread-local-reader");
    thread.start();
    thread.join();
    same("initial, parent's", seen.get(), "in the other thread");
    same("mine", local.get(), "in this thread");
  }

  private static void uncaught() throws Exception {
    AtomicReference<Throwable> seen = new AtomicReference<>();
    Thread thread =
        Thread.ofPlatform()
            .unstarted(
                () -> {
                  throw new IllegalStateException("on purpose");
                });
    thread.setUncaughtExceptionHandler((t, e) -> seen.set(e));
    thread.start();
    thread.join();
    check(seen.get() instanceof IllegalStateException, "the handler saw it");
  }

  private static void parallel() throws Exception {
    long sum = LongStream.rangeClosed(1, 1_000_000).parallel().sum();
    same(500_000_500_000L, sum, "parallel sum");
    Future<Long> task = ForkJoinPool.commonPool().submit(() -> 42L);
    same(42L, task.get(PATIENCE_SECONDS, TimeUnit.SECONDS), "task");
  }

  private static void time() throws Exception {
    long last = System.nanoTime();
    for (int i = 0; i < 100_000; i++) {
      long now = System.nanoTime();
      check(now >= last, "nanoTime went back");
      last = now;
    }
    long before = System.nanoTime();
    Thread.sleep(20);
    check(System.nanoTime() - before >= 20_000_000, "sleep was too short");
    check(System.currentTimeMillis() > 1_700_000_000_000L, "the wall clock is set");
  }

  private static void virtualMonitors() throws Exception {
    Object monitor = new Object();
    int[] count = {0};
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      threads.add(
          Thread.startVirtualThread(
              () -> {
                for (int n = 0; n < 50; n++) {
                  synchronized (monitor) {
                    count[0]++;
                    Thread.yield();
                  }
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    same(10_000, count[0], "count");
  }
}

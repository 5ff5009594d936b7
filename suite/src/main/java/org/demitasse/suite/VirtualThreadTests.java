package org.demitasse.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/** Virtual threads. */
final class VirtualThreadTests {

  private VirtualThreadTests() {}

  static void addTo(TestList tests) {
    tests.add("10,000 that sleep", VirtualThreadTests::tenThousand);
    tests.add("10,000 parked at once", VirtualThreadTests::tenThousandParked);
    tests.add("sleep inside synchronized", VirtualThreadTests::sleepInSynchronized);
    tests.add("wait and notify", VirtualThreadTests::waitAndNotify);
    tests.add("contended monitor with yields", VirtualThreadTests::contendedMonitor);
    tests.add("contended lock", VirtualThreadTests::contendedLock);
    tests.add("interrupt", VirtualThreadTests::interrupt);
    tests.add(
        "interrupted while a monitor is taken",
        () -> MonitorTests.interruptedAtMonitor(Thread.ofVirtual()));
    tests.add("thread-locals", VirtualThreadTests::threadLocals);
    tests.add("name, daemon, group, state", VirtualThreadTests::attributes);
    tests.add("exceptions", VirtualThreadTests::exceptions);
    tests.add("hand-over by a synchronous queue", VirtualThreadTests::handOver);
    tests.add("chain of 1,000 joins", VirtualThreadTests::chain);
    tests.add("deep stacks that park", VirtualThreadTests::deepStacks);
    tests.add("beside platform threads", VirtualThreadTests::besidePlatform);
    tests.add("park and unpark in a race", VirtualThreadTests::parkRace);
  }

  private static void tenThousand() throws Exception {
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
    Check.equal(50_005_000L, sum.get());
  }

  private static void tenThousandParked() throws Exception {
    CountDownLatch all = new CountDownLatch(10_000);
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger done = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      threads.add(
          Thread.startVirtualThread(
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
    Check.that(all.await(Check.PATIENCE * 2, TimeUnit.MILLISECONDS), "all have started");
    go.countDown();
    for (Thread thread : threads) {
      Check.join(thread);
    }
    Check.equal(10_000, done.get());
  }

  private static void sleepInSynchronized() throws Exception {
    AtomicInteger done = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      Object monitor = new Object();
      threads.add(
          Thread.startVirtualThread(
              () -> {
                synchronized (monitor) {
                  try {
                    Thread.sleep(2);
                  } catch (InterruptedException e) {
                    return;
                  }
                  done.incrementAndGet();
                }
              }));
    }
    for (Thread thread : threads) {
      Check.join(thread);
    }
    Check.equal(300, done.get());
  }

  private static void waitAndNotify() throws Exception {
    Object monitor = new Object();
    boolean[] open = {false};
    AtomicInteger through = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      threads.add(
          Thread.startVirtualThread(
              () -> {
                synchronized (monitor) {
                  while (!open[0]) {
                    try {
                      monitor.wait(Check.PATIENCE);
                    } catch (InterruptedException e) {
                      return;
                    }
                  }
                  through.incrementAndGet();
                }
              }));
    }
    Thread.sleep(5);
    synchronized (monitor) {
      open[0] = true;
      monitor.notifyAll();
    }
    for (Thread thread : threads) {
      Check.join(thread);
    }
    Check.equal(200, through.get());
  }

  private static void contendedMonitor() throws Exception {
    Object monitor = new Object();
    int[] count = {0};
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      threads.add(
          Thread.startVirtualThread(
              () -> {
                for (int n = 0; n < 50; n++) {
                  synchronized (monitor) {
                    int seen = count[0];
                    Thread.yield();
                    count[0] = seen + 1;
                  }
                }
              }));
    }
    for (Thread thread : threads) {
      Check.join(thread);
    }
    Check.equal(10_000, count[0]);
  }

  private static void contendedLock() throws Exception {
    ReentrantLock lock = new ReentrantLock(true);
    int[] count = {0};
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      threads.add(
          Thread.startVirtualThread(
              () -> {
                for (int n = 0; n < 50; n++) {
                  lock.lock();
                  try {
                    int seen = count[0];
                    Thread.yield();
                    count[0] = seen + 1;
                  } finally {
                    lock.unlock();
                  }
                }
              }));
    }
    for (Thread thread : threads) {
      Check.join(thread);
    }
    Check.equal(5_000, count[0]);
  }

  private static void interrupt() throws Exception {
    AtomicReference<String> seen = new AtomicReference<>();
    Thread thread =
        Thread.startVirtualThread(
            () -> {
              try {
                Thread.sleep(Check.PATIENCE);
                seen.set("slept");
              } catch (InterruptedException e) {
                seen.set("interrupted " + Thread.currentThread().isInterrupted());
              }
            });
    Check.await(() -> thread.getState() == Thread.State.TIMED_WAITING, "it sleeps");
    thread.interrupt();
    Check.join(thread);
    Check.equal("interrupted false", seen.get());
  }

  private static void threadLocals() throws Exception {
    ThreadLocal<Integer> local = new ThreadLocal<>();
    InheritableThreadLocal<String> inherited = new InheritableThreadLocal<>();
    inherited.set("from the parent");
    AtomicInteger right = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      int mine = i;
      threads.add(
          Thread.startVirtualThread(
              () -> {
                local.set(mine);
                Thread.yield();
                if (local.get() == mine && "from the parent".equals(inherited.get())) {
                  right.incrementAndGet();
                }
              }));
    }
    for (Thread thread : threads) {
      Check.join(thread);
    }
    Check.equal(500, right.get());
  }

  private static void attributes() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    Thread thread =
        Thread.ofVirtual()
            .name("virtual-", 3)
            .start(
                () -> {
                  try {
                    end.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    Check.that(thread.isVirtual(), "it is virtual");
    Check.that(thread.isDaemon(), "it is a daemon");
    Check.equal("virtual-3", thread.getName());
    Check.equal("VirtualThreads", thread.getThreadGroup().getName());
    Check.await(() -> thread.getState() == Thread.State.WAITING, "it waits");
    boolean found = false;
    for (StackTraceElement frame : thread.getStackTrace()) {
      found |= frame.getMethodName().equals("await");
    }
    Check.that(found, "the frame await in the stack of a parked virtual thread");
    end.countDown();
    Check.join(thread);
    Check.equal(Thread.State.TERMINATED, thread.getState());
  }

  private static void exceptions() throws Exception {
    AtomicReference<Throwable> seen = new AtomicReference<>();
    Thread thread =
        Thread.ofVirtual()
            .uncaughtExceptionHandler((t, e) -> seen.set(e))
            .start(
                () -> {
                  throw new IllegalStateException("on purpose");
                });
    Check.join(thread);
    Check.that(seen.get() instanceof IllegalStateException, "the handler saw it");
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Object> future =
          threads.submit(
              () -> {
                throw new java.io.IOException("in a task");
              });
      Exception thrown = Check.thrown(java.util.concurrent.ExecutionException.class, future::get);
      Check.equal("in a task", thrown.getCause().getMessage());
    }
  }

  private static void handOver() throws Exception {
    SynchronousQueue<Integer> queue = new SynchronousQueue<>();
    AtomicLong sum = new AtomicLong();
    Thread taker =
        Thread.startVirtualThread(
            () -> {
              try {
                for (int i = 0; i < 2_000; i++) {
                  sum.addAndGet(queue.take());
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    for (int i = 0; i < 2_000; i++) {
      queue.put(i);
    }
    Check.join(taker);
    Check.equal(1_999_000L, sum.get());
  }

  private static void chain() throws Exception {
    Thread last = Thread.currentThread();
    List<Thread> threads = new ArrayList<>();
    AtomicInteger done = new AtomicInteger();
    CountDownLatch go = new CountDownLatch(1);
    for (int i = 0; i < 1_000; i++) {
      Thread before = i == 0 ? null : last;
      last =
          Thread.startVirtualThread(
              () -> {
                try {
                  if (before == null) {
                    go.await();
                  } else {
                    before.join();
                  }
                  done.incrementAndGet();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      threads.add(last);
    }
    go.countDown();
    Check.join(last);
    Check.equal(1_000, done.get());
  }

  private static int descend(int n, Semaphore gate) {
    if (n == 0) {
      gate.acquireUninterruptibly();
      return 0;
    }
    return descend(n - 1, gate) + 1;
  }

  private static void deepStacks() throws Exception {
    Semaphore gate = new Semaphore(0);
    AtomicInteger depth = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      threads.add(Thread.startVirtualThread(() -> depth.addAndGet(descend(500, gate))));
    }
    Check.await(() -> gate.getQueueLength() == 100, "all are parked");
    System.gc();
    gate.release(100);
    for (Thread thread : threads) {
      Check.join(thread);
    }
    Check.equal(50_000, depth.get());
  }

  private static void besidePlatform() throws Exception {
    ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();
    CountDownLatch done = new CountDownLatch(200);
    for (int i = 0; i < 100; i++) {
      Runnable body =
          () -> {
            LockSupport.parkNanos(1_000_000);
            seen.add(Thread.currentThread().isVirtual() ? "virtual" : "platform");
            done.countDown();
          };
      Thread.ofVirtual().start(body);
      Thread.ofPlatform().start(body);
    }
    Check.that(done.await(Check.PATIENCE, TimeUnit.MILLISECONDS), "all have ended");
    Check.equal(100L, seen.stream().filter("virtual"::equals).count());
  }

  private static void parkRace() throws Exception {
    int rounds = 10_000;
    AtomicInteger ball = new AtomicInteger();
    Thread[] players = new Thread[2];
    for (int i = 0; i < 2; i++) {
      int mine = i;
      players[i] =
          Thread.ofVirtual()
              .unstarted(
                  () -> {
                    for (int hit = mine; hit < rounds; hit += 2) {
                      while (ball.get() != hit) {
                        LockSupport.park();
                      }
                      ball.set(hit + 1);
                      LockSupport.unpark(players[1 - mine]);
                    }
                  });
    }
    players[0].start();
    players[1].start();
    Check.join(players[0]);
    Check.join(players[1]);
    Check.equal(rounds, ball.get());
  }
}

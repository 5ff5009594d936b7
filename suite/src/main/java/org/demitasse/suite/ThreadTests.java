package org.demitasse.suite;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/** Platform threads: life, states, interrupts, locals, handlers. */
final class ThreadTests {

  private static final ScopedValue<String> SCOPED = ScopedValue.newInstance();

  private ThreadTests() {}

  static void addTo(TestList tests) {
    tests.add("500 at once", ThreadTests::fiveHundredAtOnce);
    tests.add("5,000 in turn, stacks freed", ThreadTests::thousandsInTurn);
    tests.add("states", ThreadTests::states);
    tests.add("start twice is refused", ThreadTests::startTwice);
    tests.add("names, ids, groups", ThreadTests::namesAndIds);
    tests.add("daemon", ThreadTests::daemon);
    tests.add("join with a limit", ThreadTests::joinWithLimit);
    tests.add("interrupt ends sleep", ThreadTests::interruptSleep);
    tests.add("interrupt ends wait", ThreadTests::interruptWait);
    tests.add("interrupt ends join", ThreadTests::interruptJoin);
    tests.add("interrupt ends park and keeps the flag", ThreadTests::interruptPark);
    tests.add("interrupt ends a queue's take", ThreadTests::interruptTake);
    tests.add("interrupt ends lockInterruptibly", ThreadTests::interruptLock);
    tests.add("interrupt before sleep", ThreadTests::interruptBefore);
    tests.add("park and unpark in a race", ThreadTests::parkRace);
    tests.add("unpark before park", ThreadTests::unparkBefore);
    tests.add("thread-locals", ThreadTests::threadLocals);
    tests.add("inheritable thread-locals", ThreadTests::inheritable);
    tests.add("scoped values", ThreadTests::scopedValues);
    tests.add("uncaught exception handlers", ThreadTests::uncaught);
    tests.add("all stack traces", ThreadTests::allStackTraces);
    tests.add("stack of another thread", ThreadTests::stackOfAnother);
    tests.add("StackWalker", ThreadTests::stackWalker);
    tests.add("class initialisation by several threads", ThreadTests::classInitialisation);
  }

  private static void fiveHundredAtOnce() throws Exception {
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
    all.await();
    go.countDown();
    for (Thread thread : threads) {
      Check.join(thread);
    }
    Check.equal(500, done.get(), "threads that ran to their end");
  }

  private static int descend(int n) {
    return n == 0 ? 0 : descend(n - 1) + 1;
  }

  private static void thousandsInTurn() throws Exception {
    AtomicInteger depth = new AtomicInteger();
    for (int i = 0; i < 5_000; i++) {
      Thread thread = Thread.ofPlatform().start(() -> depth.addAndGet(descend(200)));
      Check.join(thread);
    }
    Check.equal(5_000 * 200, depth.get(), "depth of all");
  }

  private static void states() throws Exception {
    Object monitor = new Object();
    AtomicInteger stage = new AtomicInteger();
    Thread thread =
        new Thread(
            () -> {
              stage.set(1);
              LockSupport.park();
              stage.set(2);
              try {
                Thread.sleep(Check.PATIENCE);
              } catch (InterruptedException e) {
                stage.set(3);
              }
              synchronized (monitor) {
                stage.set(4);
              }
            });
    Check.equal(Thread.State.NEW, thread.getState());
    thread.start();
    Check.await(
        () -> stage.get() == 1 && thread.getState() == Thread.State.WAITING, "state WAITING");
    LockSupport.unpark(thread);
    Check.await(
        () -> stage.get() == 2 && thread.getState() == Thread.State.TIMED_WAITING,
        "state TIMED_WAITING");
    synchronized (monitor) {
      thread.interrupt();
      Check.await(
          () -> stage.get() == 3 && thread.getState() == Thread.State.BLOCKED, "state BLOCKED");
    }
    Check.join(thread);
    Check.equal(Thread.State.TERMINATED, thread.getState());
    Check.equal(4, stage.get());
    Check.that(!thread.isAlive(), "an ended thread is not alive");
    Check.equal(Thread.State.RUNNABLE, Thread.currentThread().getState());
  }

  private static void startTwice() throws Exception {
    Thread thread = new Thread(() -> {});
    thread.start();
    Check.thrown(IllegalThreadStateException.class, thread::start);
    Check.join(thread);
    Check.thrown(IllegalThreadStateException.class, thread::start);
  }

  private static void namesAndIds() throws Exception {
    Set<Long> ids = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      ids.add(new Thread(() -> {}).threadId());
    }
    Check.equal(100, ids.size(), "different ids");
    AtomicReference<String> seen = new AtomicReference<>();
    Thread thread =
        Thread.ofPlatform()
            .name("worker-", 7)
            .start(() -> seen.set(Thread.currentThread().getName()));
    Check.join(thread);
    Check.equal("worker-7", seen.get());
    ThreadGroup group = new ThreadGroup("group");
    CountDownLatch end = new CountDownLatch(1);
    Thread member = new Thread(group, () -> awaitQuietly(end), "member");
    member.start();
    Thread[] members = new Thread[4];
    Check.await(() -> group.enumerate(members) == 1, "one thread in the group");
    Check.equal(member, members[0]);
    end.countDown();
    Check.join(member);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void daemon() throws Exception {
    AtomicReference<Boolean> child = new AtomicReference<>();
    Thread parent = new Thread(() -> child.set(new Thread(() -> {}).isDaemon()));
    parent.setDaemon(true);
    parent.start();
    Check.join(parent);
    Check.equal(true, child.get(), "a daemon's child is one");
    Check.equal(false, Thread.ofPlatform().daemon(false).unstarted(() -> {}).isDaemon());
    CountDownLatch end = new CountDownLatch(1);
    Thread running = Thread.ofPlatform().start(() -> awaitQuietly(end));
    Check.thrown(IllegalThreadStateException.class, () -> running.setDaemon(true));
    end.countDown();
    Check.join(running);
  }

  private static void joinWithLimit() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    Thread thread = Thread.ofPlatform().start(() -> awaitQuietly(end));
    thread.join(5);
    Check.that(thread.isAlive(), "it still runs");
    Check.equal(false, thread.join(java.time.Duration.ofMillis(5)));
    end.countDown();
    Check.equal(true, thread.join(java.time.Duration.ofMillis(Check.PATIENCE)));
  }

  private static void interrupted(TestBody blocking) throws Exception {
    AtomicReference<Object> seen = new AtomicReference<>();
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    blocking.run();
                    seen.set("no exception");
                  } catch (InterruptedException e) {
                    seen.set(Thread.currentThread().isInterrupted() ? "flag kept" : "flag cleared");
                  } catch (Exception e) {
                    seen.set(e);
                  }
                });
    Check.await(
        () ->
            thread.getState() == Thread.State.WAITING
                || thread.getState() == Thread.State.TIMED_WAITING,
        "the thread blocks");
    thread.interrupt();
    Check.join(thread);
    Check.equal("flag cleared", seen.get());
  }

  private static void interruptSleep() throws Exception {
    interrupted(() -> Thread.sleep(Check.PATIENCE));
  }

  private static void interruptWait() throws Exception {
    Object monitor = new Object();
    interrupted(
        () -> {
          synchronized (monitor) {
            monitor.wait();
          }
        });
  }

  private static void interruptJoin() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    Thread other = Thread.ofPlatform().start(() -> awaitQuietly(end));
    interrupted(other::join);
    end.countDown();
    Check.join(other);
  }

  private static void interruptPark() throws Exception {
    AtomicReference<Boolean> flag = new AtomicReference<>();
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!Thread.currentThread().isInterrupted()) {
                    LockSupport.park();
                  }
                  flag.set(Thread.interrupted() && !Thread.interrupted());
                });
    Check.await(() -> thread.getState() == Thread.State.WAITING, "the thread is parked");
    thread.interrupt();
    Check.join(thread);
    Check.equal(true, flag.get(), "the flag was set once");
  }

  private static void interruptTake() throws Exception {
    ArrayBlockingQueue<String> queue = new ArrayBlockingQueue<>(1);
    interrupted(queue::take);
  }

  private static void interruptLock() throws Exception {
    ReentrantLock lock = new ReentrantLock();
    lock.lock();
    try {
      interrupted(lock::lockInterruptibly);
    } finally {
      lock.unlock();
    }
  }

  private static void interruptBefore() {
    Thread.currentThread().interrupt();
    Check.thrown(InterruptedException.class, () -> Thread.sleep(Check.PATIENCE));
    Check.equal(false, Thread.interrupted());
  }

  private static void parkRace() throws Exception {
    int rounds = 20_000;
    AtomicInteger ball = new AtomicInteger();
    Thread[] players = new Thread[2];
    for (int i = 0; i < 2; i++) {
      int mine = i;
      players[i] =
          Thread.ofPlatform()
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
    Check.equal(rounds, ball.get(), "hits");
  }

  private static void unparkBefore() {
    LockSupport.unpark(Thread.currentThread());
    LockSupport.unpark(Thread.currentThread());
    LockSupport.park();
    long before = System.nanoTime();
    for (int i = 0; i < 100 && System.nanoTime() - before < 5_000_000; i++) {
      LockSupport.parkNanos(5_000_000);
    }
    Check.that(System.nanoTime() - before >= 5_000_000, "one permit at most was kept");
    LockSupport.parkUntil(System.currentTimeMillis() + 2);
  }

  private static void threadLocals() throws Exception {
    ThreadLocal<StringBuilder> local = ThreadLocal.withInitial(StringBuilder::new);
    AtomicInteger right = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      String mine = "thread " + i;
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    local.get().append(mine);
                    Thread.yield();
                    if (local.get().toString().equals(mine)) {
                      right.incrementAndGet();
                    }
                    local.remove();
                    if (local.get().isEmpty()) {
                      right.incrementAndGet();
                    }
                  }));
    }
    for (Thread thread : threads) {
      Check.join(thread);
    }
    Check.equal(100, right.get());
  }

  private static void inheritable() throws Exception {
    InheritableThreadLocal<String> local =
        new InheritableThreadLocal<>() {
          @Override
          protected String childValue(String parent) {
            return parent + "'s child";
          }
        };
    local.set("parent");
    AtomicReference<String> child = new AtomicReference<>();
    AtomicReference<String> without = new AtomicReference<>("unset");
    Check.join(Thread.ofPlatform().start(() -> child.set(local.get())));
    Check.join(
        Thread.ofPlatform()
            .inheritInheritableThreadLocals(false)
            .start(() -> without.set(local.get())));
    Check.equal("parent's child", child.get());
    Check.equal(null, without.get());
    Check.equal("parent", local.get());
  }

  private static void scopedValues() throws Exception {
    Check.equal(false, SCOPED.isBound());
    String seen =
        ScopedValue.where(SCOPED, "outer")
            .call(
                () ->
                    SCOPED.get()
                        + ScopedValue.where(SCOPED, "inner").call(SCOPED::get)
                        + SCOPED.get());
    Check.equal("outerinnerouter", seen);
    Check.equal("else", SCOPED.orElse("else"));
    AtomicReference<Boolean> other = new AtomicReference<>();
    ScopedValue.where(SCOPED, "bound")
        .call(
            () -> {
              Check.join(Thread.ofPlatform().start(() -> other.set(SCOPED.isBound())));
              return null;
            });
    Check.equal(false, other.get(), "bound in another thread");
  }

  private static void uncaught() throws Exception {
    AtomicReference<String> seen = new AtomicReference<>();
    Runnable failing =
        () -> {
          throw new IllegalStateException("on purpose");
        };
    Thread own =
        Thread.ofPlatform()
            .uncaughtExceptionHandler((t, e) -> seen.set("own " + e.getMessage()))
            .start(failing);
    Check.join(own);
    Check.equal("own on purpose", seen.get());
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((t, e) -> seen.set("default " + t.getName()));
    try {
      Check.join(Thread.ofPlatform().name("failing").start(failing));
      Check.equal("default failing", seen.get());
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
    ThreadGroup group =
        new ThreadGroup("handling") {
          @Override
          public void uncaughtException(Thread t, Throwable e) {
            seen.set("group " + e.getMessage());
          }
        };
    Thread member = new Thread(group, failing);
    member.start();
    Check.join(member);
    Check.equal("group on purpose", seen.get());
  }

  private static void waitHere(CountDownLatch latch) {
    awaitQuietly(latch);
  }

  private static void allStackTraces() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    Thread thread = Thread.ofPlatform().name("traced").start(() -> waitHere(end));
    Check.await(() -> thread.getState() == Thread.State.WAITING, "the thread waits");
    Map<Thread, StackTraceElement[]> traces = Thread.getAllStackTraces();
    end.countDown();
    Check.join(thread);
    Check.that(traces.containsKey(Thread.currentThread()), "this thread is there");
    Check.that(contains(traces.get(thread), "waitHere"), "the frame waitHere of " + thread);
  }

  private static boolean contains(StackTraceElement[] frames, String method) {
    if (frames != null) {
      for (StackTraceElement frame : frames) {
        if (frame.getMethodName().equals(method)) {
          return true;
        }
      }
    }
    return false;
  }

  private static void stackOfAnother() throws Exception {
    boolean[] stop = {false};
    Thread thread = Thread.ofPlatform().daemon().start(() -> spinUntil(stop));
    try {
      Check.await(() -> contains(thread.getStackTrace(), "spinUntil"), "a running thread's frame");
    } finally {
      synchronized (stop) {
        stop[0] = true;
      }
    }
    Check.join(thread);
    Check.equal(0, thread.getStackTrace().length, "frames of an ended thread");
  }

  private static void spinUntil(boolean[] stop) {
    while (true) {
      synchronized (stop) {
        if (stop[0]) {
          return;
        }
      }
    }
  }

  private static void stackWalker() {
    List<String> methods =
        StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
            .walk(frames -> frames.map(StackWalker.StackFrame::getMethodName).toList());
    Check.that(methods.contains("stackWalker"), "stackWalker among " + methods);
    Check.equal(
        ThreadTests.class,
        StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
            .walk(frames -> frames.findFirst().orElseThrow().getDeclaringClass()));
  }

  private static final AtomicInteger INITIALISED = new AtomicInteger();

  /** Initialised by whoever comes first, slowly. */
  private static final class Slow {
    static final long NUMBER = initialise();

    private static long initialise() {
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return INITIALISED.incrementAndGet();
    }
  }

  private static void classInitialisation() throws Exception {
    List<Thread> threads = new ArrayList<>();
    AtomicInteger sum = new AtomicInteger();
    for (int i = 0; i < 10; i++) {
      threads.add(Thread.ofPlatform().start(() -> sum.addAndGet((int) Slow.NUMBER)));
    }
    for (Thread thread : threads) {
      Check.join(thread);
    }
    Check.equal(1, INITIALISED.get(), "initialisations");
    Check.equal(10, sum.get());
  }
}

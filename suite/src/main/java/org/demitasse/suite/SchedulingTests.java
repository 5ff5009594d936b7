package org.demitasse.suite;

import java.util.ArrayList;
import java.util.List;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Who runs when: time slices, timers, clocks. */
final class SchedulingTests {

  private static volatile long spins;

  private SchedulingTests() {}

  static void addTo(TestList tests) {
    tests.add("spinner beside a ticking timer", SchedulingTests::spinnerBesideTimer);
    tests.add("spinner without calls beside a sleeper", SchedulingTests::plainSpinner);
    tests.add("ten spinners share the processor", SchedulingTests::spinnersShare);
    tests.add("priorities do not starve", SchedulingTests::priorities);
    tests.add("yield lets others run", SchedulingTests::yielding);
    tests.add("onSpinWait", SchedulingTests::onSpinWait);
    tests.add("sleep lasts", SchedulingTests::sleepLasts);
    tests.add("sleepers wake in order", SchedulingTests::sleepersInOrder);
    tests.add("java.util.Timer", SchedulingTests::timer);
    tests.add("scheduled executor at a fixed rate", SchedulingTests::fixedRate);
    tests.add("scheduled executor cancels", SchedulingTests::cancelled);
    tests.add("nanoTime never goes back", SchedulingTests::monotonic);
    tests.add("wall clock", SchedulingTests::wallClock);
    tests.add("a thousand timers", SchedulingTests::thousandTimers);
  }

  private static void spinnerBesideTimer() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    Thread spinner =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  while (!stop.get()) {
                    spins++;
                  }
                });
    try (ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor()) {
      CountDownLatch twenty = new CountDownLatch(20);
      timer.scheduleAtFixedRate(twenty::countDown, 1, 1, TimeUnit.MILLISECONDS);
      Check.that(twenty.await(Check.PATIENCE, TimeUnit.MILLISECONDS), "twenty ticks");
      timer.shutdownNow();
    } finally {
      stop.set(true);
    }
    Check.join(spinner);
    Check.that(spins > 0, "the spinner ran too");
  }

  private static int mixed;

  /** A counted loop without calls, where the compiler would like to leave the polls out. */
  private static void plainSpinner() throws Exception {
    AtomicBoolean ended = new AtomicBoolean();
    CountDownLatch started = new CountDownLatch(1);
    Thread spinner =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  started.countDown();
                  int x = 1;
                  for (int i = 0; i < Integer.MAX_VALUE / 4; i++) {
                    x = x * 31 + i;
                  }
                  mixed = x;
                  ended.set(true);
                });
    started.await();
    int sleeps = 0;
    while (!ended.get()) {
      Thread.sleep(1);
      sleeps++;
    }
    Check.join(spinner);
    Check.that(sleeps > 3, "the sleeper woke up beside the loop: " + sleeps + " times");
  }

  private static void spinnersShare() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    AtomicLong[] counts = new AtomicLong[10];
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < counts.length; i++) {
      AtomicLong count = counts[i] = new AtomicLong();
      threads.add(
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> {
                    while (!stop.get()) {
                      count.incrementAndGet();
                    }
                  }));
    }
    try {
      for (AtomicLong count : counts) {
        Check.await(() -> count.get() > 1000, "each spinner gets its share");
      }
    } finally {
      stop.set(true);
    }
    for (Thread thread : threads) {
      Check.join(thread);
    }
  }

  private static void priorities() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    AtomicLong low = new AtomicLong();
    Thread greedy =
        Thread.ofPlatform()
            .daemon()
            .priority(Thread.MAX_PRIORITY)
            .start(
                () -> {
                  while (!stop.get()) {
                    spins++;
                  }
                });
    Thread modest =
        Thread.ofPlatform()
            .daemon()
            .priority(Thread.MIN_PRIORITY)
            .start(
                () -> {
                  while (!stop.get()) {
                    low.incrementAndGet();
                  }
                });
    try {
      Check.await(() -> low.get() > 1000, "the low priority runs as well");
      Check.equal(Thread.MIN_PRIORITY, modest.getPriority());
    } finally {
      stop.set(true);
    }
    Check.join(greedy);
    Check.join(modest);
  }

  private static void yielding() throws Exception {
    AtomicBoolean ran = new AtomicBoolean();
    Thread thread = Thread.ofPlatform().start(() -> ran.set(true));
    while (!ran.get()) {
      Thread.yield();
    }
    Check.join(thread);
  }

  private static void onSpinWait() throws Exception {
    AtomicInteger ball = new AtomicInteger();
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  for (int i = 0; i < 20; i++) {
                    while (ball.get() % 2 == 0) {
                      Thread.onSpinWait();
                    }
                    ball.incrementAndGet();
                  }
                });
    for (int i = 0; i < 20; i++) {
      ball.incrementAndGet();
      while (ball.get() % 2 == 1) {
        Thread.onSpinWait();
      }
    }
    Check.join(thread);
    Check.equal(40, ball.get());
  }

  private static void sleepLasts() throws Exception {
    for (int millis : new int[] {0, 1, 5, 20, 50}) {
      long before = System.nanoTime();
      Thread.sleep(millis);
      Check.that(System.nanoTime() - before >= millis * 1_000_000L, millis + " ms of sleep");
    }
    long before = System.nanoTime();
    Thread.sleep(0, 200_000);
    TimeUnit.MICROSECONDS.sleep(300);
    Check.that(System.nanoTime() - before >= 500_000, "sleep below a millisecond");
    Check.thrown(IllegalArgumentException.class, () -> Thread.sleep(-1));
  }

  private static void sleepersInOrder() throws Exception {
    List<Integer> order = java.util.Collections.synchronizedList(new ArrayList<>());
    long begin = System.nanoTime() + 50_000_000;
    List<Thread> threads = new ArrayList<>();
    for (int delay : new int[] {900, 300, 600}) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      long rest = begin + delay * 1_000_000L - System.nanoTime();
                      TimeUnit.NANOSECONDS.sleep(rest);
                      order.add(delay);
                    } catch (InterruptedException e) {
                      order.add(-1);
                    }
                  }));
    }
    for (Thread thread : threads) {
      Check.join(thread);
    }
    Check.equal(List.of(300, 600, 900), order);
  }

  private static void timer() throws Exception {
    Timer timer = new Timer("timer", true);
    CountDownLatch five = new CountDownLatch(5);
    TimerTask task =
        new TimerTask() {
          @Override
          public void run() {
            five.countDown();
          }
        };
    timer.schedule(task, 1, 2);
    Check.that(five.await(Check.PATIENCE, TimeUnit.MILLISECONDS), "five runs");
    Check.equal(true, task.cancel());
    timer.cancel();
    Check.thrown(
        IllegalStateException.class,
        () ->
            timer.schedule(
                new TimerTask() {
                  @Override
                  public void run() {}
                },
                1));
  }

  private static void fixedRate() throws Exception {
    try (ScheduledExecutorService timer = Executors.newScheduledThreadPool(2)) {
      CountDownLatch rate = new CountDownLatch(5);
      CountDownLatch delay = new CountDownLatch(5);
      timer.scheduleAtFixedRate(rate::countDown, 0, 2, TimeUnit.MILLISECONDS);
      timer.scheduleWithFixedDelay(delay::countDown, 0, 2, TimeUnit.MILLISECONDS);
      Check.that(rate.await(Check.PATIENCE, TimeUnit.MILLISECONDS), "five at a rate");
      Check.that(delay.await(Check.PATIENCE, TimeUnit.MILLISECONDS), "five with a delay");
      Check.equal(42, timer.schedule(() -> 42, 3, TimeUnit.MILLISECONDS).get());
      timer.shutdownNow();
    }
  }

  private static void cancelled() throws Exception {
    try (ScheduledExecutorService timer = Executors.newScheduledThreadPool(1)) {
      AtomicBoolean ran = new AtomicBoolean();
      ScheduledFuture<?> future = timer.schedule(() -> ran.set(true), 1, TimeUnit.HOURS);
      Check.that(future.getDelay(TimeUnit.MINUTES) >= 58, "it is due in an hour");
      Check.equal(true, future.cancel(false));
      Check.equal(true, future.isCancelled());
      Check.equal(false, ran.get());
    }
  }

  private static void monotonic() {
    long last = System.nanoTime();
    for (int i = 0; i < 200_000; i++) {
      long now = System.nanoTime();
      Check.that(now >= last, "nanoTime went back by " + (last - now));
      last = now;
    }
  }

  private static void wallClock() throws Exception {
    long before = System.currentTimeMillis();
    Check.that(before > 1_700_000_000_000L, "the wall clock is set: " + before);
    Thread.sleep(5);
    Check.that(System.currentTimeMillis() > before, "the wall clock goes on");
    long instant = java.time.Instant.now().toEpochMilli();
    Check.that(Math.abs(instant - System.currentTimeMillis()) < 60_000, "both clocks agree");
  }

  private static void thousandTimers() throws Exception {
    try (ScheduledExecutorService timer = Executors.newScheduledThreadPool(4)) {
      CountDownLatch all = new CountDownLatch(1000);
      for (int i = 0; i < 1000; i++) {
        timer.schedule(all::countDown, 1 + (i * 7919) % 50, TimeUnit.MILLISECONDS);
      }
      Check.that(all.await(Check.PATIENCE, TimeUnit.MILLISECONDS), "all timers ran");
    }
  }
}

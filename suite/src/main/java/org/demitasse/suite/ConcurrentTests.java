package org.demitasse.suite;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.Exchanger;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.RecursiveTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.concurrent.locks.StampedLock;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** {@code java.util.concurrent}. */
final class ConcurrentTests {

  private volatile int updated;

  private ConcurrentTests() {}

  static void addTo(TestList tests) {
    tests.add("ReentrantLock keeps a count", ConcurrentTests::reentrantLock);
    tests.add("Condition as a bounded buffer", ConcurrentTests::condition);
    tests.add("Condition with a limit", ConcurrentTests::conditionLimit);
    tests.add("tryLock with a limit", ConcurrentTests::tryLock);
    tests.add("ReentrantReadWriteLock", ConcurrentTests::readWriteLock);
    tests.add("StampedLock", ConcurrentTests::stampedLock);
    tests.add("Phaser", ConcurrentTests::phaser);
    tests.add("CyclicBarrier", ConcurrentTests::cyclicBarrier);
    tests.add("Semaphore", ConcurrentTests::semaphore);
    tests.add("Exchanger", ConcurrentTests::exchanger);
    tests.add("ForkJoin recursive task", ConcurrentTests::forkJoin);
    tests.add("parallel streams", ConcurrentTests::parallelStreams);
    tests.add("parallel sort", ConcurrentTests::parallelSort);
    tests.add("CompletableFuture", ConcurrentTests::completableFuture);
    tests.add("CompletableFuture with a limit", ConcurrentTests::completableFutureLimit);
    tests.add("fixed pool", ConcurrentTests::fixedPool);
    tests.add("pool refuses after shutdown", ConcurrentTests::poolShutdown);
    tests.add("pool with a bounded queue", ConcurrentTests::boundedPool);
    tests.add("invokeAll and invokeAny", ConcurrentTests::invokeAll);
    tests.add("shutdownNow interrupts", ConcurrentTests::shutdownNow);
    tests.add("work-stealing pool", ConcurrentTests::workStealing);
    tests.add("ConcurrentHashMap under threads", ConcurrentTests::concurrentMap);
    tests.add("ConcurrentSkipListMap", ConcurrentTests::skipList);
    tests.add("producer and consumer", ConcurrentTests::producerConsumer);
    tests.add("DelayQueue", ConcurrentTests::delayQueue);
    tests.add("Flow publisher", ConcurrentTests::flow);
    tests.add("LongAdder and field updater", ConcurrentTests::adders);
  }

  private static void inThreads(int count, TestBody body) throws Exception {
    List<Future<?>> futures = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(count)) {
      for (int i = 0; i < count; i++) {
        futures.add(
            pool.submit(
                () -> {
                  body.run();
                  return null;
                }));
      }
      for (Future<?> future : futures) {
        future.get(Check.PATIENCE, TimeUnit.MILLISECONDS);
      }
    }
  }

  private static void reentrantLock() throws Exception {
    for (boolean fair : new boolean[] {false, true}) {
      ReentrantLock lock = new ReentrantLock(fair);
      long[] count = {0};
      inThreads(
          8,
          () -> {
            for (int n = 0; n < 5_000; n++) {
              lock.lock();
              lock.lock();
              try {
                count[0]++;
              } finally {
                lock.unlock();
                lock.unlock();
              }
            }
          });
      Check.equal(40_000L, count[0]);
      Check.equal(false, lock.isLocked());
    }
  }

  private static void condition() throws Exception {
    ReentrantLock lock = new ReentrantLock();
    Condition notFull = lock.newCondition();
    Condition notEmpty = lock.newCondition();
    java.util.ArrayDeque<Integer> buffer = new java.util.ArrayDeque<>();
    long[] sum = {0};
    AtomicInteger role = new AtomicInteger();
    inThreads(
        4,
        () -> {
          boolean producer = role.getAndIncrement() % 2 == 0;
          for (int n = 1; n <= 2_000; n++) {
            lock.lock();
            try {
              if (producer) {
                while (buffer.size() == 3) {
                  notFull.await();
                }
                buffer.add(n);
                notEmpty.signal();
              } else {
                while (buffer.isEmpty()) {
                  notEmpty.await();
                }
                sum[0] += buffer.remove();
                notFull.signal();
              }
            } finally {
              lock.unlock();
            }
          }
        });
    Check.equal(2L * 2_001_000, sum[0]);
  }

  private static void conditionLimit() throws Exception {
    ReentrantLock lock = new ReentrantLock();
    Condition condition = lock.newCondition();
    lock.lock();
    try {
      Check.equal(false, condition.await(5, TimeUnit.MILLISECONDS));
      Check.that(condition.awaitNanos(1_000_000) <= 0, "no time is left");
    } finally {
      lock.unlock();
    }
  }

  private static void tryLock() throws Exception {
    ReentrantLock lock = new ReentrantLock();
    lock.lock();
    try {
      inThreads(
          2,
          () -> {
            Check.equal(false, lock.tryLock());
            Check.equal(false, lock.tryLock(3, TimeUnit.MILLISECONDS));
          });
    } finally {
      lock.unlock();
    }
    Check.equal(true, lock.tryLock());
    lock.unlock();
  }

  private static void readWriteLock() throws Exception {
    ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    int[] pair = {0, 0};
    inThreads(
        6,
        () -> {
          for (int n = 0; n < 1_000; n++) {
            if (n % 10 == 0) {
              lock.writeLock().lock();
              try {
                pair[0]++;
                Thread.yield();
                pair[1]++;
              } finally {
                lock.writeLock().unlock();
              }
            } else {
              lock.readLock().lock();
              try {
                Check.equal(pair[0], pair[1]);
              } finally {
                lock.readLock().unlock();
              }
            }
          }
        });
    Check.equal(600, pair[0]);
  }

  private static void stampedLock() throws Exception {
    StampedLock lock = new StampedLock();
    long[] pair = {0, 0};
    inThreads(
        4,
        () -> {
          for (int n = 0; n < 2_000; n++) {
            if (n % 5 == 0) {
              long stamp = lock.writeLock();
              pair[0]++;
              pair[1]++;
              lock.unlockWrite(stamp);
            } else {
              long stamp = lock.tryOptimisticRead();
              long a = pair[0];
              long b = pair[1];
              if (stamp == 0 || !lock.validate(stamp)) {
                stamp = lock.readLock();
                a = pair[0];
                b = pair[1];
                lock.unlockRead(stamp);
              }
              Check.equal(a, b);
            }
          }
        });
    Check.equal(1_600L, pair[0]);
  }

  private static void phaser() throws Exception {
    Phaser phaser = new Phaser(5);
    AtomicInteger steps = new AtomicInteger();
    inThreads(
        5,
        () -> {
          for (int phase = 0; phase < 50; phase++) {
            Check.that(steps.get() >= phase * 5, "nobody is a phase ahead");
            steps.incrementAndGet();
            phaser.arriveAndAwaitAdvance();
          }
          phaser.arriveAndDeregister();
        });
    Check.equal(250, steps.get());
    Check.equal(true, phaser.isTerminated());
  }

  private static void cyclicBarrier() throws Exception {
    AtomicInteger trips = new AtomicInteger();
    CyclicBarrier barrier = new CyclicBarrier(4, trips::incrementAndGet);
    inThreads(
        4,
        () -> {
          for (int i = 0; i < 100; i++) {
            barrier.await(Check.PATIENCE, TimeUnit.MILLISECONDS);
          }
        });
    Check.equal(100, trips.get());
    Check.thrown(TimeoutException.class, () -> barrier.await(2, TimeUnit.MILLISECONDS));
    Check.equal(true, barrier.isBroken());
  }

  private static void semaphore() throws Exception {
    Semaphore permits = new Semaphore(3);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    inThreads(
        10,
        () -> {
          for (int i = 0; i < 50; i++) {
            permits.acquire();
            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
            Thread.yield();
            inside.decrementAndGet();
            permits.release();
          }
        });
    Check.that(most.get() <= 3, "never more than three: " + most.get());
    Check.equal(false, permits.tryAcquire(4, 2, TimeUnit.MILLISECONDS));
  }

  private static void exchanger() throws Exception {
    Exchanger<String> exchanger = new Exchanger<>();
    AtomicInteger number = new AtomicInteger();
    List<String> seen = java.util.Collections.synchronizedList(new ArrayList<>());
    inThreads(
        2,
        () ->
            seen.add(
                exchanger.exchange(
                    "from " + number.getAndIncrement(), Check.PATIENCE, TimeUnit.MILLISECONDS)));
    Check.equal(List.of("from 0", "from 1"), seen.stream().sorted().toList());
  }

  /** Fibonacci the slow way. */
  private static final class Fibonacci extends RecursiveTask<Integer> {
    private final int n;

    Fibonacci(int n) {
      this.n = n;
    }

    @Override
    protected Integer compute() {
      if (n < 2) {
        return n;
      }
      Fibonacci left = new Fibonacci(n - 1);
      left.fork();
      return new Fibonacci(n - 2).compute() + left.join();
    }
  }

  private static void forkJoin() throws Exception {
    try (ForkJoinPool pool = new ForkJoinPool(4)) {
      Check.equal(6765, pool.invoke(new Fibonacci(20)));
    }
    Check.equal(610, ForkJoinPool.commonPool().invoke(new Fibonacci(15)));
  }

  private static void parallelStreams() {
    Check.equal(500_000_500_000L, LongStream.rangeClosed(1, 1_000_000).parallel().sum());
    Map<Integer, Long> groups =
        IntStream.range(0, 10_000)
            .parallel()
            .boxed()
            .collect(
                java.util.stream.Collectors.groupingByConcurrent(
                    i -> i % 10, java.util.stream.Collectors.counting()));
    Check.equal(10, groups.size());
    Check.that(groups.values().stream().allMatch(n -> n == 1000), "groups of a thousand");
  }

  private static void parallelSort() {
    int[] numbers = new Random(5).ints(200_000).toArray();
    int[] expected = numbers.clone();
    Arrays.sort(expected);
    Arrays.parallelSort(numbers);
    Check.that(Arrays.equals(expected, numbers), "both sorts agree");
    Arrays.parallelPrefix(numbers, Math::max);
    Check.that(Arrays.equals(expected, numbers), "the maximum so far of what is sorted");
  }

  private static void completableFuture() throws Exception {
    CompletableFuture<Integer> sum =
        CompletableFuture.supplyAsync(() -> 20)
            .thenCombine(CompletableFuture.supplyAsync(() -> 22), Integer::sum)
            .thenApplyAsync(n -> n * 2);
    Check.equal(84, sum.get(Check.PATIENCE, TimeUnit.MILLISECONDS));
    CompletableFuture<Integer> failing =
        CompletableFuture.supplyAsync(
            () -> {
              throw new IllegalStateException("stage");
            });
    Check.equal(-1, failing.exceptionally(e -> -1).get());
    ExecutionException thrown = Check.thrown(ExecutionException.class, failing::get);
    Check.equal("stage", thrown.getCause().getMessage());
    List<CompletableFuture<Integer>> many =
        IntStream.range(0, 100).mapToObj(i -> CompletableFuture.supplyAsync(() -> i)).toList();
    CompletableFuture.allOf(many.toArray(CompletableFuture[]::new)).join();
    Check.equal(4950, many.stream().mapToInt(CompletableFuture::join).sum());
  }

  private static void completableFutureLimit() {
    CompletableFuture<String> never = new CompletableFuture<>();
    Check.equal("late", never.copy().completeOnTimeout("late", 3, TimeUnit.MILLISECONDS).join());
    ExecutionException thrown =
        Check.thrown(
            ExecutionException.class, () -> never.copy().orTimeout(3, TimeUnit.MILLISECONDS).get());
    Check.that(thrown.getCause() instanceof TimeoutException, "the cause is the limit");
    Check.thrown(TimeoutException.class, () -> never.get(2, TimeUnit.MILLISECONDS));
    Check.equal(
        7,
        CompletableFuture.supplyAsync(
                () -> 7, CompletableFuture.delayedExecutor(3, TimeUnit.MILLISECONDS))
            .join());
  }

  private static void fixedPool() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(8);
    List<Future<Integer>> futures = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      int number = i;
      futures.add(pool.submit(() -> number * number));
    }
    long sum = 0;
    for (Future<Integer> future : futures) {
      sum += future.get();
    }
    Check.equal(332_833_500L, sum);
    pool.shutdown();
    Check.that(pool.awaitTermination(Check.PATIENCE, TimeUnit.MILLISECONDS), "the pool ends");
  }

  private static void poolShutdown() {
    ExecutorService pool = Executors.newCachedThreadPool();
    pool.shutdown();
    Check.thrown(RejectedExecutionException.class, () -> pool.submit(() -> 1));
  }

  private static void boundedPool() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(1, 2, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(1));
    try {
      Runnable blocking =
          () -> {
            try {
              end.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          };
      pool.execute(blocking);
      pool.execute(blocking);
      pool.execute(blocking);
      Check.thrown(RejectedExecutionException.class, () -> pool.execute(blocking));
      Check.equal(2, pool.getPoolSize());
    } finally {
      end.countDown();
      pool.shutdown();
    }
    Check.that(pool.awaitTermination(Check.PATIENCE, TimeUnit.MILLISECONDS), "the pool ends");
    Check.equal(3L, pool.getCompletedTaskCount());
  }

  private static void invokeAll() throws Exception {
    try (ExecutorService pool = Executors.newFixedThreadPool(3)) {
      List<Callable<Integer>> tasks = List.of(() -> 1, () -> 2, () -> 3);
      int sum = 0;
      for (Future<Integer> future : pool.invokeAll(tasks)) {
        sum += future.resultNow();
      }
      Check.equal(6, sum);
      int any =
          pool.invokeAny(
              List.of(
                  () -> {
                    throw new IllegalStateException();
                  },
                  () -> 5));
      Check.equal(5, any);
    }
  }

  private static void shutdownNow() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(2);
    CountDownLatch started = new CountDownLatch(2);
    AtomicInteger interrupted = new AtomicInteger();
    for (int i = 0; i < 5; i++) {
      pool.submit(
          () -> {
            started.countDown();
            try {
              Thread.sleep(Check.PATIENCE);
            } catch (InterruptedException e) {
              interrupted.incrementAndGet();
            }
          });
    }
    started.await();
    Check.equal(3, pool.shutdownNow().size(), "tasks that had not begun");
    Check.that(pool.awaitTermination(Check.PATIENCE, TimeUnit.MILLISECONDS), "the pool ends");
    Check.equal(2, interrupted.get());
  }

  private static void workStealing() throws Exception {
    try (ExecutorService pool = Executors.newWorkStealingPool()) {
      Check.equal(9, pool.submit(() -> 9).get(Check.PATIENCE, TimeUnit.MILLISECONDS));
    }
  }

  private static void concurrentMap() throws Exception {
    ConcurrentHashMap<Integer, LongAdder> map = new ConcurrentHashMap<>();
    inThreads(
        8,
        () -> {
          for (int i = 0; i < 5_000; i++) {
            map.computeIfAbsent(i % 500, k -> new LongAdder()).increment();
          }
        });
    Check.equal(500, map.size());
    Check.equal(40_000L, map.reduceValuesToLong(1, LongAdder::sum, 0, Long::sum));
    Check.equal(null, map.search(1, (k, v) -> v.sum() != 80 ? k : null));
  }

  private static void skipList() throws Exception {
    ConcurrentSkipListMap<Integer, Integer> map = new ConcurrentSkipListMap<>();
    AtomicInteger next = new AtomicInteger();
    inThreads(
        4,
        () -> {
          for (int i = 0; i < 1_000; i++) {
            int key = next.getAndIncrement();
            map.put(key * 7919 % 4_001, key);
          }
        });
    Check.equal(4_000, map.size());
    int last = -1;
    for (int key : map.keySet()) {
      Check.that(key > last, "keys ascend");
      last = key;
    }
  }

  private static void producerConsumer() throws Exception {
    LinkedBlockingQueue<Integer> queue = new LinkedBlockingQueue<>(10);
    AtomicInteger role = new AtomicInteger();
    LongAdder sum = new LongAdder();
    inThreads(
        6,
        () -> {
          boolean producer = role.getAndIncrement() % 2 == 0;
          for (int i = 0; i < 2_000; i++) {
            if (producer) {
              queue.put(i);
            } else {
              sum.add(queue.take());
            }
          }
        });
    Check.equal(3L * 1_999_000, sum.sum());
  }

  /** Due at a time of {@link System#nanoTime}. */
  private record Due(long nanos, String name) implements Delayed {
    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(nanos - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(nanos, ((Due) other).nanos);
    }
  }

  private static void delayQueue() throws Exception {
    DelayQueue<Due> queue = new DelayQueue<>();
    long now = System.nanoTime();
    queue.add(new Due(now + 20_000_000, "second"));
    queue.add(new Due(now + 10_000_000, "first"));
    Check.equal("first", queue.take().name());
    Check.equal("second", queue.take().name());
  }

  private static void flow() throws Exception {
    LongAdder sum = new LongAdder();
    CountDownLatch complete = new CountDownLatch(1);
    try (SubmissionPublisher<Integer> publisher = new SubmissionPublisher<>()) {
      publisher.subscribe(
          new Flow.Subscriber<>() {
            private Flow.Subscription subscription;

            @Override
            public void onSubscribe(Flow.Subscription subscription) {
              this.subscription = subscription;
              subscription.request(1);
            }

            @Override
            public void onNext(Integer item) {
              sum.add(item);
              subscription.request(1);
            }

            @Override
            public void onError(Throwable throwable) {}

            @Override
            public void onComplete() {
              complete.countDown();
            }
          });
      for (int i = 0; i < 500; i++) {
        publisher.submit(i);
      }
    }
    Check.that(complete.await(Check.PATIENCE, TimeUnit.MILLISECONDS), "the stream completes");
    Check.equal(124_750L, sum.sum());
  }

  private static void adders() throws Exception {
    AtomicIntegerFieldUpdater<ConcurrentTests> updater =
        AtomicIntegerFieldUpdater.newUpdater(ConcurrentTests.class, "updated");
    ConcurrentTests object = new ConcurrentTests();
    LongAdder adder = new LongAdder();
    inThreads(
        4,
        () -> {
          for (int i = 0; i < 5_000; i++) {
            updater.incrementAndGet(object);
            adder.increment();
          }
        });
    Check.equal(20_000, object.updated);
    Check.equal(20_000L, adder.sum());
  }
}

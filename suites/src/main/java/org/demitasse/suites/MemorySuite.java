package org.demitasse.suites;

import static org.demitasse.suites.Checks.check;
import static org.demitasse.suites.Checks.same;

import java.lang.ref.Cleaner;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Heap and stacks. */
final class MemorySuite {

  private static final long PATIENCE_SECONDS = 60;

  /** Keeps what is allocated alive, where the compiler cannot see that nobody looks. */
  private static volatile Object sink;

  private MemorySuite() {}

  static void run(Checks checks) {
    checks.test("allocation of 100 times the heap", MemorySuite::churn);
    checks.test("OutOfMemoryError is thrown, caught and survived", MemorySuite::outOfMemory);
    checks.test("deep recursion is caught, again and again", MemorySuite::deepRecursion);
    checks.test("deep recursion in another thread", MemorySuite::deepRecursionInThread);
    checks.test("null, bounds, casts and division are exceptions", MemorySuite::exceptions);
    checks.test("weak references are cleared, cleaners run", MemorySuite::references);
    checks.test("direct buffers", MemorySuite::directBuffers);
    checks.test("linked structures survive collections", MemorySuite::survivors);
  }

  private static void churn() {
    // On a machine with a small heap this is its hundredfold; elsewhere it is bounded by time.
    long bytes = Math.min(100 * Runtime.getRuntime().maxMemory(), 20L << 30);
    Object[] kept = new Object[64];
    int slot = 0;
    for (long done = 0; done < bytes; done += 16 << 10) {
      kept[slot++ & 63] = new byte[16 << 10];
    }
    sink = kept;
  }

  private static void outOfMemory() {
    for (int round = 0; round < 3; round++) {
      List<byte[]> hoard = new ArrayList<>();
      boolean caught = false;
      try {
        while (true) {
          hoard.add(new byte[4 << 20]);
        }
      } catch (OutOfMemoryError e) {
        caught = true;
      }
      check(caught && !hoard.isEmpty(), "the error came after some allocations");
      hoard = null;
      sink = new byte[1 << 20];
    }
    boolean caught = false;
    try {
      sink = new long[Integer.MAX_VALUE - 8];
      caught = Runtime.getRuntime().maxMemory() > 16L << 30;
    } catch (OutOfMemoryError e) {
      caught = true;
    }
    check(caught, "an array that cannot fit");
    sink = null;
  }

  private static int depth(int n) {
    return n == Integer.MAX_VALUE ? 0 : depth(n + 1) + 1;
  }

  private static void deepRecursion() {
    for (int round = 0; round < 10; round++) {
      boolean caught = false;
      try {
        depth(0);
      } catch (StackOverflowError e) {
        caught = true;
      }
      check(caught, "StackOverflowError");
    }
  }

  private static void deepRecursionInThread() throws Exception {
    CountDownLatch caught = new CountDownLatch(2);
    Runnable body =
        () -> {
          try {
            depth(0);
          } catch (StackOverflowError e) {
            caught.countDown();
          }
        };
    Thread.ofPlatform().start(body).join();
    Thread.ofVirtual().start(body).join();
    check(caught.await(PATIENCE_SECONDS, TimeUnit.SECONDS), "StackOverflowError in both");
  }

  private static void exceptions() {
    expect(NullPointerException.class, () -> ((String) sinkOf(null)).length());
    expect(ArrayIndexOutOfBoundsException.class, () -> ((int[]) sinkOf(new int[2]))[2]++);
    expect(ClassCastException.class, () -> ((String) sinkOf(1)).length());
    expect(ArithmeticException.class, () -> sink = 1 / ((int[]) sinkOf(new int[1]))[0]);
    expect(
        NegativeArraySizeException.class,
        () -> sink = new int[((int[]) sinkOf(new int[] {-1}))[0]]);
    expect(ArrayStoreException.class, () -> ((Object[]) sinkOf(new String[1]))[0] = 1);
  }

  private static Object sinkOf(Object value) {
    sink = value;
    return sink;
  }

  private static void expect(Class<? extends Throwable> type, Runnable body) {
    try {
      body.run();
    } catch (RuntimeException e) {
      same(type, e.getClass(), "type");
      check(e.getStackTrace().length > 0, "it has a stack trace");
      return;
    }
    throw new AssertionError("expected " + type.getName());
  }

  private static void references() throws Exception {
    CountDownLatch cleaned = new CountDownLatch(1);
    Cleaner.create().register(new byte[1 << 16], cleaned::countDown);
    WeakReference<Object> weak = new WeakReference<>(new byte[1 << 16]);
    for (int i = 0; i < 100 && (weak.get() != null || cleaned.getCount() > 0); i++) {
      System.gc();
      cleaned.await(10, TimeUnit.MILLISECONDS);
    }
    check(weak.get() == null, "the weak reference is cleared");
    check(cleaned.await(PATIENCE_SECONDS, TimeUnit.SECONDS), "the cleaner has run");
  }

  private static void directBuffers() {
    for (int i = 0; i < 200; i++) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
      same(0L, buffer.getLong(1 << 19), "fresh memory is zero");
      buffer.putLong(1 << 19, i);
      same((long) i, buffer.getLong(1 << 19), "memory keeps its value");
    }
  }

  private static void survivors() {
    record Node(int value, Node next) {}
    Node list = null;
    for (int i = 0; i < 200_000; i++) {
      list = new Node(i, list);
      if (i % 50_000 == 0) {
        System.gc();
      }
    }
    long sum = 0;
    for (Node node = list; node != null; node = node.next()) {
      sum += node.value();
    }
    same(19_999_900_000L, sum, "sum over the list");
  }
}

package org.demitasse.suite;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Heap, stacks and memory beside the heap. */
final class MemoryTests {

  private MemoryTests() {}

  static void addTo(TestList tests) {
    tests.add("churn of 100 times the heap", MemoryTests::churn);
    tests.add("churn in several threads", MemoryTests::churnInThreads);
    tests.add("OutOfMemoryError by big arrays, five times", MemoryTests::bigArrays);
    tests.add("OutOfMemoryError by small objects, three times", MemoryTests::smallObjects);
    tests.add("OutOfMemoryError by one array too big", MemoryTests::oneTooBig);
    tests.add("OutOfMemoryError in another thread", MemoryTests::inAnotherThread);
    tests.add("deep recursion, fifty times", MemoryTests::deepRecursion);
    tests.add("deep recursion in many threads", MemoryTests::recursionInThreads);
    tests.add("deep recursion in virtual threads", MemoryTests::recursionInVirtualThreads);
    tests.add("a bigger stack is deeper", MemoryTests::stackSize);
    tests.add("finally runs when the stack overflows", MemoryTests::finallyOnOverflow);
    tests.add("null, bounds, casts, division", MemoryTests::exceptions);
    tests.add("linked structures survive collections", MemoryTests::survivors);
    tests.add("big arrays keep their contents", MemoryTests::bigContents);
    tests.add("identity hash codes survive collections", MemoryTests::identityHash);
    tests.add("direct buffers are zero and keep values", MemoryTests::directBuffers);
    tests.add("direct buffers are freed", MemoryTests::directBuffersFreed);
    tests.add("heap is given back", MemoryTests::givenBack);
  }

  private static void churn() {
    // In a machine the heap is small; elsewhere the size is bounded by time.
    long bytes = Math.min(100 * Runtime.getRuntime().maxMemory(), 60L << 30);
    Object[] kept = new Object[64];
    int slot = 0;
    for (long done = 0; done < bytes; done += 32 << 10) {
      kept[slot++ & 63] = new byte[32 << 10];
    }
    Check.opaque(kept);
  }

  /** A node of a tree. */
  private record Node(Node left, Node right) {
    static Node tree(int depth) {
      return depth == 0 ? new Node(null, null) : new Node(tree(depth - 1), tree(depth - 1));
    }

    int size() {
      return left == null ? 1 : 1 + left.size() + right.size();
    }
  }

  private static void churnInThreads() throws Exception {
    AtomicInteger nodes = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int n = 0; n < 50; n++) {
                      nodes.addAndGet(Node.tree(10).size());
                    }
                  }));
    }
    for (Thread thread : threads) {
      Check.join(thread);
    }
    Check.equal(8 * 50 * 2047, nodes.get());
  }

  private static void bigArrays() {
    for (int round = 0; round < 5; round++) {
      List<byte[]> hoard = new ArrayList<>();
      String message = null;
      try {
        while (true) {
          hoard.add(Check.opaque(new byte[2 << 20]));
        }
      } catch (OutOfMemoryError e) {
        message = String.valueOf(e.getMessage());
      }
      int size = hoard.size();
      hoard = null;
      Check.that(message != null && size > 2, "the error came after some arrays: " + size);
      Check.equal("Java heap space", message);
      Check.opaque(new byte[4 << 20]);
    }
  }

  private static void smallObjects() {
    for (int round = 0; round < 3; round++) {
      Object[] chain = null;
      boolean caught = false;
      long count = 0;
      try {
        while (true) {
          chain = new Object[] {chain, Check.opaque(new byte[200])};
          count++;
        }
      } catch (OutOfMemoryError e) {
        caught = true;
      }
      boolean some = chain != null;
      chain = null;
      Check.that(caught && some && count > 1000, "the error came after " + count);
      Check.equal(2047, Node.tree(10).size());
    }
  }

  private static void oneTooBig() {
    if (Runtime.getRuntime().maxMemory() > 16L << 30) {
      return; // it would fit
    }
    for (int round = 0; round < 10; round++) {
      Check.thrown(OutOfMemoryError.class, () -> Check.opaque(new long[Integer.MAX_VALUE - 8]));
      Check.thrown(
          OutOfMemoryError.class, () -> Check.opaque("x".repeat(1 << 20).repeat(2047).repeat(2)));
    }
    Check.forget();
  }

  private static void inAnotherThread() throws Exception {
    AtomicReference<Throwable> seen = new AtomicReference<>();
    Thread thread =
        Thread.ofPlatform()
            .uncaughtExceptionHandler((t, e) -> seen.set(e))
            .start(
                () -> {
                  List<byte[]> hoard = new ArrayList<>();
                  while (true) {
                    hoard.add(Check.opaque(new byte[1 << 20]));
                  }
                });
    Check.join(thread);
    Check.that(seen.get() instanceof OutOfMemoryError, "the handler saw it: " + seen.get());
    Check.equal(2047, Node.tree(10).size());
  }

  private static int depth(int n) {
    return Check.opaque(n) == Integer.MAX_VALUE ? 0 : depth(n + 1) + 1;
  }

  private static void deepRecursion() {
    for (int round = 0; round < 50; round++) {
      Check.thrown(StackOverflowError.class, () -> depth(0));
    }
  }

  private static void recursionInThreads() throws Exception {
    AtomicInteger caught = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      depth(0);
                    } catch (StackOverflowError e) {
                      caught.incrementAndGet();
                    }
                  }));
    }
    for (Thread thread : threads) {
      Check.join(thread);
    }
    Check.equal(50, caught.get());
  }

  private static void recursionInVirtualThreads() throws Exception {
    AtomicInteger caught = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      threads.add(
          Thread.startVirtualThread(
              () -> {
                try {
                  depth(0);
                } catch (StackOverflowError e) {
                  caught.incrementAndGet();
                }
              }));
    }
    for (Thread thread : threads) {
      Check.join(thread);
    }
    Check.equal(20, caught.get());
  }

  private static int measure(int[] deepest) {
    deepest[0]++;
    return measure(deepest) + deepest[0];
  }

  private static int depthWithStack(long bytes) throws Exception {
    int[] deepest = {0};
    Thread thread =
        new Thread(
            null,
            () -> {
              try {
                measure(deepest);
              } catch (StackOverflowError e) {
                Check.opaque(e);
              }
            },
            "stack",
            bytes);
    thread.start();
    Check.join(thread);
    return deepest[0];
  }

  private static void stackSize() throws Exception {
    int small = depthWithStack(512 << 10);
    int big = depthWithStack(8 << 20);
    Check.that(big > 4 * small, "8 MiB carry " + big + " calls, 512 KiB " + small);
  }

  private static int recurseWithFinally(int[] entered, int[] left) {
    entered[0]++;
    try {
      return recurseWithFinally(entered, left) + 1;
    } finally {
      left[0]++;
    }
  }

  private static void finallyOnOverflow() {
    int[] entered = {0};
    int[] left = {0};
    Check.thrown(StackOverflowError.class, () -> recurseWithFinally(entered, left));
    Check.that(entered[0] - left[0] <= 1, entered[0] + " calls, " + left[0] + " finally blocks");
  }

  private static void exceptions() {
    Check.thrown(NullPointerException.class, () -> Check.<String>opaque(null).length());
    Check.thrown(NullPointerException.class, () -> Check.<int[]>opaque(null)[0]++);
    Check.thrown(
        NullPointerException.class,
        () -> {
          synchronized (Check.<Object>opaque(null)) {
            Check.forget();
          }
        });
    Check.equal(
        "Index 2 out of bounds for length 2",
        Check.thrown(ArrayIndexOutOfBoundsException.class, () -> Check.opaque(new int[2])[2]++)
            .getMessage());
    ClassCastException cast =
        Check.thrown(ClassCastException.class, () -> ((String) Check.<Object>opaque(1)).length());
    Check.equal(
        "class java.lang.Integer cannot be cast to class java.lang.String (java.lang.Integer and"
            + " java.lang.String are in module java.base of loader 'bootstrap')",
        cast.getMessage());
    cast =
        Check.thrown(
            ClassCastException.class,
            () -> ((Runnable) Check.<Object>opaque(new MemoryTests[0][])).run());
    Check.equal(
        "class [[Lorg.demitasse.suite.MemoryTests; cannot be cast to class java.lang.Runnable"
            + " ([[Lorg.demitasse.suite.MemoryTests; is in unnamed module of loader 'app';"
            + " java.lang.Runnable is in module java.base of loader 'bootstrap')",
        cast.getMessage());
    Check.equal(
        "/ by zero",
        Check.thrown(ArithmeticException.class, () -> Check.opaque(1 / Check.opaque(new int[1])[0]))
            .getMessage());
    Check.equal(
        "-1",
        Check.thrown(
                NegativeArraySizeException.class,
                () -> Check.opaque(new int[Check.opaque(new int[] {-1})[0]]))
            .getMessage());
    Check.thrown(ArrayStoreException.class, () -> Check.<Object[]>opaque(new String[1])[0] = 1);
    Check.thrown(StringIndexOutOfBoundsException.class, () -> Check.opaque("abc").charAt(3));
  }

  private record Link(int value, Link next) {}

  private static void survivors() {
    Link list = null;
    for (int i = 0; i < 100_000; i++) {
      list = new Link(i, list);
      if (i % 20_000 == 0) {
        System.gc();
      }
    }
    long sum = 0;
    for (Link link = list; link != null; link = link.next()) {
      sum += link.value();
    }
    Check.equal(4_999_950_000L, sum);
  }

  private static void bigContents() {
    int[] big = new int[4 << 20 >> 2];
    for (int i = 0; i < big.length; i++) {
      big[i] = i * 31;
    }
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < 100; i++) {
        Check.opaque(new byte[1 << 18]);
      }
      System.gc();
    }
    for (int i = 0; i < big.length; i++) {
      Check.that(big[i] == i * 31, "element " + i);
    }
    for (byte b : Check.opaque(new byte[1 << 20])) {
      Check.that(b == 0, "fresh memory is zero");
    }
  }

  private static void identityHash() {
    List<Object> objects = new ArrayList<>();
    List<Integer> hashes = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      Object object = new Object();
      objects.add(object);
      hashes.add(System.identityHashCode(object));
    }
    System.gc();
    for (int i = 0; i < 1000; i++) {
      Check.equal(hashes.get(i), System.identityHashCode(objects.get(i)));
    }
    Check.that(new java.util.HashSet<>(hashes).size() > 900, "hash codes differ");
  }

  private static void directBuffers() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < buffer.capacity(); i += 8) {
      Check.equal(0L, buffer.getLong(i));
    }
    buffer.putInt(4, 0x01020304);
    Check.equal((byte) 4, buffer.get(4));
    Check.equal(0x04030201, buffer.duplicate().order(ByteOrder.BIG_ENDIAN).getInt(4));
    ByteBuffer copy = ByteBuffer.allocate(16);
    copy.put(0, buffer, 0, 16);
    Check.equal((byte) 4, copy.get(4));
    Check.thrown(IndexOutOfBoundsException.class, () -> buffer.get(buffer.capacity()));
  }

  private static void directBuffersFreed() {
    long total = 0;
    long enough = 3 * Math.min(Runtime.getRuntime().maxMemory(), 1L << 30);
    for (long i = 0; total < enough; i++) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
      buffer.putLong(1 << 19, i);
      Check.equal(i, buffer.getLong(1 << 19));
      total += buffer.capacity();
    }
  }

  private static void givenBack() throws Exception {
    Runtime runtime = Runtime.getRuntime();
    List<byte[]> hoard = new ArrayList<>();
    long share = runtime.maxMemory() / 3;
    for (long done = 0; done < share; done += 1 << 20) {
      hoard.add(Check.opaque(new byte[1 << 20]));
    }
    long used = runtime.totalMemory() - runtime.freeMemory();
    Check.that(used > share / 2, "the heap is in use: " + used);
    hoard = null;
    Check.forget();
    Check.await(
        () -> {
          System.gc();
          return runtime.totalMemory() - runtime.freeMemory() < used - share / 2;
        },
        "the heap in use shrinks");
    Check.that(runtime.totalMemory() <= runtime.maxMemory(), "the heap is bounded");
  }
}

package org.demitasse.suite;

import java.lang.ref.Cleaner;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.SoftReference;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.WeakHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Soft, weak and phantom references, cleaners. */
final class ReferenceTests {

  private ReferenceTests() {}

  static void addTo(TestList tests) {
    tests.add("weak references are cleared and queued", ReferenceTests::weak);
    tests.add("weak references keep what is reachable", ReferenceTests::reachable);
    tests.add("soft references go before OutOfMemoryError", ReferenceTests::soft);
    tests.add("phantom references are queued", ReferenceTests::phantom);
    tests.add("WeakHashMap", ReferenceTests::weakMap);
    tests.add("cleaners run, once", ReferenceTests::cleaner);
    tests.add("queue with a limit", ReferenceTests::queueLimit);
  }

  private static void weak() throws Exception {
    ReferenceQueue<Object> queue = new ReferenceQueue<>();
    List<WeakReference<Object>> references = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      references.add(new WeakReference<>(new byte[1000], queue));
    }
    AtomicInteger queued = new AtomicInteger();
    Check.await(
        () -> {
          System.gc();
          while (queue.poll() != null) {
            queued.incrementAndGet();
          }
          return queued.get() == 100;
        },
        "a hundred references in the queue");
    Check.that(references.stream().allMatch(r -> r.get() == null), "all are cleared");
  }

  private static void reachable() {
    Object kept = new Object();
    WeakReference<Object> reference = new WeakReference<>(kept);
    System.gc();
    Check.that(reference.refersTo(kept), "it is still there");
    Reference.reachabilityFence(kept);
    reference.clear();
    Check.equal(null, reference.get());
  }

  private static void soft() {
    SoftReference<byte[]> reference = new SoftReference<>(new byte[1 << 20]);
    try {
      List<byte[]> hoard = new ArrayList<>();
      while (true) {
        hoard.add(Check.opaque(new byte[1 << 20]));
      }
    } catch (OutOfMemoryError e) {
      Check.forget();
    }
    Check.equal(null, reference.get());
    SoftReference<byte[]> fresh = new SoftReference<>(new byte[100]);
    System.gc();
    Check.that(fresh.get() != null, "a soft reference stays while there is room");
  }

  private static void phantom() throws Exception {
    ReferenceQueue<Object> queue = new ReferenceQueue<>();
    PhantomReference<Object> reference = new PhantomReference<>(new byte[1000], queue);
    Check.equal(null, reference.get());
    Reference<?>[] seen = new Reference<?>[1];
    Check.await(
        () -> {
          System.gc();
          seen[0] = queue.poll();
          return seen[0] != null;
        },
        "the phantom reference in the queue");
    Check.that(seen[0] == reference, "it is the one");
  }

  private static void weakMap() throws Exception {
    WeakHashMap<Object, String> map = new WeakHashMap<>();
    Object kept = new Object();
    map.put(kept, "kept");
    for (int i = 0; i < 50; i++) {
      map.put(new Object(), "gone");
    }
    Check.await(
        () -> {
          System.gc();
          return map.size() == 1;
        },
        "one entry is left");
    Check.equal("kept", map.get(kept));
  }

  private static void cleaner() throws Exception {
    Cleaner cleaner = Cleaner.create();
    CountDownLatch cleaned = new CountDownLatch(20);
    for (int i = 0; i < 20; i++) {
      cleaner.register(new byte[1000], cleaned::countDown);
    }
    Check.await(
        () -> {
          System.gc();
          return cleaned.getCount() == 0;
        },
        "twenty cleaners have run");
    AtomicInteger runs = new AtomicInteger();
    Object object = new Object();
    Cleaner.Cleanable cleanable = cleaner.register(object, runs::incrementAndGet);
    cleanable.clean();
    cleanable.clean();
    Check.equal(1, runs.get());
    Reference.reachabilityFence(object);
  }

  private static void queueLimit() throws Exception {
    ReferenceQueue<Object> queue = new ReferenceQueue<>();
    Check.equal(null, queue.remove(2));
    Object object = new Object();
    WeakReference<Object> reference = new WeakReference<>(object, queue);
    Check.equal(true, reference.enqueue());
    Check.that(queue.remove(TimeUnit.SECONDS.toMillis(60)) == reference, "the queued one");
    Reference.reachabilityFence(object);
  }
}

package org.demitasse.examples.show;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Prints what this machine is like; ends with code 1 when something does not add up. */
public final class Show {

  private static final int VIRTUAL_THREADS = 10_000;
  private static final int PLATFORM_THREADS = 100;

  private boolean good = true;

  private Show() {}

  /** Runs all parts. */
  public static void main(String[] arguments) throws Exception {
    Show show = new Show();
    show.machine();
    show.time();
    show.threads();
    show.memory();
    System.exit(show.good ? 0 : 1);
  }

  private void machine() {
    line("machine", "%s %s", System.getProperty("os.name"), System.getProperty("os.arch"));
    line("java", "%s, %s", System.getProperty("java.version"), System.getProperty("java.vm.name"));
    line("processors", "%d", Runtime.getRuntime().availableProcessors());
    byte[] random = new byte[8];
    new SecureRandom().nextBytes(random);
    line("random", "%s", HexFormat.of().formatHex(random));
  }

  private void time() throws InterruptedException {
    line("now", "%s", Instant.now());
    ZonedDateTime kyoto =
        ZonedDateTime.ofInstant(Instant.ofEpochSecond(1_000_000_000), ZoneId.of("Asia/Tokyo"));
    line("then", "%s", kyoto.format(DateTimeFormatter.ISO_OFFSET_DATE_TIME));
    check(kyoto.getHour() == 10, "time zone");
    long before = System.nanoTime();
    Thread.sleep(20);
    Duration slept = Duration.ofNanos(System.nanoTime() - before);
    line("sleep 20 ms", "%.3f ms", slept.toNanos() / 1e6);
    check(slept.toMillis() >= 20, "sleep");
  }

  private void threads() throws Exception {
    AtomicLong sum = new AtomicLong();
    long before = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 1; i <= VIRTUAL_THREADS; i++) {
        int number = i;
        all.add(
            threads.submit(
                () -> {
                  Thread.sleep(1);
                  return sum.addAndGet(number);
                }));
      }
      for (Future<?> one : all) {
        one.get();
      }
    }
    line("virtual", "%,d threads, %.1f ms", VIRTUAL_THREADS, (System.nanoTime() - before) / 1e6);
    check(sum.get() == VIRTUAL_THREADS * (VIRTUAL_THREADS + 1L) / 2, "virtual threads");

    sum.set(0);
    before = System.nanoTime();
    List<Thread> platform = new ArrayList<>();
    for (int i = 1; i <= PLATFORM_THREADS; i++) {
      int number = i;
      platform.add(Thread.ofPlatform().start(() -> sum.addAndGet(number)));
    }
    for (Thread thread : platform) {
      thread.join();
    }
    line("platform", "%,d threads, %.1f ms", PLATFORM_THREADS, (System.nanoTime() - before) / 1e6);
    check(sum.get() == PLATFORM_THREADS * (PLATFORM_THREADS + 1L) / 2, "platform threads");
  }

  private void memory() {
    Runtime runtime = Runtime.getRuntime();
    line("heap", "%,d KB used, %,d KB at most", used(runtime) >> 10, runtime.maxMemory() >> 10);
    long allocated = 0;
    long before = System.nanoTime();
    byte[][] kept = new byte[16][];
    while (allocated < 512L << 20) {
      byte[] block = new byte[64 << 10];
      kept[(int) (allocated >> 16) & 15] = block;
      allocated += block.length;
    }
    line(
        "churn",
        "%,d KB allocated in %.1f ms",
        allocated >> 10,
        (System.nanoTime() - before) / 1e6);
    check(kept[0].length == 64 << 10, "churn");
    System.gc();
    line("heap", "%,d KB used after collection", used(runtime) >> 10);
    try {
      check(deep(0) > 1_000, "recursion");
    } catch (StackOverflowError e) {
      check(false, "recursion");
    }
  }

  private static long used(Runtime runtime) {
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /** How deep the stack goes before it overflows. */
  private static int deep(int depth) {
    try {
      return deep(depth + 1);
    } catch (StackOverflowError e) {
      return depth;
    }
  }

  private void check(boolean right, String what) {
    if (!right) {
      line("WRONG", "%s", what);
      good = false;
    }
  }

  private static void line(String name, String format, Object... values) {
    System.out.println(
        String.format(Locale.ROOT, "%-12s ", name) + String.format(Locale.ROOT, format, values));
  }
}

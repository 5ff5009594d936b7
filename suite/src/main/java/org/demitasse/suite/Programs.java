package org.demitasse.suite;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.zip.CRC32;

/** Small programs of the same image, for tests that watch from outside. */
final class Programs {

  private Programs() {}

  static void run(String name, List<String> arguments) throws Exception {
    switch (name) {
      case "checksum" -> checksum();
      case "copy" -> System.in.transferTo(System.out);
      case "arguments" -> arguments.forEach(System.out::println);
      case "environment" -> arguments.forEach(key -> System.out.println(System.getenv(key)));
      case "property" -> arguments.forEach(key -> System.out.println(System.getProperty(key)));
      case "streams" -> streams();
      case "exit" -> System.exit(Integer.parseInt(arguments.get(0)));
      case "halt" -> Runtime.getRuntime().halt(Integer.parseInt(arguments.get(0)));
      case "throw" -> throw new IllegalStateException("on purpose");
      case "throw-beside" -> throwBeside();
      case "hooks" -> hooks();
      case "endless-hook" -> endlessHook();
      case "last-thread" -> lastThread();
      case "exhaust" -> exhaust();
      case "fault" -> fault(Long.decode(arguments.get(0)));
      case "spin" -> spin();
      default -> throw new IllegalArgumentException("there is no program " + name);
    }
  }

  /** Prints how many bytes standard input has, and their CRC-32. */
  private static void checksum() throws IOException {
    CRC32 crc = new CRC32();
    long bytes = 0;
    byte[] buffer = new byte[1 << 16];
    InputStream in = System.in;
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      crc.update(buffer, 0, n);
      bytes += n;
    }
    System.out.println(bytes + " bytes, CRC-32 " + Long.toHexString(crc.getValue()));
  }

  private static void streams() {
    System.out.println("to output");
    System.err.println("to error");
    System.out.print("no line end");
    System.out.flush();
  }

  /** An exception in another thread ends that thread alone. */
  private static void throwBeside() throws InterruptedException {
    Thread thread =
        Thread.ofPlatform()
            .name("beside")
            .start(
                () -> {
                  throw new IllegalStateException("beside");
                });
    thread.join();
    System.out.println("main goes on");
  }

  private static void hooks() throws InterruptedException {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  System.out.println("hook has run");
                  System.out.flush();
                }));
    System.out.println("ready");
    new CountDownLatch(1).await();
  }

  /** A shutdown hook that does not end: what a second signal is for. */
  private static void endlessHook() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  System.out.println("hook begins");
                  System.out.flush();
                  try {
                    never.await();
                  } catch (InterruptedException e) {
                    System.out.println("hook was interrupted");
                  }
                }));
    System.out.println("ready");
    never.await();
  }

  /** As with the java command, the program goes on while a thread that is no daemon runs. */
  private static void lastThread() {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook")));
    Thread.ofPlatform()
        .start(
            () -> {
              try {
                Thread.sleep(100);
              } catch (InterruptedException e) {
                return;
              }
              System.out.println("last thread");
            });
    System.out.println("main ends");
  }

  /** OutOfMemoryError that nobody catches. */
  private static void exhaust() {
    Object[] chain = null;
    while (true) {
      chain = new Object[] {chain, new byte[1 << 16]};
    }
  }

  /** Writes where nothing is mapped, as a library that computes addresses wrongly would. */
  private static void fault(long address) throws ReflectiveOperationException {
    Class<?> type = Class.forName("sun.misc.Unsafe");
    Field field = type.getDeclaredField("theUnsafe");
    field.setAccessible(true);
    type.getMethod("putInt", long.class, int.class).invoke(field.get(null), address, 1);
    System.out.println("the write did not fault");
  }

  private static void spin() {
    System.out.println("ready");
    System.out.flush();
    long n = 0;
    while (n >= 0) {
      n = (n + 1) & Long.MAX_VALUE;
    }
  }
}

package org.demitasse.suite;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.prefs.Preferences;

/** Properties, environment, memory figures, and what a machine refuses. */
final class SystemTests {

  private SystemTests() {}

  static void addTo(TestList tests) {
    tests.add("properties", SystemTests::properties);
    tests.add("properties can be changed", SystemTests::changedProperties);
    tests.add("environment", SystemTests::environment);
    tests.add("memory figures", SystemTests::memory);
    tests.add("version", SystemTests::version);
    tests.add("standard streams can be replaced", SystemTests::streams);
    tests.add("shutdown hooks can be added and removed", SystemTests::hooks);
    tests.add("arraycopy", SystemTests::arraycopy);
    tests.add("logging", SystemTests::logging);
    tests.add("System.Logger", SystemTests::systemLogger);
    tests.add("management beans", SystemTests::managementBeans);
    tests.add("processor time", SystemTests::processorTime);
    tests.add("reports of threads", SystemTests::threadReports);
    tests.add("a deadlock is found", SystemTests::deadlock);
    tests.add("the operating system's bean", SystemTests::operatingSystemBean);
    tests.add("a missing native library", SystemTests::missingLibrary);
    tests.addForMachine("the machine's properties", SystemTests::machineProperties);
    tests.addForMachine("preferences", SystemTests::preferences);
    tests.addForMachine("one process", SystemTests::oneProcess);
    tests.addForMachine("processes are refused", SystemTests::processes);
    tests.addForMachine("native libraries are refused", SystemTests::libraries);
    tests.addForMachine("classes cannot be defined", SystemTests::definedClasses);
  }

  private static void preferences() throws Exception {
    Preferences node = Preferences.userRoot().node("org/demitasse/suite");
    node.put("key", "value");
    node.putInt("number", 7);
    node.flush();
    Check.equal("value", node.get("key", "none"));
    Check.equal(List.of("key", "number"), Arrays.stream(node.keys()).sorted().toList());
    Check.that(
        Files.exists(Path.of("/tmp/.java/.userPrefs/org/demitasse/suite/prefs.xml")), "stored");
    node.removeNode();
    Check.that(!Preferences.userRoot().nodeExists("org/demitasse/suite"), "removed");
  }

  private static void properties() {
    Check.equal("25", System.getProperty("java.specification.version"));
    Check.equal("/", System.getProperty("file.separator"));
    Check.equal(":", System.getProperty("path.separator"));
    Check.equal("\n", System.lineSeparator());
    Check.equal("UTF-8", System.getProperty("file.encoding"));
    Check.equal("amd64", System.getProperty("os.arch"));
    Check.equal("none", System.getProperty("no.such.property", "none"));
    for (String key :
        List.of(
            "java.version",
            "java.vendor",
            "java.vm.name",
            "user.dir",
            "user.name",
            "user.home",
            "java.io.tmpdir",
            "os.name",
            "os.version",
            "native.encoding")) {
      Check.that(System.getProperty(key) != null, key);
    }
    Check.thrown(IllegalArgumentException.class, () -> System.getProperty(""));
  }

  private static void changedProperties() {
    Check.equal(null, System.setProperty("suite.key", "1"));
    Check.equal("1", System.getProperty("suite.key"));
    Check.equal(1, Integer.getInteger("suite.key"));
    Check.equal("1", System.clearProperty("suite.key"));
    Check.equal(null, System.getProperty("suite.key"));
  }

  private static void environment() {
    Map<String, String> environment = System.getenv();
    Check.equal(null, System.getenv("NO_SUCH_VARIABLE"));
    Check.thrown(UnsupportedOperationException.class, () -> environment.put("a", "b"));
    for (Map.Entry<String, String> entry : environment.entrySet()) {
      Check.equal(entry.getValue(), System.getenv(entry.getKey()));
    }
  }

  private static void memory() {
    Runtime runtime = Runtime.getRuntime();
    Check.that(runtime.maxMemory() >= 16 << 20, "maximum " + runtime.maxMemory());
    Check.that(runtime.totalMemory() <= runtime.maxMemory(), "total " + runtime.totalMemory());
    Check.that(runtime.freeMemory() <= runtime.totalMemory(), "free " + runtime.freeMemory());
    Check.that(runtime.availableProcessors() >= 1, "processors");
  }

  private static void version() {
    Check.equal(25, Runtime.version().feature());
    Check.that(
        System.getProperty("java.version").startsWith("25"), System.getProperty("java.version"));
  }

  private static void streams() {
    PrintStream before = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setErr(new PrintStream(bytes, true));
    try {
      System.err.print("caught");
    } finally {
      System.setErr(before);
    }
    Check.equal("caught", bytes.toString());
  }

  private static void hooks() {
    Thread hook = new Thread(() -> {});
    Runtime.getRuntime().addShutdownHook(hook);
    Check.thrown(IllegalArgumentException.class, () -> Runtime.getRuntime().addShutdownHook(hook));
    Check.equal(true, Runtime.getRuntime().removeShutdownHook(hook));
    Check.equal(false, Runtime.getRuntime().removeShutdownHook(hook));
  }

  private static void arraycopy() {
    int[] numbers = {1, 2, 3, 4, 5};
    System.arraycopy(numbers, 0, numbers, 1, 4);
    Check.equal("[1, 1, 2, 3, 4]", java.util.Arrays.toString(numbers));
    Check.thrown(
        ArrayIndexOutOfBoundsException.class, () -> System.arraycopy(numbers, 3, numbers, 0, 3));
    Object[] objects = {"a", 1};
    String[] strings = new String[2];
    Check.thrown(ArrayStoreException.class, () -> System.arraycopy(objects, 0, strings, 0, 2));
    Check.equal("a", strings[0]);
  }

  private static void logging() {
    Logger logger = Logger.getLogger("org.demitasse.suite");
    StringBuilder seen = new StringBuilder();
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord record) {
            seen.append(record.getLevel()).append(' ').append(record.getMessage());
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    logger.setUseParentHandlers(false);
    logger.addHandler(handler);
    logger.log(Level.WARNING, "logged");
    logger.fine("not logged");
    logger.removeHandler(handler);
    Check.equal("WARNING logged", seen.toString());
  }

  private static void systemLogger() {
    System.Logger logger = System.getLogger("suite");
    Check.equal("suite", logger.getName());
    Check.that(logger.isLoggable(System.Logger.Level.ERROR), "errors are logged");
  }

  private static void managementBeans() {
    Check.that(ManagementFactory.getRuntimeMXBean().getUptime() >= 0, "uptime");
    Check.that(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() > 0, "heap");
    Check.that(ManagementFactory.getThreadMXBean().getThreadCount() > 0, "threads");
  }

  /** A thread that waits uses less of it than one that works. */
  private static void processorTime() throws Exception {
    ThreadMXBean bean = ManagementFactory.getThreadMXBean();
    Check.that(bean.isCurrentThreadCpuTimeSupported(), "time of the current thread");
    CountDownLatch end = new CountDownLatch(1);
    Thread idler =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    end.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    long start = bean.getCurrentThreadCpuTime();
    long deadline = System.currentTimeMillis() + Check.PATIENCE;
    while (bean.getCurrentThreadCpuTime() - start < 50_000_000) {
      Check.that(System.currentTimeMillis() < deadline, "this thread's time grows");
    }
    Check.that(
        bean.getThreadCpuTime(idler.threadId()) < bean.getCurrentThreadCpuTime() - start,
        "who waits uses less");
    end.countDown();
    Check.join(idler);
  }

  private static void threadReports() throws Exception {
    ThreadMXBean bean = ManagementFactory.getThreadMXBean();
    ReentrantLock lock = new ReentrantLock();
    lock.lock();
    Thread waiter = new Thread(lock::lock, "waits for a lock");
    waiter.setDaemon(true);
    waiter.start();
    Check.await(() -> waiter.getState() == Thread.State.WAITING, "it waits");
    ThreadInfo report = bean.getThreadInfo(waiter.threadId(), 100);
    Check.equal("waits for a lock", report.getThreadName());
    Check.equal(Thread.State.WAITING, report.getThreadState());
    Check.equal(Thread.currentThread().threadId(), report.getLockOwnerId());
    Check.that(report.getLockName().startsWith(ReentrantLock.class.getName()), "name of the lock");
    Check.that(
        Arrays.stream(report.getStackTrace())
            .anyMatch(frame -> frame.getMethodName().equals("lock")),
        "its stack: " + Arrays.toString(report.getStackTrace()));
    Check.that(
        Arrays.stream(bean.getAllThreadIds()).anyMatch(id -> id == waiter.threadId()), "its id");
    Check.that(
        Arrays.stream(bean.dumpAllThreads(false, false))
            .anyMatch(info -> info.getThreadId() == waiter.threadId()),
        "it is in the dump");
    Check.equal(null, bean.findDeadlockedThreads(), "deadlocked threads");
    Check.equal(null, bean.getThreadInfo(Long.MAX_VALUE), "a thread that is not");
    lock.unlock();
    Check.join(waiter);
  }

  private static void deadlock() throws Exception {
    ThreadMXBean bean = ManagementFactory.getThreadMXBean();
    ReentrantLock lock = new ReentrantLock();
    Object monitor = new Object();
    CountDownLatch both = new CountDownLatch(2);
    Thread first =
        new Thread(
            () -> {
              lock.lock();
              both.countDown();
              awaitQuietly(both);
              synchronized (monitor) {
                lock.unlock();
              }
            });
    Thread second =
        new Thread(
            () -> {
              synchronized (monitor) {
                both.countDown();
                awaitQuietly(both);
                try {
                  lock.lockInterruptibly();
                  lock.unlock();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              }
            });
    first.start();
    second.start();
    Check.await(() -> bean.findDeadlockedThreads() != null, "the deadlock is found");
    long[] found = bean.findDeadlockedThreads();
    Arrays.sort(found);
    Check.equal(
        List.of(first.threadId(), second.threadId()), Arrays.stream(found).boxed().toList());
    Check.equal(second.threadId(), bean.getThreadInfo(first.threadId()).getLockOwnerId());
    second.interrupt();
    Check.join(first);
    Check.join(second);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void operatingSystemBean() {
    OperatingSystemMXBean bean = ManagementFactory.getOperatingSystemMXBean();
    Check.equal(Runtime.getRuntime().availableProcessors(), bean.getAvailableProcessors());
    Check.equal(System.getProperty("os.name"), bean.getName());
    Check.that(bean instanceof UnixOperatingSystemMXBean, "it has the JDK's figures");
    if (bean instanceof UnixOperatingSystemMXBean unix) {
      Check.that(unix.getTotalMemorySize() > Runtime.getRuntime().totalMemory(), "total memory");
      Check.that(unix.getFreeMemorySize() < unix.getTotalMemorySize(), "free memory");
      Check.that(unix.getProcessCpuTime() > 0, "processor time");
      double load = unix.getProcessCpuLoad();
      Check.that(load >= 0 && load <= 1, "load " + load);
      Check.that(unix.getOpenFileDescriptorCount() >= 3, "open files");
      Check.that(
          unix.getMaxFileDescriptorCount() > unix.getOpenFileDescriptorCount(), "bound of files");
    }
  }

  @SuppressWarnings("restricted")
  private static void missingLibrary() {
    UnsatisfiedLinkError thrown =
        Check.thrown(
            UnsatisfiedLinkError.class, () -> System.loadLibrary(Check.opaque("no_such_library")));
    Check.that(thrown.getMessage().contains("no_such_library"), thrown.getMessage());
  }

  private static void machineProperties() {
    Check.equal("Demitasse", System.getProperty("os.name"));
    Check.equal("/", System.getProperty("user.dir"));
    Check.equal("/tmp", System.getProperty("java.io.tmpdir"));
    Check.equal(1, Runtime.getRuntime().availableProcessors());
  }

  private static void oneProcess() {
    Check.equal(1L, ProcessHandle.current().pid());
    Check.that(ProcessHandle.current().isAlive(), "it is alive");
    Check.equal(1L, ProcessHandle.allProcesses().count());
    Check.equal(false, ProcessHandle.of(2).isPresent());
    Check.equal(false, ProcessHandle.current().parent().isPresent());
  }

  private static void processes() {
    String expected =
        "Cannot run program \"ls\": a Demitasse image is one program and cannot start others";
    IOException thrown =
        Check.thrown(IOException.class, () -> new ProcessBuilder("ls", "-l").start());
    Check.that(thrown.getMessage().contains(expected), thrown.getMessage());
    Check.thrown(IOException.class, () -> Runtime.getRuntime().exec(new String[] {"ls"}));
  }

  @SuppressWarnings("restricted")
  private static void libraries() {
    UnsatisfiedLinkError thrown =
        Check.thrown(
            UnsatisfiedLinkError.class, () -> System.loadLibrary(Check.opaque("some_native")));
    Check.that(thrown.getMessage().contains("some_native"), thrown.getMessage());
    Check.thrown(
        UnsatisfiedLinkError.class, () -> System.load(Check.opaque("/tmp/libsome_native.so")));
  }

  /** No class can be made at run time: an error that says so, as in every native image. */
  private static void definedClasses() {
    try {
      java.lang.invoke.MethodHandles.lookup().defineClass(new byte[] {1, 2, 3, 4});
      throw new AssertionError("a class was defined");
    } catch (UnsupportedOperationException | ClassFormatError | IllegalAccessException e) {
      Check.that(e.getMessage() != null, e.toString());
    } catch (Error e) {
      Check.that(e.getMessage() != null && !(e instanceof AssertionError), e.toString());
    }
  }
}

package org.demitasse.jdk.management;

import com.oracle.svm.core.SubstrateUtil;
import com.oracle.svm.core.annotate.Alias;
import com.oracle.svm.core.annotate.TargetClass;
import com.oracle.svm.core.monitor.JavaMonitor;
import com.oracle.svm.core.thread.PlatformThreads;
import java.lang.management.ThreadInfo;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.AbstractOwnableSynchronizer;
import java.util.concurrent.locks.LockSupport;

/** What the threads' bean tells: who waits for whom, and where. Platform threads only. */
final class ThreadReports {
  // States as the JVM's tool interface numbers them (JVM TI, GetThreadState).
  private static final int TERMINATED = 0x2;
  private static final int RUNNABLE = 0x5;
  private static final int WAITING = 0x11;
  private static final int WAITING_WITH_TIMEOUT = 0x21;
  private static final int BLOCKED = 0x401;

  /** Not counted. */
  private static final long UNKNOWN = -1;

  private ThreadReports() {}

  /** The live threads. */
  static Thread[] threads() {
    return Target_PlatformThreads.getAllThreads();
  }

  /** The live thread of this number, or null. */
  static Thread find(long id) {
    for (Thread thread : threads()) {
      if (thread.threadId() == id) {
        return thread;
      }
    }
    return null;
  }

  /**
   * A report of one thread, or null when there is none.
   *
   * @param depth at most so many frames of its stack
   */
  static ThreadInfo report(Thread thread, int depth) {
    if (thread == null) {
      return null;
    }
    Object lock = LockSupport.getBlocker(thread);
    StackTraceElement[] trace = depth == 0 ? new StackTraceElement[0] : thread.getStackTrace();
    return SubstrateUtil.cast(
        new Target_java_lang_management_ThreadInfo(
            thread,
            state(thread),
            lock instanceof AbstractOwnableSynchronizer ? lock : null,
            owner(thread),
            UNKNOWN,
            UNKNOWN,
            UNKNOWN,
            UNKNOWN,
            trace.length <= depth ? trace : Arrays.copyOf(trace, depth)),
        ThreadInfo.class);
  }

  private static int state(Thread thread) {
    return switch (thread.getState()) {
      case NEW -> 0;
      case RUNNABLE -> RUNNABLE;
      case BLOCKED -> BLOCKED;
      case WAITING -> WAITING;
      case TIMED_WAITING -> WAITING_WITH_TIMEOUT;
      case TERMINATED -> TERMINATED;
    };
  }

  /** Who has the lock or the monitor that a thread waits for, or null. */
  private static Thread owner(Thread thread) {
    Object lock = LockSupport.getBlocker(thread);
    if (lock instanceof JavaMonitor && thread.getState() == Thread.State.BLOCKED) {
      return find(SubstrateUtil.cast(lock, Target_JavaMonitorQueuedSynchronizer.class).getState());
    }
    if (lock instanceof AbstractOwnableSynchronizer) {
      return SubstrateUtil.cast(lock, Target_AbstractOwnableSynchronizer.class)
          .getExclusiveOwnerThread();
    }
    return null;
  }

  /** The numbers of the threads that wait for each other in a circle; null when there are none. */
  static long[] deadlocked(boolean monitorsOnly) {
    Set<Thread> found = new HashSet<>();
    for (Thread start : threads()) {
      Set<Thread> path = new HashSet<>();
      Thread at = start;
      while (at != null && path.add(at)) {
        at = !monitorsOnly || at.getState() == Thread.State.BLOCKED ? owner(at) : null;
      }
      if (at == start) {
        found.addAll(path);
      }
    }
    return found.isEmpty() ? null : found.stream().mapToLong(Thread::threadId).sorted().toArray();
  }
}

@TargetClass(PlatformThreads.class)
final class Target_PlatformThreads {
  private Target_PlatformThreads() {}

  @Alias
  static native Thread[] getAllThreads();
}

@TargetClass(AbstractOwnableSynchronizer.class)
final class Target_AbstractOwnableSynchronizer {
  private Target_AbstractOwnableSynchronizer() {}

  @Alias
  native Thread getExclusiveOwnerThread();
}

@TargetClass(className = "com.oracle.svm.core.monitor.JavaMonitorQueuedSynchronizer")
final class Target_JavaMonitorQueuedSynchronizer {
  private Target_JavaMonitorQueuedSynchronizer() {}

  /** The number of the thread that has the monitor, 0 for none. */
  @Alias
  native long getState();
}

@TargetClass(ThreadInfo.class)
final class Target_java_lang_management_ThreadInfo {
  @Alias
  Target_java_lang_management_ThreadInfo(
      Thread thread,
      int state,
      Object lock,
      Thread lockOwner,
      long blockedCount,
      long blockedTime,
      long waitedCount,
      long waitedTime,
      StackTraceElement[] stackTrace) {}
}

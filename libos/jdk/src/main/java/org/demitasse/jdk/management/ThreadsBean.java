package org.demitasse.jdk.management;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import java.lang.management.ThreadInfo;

/** The threads' bean, where the compiler's tells of no threads at all. */
@TargetClass(className = "com.oracle.svm.core.jdk.management.SubstrateThreadMXBean")
final class ThreadsBean {
  private ThreadsBean() {}

  @Substitute
  public long[] getAllThreadIds() {
    Thread[] threads = ThreadReports.threads();
    long[] ids = new long[threads.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = threads[i].threadId();
    }
    return ids;
  }

  @Substitute
  public ThreadInfo getThreadInfo(long id) {
    return getThreadInfo(id, 0);
  }

  @Substitute
  public ThreadInfo[] getThreadInfo(long[] ids) {
    return getThreadInfo(ids, 0);
  }

  @Substitute
  public ThreadInfo getThreadInfo(long id, int maxDepth) {
    if (id <= 0) {
      throw new IllegalArgumentException("Invalid thread ID parameter: " + id);
    }
    if (maxDepth < 0) {
      throw new IllegalArgumentException("Invalid maxDepth parameter: " + maxDepth);
    }
    return ThreadReports.report(ThreadReports.find(id), maxDepth);
  }

  @Substitute
  public ThreadInfo[] getThreadInfo(long[] ids, int maxDepth) {
    ThreadInfo[] reports = new ThreadInfo[ids.length];
    for (int i = 0; i < ids.length; i++) {
      reports[i] = getThreadInfo(ids[i], maxDepth);
    }
    return reports;
  }

  /** Without the locks that a thread holds: they are not recorded. */
  @Substitute
  public ThreadInfo[] getThreadInfo(
      long[] ids, boolean lockedMonitors, boolean lockedSynchronizers) {
    return getThreadInfo(ids, Integer.MAX_VALUE);
  }

  /** Without the locks that a thread holds: they are not recorded. */
  @Substitute
  public ThreadInfo[] dumpAllThreads(boolean lockedMonitors, boolean lockedSynchronizers) {
    Thread[] threads = ThreadReports.threads();
    ThreadInfo[] reports = new ThreadInfo[threads.length];
    for (int i = 0; i < reports.length; i++) {
      reports[i] = ThreadReports.report(threads[i], Integer.MAX_VALUE);
    }
    return reports;
  }

  @Substitute
  public long[] findMonitorDeadlockedThreads() {
    return ThreadReports.deadlocked(true);
  }

  @Substitute
  public long[] findDeadlockedThreads() {
    return ThreadReports.deadlocked(false);
  }
}

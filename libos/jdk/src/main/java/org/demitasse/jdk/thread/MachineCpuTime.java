package org.demitasse.jdk.thread;

import com.oracle.svm.core.Uninterruptible;
import com.oracle.svm.core.thread.ThreadCpuTimeSupport;
import com.oracle.svm.core.thread.VMThreads;
import org.demitasse.jdk.nucleus.BootInfo;
import org.demitasse.jdk.nucleus.Nucleus;
import org.graalvm.nativeimage.CurrentIsolate;
import org.graalvm.nativeimage.IsolateThread;

/**
 * How long threads have had the CPU, nanoseconds. There is no kernel below: all of it is user time.
 */
public final class MachineCpuTime implements ThreadCpuTimeSupport {
  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public long getCurrentThreadCpuTime(boolean includeSystemTime) {
    return getThreadCpuTime(CurrentIsolate.getCurrentThread(), includeSystemTime);
  }

  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public long getThreadCpuTime(IsolateThread thread, boolean includeSystemTime) {
    return Scheduler.cpuTime((Task) VMThreads.getOSThreadHandle(thread));
  }

  /** How long the machine has been busy since it started. */
  public static long ofMachine() {
    return Nucleus.clockMonotonic() - BootInfo.startNanos() - Scheduler.idleTime();
  }
}

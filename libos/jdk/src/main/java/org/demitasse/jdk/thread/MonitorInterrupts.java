package org.demitasse.jdk.thread;

import com.oracle.svm.core.SubstrateUtil;
import com.oracle.svm.core.annotate.Alias;
import com.oracle.svm.core.annotate.Inject;
import com.oracle.svm.core.annotate.RecomputeFieldValue;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;

/**
 * Interrupted threads that wait for a monitor. No interrupt ends such a wait (JLS 17.1), but while
 * one is pending every park returns at once: the runtime's monitors would spin until the monitor is
 * free. A virtual thread that spins keeps its carrier, of which there is one, and so may keep the
 * owner from ever running. So a pending interrupt is set aside before each park and set again when
 * the monitor is taken, as {@link java.util.concurrent.locks.ReentrantLock#lock} does.
 */
final class MonitorInterrupts {
  private MonitorInterrupts() {}

  /** The current thread is about to park until a monitor is free. */
  static void beforePark() {
    Thread thread = Thread.currentThread();
    Target_java_lang_Thread state = SubstrateUtil.cast(thread, Target_java_lang_Thread.class);
    if (state.settingInterruptAside) {
      // The step below waits for a monitor of its own, whose owner must run.
      Thread.yield();
      return;
    }
    state.settingInterruptAside = true;
    try {
      if (Thread.interrupted()) {
        state.interruptSetAside = true;
      }
    } finally {
      state.settingInterruptAside = false;
    }
  }

  /** The current thread has got the monitor that it waited for, or never had to wait. */
  static void afterAcquire() {
    Thread thread = Thread.currentThread();
    Target_java_lang_Thread state = SubstrateUtil.cast(thread, Target_java_lang_Thread.class);
    if (state.interruptSetAside && !state.settingInterruptAside) {
      state.interruptSetAside = false;
      thread.interrupt();
    }
  }
}

@TargetClass(Thread.class)
final class Target_java_lang_Thread {
  private Target_java_lang_Thread() {}

  /** An interrupt that is set again when the monitor is taken; used by the thread itself alone. */
  @Inject
  @RecomputeFieldValue(kind = RecomputeFieldValue.Kind.Reset)
  boolean interruptSetAside;

  @Inject
  @RecomputeFieldValue(kind = RecomputeFieldValue.Kind.Reset)
  boolean settingInterruptAside;
}

@TargetClass(className = "com.oracle.svm.core.monitor.JavaMonitorQueuedSynchronizer")
final class Target_com_oracle_svm_core_monitor_JavaMonitorQueuedSynchronizer {
  private Target_com_oracle_svm_core_monitor_JavaMonitorQueuedSynchronizer() {}

  @Alias
  native long getState();

  @Alias
  native boolean compareAndSetState(long expected, long update);

  /**
   * How often to try before the next park. Trying again without giving way is of no use on one
   * processor.
   *
   * @param parks how often the thread has parked for this monitor, this time included; 0 before it
   *     queues
   */
  @Substitute
  int getSpinAttempts(int parks) {
    if (parks > 0) {
      MonitorInterrupts.beforePark();
    }
    return 0;
  }
}

@TargetClass(className = "com.oracle.svm.core.monitor.JavaMonitor")
final class Target_com_oracle_svm_core_monitor_JavaMonitor {
  private Target_com_oracle_svm_core_monitor_JavaMonitor() {}

  @Alias int acquisitions;

  @Alias
  static native long getCurrentThreadIdentity();

  /** Takes the monitor if it is free; {@code acquires} is how often it is then held. */
  @Substitute
  boolean tryAcquire(long acquires) {
    Target_com_oracle_svm_core_monitor_JavaMonitorQueuedSynchronizer monitor =
        SubstrateUtil.cast(
            this, Target_com_oracle_svm_core_monitor_JavaMonitorQueuedSynchronizer.class);
    if (monitor.getState() != 0 || !monitor.compareAndSetState(0, getCurrentThreadIdentity())) {
      return false;
    }
    acquisitions = (int) acquires;
    MonitorInterrupts.afterAcquire();
    return true;
  }
}

package org.demitasse.jdk.thread;

import com.oracle.svm.core.Uninterruptible;
import com.oracle.svm.core.annotate.Alias;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import com.oracle.svm.core.thread.RecurringCallbackSupport;
import com.oracle.svm.core.thread.Safepoint;
import com.oracle.svm.core.thread.SafepointCheckCounter;
import com.oracle.svm.core.thread.VMOperation;

/**
 * The end of a time slice. The tick clears the word that safepoint polls read; the poll's slow path
 * ends in the method below, which the runtime has for periodic callbacks. We have none: it is the
 * place where a thread gives way to the others.
 */
final class TimeSlice {
  private TimeSlice() {}

  @Uninterruptible(reason = "Must not contain safepoint checks.")
  static void end() {
    Target_com_oracle_svm_core_thread_SafepointCheckCounter.setVolatile(Integer.MAX_VALUE);
    if (Scheduler.isSliceOver()
        && !VMOperation.isInProgress()
        // Begins or ends a safepoint: the others would spin for ever until it goes on.
        && !Safepoint.singleton().isMasterThread()) {
      Blocking.yield();
    }
  }
}

@TargetClass(SafepointCheckCounter.class)
final class Target_com_oracle_svm_core_thread_SafepointCheckCounter {
  private Target_com_oracle_svm_core_thread_SafepointCheckCounter() {}

  @Alias
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  static native void setVolatile(int value);
}

@TargetClass(RecurringCallbackSupport.class)
final class Target_com_oracle_svm_core_thread_RecurringCallbackSupport {
  private Target_com_oracle_svm_core_thread_RecurringCallbackSupport() {}

  @Substitute
  @Uninterruptible(reason = "Must not contain safepoint checks.")
  static void maybeExecuteCallback() {
    TimeSlice.end();
  }
}

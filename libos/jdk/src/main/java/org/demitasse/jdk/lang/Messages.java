package org.demitasse.jdk.lang;

import com.oracle.svm.core.SubstrateUtil;
import com.oracle.svm.core.annotate.Alias;
import com.oracle.svm.core.annotate.RecomputeFieldValue;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import com.oracle.svm.core.heap.OutOfMemoryUtil;
import com.oracle.svm.core.thread.PlatformThreads;
import jdk.internal.event.ThreadSleepEvent;

/** Messages of exceptions that programs print and people search for: HotSpot's. */
final class Messages {
  private Messages() {}
}

@TargetClass(OutOfMemoryUtil.class)
final class Target_com_oracle_svm_core_heap_OutOfMemoryUtil {
  private Target_com_oracle_svm_core_heap_OutOfMemoryUtil() {}

  @Alias
  @RecomputeFieldValue(kind = RecomputeFieldValue.Kind.FromAlias, isFinal = true)
  private static OutOfMemoryError OUT_OF_MEMORY_ERROR = new OutOfMemoryError("Java heap space");
}

@TargetClass(Thread.class)
final class Target_java_lang_Thread_Sleep {
  private Target_java_lang_Thread_Sleep() {}

  @Alias
  private static native ThreadSleepEvent beforeSleep(long nanos);

  @Alias
  private static native void afterSleep(ThreadSleepEvent event);

  @Substitute
  private static void sleepNanos(long nanos) throws InterruptedException {
    ThreadSleepEvent event = beforeSleep(nanos);
    try {
      Thread current = Thread.currentThread();
      if (current.isVirtual()) {
        SubstrateUtil.cast(current, Target_java_lang_VirtualThread_Sleep.class).sleepNanos(nanos);
      } else {
        Target_com_oracle_svm_core_thread_PlatformThreads.sleep(nanos);
      }
    } catch (InterruptedException e) {
      if (e.getMessage() == null && !Thread.currentThread().isVirtual()) {
        throw new InterruptedException("sleep interrupted");
      }
      throw e;
    } finally {
      afterSleep(event);
    }
  }
}

@TargetClass(PlatformThreads.class)
final class Target_com_oracle_svm_core_thread_PlatformThreads {
  private Target_com_oracle_svm_core_thread_PlatformThreads() {}

  @Alias
  static native void sleep(long nanos) throws InterruptedException;
}

@TargetClass(className = "java.lang.VirtualThread")
final class Target_java_lang_VirtualThread_Sleep {
  private Target_java_lang_VirtualThread_Sleep() {}

  @Alias
  native void sleepNanos(long nanos) throws InterruptedException;
}

package org.demitasse.jdk.thread;

import com.oracle.svm.core.locks.VMCondition;
import com.oracle.svm.core.locks.VMLockSupport;
import com.oracle.svm.core.locks.VMMutex;
import com.oracle.svm.core.locks.VMSemaphore;
import org.graalvm.nativeimage.Platform;
import org.graalvm.nativeimage.Platforms;

/** Puts our locks in the place of those that the compiler's runtime declares. Build time only. */
public final class RuntimeLocks extends VMLockSupport {
  @Override
  @Platforms(Platform.HOSTED_ONLY.class)
  protected VMMutex replaceVMMutex(VMMutex source) {
    return new RuntimeMutex(source.getName());
  }

  @Override
  @Platforms(Platform.HOSTED_ONLY.class)
  protected VMCondition replaceVMCondition(VMCondition source) {
    return new RuntimeCondition(
        (RuntimeMutex) mutexReplacer.apply(source.getMutex()), source.getConditionName());
  }

  @Override
  @Platforms(Platform.HOSTED_ONLY.class)
  protected VMSemaphore replaceSemaphore(VMSemaphore source) {
    return new RuntimeSemaphore(source.getName());
  }
}

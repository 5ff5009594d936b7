package org.demitasse.jdk.lean;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import com.oracle.svm.core.genscavenge.GCImpl;

/**
 * The sizes of the heap are worked out once. The collector's code works them out again whenever a
 * thread needs a new allocation buffer, because on other systems the memory's size is not known at
 * first; a machine's memory is known when it starts and never changes. Options that change the
 * sizes have them worked out by themselves.
 */
@TargetClass(className = "com.oracle.svm.core.genscavenge.ThreadLocalAllocation")
final class AllocationPath {
  private AllocationPath() {}

  @Substitute
  private static void runSlowPathHooks() {
    GCImpl.getPolicy().ensureSizeParametersInitialized();
  }
}

package org.demitasse.jdk.platform;

import com.oracle.svm.core.annotate.Alias;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import com.oracle.svm.core.container.OperatingSystem;

/** The compiler's runtime, where it calls C functions of the builder's own distribution. */
final class RuntimeSubstitutions {
  private RuntimeSubstitutions() {}
}

@TargetClass(OperatingSystem.class)
final class Target_com_oracle_svm_core_container_OperatingSystem {
  private Target_com_oracle_svm_core_container_OperatingSystem() {}

  @Alias private int cachedActiveProcessorCount;

  /** One virtual CPU an image. */
  @Substitute
  int getActiveProcessorCount() {
    cachedActiveProcessorCount = 1;
    return 1;
  }
}

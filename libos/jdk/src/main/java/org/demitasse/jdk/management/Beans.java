package org.demitasse.jdk.management;

import com.oracle.svm.core.SubstrateUtil;
import com.oracle.svm.core.annotate.Alias;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import com.oracle.svm.core.jdk.management.ManagementSupport;
import java.lang.management.OperatingSystemMXBean;
import jdk.internal.platform.Container;
import jdk.internal.platform.Metrics;

/** Which beans there are. */
final class Beans {
  private Beans() {}
}

@TargetClass(ManagementSupport.class)
final class Target_com_oracle_svm_core_jdk_management_ManagementSupport {
  private Target_com_oracle_svm_core_jdk_management_ManagementSupport() {}

  @Alias private OperatingSystemMXBean osMXBean;

  /** The bean with all of the JDK's figures; the compiler's own choice is one with a few. */
  @Substitute
  private synchronized OperatingSystemMXBean getOsMXBean() {
    if (osMXBean == null) {
      osMXBean = SubstrateUtil.cast(new OperatingSystemBean(null), OperatingSystemMXBean.class);
    }
    return osMXBean;
  }
}

/** A machine is in no control group that it could see. */
@TargetClass(Container.class)
final class Target_jdk_internal_platform_Container {
  private Target_jdk_internal_platform_Container() {}

  @Substitute
  public static Metrics metrics() {
    return null;
  }
}

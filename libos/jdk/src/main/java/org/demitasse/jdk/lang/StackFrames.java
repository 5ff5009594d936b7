package org.demitasse.jdk.lang;

import com.oracle.svm.core.Uninterruptible;
import com.oracle.svm.core.annotate.Alias;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import com.oracle.svm.core.hub.DynamicHub;
import com.oracle.svm.core.jdk.StackTraceUtils;
import com.oracle.svm.core.jdk.UninterruptibleUtils;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;

/**
 * Which frames a stack trace shows: those that HotSpot's would. What starts threads and throws for
 * the program is the runtime's own; what starts the program is marked as such in its classes.
 */
final class StackFrames {
  private StackFrames() {}

  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  static boolean isOfRuntime(Class<?> type, String method) {
    if (type == Thread.class) {
      return UninterruptibleUtils.String.equals(method, "runWith");
    }
    if (type == Class.class) {
      return UninterruptibleUtils.String.equals(method, "ensureInitialized");
    }
    return UninterruptibleUtils.String.startsWith(
        DynamicHub.fromClass(type).getName(), "com.oracle.svm.core.");
  }

  /** Calls by reflection, which only some walks of the stack show. */
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  static boolean isReflective(Class<?> type, String method) {
    return type == Method.class && UninterruptibleUtils.String.equals(method, "invoke")
        || (type == Constructor.class || type == Class.class)
            && UninterruptibleUtils.String.equals(method, "newInstance");
  }

  /** How a virtual thread is mounted and unmounted. */
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  static boolean isOfContinuation(Class<?> type, String method) {
    return UninterruptibleUtils.String.equals(
            DynamicHub.fromClass(type).getName(), "jdk.internal.vm.Continuation")
        && (UninterruptibleUtils.String.startsWith(method, "enter")
            || UninterruptibleUtils.String.startsWith(method, "yield"));
  }
}

@TargetClass(StackTraceUtils.class)
final class Target_com_oracle_svm_core_jdk_StackTraceUtils {
  private Target_com_oracle_svm_core_jdk_StackTraceUtils() {}

  @Substitute
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public static boolean shouldShowFrame(
      Class<?> type,
      String method,
      boolean showLambdaFrames,
      boolean showReflectFrames,
      boolean showHiddenFrames) {
    if (showHiddenFrames) {
      return true;
    }
    return type != null
        && !DynamicHub.fromClass(type).isVMInternal()
        && (showLambdaFrames || !DynamicHub.fromClass(type).isLambdaFormHidden())
        && (showReflectFrames || !StackFrames.isReflective(type, method))
        && !StackFrames.isOfContinuation(type, method)
        && !StackFrames.isOfRuntime(type, method);
  }
}

@TargetClass(StackTraceElement.class)
final class Target_java_lang_StackTraceElement {
  private Target_java_lang_StackTraceElement() {}

  @Alias private String moduleName;

  /** As HotSpot prints them: the JDK's modules without their version, which is the JDK's. */
  @Substitute
  private boolean dropModuleVersion() {
    return moduleName != null && (moduleName.startsWith("java.") || moduleName.startsWith("jdk."));
  }
}

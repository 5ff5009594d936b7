package org.demitasse.jdk.lang;

import com.oracle.svm.core.Uninterruptible;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import org.demitasse.jdk.nucleus.Nucleus;

/** {@code java.lang}'s native methods, on the nucleus. */
final class LangSubstitutions {
  private LangSubstitutions() {}
}

@TargetClass(System.class)
final class Target_java_lang_System {
  private Target_java_lang_System() {}

  @Substitute
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  static long nanoTime() {
    return Nucleus.clockMonotonic();
  }

  @Substitute
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  static long currentTimeMillis() {
    return Nucleus.clockWall() / 1_000_000;
  }

  @Substitute
  static String mapLibraryName(String name) {
    return "lib" + name + ".so"; // the name that the message of System.loadLibrary will say
  }
}

@TargetClass(className = "java.lang.Shutdown")
final class Target_java_lang_Shutdown {
  private Target_java_lang_Shutdown() {}

  @Substitute
  static void halt0(int status) {
    Nucleus.exit(status & 0xff);
  }
}

@TargetClass(Runtime.class)
final class Target_java_lang_Runtime {
  private Target_java_lang_Runtime() {}

  @Substitute
  int availableProcessors() {
    return 1;
  }
}

@TargetClass(className = "jdk.internal.misc.VM")
final class Target_jdk_internal_misc_VM {
  private Target_jdk_internal_misc_VM() {}

  /** The wall clock as nanoseconds after {@code offset} seconds, or -1 when it is too far away. */
  @Substitute
  static long getNanoTimeAdjustment(long offset) {
    long now = Nucleus.clockWall();
    long seconds = now / 1_000_000_000 - offset;
    if (seconds >= 1L << 32 || seconds <= -(1L << 32)) {
      return -1;
    }
    return seconds * 1_000_000_000 + now % 1_000_000_000;
  }
}

/** There are no users inside an image: everybody is user 0 of group 0. */
@TargetClass(className = "jdk.internal.misc.VM")
final class Target_jdk_internal_misc_VM_Users {
  private Target_jdk_internal_misc_VM_Users() {}

  @Substitute
  public static long getuid() {
    return 0;
  }

  @Substitute
  public static long geteuid() {
    return 0;
  }

  @Substitute
  public static long getgid() {
    return 0;
  }

  @Substitute
  public static long getegid() {
    return 0;
  }
}

@TargetClass(className = "jdk.internal.misc.Signal")
final class Target_jdk_internal_misc_Signal {
  private Target_jdk_internal_misc_Signal() {}

  /** A machine has no signals; -1 makes {@code new Signal(name)} say that the name is unknown. */
  @Substitute
  static int findSignal0(String name) {
    return -1;
  }

  @Substitute
  static void raise0(int number) {
    throw new UnsupportedOperationException("A Demitasse image has no signals.");
  }
}

@TargetClass(className = "java.lang.ProcessEnvironment")
final class Target_java_lang_ProcessEnvironment {
  private Target_java_lang_ProcessEnvironment() {}

  /** Names and values in turns. */
  @Substitute
  static byte[][] environ() {
    return EnvironmentBytes.read();
  }
}

@TargetClass(java.util.TimeZone.class)
final class Target_java_util_TimeZone {
  private Target_java_util_TimeZone() {}

  /** The zone when {@code TZ} names none that the JDK knows. */
  @Substitute
  private static String getSystemGMTOffsetID() {
    return "GMT";
  }
}

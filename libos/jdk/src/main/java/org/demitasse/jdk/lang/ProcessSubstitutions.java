package org.demitasse.jdk.lang;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.Map;

/** Processes: there is one, the program itself, and none can be started. */
final class ProcessSubstitutions {
  /** What {@code ProcessHandle.current().pid()} says: a container's program is number 1 as well. */
  static final long SELF = 1;

  private ProcessSubstitutions() {}
}

@TargetClass(className = "java.lang.ProcessImpl")
final class Target_java_lang_ProcessImpl {
  private Target_java_lang_ProcessImpl() {}

  @Substitute
  private static void init() {
    // no native code, nothing to look up
  }

  @Substitute
  static Process start(
      String[] cmdarray,
      Map<String, String> environment,
      String dir,
      Redirect[] redirects,
      boolean redirectErrorStream)
      throws IOException {
    // ProcessBuilder puts "Cannot run program ..." in front.
    throw new IOException("a Demitasse image is one program and cannot start others");
  }
}

@TargetClass(className = "java.lang.ProcessHandleImpl")
final class Target_java_lang_ProcessHandleImpl {
  private Target_java_lang_ProcessHandleImpl() {}

  @Substitute
  private static void initNative() {
    // no native code, nothing to look up
  }

  @Substitute
  private static int waitForProcessExit0(long pid, boolean reapvalue) {
    throw new UnsupportedOperationException("A Demitasse image has no other processes.");
  }

  @Substitute
  private static long getCurrentPid0() {
    return ProcessSubstitutions.SELF;
  }

  /** No parent. */
  @Substitute
  private static long parent0(long pid, long startTime) {
    return -1;
  }

  /** How many children: none, or this one when all processes are asked for (pid 0). */
  @Substitute
  private static int getProcessPids0(long pid, long[] pids, long[] ppids, long[] starttimes) {
    if (pid != 0) {
      return 0;
    }
    if (pids.length > 0) {
      pids[0] = ProcessSubstitutions.SELF;
    }
    if (ppids != null && ppids.length > 0) {
      ppids[0] = 0;
    }
    if (starttimes != null && starttimes.length > 0) {
      starttimes[0] = 0;
    }
    return 1;
  }

  @Substitute
  private static boolean destroy0(long pid, long startTime, boolean forcibly) {
    return false;
  }

  /** The start time when alive (0: not known), else -1. */
  @Substitute
  private static long isAlive0(long pid) {
    return pid == ProcessSubstitutions.SELF ? 0 : -1;
  }
}

@TargetClass(className = "java.lang.ProcessHandleImpl", innerClass = "Info")
final class Target_java_lang_ProcessHandleImpl_Info {
  private Target_java_lang_ProcessHandleImpl_Info() {}

  @Substitute
  private static void initIDs() {
    // no native code, no field ids to look up
  }

  /** Every field stays empty: nothing is known of a process but its number. */
  @Substitute
  private void info0(long pid) {}
}

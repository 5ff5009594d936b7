package org.demitasse.jdk.platform;

import com.oracle.svm.core.Uninterruptible;
import com.oracle.svm.core.c.function.CEntryPointOptions;
import com.oracle.svm.core.c.function.CEntryPointOptions.NoEpilogue;
import com.oracle.svm.core.c.function.CEntryPointOptions.NoPrologue;
import org.graalvm.nativeimage.c.function.CEntryPoint;

/** The Java half of a fault report: the nucleus has printed the registers, the Java stack follows. */
final class FaultReport {
  private FaultReport() {}

  @Uninterruptible(reason = "The thread state is whatever the fault left.")
  @CEntryPoint(name = "demitasse_fault")
  @CEntryPointOptions(prologue = NoPrologue.class, epilogue = NoEpilogue.class)
  @SuppressWarnings("unused")
  static void fault(long ip, long sp, long fp) {}
}

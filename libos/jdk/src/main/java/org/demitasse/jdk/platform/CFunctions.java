package org.demitasse.jdk.platform;

import com.oracle.svm.core.Uninterruptible;
import com.oracle.svm.core.c.function.CEntryPointOptions;
import com.oracle.svm.core.c.function.CEntryPointOptions.NoEpilogue;
import com.oracle.svm.core.c.function.CEntryPointOptions.NoPrologue;
import jdk.graal.compiler.word.Word;
import org.demitasse.jdk.memory.OffHeap;
import org.graalvm.nativeimage.c.function.CEntryPoint;
import org.graalvm.nativeimage.c.type.CCharPointer;
import org.graalvm.word.Pointer;
import org.graalvm.word.PointerBase;

/**
 * C functions that the builder's own Java code calls and that its distribution would bring in a C
 * library: the same names, defined in Java.
 */
@SuppressWarnings("unused")
final class CFunctions {
  private CFunctions() {}

  /**
   * Which features this processor has; asked only by run-time compilation, which images have not.
   */
  @Uninterruptible(reason = "There may be no isolate yet.")
  @CEntryPoint(name = "determineCPUFeatures")
  @CEntryPointOptions(prologue = NoPrologue.class, epilogue = NoEpilogue.class)
  static void determineCpuFeatures(PointerBase features) {}

  /**
   * The machine's time zone as a newly allocated C string. A machine has none: a program's zone
   * comes from {@code TZ} or {@code user.timezone}, and is UTC without.
   */
  @Uninterruptible(reason = "The caller does not leave the Java state.")
  @CEntryPoint(name = "SVM_FindJavaTZmd")
  @CEntryPointOptions(prologue = NoPrologue.class, epilogue = NoEpilogue.class)
  static Pointer findJavaTimeZone(CCharPointer mappings, int length) {
    Pointer name = OffHeap.allocate(Word.unsigned(4));
    if (name.isNonNull()) {
      name.writeByte(0, (byte) 'U');
      name.writeByte(1, (byte) 'T');
      name.writeByte(2, (byte) 'C');
      name.writeByte(3, (byte) 0);
    }
    return name;
  }

  /**
   * Whether the processor can run this image. Nothing is compared: on one that cannot, the first
   * unknown instruction ends the machine with a fault report.
   */
  @Uninterruptible(reason = "There may be no isolate yet.")
  @CEntryPoint(name = "checkCPUFeatures")
  @CEntryPointOptions(prologue = NoPrologue.class, epilogue = NoEpilogue.class)
  static int checkCpuFeatures(CCharPointer buildTimeFeatureMask) {
    return 0;
  }

  @Uninterruptible(reason = "There may be no isolate yet.")
  @CEntryPoint(name = "checkCPUFeaturesOrExit")
  @CEntryPointOptions(prologue = NoPrologue.class, epilogue = NoEpilogue.class)
  static int checkCpuFeaturesOrExit(CCharPointer buildTimeFeatureMask, CCharPointer message) {
    return 0;
  }
}

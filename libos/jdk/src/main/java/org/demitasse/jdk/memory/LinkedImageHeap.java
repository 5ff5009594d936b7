package org.demitasse.jdk.memory;

import com.oracle.svm.core.Uninterruptible;
import com.oracle.svm.core.c.function.CEntryPointErrors;
import com.oracle.svm.core.os.AbstractImageHeapProvider;
import org.demitasse.jdk.nucleus.BootInfo;
import org.graalvm.nativeimage.c.type.WordPointer;
import org.graalvm.word.Pointer;
import org.graalvm.word.PointerBase;
import org.graalvm.word.UnsignedWord;

/** The image heap is used where it was linked and loaded: nothing is copied, nothing is mapped. */
public final class LinkedImageHeap extends AbstractImageHeapProvider {
  @Override
  @Uninterruptible(reason = "Still being initialized.")
  public int initialize(
      Pointer reservedAddressSpace,
      UnsignedWord reservedSize,
      WordPointer basePointer,
      WordPointer endPointer) {
    basePointer.write(BootInfo.heapBegin());
    if (endPointer.isNonNull()) {
      endPointer.write(BootInfo.heapImageEnd());
    }
    return CEntryPointErrors.NO_ERROR;
  }

  @Override
  @Uninterruptible(reason = "Called during isolate tear-down.")
  public int freeImageHeap(PointerBase heapBase) {
    return CEntryPointErrors.NO_ERROR;
  }
}

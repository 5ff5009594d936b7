package org.demitasse.jdk.memory;

import com.oracle.svm.core.Uninterruptible;
import com.oracle.svm.core.annotate.Alias;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import com.oracle.svm.core.genscavenge.ThreadLocalAllocation;
import com.oracle.svm.core.genscavenge.graal.nodes.FormatArrayNode;
import com.oracle.svm.core.genscavenge.graal.nodes.FormatObjectNode;
import com.oracle.svm.core.heap.Heap;
import com.oracle.svm.core.hub.DynamicHub;
import com.oracle.svm.core.hub.LayoutEncoding;
import com.oracle.svm.core.snippets.SubstrateForeignCallTarget;
import com.oracle.svm.core.stack.StackOverflowCheck;
import jdk.graal.compiler.replacements.AllocationSnippets.FillContent;
import jdk.graal.compiler.word.Word;
import org.graalvm.nativeimage.CurrentIsolate;
import org.graalvm.word.Pointer;
import org.graalvm.word.UnsignedWord;

/**
 * What every allocation of an image calls: optimised for size, images hold no allocation in place.
 * The thread's own buffer is tried at once; the collector's way, which looks at the whole heap
 * first, is left to the objects that do not fit.
 */
@TargetClass(className = "com.oracle.svm.core.genscavenge.graal.GenScavengeAllocationSupport")
final class AllocationStubs {
  private AllocationStubs() {}

  @Substitute
  @SubstrateForeignCallTarget(stubCallingConvention = false)
  @Uninterruptible(reason = "The new object must be young, or its cards dirty.")
  private static Object slowNewInstance(Word objectHeader) {
    DynamicHub hub = Heap.getHeap().getObjectHeader().dynamicHubFromObjectHeader(objectHeader);
    UnsignedWord size = LayoutEncoding.getPureInstanceAllocationSize(hub.getLayoutEncoding());
    ThreadLocalAllocation.Descriptor buffer =
        ThreadLocalAllocation.getTlab(CurrentIsolate.getCurrentThread());
    if (LocalBuffer.fitsInTlab(buffer, size)) {
      Pointer memory = LocalBuffer.allocateRawMemoryInTlab(size, buffer);
      return FormatObjectNode.formatObject(
          memory, DynamicHub.toClass(hub), false, FillContent.WITH_ZEROES, true);
    }
    StackOverflowCheck.singleton().makeYellowZoneAvailable();
    try {
      Object result = slowNewInstanceInterruptibly(objectHeader);
      Heap.getHeap().dirtyAllReferencesOf(result);
      return result;
    } finally {
      StackOverflowCheck.singleton().protectYellowZone();
    }
  }

  @Substitute
  @SubstrateForeignCallTarget(stubCallingConvention = false)
  @Uninterruptible(reason = "The new object must be young, or its cards dirty.")
  private static Object slowNewArray(Word objectHeader, int length) {
    if (length >= 0) {
      DynamicHub hub = Heap.getHeap().getObjectHeader().dynamicHubFromObjectHeader(objectHeader);
      UnsignedWord size = LayoutEncoding.getArrayAllocationSize(hub.getLayoutEncoding(), length);
      ThreadLocalAllocation.Descriptor buffer =
          ThreadLocalAllocation.getTlab(CurrentIsolate.getCurrentThread());
      // Large arrays get chunks of their own, whatever room the buffer has.
      if (arrayAllocatedInAlignedChunk(size) && LocalBuffer.fitsInTlab(buffer, size)) {
        Pointer memory = LocalBuffer.allocateRawMemoryInTlab(size, buffer);
        return FormatArrayNode.formatArray(
            memory, DynamicHub.toClass(hub), length, false, false, FillContent.WITH_ZEROES, true);
      }
    }
    StackOverflowCheck.singleton().makeYellowZoneAvailable();
    try {
      Object result = slowNewArrayLikeObjectInterruptibly(objectHeader, length, null);
      Heap.getHeap().dirtyAllReferencesOf(result);
      return result;
    } finally {
      StackOverflowCheck.singleton().protectYellowZone();
    }
  }

  @Alias
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  private static native boolean arrayAllocatedInAlignedChunk(UnsignedWord size);

  @Alias
  @Uninterruptible(reason = "The collector may run.", calleeMustBe = false)
  private static native Object slowNewInstanceInterruptibly(Word objectHeader);

  @Alias
  @Uninterruptible(reason = "The collector may run.", calleeMustBe = false)
  private static native Object slowNewArrayLikeObjectInterruptibly(
      Word objectHeader, int length, byte[] podReferenceMap);
}

/** The running thread's allocation buffer. */
@TargetClass(ThreadLocalAllocation.class)
final class LocalBuffer {
  private LocalBuffer() {}

  @Alias
  @Uninterruptible(reason = "Accesses the buffer.")
  static native boolean fitsInTlab(ThreadLocalAllocation.Descriptor buffer, UnsignedWord size);

  @Alias
  @Uninterruptible(reason = "Returns uninitialized memory.", callerMustBe = true)
  static native Pointer allocateRawMemoryInTlab(
      UnsignedWord size, ThreadLocalAllocation.Descriptor buffer);
}

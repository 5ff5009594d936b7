package org.demitasse.jdk.memory;

import com.oracle.svm.core.Uninterruptible;
import com.oracle.svm.core.os.VirtualMemoryProvider;
import jdk.graal.compiler.word.Word;
import org.demitasse.jdk.nucleus.BootInfo;
import org.demitasse.jdk.nucleus.Nucleus;
import org.graalvm.word.Pointer;
import org.graalvm.word.PointerBase;
import org.graalvm.word.UnsignedWord;
import org.graalvm.word.WordBase;

/**
 * The compiler's runtime asks here for address space and memory. The Java heap's reservation is the
 * range that begins with the image heap; everything else comes from {@link Pages}.
 */
public final class MachineVirtualMemory implements VirtualMemoryProvider {
  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public UnsignedWord getGranularity() {
    return Word.unsigned(Pages.SIZE);
  }

  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public Pointer reserve(UnsignedWord nbytes, UnsignedWord alignment, boolean code) {
    // Asked once, by the heap, before anything else: the range is linked into the image.
    UnsignedWord available = BootInfo.heapReservedEnd().subtract(BootInfo.heapBegin());
    if (code || nbytes.aboveThan(available)) {
      return Word.nullPointer();
    }
    return BootInfo.heapBegin();
  }

  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public Pointer mapFile(
      PointerBase start,
      UnsignedWord nbytes,
      WordBase fileHandle,
      UnsignedWord offset,
      int access) {
    return Word.nullPointer(); // there are no host files in a machine
  }

  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public Pointer commit(PointerBase start, UnsignedWord nbytes, int access) {
    if ((access & Access.FUTURE_EXECUTE) != 0) {
      return Word.nullPointer(); // W^X: no new code in a running machine
    }
    if (start.isNull()) {
      return Pages.allocate(Pages.roundUp(nbytes));
    }
    return Nucleus.pagesCommit(start, nbytes) == 0 ? (Pointer) start : Word.nullPointer();
  }

  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public int protect(PointerBase start, UnsignedWord nbytes, int access) {
    if ((access & Access.FUTURE_EXECUTE) != 0) {
      return -1;
    }
    int allowed =
        (access & Access.WRITE) != 0
            ? Nucleus.ACCESS_WRITE
            : (access & Access.READ) != 0 ? Nucleus.ACCESS_READ : Nucleus.ACCESS_NONE;
    Nucleus.pagesProtect(start, nbytes, allowed);
    return 0;
  }

  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public int uncommit(PointerBase start, UnsignedWord nbytes) {
    Nucleus.pagesUncommit(start, nbytes);
    return 0;
  }

  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public int free(PointerBase start, UnsignedWord nbytes) {
    if (start.equal(BootInfo.heapBegin())) {
      return 0; // the machine ends: its heap ends with it
    }
    Pages.free((Pointer) start, Pages.roundUp(nbytes));
    return 0;
  }
}

package org.demitasse.jdk.nucleus;

import com.oracle.svm.core.Uninterruptible;
import org.graalvm.nativeimage.c.function.CFunction;
import org.graalvm.nativeimage.c.function.CFunction.Transition;
import org.graalvm.nativeimage.c.function.CFunctionPointer;
import org.graalvm.word.Pointer;
import org.graalvm.word.PointerBase;
import org.graalvm.word.UnsignedWord;

/**
 * The functions of {@code nucleus.h}, which says their contracts. None of them changes the state of
 * the calling thread: a caller that may sleep in one has to have left the Java state before.
 */
public final class Nucleus {
  public static final int ERROR_AGAIN = -1;
  public static final int ERROR_MEMORY = -2;
  public static final int ERROR_IO = -3;
  public static final int ERROR_ENTROPY = -4;
  public static final int ERROR_END = -5;

  public static final int ACCESS_NONE = 0;
  public static final int ACCESS_READ = 1;
  public static final int ACCESS_WRITE = 3;

  public static final long EVENT_CONSOLE = 1L << 62;
  public static final long EVENT_SHUTDOWN = 1L << 63;

  /** Exit code of a machine whose configuration was refused. */
  public static final int EXIT_REFUSED = 124;

  /**
   * Exit code of a machine that broke (CPU exception, broken contract, fatal error of the runtime).
   */
  public static final int EXIT_FAULT = 125;

  private Nucleus() {}

  @CFunction(value = "nucleus_boot", transition = Transition.NO_TRANSITION)
  public static native Pointer boot();

  @CFunction(value = "nucleus_console_write", transition = Transition.NO_TRANSITION)
  public static native long consoleWrite(int stream, PointerBase bytes, UnsignedWord length);

  @CFunction(value = "nucleus_console_read", transition = Transition.NO_TRANSITION)
  public static native long consoleRead(PointerBase bytes, UnsignedWord length);

  @CFunction(value = "nucleus_clock_monotonic", transition = Transition.NO_TRANSITION)
  public static native long clockMonotonic();

  @CFunction(value = "nucleus_clock_wall", transition = Transition.NO_TRANSITION)
  public static native long clockWall();

  @CFunction(value = "nucleus_pages_commit", transition = Transition.NO_TRANSITION)
  public static native int pagesCommit(PointerBase address, UnsignedWord length);

  @CFunction(value = "nucleus_pages_uncommit", transition = Transition.NO_TRANSITION)
  public static native void pagesUncommit(PointerBase address, UnsignedWord length);

  @CFunction(value = "nucleus_pages_protect", transition = Transition.NO_TRANSITION)
  public static native void pagesProtect(PointerBase address, UnsignedWord length, int access);

  @CFunction(value = "nucleus_stack_prepare", transition = Transition.NO_TRANSITION)
  public static native Pointer stackPrepare(
      PointerBase top, CFunctionPointer entry, PointerBase argument);

  @CFunction(value = "nucleus_stack_switch", transition = Transition.NO_TRANSITION)
  public static native void stackSwitch(PointerBase from, PointerBase to);

  @CFunction(value = "nucleus_wait", transition = Transition.NO_TRANSITION)
  public static native long await(long deadline);

  @CFunction(value = "nucleus_wait_for", transition = Transition.NO_TRANSITION)
  public static native void awaitEvents(long events);

  @CFunction(value = "nucleus_tick", transition = Transition.NO_TRANSITION)
  public static native void tick(PointerBase word, long period);

  @CFunction(value = "nucleus_tick_word", transition = Transition.NO_TRANSITION)
  public static native void tickWord(PointerBase word);

  @CFunction(value = "nucleus_entropy", transition = Transition.NO_TRANSITION)
  public static native int entropy(PointerBase bytes, UnsignedWord length);

  @CFunction(value = "nucleus_exit", transition = Transition.NO_TRANSITION)
  public static native void exit(int code);

  @CFunction(value = "nucleus_device_read", transition = Transition.NO_TRANSITION)
  public static native long deviceRead(int device, PointerBase bytes, UnsignedWord length);

  @CFunction(value = "nucleus_device_write", transition = Transition.NO_TRANSITION)
  public static native long deviceWrite(int device, PointerBase pieces, UnsignedWord count);

  @CFunction(value = "nucleus_dma_allocate", transition = Transition.NO_TRANSITION)
  public static native Pointer dmaAllocate(UnsignedWord length);

  @CFunction(value = "nucleus_dma_address", transition = Transition.NO_TRANSITION)
  public static native long dmaAddress(PointerBase address);

  @CFunction(value = "nucleus_device_enable", transition = Transition.NO_TRANSITION)
  public static native void deviceEnable(int device);

  /** Copies bytes; where the pieces overlap, the target must lie in front. */
  @CFunction(value = "memcpy", transition = Transition.NO_TRANSITION)
  public static native Pointer memcpy(PointerBase to, PointerBase from, UnsignedWord length);

  /** Sets bytes to the low eight bits of {@code value}. */
  @CFunction(value = "memset", transition = Transition.NO_TRANSITION)
  public static native Pointer memset(PointerBase to, int value, UnsignedWord length);

  /** Writes text of the runtime itself, which may be in any state, to standard error. */
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public static void complain(PointerBase bytes, UnsignedWord length) {
    consoleWrite(2, bytes, length);
  }
}

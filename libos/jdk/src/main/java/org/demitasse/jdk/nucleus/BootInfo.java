package org.demitasse.jdk.nucleus;

import com.oracle.svm.core.Uninterruptible;
import jdk.graal.compiler.word.Word;
import org.graalvm.word.Pointer;

/**
 * {@code struct nucleus_boot}, read by offset: the layout is fixed by {@code nucleus.h}, so that no
 * C compiler is needed to build an image. Any thread, at any time.
 */
public final class BootInfo {
  static final int VERSION = 0;
  private static final int PLATFORM = 8;
  private static final int HEAP_BEGIN = 16;
  private static final int HEAP_IMAGE_END = 24;
  private static final int HEAP_RESERVED_END = 32;
  private static final int PAGES_BEGIN = 40;
  private static final int PAGES_END = 48;
  private static final int MEMORY = 56;
  private static final int MEMORY_FREE = 64;
  private static final int CONFIG = 72;
  private static final int CONFIG_SIZE = 80;
  private static final int COMMAND_LINE = 88;
  private static final int START_NS = 96;
  private static final int STACK_BEGIN = 104;
  private static final int STACK_END = 112;
  private static final int CONSOLE_FLAGS = 120;
  private static final int DEVICE_COUNT = 128;
  private static final int DEVICES = 136;
  private static final int DEVICE_SIZE = 64;

  public static final int PLATFORM_SANDBOX = 1;

  private BootInfo() {}

  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  private static long read(int offset) {
    return Nucleus.boot().readLong(offset);
  }

  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public static boolean isSandbox() {
    return read(PLATFORM) == PLATFORM_SANDBOX;
  }

  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public static Pointer heapBegin() {
    return Word.pointer(read(HEAP_BEGIN));
  }

  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public static Pointer heapImageEnd() {
    return Word.pointer(read(HEAP_IMAGE_END));
  }

  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public static Pointer heapReservedEnd() {
    return Word.pointer(read(HEAP_RESERVED_END));
  }

  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public static Pointer pagesBegin() {
    return Word.pointer(read(PAGES_BEGIN));
  }

  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public static Pointer pagesEnd() {
    return Word.pointer(read(PAGES_END));
  }

  /** Bytes of memory of the machine, the image included. */
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public static long memory() {
    return read(MEMORY);
  }

  /** Bytes that could be committed when the machine started. */
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public static long memoryFree() {
    return read(MEMORY_FREE);
  }

  public static Pointer config() {
    return Word.pointer(read(CONFIG));
  }

  public static long configSize() {
    return read(CONFIG_SIZE);
  }

  public static Pointer commandLine() {
    return Word.pointer(read(COMMAND_LINE));
  }

  /** The monotonic clock at the first instruction, nanoseconds. */
  public static long startNanos() {
    return read(START_NS);
  }

  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public static Pointer stackBegin() {
    return Word.pointer(read(STACK_BEGIN));
  }

  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public static Pointer stackEnd() {
    return Word.pointer(read(STACK_END));
  }

  /** Whether that standard stream (0, 1, 2) is a terminal. */
  public static boolean isTerminal(int stream) {
    return (read(CONSOLE_FLAGS) >> stream & 1) != 0;
  }

  public static int deviceCount() {
    return (int) read(DEVICE_COUNT);
  }

  /** The address of that device's record. */
  public static Pointer device(int index) {
    return Nucleus.boot().add(DEVICES + index * DEVICE_SIZE);
  }
}

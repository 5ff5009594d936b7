package org.demitasse.jdk.thread;

import com.oracle.svm.core.Uninterruptible;
import com.oracle.svm.core.c.function.CEntryPointOptions;
import com.oracle.svm.core.c.function.CEntryPointOptions.NoEpilogue;
import com.oracle.svm.core.c.function.CEntryPointOptions.NoPrologue;
import jdk.graal.compiler.word.Word;
import org.demitasse.jdk.memory.OffHeap;
import org.demitasse.jdk.memory.Pages;
import org.demitasse.jdk.nucleus.BootInfo;
import org.demitasse.jdk.nucleus.Nucleus;
import org.graalvm.nativeimage.c.function.CEntryPoint;
import org.graalvm.nativeimage.c.function.CEntryPointLiteral;
import org.graalvm.nativeimage.c.function.CFunctionPointer;
import org.graalvm.nativeimage.c.function.InvokeCFunctionPointer;
import org.graalvm.nativeimage.c.struct.SizeOf;
import org.graalvm.word.Pointer;
import org.graalvm.word.PointerBase;
import org.graalvm.word.UnsignedWord;
import org.graalvm.word.WordBase;

/**
 * How tasks begin and end: their stacks, with a guard page below, and their first and last steps.
 */
final class Tasks {
  /**
   * Stack of a thread that asks for no size: a thousandth of the machine's memory, between these
   * bounds. HotSpot's is the upper one, which most never touch; but a machine commits a stack
   * whole. The main thread has the boot stack of 1 MiB.
   */
  private static final long SMALLEST_DEFAULT_STACK = 256 * 1024;

  private static final long LARGEST_DEFAULT_STACK = 1024 * 1024;

  /**
   * The compiler's runtime keeps 40 KiB of each stack for itself; below this nothing useful runs.
   */
  static final long SMALLEST_STACK = 96 * 1024;

  private static final CEntryPointLiteral<CFunctionPointer> ENTRY =
      CEntryPointLiteral.create(Tasks.class, "entry", Pointer.class);

  private Tasks() {}

  /** A C function of one argument. */
  interface Routine extends CFunctionPointer {
    @InvokeCFunctionPointer(
        transition = org.graalvm.nativeimage.c.function.CFunction.Transition.NO_TRANSITION)
    WordBase invoke(PointerBase argument);
  }

  /**
   * Creates a task and makes it ready.
   *
   * @param stackBytes the stack's size, 0 for the default
   * @return null when there is no memory for its stack
   */
  @Uninterruptible(reason = "Nothing may come between two steps.")
  static Task start(CFunctionPointer routine, PointerBase argument, long stackBytes) {
    long wanted = stackBytes == 0 ? defaultStack() : stackBytes;
    UnsignedWord size =
        Pages.roundUp(Word.unsigned(wanted < SMALLEST_STACK ? SMALLEST_STACK : wanted));
    UnsignedWord range = size.add(Pages.SIZE);
    Pointer begin = Pages.reserve(range);
    if (begin.isNull()) {
      return Word.nullPointer();
    }
    Task task = (Task) OffHeap.allocateZeroed(SizeOf.unsigned(Task.class));
    if (task.isNull() || !Timers.reserve()) {
      Pages.unreserve(begin, range);
      OffHeap.free((Pointer) task);
      return Word.nullPointer();
    }
    // The lowest page is reserved and never committed: it is the guard.
    Pointer stack = begin.add(Pages.SIZE);
    if (Nucleus.pagesCommit(stack, size) != 0) {
      Timers.unreserve();
      Pages.unreserve(begin, range);
      OffHeap.free((Pointer) task);
      return Word.nullPointer();
    }
    task.setTimerIndex(-1);
    task.setStackBegin(stack);
    task.setStackEnd(stack.add(size));
    task.setRoutine(routine);
    task.setArgument(argument);
    task.setStackPointer(
        Nucleus.stackPrepare(task.getStackEnd(), ENTRY.getFunctionPointer(), task));
    Scheduler.start(task);
    return task;
  }

  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  private static long defaultStack() {
    long share = BootInfo.memory() / 1024;
    return share < SMALLEST_DEFAULT_STACK
        ? SMALLEST_DEFAULT_STACK
        : share > LARGEST_DEFAULT_STACK ? LARGEST_DEFAULT_STACK : share;
  }

  /** Waits until a task has ended and frees it. Only one may join, and once. */
  @Uninterruptible(reason = "Nothing may come between two steps.")
  static void join(Task task) {
    while (task.getState() != Task.EXITED) {
      task.setJoiner(Scheduler.current());
      Scheduler.block(Word.nullPointer(), Scheduler.FOREVER);
    }
    UnsignedWord size = task.getStackEnd().subtract(task.getStackBegin());
    Nucleus.pagesUncommit(task.getStackBegin(), size);
    Pages.unreserve(task.getStackBegin().subtract(Pages.SIZE), size.add(Pages.SIZE));
    OffHeap.free((Pointer) task);
    Timers.unreserve();
  }

  @Uninterruptible(reason = "There is no thread yet, and none any more.")
  @CEntryPoint(
      include = CEntryPoint.NotIncludedAutomatically.class,
      publishAs = CEntryPoint.Publish.NotPublished)
  @CEntryPointOptions(prologue = NoPrologue.class, epilogue = NoEpilogue.class)
  @SuppressWarnings("unused")
  static void entry(Pointer argument) {
    Task task = (Task) argument;
    ((Routine) task.getRoutine()).invoke(task.getArgument());
    Task self = Scheduler.current();
    self.setState(Task.EXITED);
    self.setTickWord(Word.nullPointer());
    if (self.getJoiner().isNonNull()) {
      Scheduler.wake(self.getJoiner());
    }
    Scheduler.switchAway();
  }
}

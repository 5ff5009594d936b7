package org.demitasse.jdk.thread;

import com.oracle.svm.core.Uninterruptible;
import com.oracle.svm.core.thread.PlatformThreads;
import com.oracle.svm.core.thread.SafepointCheckCounter;
import com.oracle.svm.core.thread.VMThreads.OSThreadHandle;
import org.graalvm.nativeimage.CurrentIsolate;
import org.graalvm.nativeimage.Platform;
import org.graalvm.nativeimage.Platforms;
import org.graalvm.nativeimage.c.function.CFunctionPointer;
import org.graalvm.nativeimage.c.struct.SizeOf;
import org.graalvm.nativeimage.c.type.WordPointer;
import org.graalvm.word.Pointer;
import org.graalvm.word.PointerBase;

/** Platform threads are tasks of the {@link Scheduler}. */
public final class MachineThreads extends PlatformThreads {
  @Platforms(Platform.HOSTED_ONLY.class)
  public MachineThreads() {}

  @Override
  protected boolean doStartThread(Thread thread, long stackSize) {
    ThreadStartData data = prepareStart(thread, SizeOf.get(ThreadStartData.class));
    Task task = Tasks.start(threadStartRoutine.getFunctionPointer(), data, stackSize);
    if (task.isNull()) {
      undoPrepareStartOnError(thread, data);
      return false;
    }
    return true;
  }

  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public OSThreadHandle startThreadUnmanaged(
      CFunctionPointer threadRoutine, PointerBase userData, int stackSize) {
    return (OSThreadHandle) Tasks.start(threadRoutine, userData, stackSize);
  }

  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public boolean joinThreadUnmanaged(OSThreadHandle threadHandle, WordPointer threadExitStatus) {
    Tasks.join((Task) threadHandle);
    return true;
  }

  @Override
  protected void beforeThreadRun(Thread thread) {
    adoptTickWord();
  }

  /** Makes the boot stack the first thread. Called once, before there is an isolate. */
  @Uninterruptible(reason = "There is no isolate yet.")
  public static void initializeBootThread() {
    Scheduler.initialize();
  }

  /** From now on the tick makes the current thread reach a safepoint poll. */
  public static void adoptTickWord() {
    adoptTickWord(SafepointCheckCounter.getThreadLocalOffset());
  }

  @Uninterruptible(reason = "The thread's word must not move between the two steps.")
  private static void adoptTickWord(int offset) {
    Scheduler.setTickWord(((Pointer) CurrentIsolate.getCurrentThread()).add(offset));
  }

  /** A machine's threads have no names outside of Java. */
  @Override
  protected void setNativeName(Thread thread, String name) {}

  @Override
  protected void yieldCurrent() {
    Blocking.yield();
  }
}

package org.demitasse.jdk.thread;

import com.oracle.svm.core.Uninterruptible;
import com.oracle.svm.core.thread.VMThreads;
import jdk.graal.compiler.word.Word;
import org.demitasse.jdk.memory.Panic;
import org.demitasse.jdk.nucleus.Nucleus;
import org.graalvm.nativeimage.CurrentIsolate;
import org.graalvm.nativeimage.IsolateThread;
import org.graalvm.nativeimage.Platform;
import org.graalvm.nativeimage.Platforms;
import org.graalvm.nativeimage.c.type.CCharPointer;
import org.graalvm.word.ComparableWord;

/** The identity of threads: a thread is its task. */
public final class MachineVMThreads extends VMThreads {
  @Platforms(Platform.HOSTED_ONLY.class)
  public MachineVMThreads() {}

  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  protected OSThreadHandle getCurrentOSThreadHandle() {
    return (OSThreadHandle) Scheduler.current();
  }

  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  protected OSThreadId getCurrentOSThreadId() {
    return (OSThreadId) Scheduler.current();
  }

  /** The tick must not write into memory that may be another's by then. */
  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  protected void freeIsolateThread(IsolateThread thread) {
    if (thread.equal(CurrentIsolate.getCurrentThread())) {
      Scheduler.setTickWord(Word.nullPointer());
    }
    super.freeIsolateThread(thread);
  }

  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  protected void joinNoTransition(OSThreadHandle osThreadHandle) {
    Tasks.join((Task) osThreadHandle);
  }

  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public void nativeSleep(int milliseconds) {
    Scheduler.block(Word.nullPointer(), RuntimeCondition.deadlineIn(milliseconds * 1_000_000L));
  }

  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public void yield() {
    Scheduler.yield();
  }

  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public boolean supportsNativeYieldAndSleep() {
    return true;
  }

  @Override
  @Uninterruptible(reason = "Thread state not set up.")
  public void failFatally(int code, CCharPointer message) {
    Panic.print(message);
    Panic.print(Panic.FATAL.get());
    Nucleus.exit(Nucleus.EXIT_FAULT);
  }

  /** Finds the thread that runs, in crash reports. */
  public static final class Lookup extends ThreadLookup {
    @Override
    @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
    public ComparableWord getThreadIdentifier() {
      return Scheduler.current();
    }

    @Override
    @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
    public boolean matchesThread(IsolateThread thread, ComparableWord identifier) {
      return OSThreadIdTL.get(thread).equal(identifier);
    }
  }
}

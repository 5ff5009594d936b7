package org.demitasse.jdk.thread;

import com.oracle.svm.core.Uninterruptible;
import com.oracle.svm.core.c.CIsolateData;
import com.oracle.svm.core.c.CIsolateDataFactory;
import com.oracle.svm.core.locks.VMCondition;
import jdk.graal.compiler.word.Word;
import org.demitasse.jdk.nucleus.Nucleus;
import org.graalvm.nativeimage.Platform;
import org.graalvm.nativeimage.Platforms;
import org.graalvm.word.Pointer;

/** A condition of the compiler's runtime: the queue of those who wait. */
final class RuntimeCondition extends VMCondition {
  private final CIsolateData<Pointer> queue;

  @Platforms(Platform.HOSTED_ONLY.class)
  RuntimeCondition(RuntimeMutex mutex, String name) {
    super(mutex, name);
    queue = CIsolateDataFactory.create("condition_" + getName(), Word.unsigned(TaskQueue.SIZE));
  }

  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  private Pointer mutexState() {
    return ((RuntimeMutex) getMutex()).state();
  }

  @Uninterruptible(reason = "Nothing may come between two steps.")
  static void await(Pointer queue, Pointer mutex, long deadline) {
    RuntimeMutex.release(mutex); // nobody runs before the wait has begun
    Scheduler.block(queue, deadline);
    RuntimeMutex.acquire(mutex);
  }

  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  private static long remaining(long deadline) {
    long rest = deadline - Nucleus.clockMonotonic();
    return rest > 0 ? rest : 0;
  }

  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  static long deadlineIn(long nanos) {
    long deadline = Nucleus.clockMonotonic() + nanos;
    return deadline < 0 ? Scheduler.FOREVER : deadline;
  }

  @Override
  @Uninterruptible(reason = "Too early for safepoints.")
  public int initialize() {
    return 0; // all zeros is empty
  }

  @Override
  @Uninterruptible(reason = "The isolate teardown is in progress.")
  public int destroy() {
    return 0;
  }

  @Override
  public void block() {
    mutex.clearCurrentThreadOwner();
    Blocking.awaitCondition(queue.get(), mutexState(), Scheduler.FOREVER);
    mutex.setOwnerToCurrentThread();
  }

  @Override
  @Uninterruptible(
      reason = "Should only be called if the thread did an explicit transition to native earlier.",
      callerMustBe = true)
  public void blockNoTransition() {
    mutex.clearCurrentThreadOwner();
    await(queue.get(), mutexState(), Scheduler.FOREVER);
    mutex.setOwnerToCurrentThread();
  }

  @Override
  @Uninterruptible(
      reason = "Should only be called if the thread did an explicit transition to native earlier.",
      callerMustBe = true)
  public void blockNoTransitionUnspecifiedOwner() {
    mutex.clearUnspecifiedOwner();
    await(queue.get(), mutexState(), Scheduler.FOREVER);
    mutex.setOwnerToUnspecified();
  }

  @Override
  public long block(long waitNanos) {
    if (waitNanos <= 0) {
      return 0;
    }
    long deadline = deadlineIn(waitNanos);
    mutex.clearCurrentThreadOwner();
    Blocking.awaitCondition(queue.get(), mutexState(), deadline);
    mutex.setOwnerToCurrentThread();
    return remaining(deadline);
  }

  @Override
  @Uninterruptible(
      reason = "Should only be called if the thread did an explicit transition to native earlier.",
      callerMustBe = true)
  public long blockNoTransition(long waitNanos) {
    if (waitNanos <= 0) {
      return 0;
    }
    long deadline = deadlineIn(waitNanos);
    mutex.clearCurrentThreadOwner();
    await(queue.get(), mutexState(), deadline);
    mutex.setOwnerToCurrentThread();
    return remaining(deadline);
  }

  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public void signal() {
    Scheduler.wakeFirst(queue.get());
  }

  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public void broadcast() {
    Scheduler.wakeAll(queue.get());
  }
}

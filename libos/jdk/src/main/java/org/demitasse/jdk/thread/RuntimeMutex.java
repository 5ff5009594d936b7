package org.demitasse.jdk.thread;

import com.oracle.svm.core.Uninterruptible;
import com.oracle.svm.core.c.CIsolateData;
import com.oracle.svm.core.c.CIsolateDataFactory;
import com.oracle.svm.core.locks.VMMutex;
import jdk.graal.compiler.word.Word;
import org.graalvm.nativeimage.Platform;
import org.graalvm.nativeimage.Platforms;
import org.graalvm.word.Pointer;

/** A mutex of the compiler's runtime: a flag and the queue of those who wait, served in order. */
final class RuntimeMutex extends VMMutex {
  private static final int LOCKED = 0;
  private static final int QUEUE = 8;
  private static final int SIZE = QUEUE + TaskQueue.SIZE;

  private final CIsolateData<Pointer> state;

  @Platforms(Platform.HOSTED_ONLY.class)
  RuntimeMutex(String name) {
    super(name);
    state = CIsolateDataFactory.create("mutex_" + name, Word.unsigned(SIZE));
  }

  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  Pointer state() {
    return state.get();
  }

  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  private static boolean tryAcquire(Pointer mutex) {
    if (mutex.readLong(LOCKED) != 0) {
      return false;
    }
    mutex.writeLong(LOCKED, 1);
    return true;
  }

  @Uninterruptible(reason = "Nothing may come between two steps.")
  static void acquire(Pointer mutex) {
    if (!tryAcquire(mutex)) {
      Scheduler.block(mutex.add(QUEUE), Scheduler.FOREVER); // release hands the mutex over
    }
  }

  @Uninterruptible(reason = "Nothing may come between two steps.")
  static void release(Pointer mutex) {
    if (Scheduler.wakeFirst(mutex.add(QUEUE)).isNull()) {
      mutex.writeLong(LOCKED, 0);
    }
  }

  @Override
  @Uninterruptible(reason = "Too early for safepoints.")
  public int initialize() {
    return 0; // all zeros is unlocked
  }

  @Override
  @Uninterruptible(reason = "The isolate teardown is in progress.")
  public int destroy() {
    return 0;
  }

  @Override
  public VMMutex lock() {
    lockLeavingJava();
    setOwnerToCurrentThread();
    return this;
  }

  @Uninterruptible(reason = "The flag must not be tested and set apart.")
  private void lockLeavingJava() {
    Pointer mutex = state.get();
    if (!tryAcquire(mutex)) {
      Blocking.lock(mutex);
    }
  }

  @Override
  @Uninterruptible(
      reason = "Whole critical section needs to be uninterruptible.",
      callerMustBe = true)
  public void lockNoTransition() {
    acquire(state.get());
    setOwnerToCurrentThread();
  }

  @Override
  @Uninterruptible(
      reason = "Whole critical section needs to be uninterruptible.",
      callerMustBe = true)
  public void lockNoTransitionUnspecifiedOwner() {
    acquire(state.get());
    setOwnerToUnspecified();
  }

  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public void unlock() {
    clearCurrentThreadOwner();
    release(state.get());
  }

  @Override
  @Uninterruptible(
      reason = "Whole critical section needs to be uninterruptible.",
      callerMustBe = true)
  public void unlockNoTransitionUnspecifiedOwner() {
    clearUnspecifiedOwner();
    release(state.get());
  }
}

package org.demitasse.jdk.thread;

import com.oracle.svm.core.Uninterruptible;
import com.oracle.svm.core.c.CIsolateData;
import com.oracle.svm.core.c.CIsolateDataFactory;
import com.oracle.svm.core.locks.VMSemaphore;
import jdk.graal.compiler.word.Word;
import org.graalvm.nativeimage.Platform;
import org.graalvm.nativeimage.Platforms;
import org.graalvm.word.Pointer;

/** A counting semaphore of the compiler's runtime. */
final class RuntimeSemaphore extends VMSemaphore {
  private static final int COUNT = 0;
  private static final int QUEUE = 8;

  private final CIsolateData<Pointer> state;

  @Platforms(Platform.HOSTED_ONLY.class)
  RuntimeSemaphore(String name) {
    super(name);
    state = CIsolateDataFactory.create("semaphore_" + name, Word.unsigned(QUEUE + TaskQueue.SIZE));
  }

  @Override
  @Uninterruptible(reason = "Too early for safepoints.")
  public int initialize() {
    return 0; // all zeros: no permits, nobody waits
  }

  @Override
  @Uninterruptible(reason = "The isolate teardown is in progress.")
  public int destroy() {
    return 0;
  }

  @Override
  @Uninterruptible(reason = "The count must not be tested and taken apart.")
  public void await() {
    Pointer semaphore = state.get();
    if (semaphore.readLong(COUNT) > 0) {
      semaphore.writeLong(COUNT, semaphore.readLong(COUNT) - 1);
    } else {
      Blocking.block(semaphore.add(QUEUE), Scheduler.FOREVER); // signal hands its permit over
    }
  }

  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public void signal() {
    Pointer semaphore = state.get();
    if (Scheduler.wakeFirst(semaphore.add(QUEUE)).isNull()) {
      semaphore.writeLong(COUNT, semaphore.readLong(COUNT) + 1);
    }
  }
}

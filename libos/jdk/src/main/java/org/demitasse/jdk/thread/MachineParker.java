package org.demitasse.jdk.thread;

import com.oracle.svm.core.Uninterruptible;
import com.oracle.svm.core.stack.StackOverflowCheck;
import com.oracle.svm.core.thread.Parker;
import jdk.graal.compiler.word.Word;
import org.demitasse.jdk.nucleus.Nucleus;

/** Park and unpark of one platform thread: a permit, and the task that waits for it. */
public final class MachineParker extends Parker {
  private volatile boolean permit;

  /** The parked task, 0 for none. Only the thread that owns the parker parks. */
  private long parked;

  /** Makes parkers. */
  public static final class Factory implements ParkerFactory {
    @Override
    public Parker acquire() {
      return new MachineParker();
    }
  }

  @Override
  protected void reset() {
    permit = false;
  }

  @Override
  protected boolean tryFastPark() {
    boolean had = permit;
    permit = false;
    return had;
  }

  @Override
  protected void park(boolean isAbsolute, long time) {
    long deadline;
    if (isAbsolute) { // milliseconds of the wall clock
      long rest = Math.multiplyHigh(time, 1_000_000L) != 0 ? Long.MAX_VALUE : time * 1_000_000L;
      rest -= Nucleus.clockWall();
      if (rest <= 0) {
        return;
      }
      deadline = RuntimeCondition.deadlineIn(rest);
    } else {
      deadline = time == 0 ? Scheduler.FOREVER : RuntimeCondition.deadlineIn(time);
    }
    StackOverflowCheck.singleton().makeYellowZoneAvailable();
    try {
      parkUntil(deadline);
    } finally {
      StackOverflowCheck.singleton().protectYellowZone();
    }
  }

  @Uninterruptible(reason = "The permit must not be tested and waited for apart.")
  private void parkUntil(long deadline) {
    if (!permit) {
      parked = Scheduler.current().rawValue();
      Blocking.park(deadline);
      parked = 0;
    }
    permit = false;
  }

  @Override
  @Uninterruptible(reason = "The permit must not be given and announced apart.")
  protected void unpark() {
    permit = true;
    if (parked != 0) {
      Scheduler.unpark(Word.pointer(parked));
    }
  }

  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  protected void release() {}
}

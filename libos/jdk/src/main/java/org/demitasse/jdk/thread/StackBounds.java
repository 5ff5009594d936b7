package org.demitasse.jdk.thread;

import com.oracle.svm.core.Uninterruptible;
import com.oracle.svm.core.stack.StackOverflowCheck;
import org.graalvm.nativeimage.c.type.WordPointer;

/** Where the current stack begins and ends, for StackOverflowError. */
public final class StackBounds implements StackOverflowCheck.PlatformSupport {
  @Override
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public boolean lookupStack(WordPointer stackBasePtr, WordPointer stackEndPtr) {
    Task task = Scheduler.current();
    stackBasePtr.write(task.getStackEnd()); // stacks grow down: their base is the high end
    stackEndPtr.write(task.getStackBegin());
    return true;
  }
}

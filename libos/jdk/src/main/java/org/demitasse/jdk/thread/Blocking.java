package org.demitasse.jdk.thread;

import com.oracle.svm.core.NeverInline;
import com.oracle.svm.core.Uninterruptible;
import com.oracle.svm.core.nodes.CFunctionEpilogueNode;
import com.oracle.svm.core.nodes.CFunctionPrologueNode;
import com.oracle.svm.core.thread.VMThreads.StatusSupport;
import org.graalvm.word.Pointer;

/**
 * Leaves the Java state around a switch, so that a safepoint need not wait for a thread that does
 * not run. Between prologue and epilogue there is one call, which is never inlined and touches no
 * heap.
 */
public final class Blocking {
  private Blocking() {}

  /** {@link Scheduler#block} for a thread in Java state. */
  @Uninterruptible(reason = "The thread leaves and enters the Java state here.")
  @NeverInline("Between prologue and epilogue there must be exactly one call.")
  static boolean block(Pointer queue, long deadline) {
    CFunctionPrologueNode.cFunctionPrologue(StatusSupport.STATUS_IN_NATIVE);
    boolean timedOut = blockInNative(queue, deadline);
    CFunctionEpilogueNode.cFunctionEpilogue(StatusSupport.STATUS_IN_NATIVE);
    return timedOut;
  }

  @Uninterruptible(reason = "Runs in native state.")
  @NeverInline("Between prologue and epilogue there must be exactly one call.")
  private static boolean blockInNative(Pointer queue, long deadline) {
    return Scheduler.block(queue, deadline);
  }

  /** {@link Scheduler#park} for a thread in Java state. */
  @Uninterruptible(reason = "The thread leaves and enters the Java state here.")
  @NeverInline("Between prologue and epilogue there must be exactly one call.")
  static void park(long deadline) {
    CFunctionPrologueNode.cFunctionPrologue(StatusSupport.STATUS_IN_NATIVE);
    parkInNative(deadline);
    CFunctionEpilogueNode.cFunctionEpilogue(StatusSupport.STATUS_IN_NATIVE);
  }

  @Uninterruptible(reason = "Runs in native state.")
  @NeverInline("Between prologue and epilogue there must be exactly one call.")
  private static void parkInNative(long deadline) {
    Scheduler.park(deadline);
  }

  /** {@link Scheduler#yield} for a thread in Java state. */
  @Uninterruptible(reason = "The thread leaves and enters the Java state here.")
  @NeverInline("Between prologue and epilogue there must be exactly one call.")
  static void yield() {
    CFunctionPrologueNode.cFunctionPrologue(StatusSupport.STATUS_IN_NATIVE);
    yieldInNative();
    CFunctionEpilogueNode.cFunctionEpilogue(StatusSupport.STATUS_IN_NATIVE);
  }

  @Uninterruptible(reason = "Runs in native state.")
  @NeverInline("Between prologue and epilogue there must be exactly one call.")
  private static void yieldInNative() {
    Scheduler.yield();
  }

  /**
   * Returns when every thread that was stopped at a safepoint poll has gone on from there. A thread
   * that waits for others behind such a stop needs a turn of its own after theirs: there are at
   * most as many turns as threads.
   */
  public static void letOthersRunOn() {
    long turns = Timers.tasks();
    do {
      Blocking.yield();
    } while (--turns > 0 && Scheduler.othersAreReady());
  }

  /**
   * Waits for machine events ({@code Nucleus.EVENT_...}, device bits); the calling platform thread
   * sleeps.
   *
   * @param deadline on the monotonic clock, {@link Long#MAX_VALUE} for none
   * @return the events that came, 0 when the deadline did
   */
  @Uninterruptible(reason = "The thread leaves and enters the Java state here.")
  @NeverInline("Between prologue and epilogue there must be exactly one call.")
  public static long awaitEvents(long events, long deadline) {
    CFunctionPrologueNode.cFunctionPrologue(StatusSupport.STATUS_IN_NATIVE);
    long came = awaitEventsInNative(events, deadline);
    CFunctionEpilogueNode.cFunctionEpilogue(StatusSupport.STATUS_IN_NATIVE);
    return came;
  }

  @Uninterruptible(reason = "Runs in native state.")
  @NeverInline("Between prologue and epilogue there must be exactly one call.")
  private static long awaitEventsInNative(long events, long deadline) {
    return Scheduler.awaitEvents(events, deadline);
  }

  /** Ends the wait of threads that wait for {@code events}; the bits are any that no device has. */
  @Uninterruptible(reason = "Nothing may come between two steps.")
  public static void postEvents(long events) {
    Scheduler.post(events);
  }

  @Uninterruptible(reason = "The thread leaves and enters the Java state here.")
  @NeverInline("Between prologue and epilogue there must be exactly one call.")
  static void lock(Pointer mutex) {
    CFunctionPrologueNode.cFunctionPrologue(StatusSupport.STATUS_IN_NATIVE);
    lockInNative(mutex);
    CFunctionEpilogueNode.cFunctionEpilogue(StatusSupport.STATUS_IN_NATIVE);
  }

  @Uninterruptible(reason = "Runs in native state.")
  @NeverInline("Between prologue and epilogue there must be exactly one call.")
  private static void lockInNative(Pointer mutex) {
    RuntimeMutex.acquire(mutex);
  }

  @Uninterruptible(reason = "The thread leaves and enters the Java state here.")
  @NeverInline("Between prologue and epilogue there must be exactly one call.")
  static void awaitCondition(Pointer queue, Pointer mutex, long deadline) {
    CFunctionPrologueNode.cFunctionPrologue(StatusSupport.STATUS_IN_NATIVE);
    awaitConditionInNative(queue, mutex, deadline);
    CFunctionEpilogueNode.cFunctionEpilogue(StatusSupport.STATUS_IN_NATIVE);
  }

  @Uninterruptible(reason = "Runs in native state.")
  @NeverInline("Between prologue and epilogue there must be exactly one call.")
  private static void awaitConditionInNative(Pointer queue, Pointer mutex, long deadline) {
    RuntimeCondition.await(queue, mutex, deadline);
  }
}

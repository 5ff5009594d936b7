package org.demitasse.jdk.thread;

import com.oracle.svm.core.Uninterruptible;
import com.oracle.svm.core.c.CGlobalData;
import com.oracle.svm.core.c.CGlobalDataFactory;
import jdk.graal.compiler.word.Word;
import org.demitasse.jdk.memory.Panic;
import org.demitasse.jdk.nucleus.BootInfo;
import org.demitasse.jdk.nucleus.Nucleus;
import org.graalvm.word.Pointer;

/**
 * Who runs on the machine's one virtual CPU. Tasks switch when they block ({@link #block}), when
 * they give way ({@link #yield}) and when their time slice has ended at a safepoint poll ({@link
 * TimeSlice}). When nobody can run, the machine sleeps until a device or the next deadline.
 *
 * <p>Everything here is uninterruptible and uses no heap: callers are in native state (so that a
 * safepoint need not wait for them) or hold on to the Java state on purpose. Nothing can come
 * between two statements, so there are no locks.
 */
final class Scheduler {
  /** No deadline. */
  static final long FOREVER = Long.MAX_VALUE;

  /**
   * How long a task may run while others wait, nanoseconds; as long as Linux' default slice or so.
   */
  static final long SLICE_NANOS = 10_000_000;

  /**
   * Devices and deadlines are looked at this often, at least, when tasks switch without sleeping.
   */
  private static final long POLL_NANOS = 500_000;

  // Fields of STATE.
  private static final int CURRENT = 0;
  private static final int RUN_QUEUE = 8;
  private static final int EVENT_WAITERS = 24;
  private static final int SLICE_START = 40;
  private static final int LAST_POLL = 48;
  private static final int TICKING = 56;
  private static final int PENDING_EVENTS = 64;
  private static final int LISTENED = 72;
  private static final int UNREAD_WORD = 80;
  private static final int RUN_START = 88;
  private static final int IDLE_TIME = 96;
  private static final int BOOT_TASK = 104;
  private static final int STATE_SIZE = BOOT_TASK + 256;

  private static final CGlobalData<Pointer> STATE =
      CGlobalDataFactory.createBytes(() -> STATE_SIZE);

  private Scheduler() {}

  /** Makes the boot stack the first task. Called once, before anything else of the runtime. */
  @Uninterruptible(reason = "There is no isolate yet.")
  static void initialize() {
    Task boot = (Task) STATE.get().add(BOOT_TASK);
    boot.setTimerIndex(-1);
    boot.setStackBegin(BootInfo.stackBegin());
    boot.setStackEnd(BootInfo.stackEnd());
    STATE.get().writeWord(CURRENT, boot);
    STATE.get().writeLong(RUN_START, Nucleus.clockMonotonic());
    if (!Timers.reserve()) {
      Panic.die(Panic.NO_MEMORY.get());
    }
    listen(Nucleus.EVENT_SHUTDOWN);
  }

  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  static Task current() {
    return Word.pointer(STATE.get().readLong(CURRENT));
  }

  /**
   * Waits in {@code queue} (which may be null) until woken or until the monotonic clock reaches
   * {@code deadline}.
   *
   * @return whether the deadline ended the wait
   */
  @Uninterruptible(reason = "Nothing may come between two steps.")
  static boolean block(Pointer queue, long deadline) {
    if (queue.isNonNull()) {
      TaskQueue.append(queue, current());
    }
    return stop(Task.BLOCKED, deadline);
  }

  /** Waits until {@link #unpark} or {@code deadline}. */
  @Uninterruptible(reason = "Nothing may come between two steps.")
  static void park(long deadline) {
    stop(Task.PARKED, deadline);
  }

  /**
   * Ends the park of a task. Does nothing to one that runs or waits for anything else: a permit may
   * be given late, when its thread waits for a mutex already.
   */
  @Uninterruptible(reason = "Nothing may come between two steps.")
  static void unpark(Task task) {
    if (task.getState() == Task.PARKED) {
      makeReady(task);
    }
  }

  @Uninterruptible(reason = "Nothing may come between two steps.")
  private static boolean stop(int state, long deadline) {
    Task task = current();
    task.setState(state);
    task.setTimedOut(false);
    if (deadline != FOREVER) {
      task.setDeadline(deadline);
      Timers.add(task);
    }
    switchAway();
    return task.getTimedOut();
  }

  /** Makes a blocked task ready. Does nothing to one that is ready already. */
  @Uninterruptible(reason = "Nothing may come between two steps.")
  static void wake(Task task) {
    if (task.getState() == Task.BLOCKED) {
      makeReady(task);
    }
  }

  /** Wakes the first task of a queue, if there is one, and returns it. */
  @Uninterruptible(reason = "Nothing may come between two steps.")
  static Task wakeFirst(Pointer queue) {
    Task task = TaskQueue.head(queue);
    if (task.isNonNull()) {
      makeReady(task);
    }
    return task;
  }

  @Uninterruptible(reason = "Nothing may come between two steps.")
  static void wakeAll(Pointer queue) {
    while (wakeFirst(queue).isNonNull()) {}
  }

  /** Lets the others run that are ready now, one slice each. */
  @Uninterruptible(reason = "Nothing may come between two steps.")
  static void yield() {
    poll(Nucleus.clockMonotonic());
    if (TaskQueue.isEmpty(runQueue())) {
      STATE.get().writeLong(SLICE_START, Nucleus.clockMonotonic());
      return;
    }
    TaskQueue.append(runQueue(), current());
    switchAway();
  }

  /** Whether the running task has had its time while something else may want the CPU. */
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  static boolean isSliceOver() {
    return Nucleus.clockMonotonic() - STATE.get().readLong(SLICE_START) >= SLICE_NANOS / 2;
  }

  /** How long a task has run, nanoseconds. */
  @Uninterruptible(reason = "Nothing may come between two steps.")
  static long cpuTime(Task task) {
    long time = task.getCpuTime();
    return task.equal(current())
        ? time + Nucleus.clockMonotonic() - STATE.get().readLong(RUN_START)
        : time;
  }

  /** How long the machine has had nothing to do, nanoseconds. */
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  static long idleTime() {
    return STATE.get().readLong(IDLE_TIME);
  }

  /** Whether a task besides the running one waits for the CPU. */
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  static boolean othersAreReady() {
    return !TaskQueue.isEmpty(runQueue());
  }

  /** Waits for any of {@code events}; returns those that came, or 0 when the deadline did. */
  @Uninterruptible(reason = "Nothing may come between two steps.")
  static long awaitEvents(long events, long deadline) {
    Pointer state = STATE.get();
    if ((state.readLong(PENDING_EVENTS) & events) == 0) {
      listen(state.readLong(LISTENED) | events);
      current().setEvents(events);
      block(state.add(EVENT_WAITERS), deadline);
      current().setEvents(0);
      // Standard input stays ready until it is read: nobody waits for it any more.
      listen(state.readLong(LISTENED) & ~Nucleus.EVENT_CONSOLE);
    }
    long pending = state.readLong(PENDING_EVENTS);
    state.writeLong(PENDING_EVENTS, pending & ~events);
    return pending & events;
  }

  /**
   * Adds events, as if the machine had; for threads that wait for software as well as for devices.
   */
  @Uninterruptible(reason = "Nothing may come between two steps.")
  static void post(long events) {
    deliver(events);
  }

  /** Says which events end the machine's sleep. */
  @Uninterruptible(reason = "Nothing may come between two steps.")
  private static void listen(long events) {
    Pointer state = STATE.get();
    if (state.readLong(LISTENED) != events) {
      state.writeLong(LISTENED, events);
      Nucleus.awaitEvents(events);
    }
  }

  /**
   * Makes a new task ready. The tick starts with the first of them: the task that runs may never
   * switch by itself.
   */
  @Uninterruptible(reason = "Nothing may come between two steps.")
  static void start(Task task) {
    makeReady(task);
    tickWhileOthersWait(current());
  }

  /** The word that the tick clears while the current task runs; null when it has none any more. */
  @Uninterruptible(reason = "Nothing may come between two steps.")
  static void setTickWord(Pointer word) {
    current().setTickWord(word);
    Nucleus.tickWord(tickWordOf(current()));
  }

  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  private static Pointer runQueue() {
    return STATE.get().add(RUN_QUEUE);
  }

  @Uninterruptible(reason = "Nothing may come between two steps.")
  private static void makeReady(Task task) {
    if (task.getQueue().isNonNull()) {
      TaskQueue.remove(task);
    }
    Timers.remove(task);
    task.setState(Task.READY);
    TaskQueue.append(runQueue(), task);
  }

  /** Runs the next task. The caller has put the current one where it will be found again. */
  @Uninterruptible(reason = "Nothing may come between two steps.")
  static void switchAway() {
    Pointer state = STATE.get();
    Task previous = current();
    long now = Nucleus.clockMonotonic();
    previous.setCpuTime(previous.getCpuTime() + now - state.readLong(RUN_START));
    if (TaskQueue.isEmpty(runQueue())) {
      long idleSince = now;
      now = sleep();
      state.writeLong(IDLE_TIME, state.readLong(IDLE_TIME) + now - idleSince);
    } else if (now - state.readLong(LAST_POLL) >= POLL_NANOS) {
      poll(now);
    }
    Task next = TaskQueue.head(runQueue());
    TaskQueue.remove(next);
    state.writeLong(SLICE_START, now);
    state.writeLong(RUN_START, now);
    tickWhileOthersWait(next);
    if (next.equal(previous)) {
      return;
    }
    state.writeWord(CURRENT, next);
    Nucleus.stackSwitch(previous.addressOfStackPointer(), next.getStackPointer());
  }

  /** Sleeps until somebody can run; returns the time. */
  @Uninterruptible(reason = "Nothing may come between two steps.")
  private static long sleep() {
    Pointer state = STATE.get();
    long now = Nucleus.clockMonotonic();
    expire(now);
    boolean interrupted = false;
    while (TaskQueue.isEmpty(runQueue())) {
      if (interrupted && state.readLong(TICKING) != 0) {
        state.writeLong(TICKING, 0); // the tick would end every sleep of an idle machine
        Nucleus.tick(Word.nullPointer(), 0);
      }
      long nearest = Timers.nearest();
      deliver(Nucleus.await(nearest == FOREVER ? -1L : nearest));
      interrupted = true;
      now = Nucleus.clockMonotonic();
      expire(now);
    }
    state.writeLong(LAST_POLL, now);
    return now;
  }

  /** Looks at devices and deadlines without sleeping. */
  @Uninterruptible(reason = "Nothing may come between two steps.")
  private static void poll(long now) {
    STATE.get().writeLong(LAST_POLL, now);
    expire(now);
    if (!TaskQueue.isEmpty(STATE.get().add(EVENT_WAITERS))) {
      deliver(Nucleus.await(0));
    }
  }

  @Uninterruptible(reason = "Nothing may come between two steps.")
  private static void expire(long now) {
    while (Timers.nearest() <= now) {
      Task task = Timers.first();
      task.setTimedOut(true);
      makeReady(task);
    }
  }

  @Uninterruptible(reason = "Nothing may come between two steps.")
  private static void deliver(long events) {
    if (events == 0) {
      return;
    }
    Pointer state = STATE.get();
    long pending = state.readLong(PENDING_EVENTS) | events;
    state.writeLong(PENDING_EVENTS, pending);
    Task task = TaskQueue.head(state.add(EVENT_WAITERS));
    while (task.isNonNull()) {
      Task next = task.getNext();
      if ((task.getEvents() & pending) != 0) {
        makeReady(task);
      }
      task = next;
    }
  }

  /** The tick is needed only while somebody could be kept waiting by a task that never blocks. */
  @Uninterruptible(reason = "Nothing may come between two steps.")
  private static void tickWhileOthersWait(Task next) {
    Pointer state = STATE.get();
    if (state.readLong(TICKING) != 0) {
      Nucleus.tickWord(tickWordOf(next));
    } else if (!TaskQueue.isEmpty(runQueue())
        || Timers.nearest() != FOREVER
        || !TaskQueue.isEmpty(state.add(EVENT_WAITERS))) {
      state.writeLong(TICKING, 1);
      Nucleus.tick(tickWordOf(next), SLICE_NANOS);
    }
  }

  /**
   * A task that is not yet, or no more, a Java thread has no word: the tick gets one that nobody
   * reads.
   */
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  private static Pointer tickWordOf(Task task) {
    Pointer word = task.getTickWord();
    return word.isNull() ? STATE.get().add(UNREAD_WORD) : word;
  }
}

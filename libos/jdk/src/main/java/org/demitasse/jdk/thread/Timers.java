package org.demitasse.jdk.thread;

import com.oracle.svm.core.Uninterruptible;
import com.oracle.svm.core.c.CGlobalData;
import com.oracle.svm.core.c.CGlobalDataFactory;
import jdk.graal.compiler.word.Word;
import org.demitasse.jdk.memory.OffHeap;
import org.graalvm.word.Pointer;

/**
 * The deadlines of blocked tasks: a binary heap, the nearest first. Part of the {@link Scheduler}.
 */
final class Timers {
  private static final int ARRAY = 0;
  private static final int COUNT = 8;
  private static final int CAPACITY = 16;
  private static final int TASKS = 24;
  private static final int FIRST_CAPACITY = 64;

  private static final CGlobalData<Pointer> STATE = CGlobalDataFactory.createBytes(() -> 32);

  private Timers() {}

  /** The nearest deadline, or {@link Long#MAX_VALUE}. */
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  static long nearest() {
    Pointer state = STATE.get();
    return state.readLong(COUNT) == 0 ? Long.MAX_VALUE : at(state, 0).getDeadline();
  }

  /** The task of the nearest deadline; there has to be one. */
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  static Task first() {
    return at(STATE.get(), 0);
  }

  /**
   * Makes room for the deadline of one more task. Done when a task is made, so that a task that
   * exists can always wait.
   *
   * @return false when there is no memory
   */
  @Uninterruptible(reason = "Nothing may come between two steps.")
  static boolean reserve() {
    Pointer state = STATE.get();
    long tasks = state.readLong(TASKS) + 1;
    long capacity = state.readLong(CAPACITY);
    if (tasks > capacity) {
      long wanted = capacity == 0 ? FIRST_CAPACITY : capacity * 2;
      Pointer old = Word.pointer(state.readLong(ARRAY));
      Pointer array = OffHeap.reallocate(old, Word.unsigned(wanted * 8));
      if (array.isNull()) {
        return false;
      }
      state.writeWord(ARRAY, array);
      state.writeLong(CAPACITY, wanted);
    }
    state.writeLong(TASKS, tasks);
    return true;
  }

  /** How many tasks there are. */
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  static long tasks() {
    return STATE.get().readLong(TASKS);
  }

  /** A task that had room reserved is gone. */
  @Uninterruptible(reason = "Nothing may come between two steps.")
  static void unreserve() {
    STATE.get().writeLong(TASKS, STATE.get().readLong(TASKS) - 1);
  }

  @Uninterruptible(reason = "Nothing may come between two steps.")
  static void add(Task task) {
    Pointer state = STATE.get();
    int count = (int) state.readLong(COUNT);
    state.writeLong(COUNT, count + 1);
    up(state, task, count);
  }

  @Uninterruptible(reason = "Nothing may come between two steps.")
  static void remove(Task task) {
    int index = task.getTimerIndex();
    if (index < 0) {
      return;
    }
    Pointer state = STATE.get();
    int last = (int) state.readLong(COUNT) - 1;
    state.writeLong(COUNT, last);
    task.setTimerIndex(-1);
    if (index < last) {
      Task moved = at(state, last);
      down(state, moved, index, last);
      if (moved.getTimerIndex() == index) {
        up(state, moved, index);
      }
    }
  }

  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  private static Task at(Pointer state, int index) {
    Pointer array = Word.pointer(state.readLong(ARRAY));
    return Word.pointer(array.readLong(index * 8));
  }

  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  private static void put(Pointer state, int index, Task task) {
    Pointer array = Word.pointer(state.readLong(ARRAY));
    array.writeWord(index * 8, task);
    task.setTimerIndex(index);
  }

  @Uninterruptible(reason = "Nothing may come between two steps.")
  private static void up(Pointer state, Task task, int start) {
    int index = start;
    while (index > 0) {
      int parent = (index - 1) / 2;
      Task above = at(state, parent);
      if (above.getDeadline() <= task.getDeadline()) {
        break;
      }
      put(state, index, above);
      index = parent;
    }
    put(state, index, task);
  }

  @Uninterruptible(reason = "Nothing may come between two steps.")
  private static void down(Pointer state, Task task, int start, int count) {
    int index = start;
    while (2 * index + 1 < count) {
      int child = 2 * index + 1;
      if (child + 1 < count
          && at(state, child + 1).getDeadline() < at(state, child).getDeadline()) {
        child++;
      }
      Task below = at(state, child);
      if (task.getDeadline() <= below.getDeadline()) {
        break;
      }
      put(state, index, below);
      index = child;
    }
    put(state, index, task);
  }
}

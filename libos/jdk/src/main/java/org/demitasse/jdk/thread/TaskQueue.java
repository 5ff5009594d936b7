package org.demitasse.jdk.thread;

import com.oracle.svm.core.Uninterruptible;
import jdk.graal.compiler.word.Word;
import org.graalvm.word.Pointer;

/**
 * A first-in-first-out queue of tasks: two words of raw memory, head and tail, both zero when
 * empty.
 */
final class TaskQueue {
  static final int SIZE = 16;
  private static final int HEAD = 0;
  private static final int TAIL = 8;

  private TaskQueue() {}

  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  static Task head(Pointer queue) {
    return Word.pointer(queue.readLong(HEAD));
  }

  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  static boolean isEmpty(Pointer queue) {
    return queue.readLong(HEAD) == 0;
  }

  @Uninterruptible(reason = "Nothing may come between two steps.")
  static void append(Pointer queue, Task task) {
    Task tail = Word.pointer(queue.readLong(TAIL));
    task.setNext(Word.nullPointer());
    task.setPrevious(tail);
    task.setQueue(queue);
    if (tail.isNull()) {
      queue.writeWord(HEAD, task);
    } else {
      tail.setNext(task);
    }
    queue.writeWord(TAIL, task);
  }

  /** Takes {@code task} out of the queue that it is in. */
  @Uninterruptible(reason = "Nothing may come between two steps.")
  static void remove(Task task) {
    Pointer queue = task.getQueue();
    Task next = task.getNext();
    Task previous = task.getPrevious();
    if (previous.isNull()) {
      queue.writeWord(HEAD, next);
    } else {
      previous.setNext(next);
    }
    if (next.isNull()) {
      queue.writeWord(TAIL, previous);
    } else {
      next.setPrevious(previous);
    }
    task.setQueue(Word.nullPointer());
    task.setNext(Word.nullPointer());
    task.setPrevious(Word.nullPointer());
  }
}

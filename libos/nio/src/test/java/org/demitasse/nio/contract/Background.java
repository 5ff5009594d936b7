package org.demitasse.nio.contract;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Something that runs, and mostly blocks, beside the test. */
final class Background<T> {
  private static final int SETTLE_STEPS = 30;
  private static final long GIVE_UP_SECONDS = 20;

  private final FutureTask<T> task;
  final Thread thread;

  private Background(Callable<T> action, boolean virtual) {
    task = new FutureTask<>(action);
    thread =
        virtual ? Thread.ofVirtual().unstarted(task) : Thread.ofPlatform().daemon().unstarted(task);
    thread.start();
  }

  static <T> Background<T> platform(Callable<T> action) {
    return new Background<>(action, false);
  }

  static <T> Background<T> virtual(Callable<T> action) {
    return new Background<>(action, true);
  }

  static <T> Background<T> of(boolean virtual, Callable<T> action) {
    return new Background<>(action, virtual);
  }

  /**
   * Gives the action the time to block. A thread that blocks in the kernel cannot be told from a
   * running one, hence the bound; a test that comes too early for it sees the same outcome on
   * another path.
   */
  Background<T> settle() throws InterruptedException {
    for (int i = 0; i < SETTLE_STEPS; i++) {
      Thread.sleep(2);
      Thread.State state = thread.getState();
      if (state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING) {
        break;
      }
    }
    return this;
  }

  /** Returns the result, or throws what the action threw. */
  T get() throws Exception {
    try {
      return task.get(GIVE_UP_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    } catch (TimeoutException e) {
      StringBuilder stack = new StringBuilder("stuck at");
      for (StackTraceElement frame : thread.getStackTrace()) {
        stack.append("\n  ").append(frame);
      }
      throw new AssertionError(stack.toString(), e);
    }
  }

  boolean isDone() {
    return task.isDone();
  }
}

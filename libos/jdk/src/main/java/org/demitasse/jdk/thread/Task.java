package org.demitasse.jdk.thread;

import org.graalvm.nativeimage.c.function.CFunctionPointer;
import org.graalvm.nativeimage.c.struct.RawField;
import org.graalvm.nativeimage.c.struct.RawFieldAddress;
import org.graalvm.nativeimage.c.struct.RawStructure;
import org.graalvm.word.Pointer;
import org.graalvm.word.PointerBase;

/**
 * One thread of the machine: a stack and what the scheduler knows of it. Lives outside the Java
 * heap, because it is used while the thread is in no state to touch the heap.
 */
@RawStructure
interface Task extends PointerBase {
  /** Runs now, or waits in the run queue. */
  int READY = 0;

  /** Waits for {@link Scheduler#wake} or its deadline. */
  int BLOCKED = 1;

  /** Waits for {@link Scheduler#unpark} or its deadline. */
  int PARKED = 3;

  /** Has ended; its stack is freed by whoever joins it. */
  int EXITED = 2;

  /** The stack pointer while the task does not run. */
  @RawField
  Pointer getStackPointer();

  /** Where {@link #getStackPointer} lies. */
  @RawFieldAddress
  Pointer addressOfStackPointer();

  @RawField
  void setStackPointer(Pointer value);

  @RawField
  Task getNext();

  @RawField
  void setNext(Task value);

  @RawField
  Task getPrevious();

  @RawField
  void setPrevious(Task value);

  /** The {@link TaskQueue} that the task waits in, or null. */
  @RawField
  Pointer getQueue();

  @RawField
  void setQueue(Pointer value);

  /** Monotonic nanoseconds, meaningful while {@link #getTimerIndex} is not negative. */
  @RawField
  long getDeadline();

  @RawField
  void setDeadline(long value);

  /** The place in the timer heap, or -1. */
  @RawField
  int getTimerIndex();

  @RawField
  void setTimerIndex(int value);

  @RawField
  int getState();

  @RawField
  void setState(int value);

  /** Whether the last wait ended by its deadline. */
  @RawField
  boolean getTimedOut();

  @RawField
  void setTimedOut(boolean value);

  /** The machine events that the task waits for, while it does. */
  @RawField
  long getEvents();

  @RawField
  void setEvents(long value);

  /** The word that the tick clears to make the task reach a safepoint poll, or null. */
  @RawField
  Pointer getTickWord();

  @RawField
  void setTickWord(Pointer value);

  /** The lowest usable address of the stack; the page below it is the guard. */
  @RawField
  Pointer getStackBegin();

  @RawField
  void setStackBegin(Pointer value);

  @RawField
  Pointer getStackEnd();

  @RawField
  void setStackEnd(Pointer value);

  @RawField
  CFunctionPointer getRoutine();

  @RawField
  void setRoutine(CFunctionPointer value);

  @RawField
  PointerBase getArgument();

  @RawField
  void setArgument(PointerBase value);

  /** How long the task has run until it was last switched away from, nanoseconds. */
  @RawField
  long getCpuTime();

  @RawField
  void setCpuTime(long value);

  /** The task that waits for this one to end, or null. */
  @RawField
  Task getJoiner();

  @RawField
  void setJoiner(Task value);
}

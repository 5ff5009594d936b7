package org.demitasse.jdk.memory;

import com.oracle.svm.core.Uninterruptible;
import com.oracle.svm.core.c.CGlobalData;
import com.oracle.svm.core.c.CGlobalDataFactory;
import jdk.graal.compiler.word.Word;
import org.demitasse.jdk.nucleus.BootInfo;
import org.demitasse.jdk.nucleus.Nucleus;
import org.graalvm.word.Pointer;
import org.graalvm.word.UnsignedWord;

/**
 * Address ranges for stacks and off-heap memory: whole pages of the second range of {@link
 * BootInfo}. Free ranges are kept sorted by address and are joined with their neighbours, so that a
 * machine that has run for long has its whole range back once everything is freed.
 *
 * <p>Works before there is an isolate: its state is not in the heap. One virtual CPU and no
 * safepoint polls, so no locks.
 */
public final class Pages {
  /** Bytes of a page. */
  public static final int SIZE = 4096;

  // Fields of STATE.
  private static final int FREE = 0; // first free range, sorted by address
  private static final int UNTOUCHED = 8; // everything from here to the end was never handed out
  private static final int SPARE = 16; // range records that are not in use
  private static final int STATE_SIZE = 24;

  // Fields of a record of a free range.
  private static final int NEXT = 0;
  private static final int BEGIN = 8;
  private static final int END = 16;
  private static final int RECORD_SIZE = 24;

  private static final CGlobalData<Pointer> STATE =
      CGlobalDataFactory.createBytes(() -> STATE_SIZE);

  private Pages() {}

  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  public static UnsignedWord roundUp(UnsignedWord bytes) {
    return bytes.add(SIZE - 1).and(Word.unsigned(~(long) (SIZE - 1)));
  }

  /** Reserves addresses only. Returns null when the range is used up. */
  @Uninterruptible(reason = "Nothing may come between two steps.")
  public static Pointer reserve(UnsignedWord bytes) {
    Pointer state = STATE.get();
    Pointer previous = state.add(FREE);
    Pointer range = previous.readWord(NEXT);
    while (range.isNonNull()) {
      Pointer begin = range.readWord(BEGIN);
      Pointer end = range.readWord(END);
      if (end.subtract(begin).aboveOrEqual(bytes)) {
        Pointer rest = begin.add(bytes);
        if (rest.equal(end)) {
          previous.writeWord(NEXT, range.readWord(NEXT));
          recycle(range);
        } else {
          range.writeWord(BEGIN, rest);
        }
        return begin;
      }
      previous = range;
      range = range.readWord(NEXT);
    }
    Pointer untouched = state.readWord(UNTOUCHED);
    if (untouched.isNull()) {
      untouched = BootInfo.pagesBegin();
    }
    if (BootInfo.pagesEnd().subtract(untouched).belowThan(bytes)) {
      return Word.nullPointer();
    }
    state.writeWord(UNTOUCHED, untouched.add(bytes));
    return untouched;
  }

  /** Gives addresses back; what was committed in them has been uncommitted before. */
  @Uninterruptible(reason = "Nothing may come between two steps.")
  public static void unreserve(Pointer begin, UnsignedWord bytes) {
    Pointer end = begin.add(bytes);
    Pointer previous = STATE.get().add(FREE);
    boolean previousIsRange = false;
    Pointer range = previous.readWord(NEXT);
    while (range.isNonNull() && ((Pointer) range.readWord(BEGIN)).belowThan(begin)) {
      previous = range;
      previousIsRange = true;
      range = range.readWord(NEXT);
    }
    boolean joinsPrevious = previousIsRange && ((Pointer) previous.readWord(END)).equal(begin);
    boolean joinsNext = range.isNonNull() && ((Pointer) range.readWord(BEGIN)).equal(end);
    if (joinsPrevious && joinsNext) {
      previous.writeWord(END, range.readWord(END));
      previous.writeWord(NEXT, range.readWord(NEXT));
      recycle(range);
    } else if (joinsPrevious) {
      previous.writeWord(END, end);
    } else if (joinsNext) {
      range.writeWord(BEGIN, begin);
    } else {
      Pointer record = newRecord();
      if (record.isNull()) {
        return; // the addresses are lost, no memory is: only when not even one page is left
      }
      record.writeWord(BEGIN, begin);
      record.writeWord(END, end);
      record.writeWord(NEXT, range);
      previous.writeWord(NEXT, record);
    }
  }

  /** Reserves and commits. Returns null when the machine has no memory left. */
  @Uninterruptible(reason = "Nothing may come between two steps.")
  public static Pointer allocate(UnsignedWord bytes) {
    Pointer begin = reserve(bytes);
    if (begin.isNonNull() && Nucleus.pagesCommit(begin, bytes) != 0) {
      unreserve(begin, bytes);
      return Word.nullPointer();
    }
    return begin;
  }

  @Uninterruptible(reason = "Nothing may come between two steps.")
  public static void free(Pointer begin, UnsignedWord bytes) {
    Nucleus.pagesUncommit(begin, bytes);
    unreserve(begin, bytes);
  }

  @Uninterruptible(reason = "Nothing may come between two steps.")
  private static Pointer newRecord() {
    Pointer state = STATE.get();
    Pointer record = state.readWord(SPARE);
    if (record.isNull()) {
      Pointer page = allocate(Word.unsigned(SIZE));
      if (page.isNull()) {
        return page;
      }
      for (int offset = 0; offset + RECORD_SIZE <= SIZE; offset += RECORD_SIZE) {
        recycle(page.add(offset));
      }
      record = state.readWord(SPARE);
    }
    state.writeWord(SPARE, record.readWord(NEXT));
    return record;
  }

  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  private static void recycle(Pointer record) {
    Pointer state = STATE.get();
    record.writeWord(NEXT, state.readWord(SPARE));
    state.writeWord(SPARE, record);
  }
}

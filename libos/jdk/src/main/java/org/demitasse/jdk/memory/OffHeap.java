package org.demitasse.jdk.memory;

import com.oracle.svm.core.Uninterruptible;
import com.oracle.svm.core.UnmanagedMemoryUtil;
import com.oracle.svm.core.c.CGlobalData;
import com.oracle.svm.core.c.CGlobalDataFactory;
import jdk.graal.compiler.word.Word;
import org.graalvm.word.Pointer;
import org.graalvm.word.UnsignedWord;

/**
 * Memory outside the collected heap: what C calls malloc. Blocks up to {@link #LARGEST_SMALL} bytes
 * come from size classes (four to each power of two), larger ones are whole pages that go back to
 * the machine when freed. Every block is 16-byte aligned and has a 16-byte header that says its
 * class or size.
 *
 * <p>Works before there is an isolate. One virtual CPU and no safepoint polls, so no locks.
 */
public final class OffHeap {
  private static final int HEADER = 16;
  private static final long LARGEST_SMALL = 32 * 1024;

  /** Bytes taken at once for a size class; a multiple of the page size. */
  private static final int SPAN = 64 * 1024;

  /** Bytes taken at once for the classes below 1 KiB, which a small program hardly fills. */
  private static final int SMALL_SPAN = 16 * 1024;

  private static final int CLASSES = 48;

  /** Marks a header, so that a pointer that was never allocated, or freed twice, is found out. */
  private static final int MAGIC = 0x0FF4EA90;

  private static final int FREED = 0x0FF4DEAD;

  private static final int HEADER_SIZE_OR_CLASS = 0;
  private static final int HEADER_MAGIC = 8;
  private static final long IS_LARGE = 1L << 62;

  /** Heads of the free lists, one a class. */
  private static final CGlobalData<Pointer> LISTS =
      CGlobalDataFactory.createBytes(() -> CLASSES * 8);

  private OffHeap() {}

  /** Returns a block of undefined content, or null when the machine has no memory left. */
  @Uninterruptible(reason = "Nothing may come between two steps.")
  public static Pointer allocate(UnsignedWord bytes) {
    if (bytes.aboveThan(Word.unsigned(Long.MAX_VALUE / 2))) {
      return Word.nullPointer();
    }
    long total = bytes.rawValue() + HEADER;
    if (total > LARGEST_SMALL) {
      UnsignedWord whole = Pages.roundUp(Word.unsigned(total));
      Pointer block = Pages.allocate(whole);
      if (block.isNull()) {
        return block;
      }
      return mark(block, whole.rawValue() | IS_LARGE);
    }
    int sizeClass = classOf(total);
    Pointer head = LISTS.get().add(sizeClass * 8);
    Pointer block = head.readWord(0);
    if (block.isNull()) {
      if (!refill(sizeClass, head)) {
        return Word.nullPointer();
      }
      block = head.readWord(0);
    }
    head.writeWord(0, block.readWord(0));
    return mark(block, sizeClass);
  }

  /** Returns a block of zeros. */
  @Uninterruptible(reason = "Nothing may come between two steps.")
  public static Pointer allocateZeroed(UnsignedWord bytes) {
    Pointer block = allocate(bytes);
    if (block.isNonNull() && !isLarge(block)) { // fresh pages are zero already
      UnmanagedMemoryUtil.fill(block, bytes, (byte) 0);
    }
    return block;
  }

  @Uninterruptible(reason = "Nothing may come between two steps.")
  public static Pointer reallocate(Pointer block, UnsignedWord bytes) {
    if (block.isNull()) {
      return allocate(bytes);
    }
    UnsignedWord usable = usable(block);
    if (usable.aboveOrEqual(bytes) && usable.unsignedShiftRight(2).belowOrEqual(bytes)) {
      return block;
    }
    Pointer moved = allocate(bytes);
    if (moved.isNonNull()) {
      UnmanagedMemoryUtil.copy(block, moved, usable.belowThan(bytes) ? usable : bytes);
      free(block);
    }
    return moved;
  }

  @Uninterruptible(reason = "Nothing may come between two steps.")
  public static void free(Pointer block) {
    if (block.isNull()) {
      return;
    }
    Pointer header = block.subtract(HEADER);
    check(header);
    long kind = header.readLong(HEADER_SIZE_OR_CLASS);
    if ((kind & IS_LARGE) != 0) {
      Pages.free(header, Word.unsigned(kind & ~IS_LARGE));
      return;
    }
    header.writeInt(HEADER_MAGIC, FREED);
    Pointer head = LISTS.get().add((int) kind * 8);
    header.writeWord(0, head.readWord(0));
    head.writeWord(0, header);
  }

  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  private static void check(Pointer header) {
    if (header.readInt(HEADER_MAGIC) != MAGIC) {
      Panic.die(Panic.NOT_ALLOCATED.get());
    }
  }

  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  private static boolean isLarge(Pointer block) {
    return (block.subtract(HEADER).readLong(HEADER_SIZE_OR_CLASS) & IS_LARGE) != 0;
  }

  @Uninterruptible(reason = "Nothing may come between two steps.")
  private static UnsignedWord usable(Pointer block) {
    Pointer header = block.subtract(HEADER);
    check(header);
    long kind = header.readLong(HEADER_SIZE_OR_CLASS);
    long total = (kind & IS_LARGE) != 0 ? kind & ~IS_LARGE : sizeOf((int) kind);
    return Word.unsigned(total - HEADER);
  }

  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  private static Pointer mark(Pointer block, long kind) {
    block.writeLong(HEADER_SIZE_OR_CLASS, kind);
    block.writeInt(HEADER_MAGIC, MAGIC);
    return block.add(HEADER);
  }

  /** Cuts a new span into blocks. The rest that is too small for one is left unused. */
  @Uninterruptible(reason = "Nothing may come between two steps.")
  private static boolean refill(int sizeClass, Pointer head) {
    long size = sizeOf(sizeClass);
    long span = size <= 1024 ? SMALL_SPAN : SPAN;
    Pointer begin = Pages.allocate(Word.unsigned(span));
    if (begin.isNull()) {
      return false;
    }
    Pointer next = head.readWord(0);
    for (long offset = span / size * size - size; offset >= 0; offset -= size) {
      Pointer block = begin.add(Word.unsigned(offset));
      block.writeWord(0, next);
      next = block;
    }
    head.writeWord(0, next);
    return true;
  }

  /**
   * The smallest class whose blocks have {@code total} bytes: 32, 48, 64, 80, 96, 112, 128, 160,
   * ...
   */
  @Uninterruptible(reason = "Nothing may come between two steps.")
  private static int classOf(long total) {
    if (total <= 64) {
      return total <= 32 ? 0 : total <= 48 ? 1 : 2;
    }
    int log = 63 - Long.numberOfLeadingZeros(total - 1); // 2^log < total <= 2^(log+1)
    int quarter = (int) ((total - 1 - (1L << log)) >>> (log - 2));
    return 3 + (log - 6) * 4 + quarter;
  }

  @Uninterruptible(reason = "Nothing may come between two steps.")
  private static long sizeOf(int sizeClass) {
    if (sizeClass < 3) {
      return 32 + 16L * sizeClass;
    }
    int log = 6 + (sizeClass - 3) / 4;
    int quarter = (sizeClass - 3) % 4;
    return (1L << log) + ((quarter + 1L) << (log - 2));
  }
}

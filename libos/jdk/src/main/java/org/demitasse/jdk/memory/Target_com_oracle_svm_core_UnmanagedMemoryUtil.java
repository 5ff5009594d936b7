package org.demitasse.jdk.memory;

import com.oracle.svm.core.Uninterruptible;
import com.oracle.svm.core.UnmanagedMemoryUtil;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import jdk.graal.compiler.word.Word;
import org.demitasse.jdk.nucleus.Nucleus;
import org.graalvm.word.Pointer;
import org.graalvm.word.UnsignedWord;

/**
 * The runtime's copying and filling: large pieces by the processor's string instructions, which
 * move several times what a loop over words does. Every copy of arrays and buffers, and the
 * collector's, ends here. Nothing runs beside a copy on the one virtual CPU, so the order in which
 * bytes move is not seen.
 */
@TargetClass(UnmanagedMemoryUtil.class)
final class Target_com_oracle_svm_core_UnmanagedMemoryUtil {
  private Target_com_oracle_svm_core_UnmanagedMemoryUtil() {}

  @Substitute
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  static void copyLongsForward(Pointer from, Pointer to, UnsignedWord size) {
    if (size.aboveOrEqual(StringInstructions.WORTHWHILE)) {
      Nucleus.memcpy(to, from, size);
      return;
    }
    UnsignedWord offset = Word.zero();
    for (UnsignedWord next = offset.add(32); next.belowOrEqual(size); next = offset.add(32)) {
      Pointer source = from.add(offset);
      Pointer target = to.add(offset);
      long a = source.readLong(0);
      long b = source.readLong(8);
      long c = source.readLong(16);
      long d = source.readLong(24);
      target.writeLong(0, a);
      target.writeLong(8, b);
      target.writeLong(16, c);
      target.writeLong(24, d);
      offset = next;
    }
    while (offset.belowThan(size)) {
      to.writeLong(offset, from.readLong(offset));
      offset = offset.add(8);
    }
  }

  @Substitute
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  static void copyLongsBackward(Pointer from, Pointer to, UnsignedWord size) {
    // Backwards is asked for wherever the target lies behind; only an overlap needs it.
    if (size.aboveOrEqual(StringInstructions.WORTHWHILE) && to.subtract(from).aboveOrEqual(size)) {
      Nucleus.memcpy(to, from, size);
      return;
    }
    UnsignedWord offset = size;
    while (offset.aboveOrEqual(32)) {
      offset = offset.subtract(32);
      Pointer source = from.add(offset);
      Pointer target = to.add(offset);
      long d = source.readLong(24);
      long c = source.readLong(16);
      long b = source.readLong(8);
      long a = source.readLong(0);
      target.writeLong(24, d);
      target.writeLong(16, c);
      target.writeLong(8, b);
      target.writeLong(0, a);
    }
    while (offset.aboveOrEqual(8)) {
      offset = offset.subtract(8);
      to.writeLong(offset, from.readLong(offset));
    }
  }

  @Substitute
  @Uninterruptible(reason = "Called from uninterruptible code.", mayBeInlined = true)
  static void fillLongs(Pointer to, UnsignedWord size, long value) {
    if (value == 0 && size.aboveOrEqual(StringInstructions.WORTHWHILE)) {
      Nucleus.memset(to, 0, size);
      return;
    }
    for (UnsignedWord offset = Word.zero(); offset.belowThan(size); offset = offset.add(8)) {
      to.writeLong(offset, value);
    }
  }
}

/** The processor's {@code rep movsb} and {@code rep stosb}. */
final class StringInstructions {
  /** Bytes below which their start costs more than they save. */
  static final int WORTHWHILE = 512;

  private StringInstructions() {}
}

package org.demitasse.jdk.foreign;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import jdk.internal.foreign.AbstractMemorySegmentImpl;
import jdk.internal.foreign.Utils;
import jdk.internal.foreign.abi.SharedUtils;
import jdk.internal.misc.ScopedMemoryAccess;

/**
 * A segment's own accessors. The JDK's go by the layout's VarHandle and count on a compiler at run
 * time to make an access of it; compiled ahead of time they would be reflective calls. Here they do
 * what that VarHandle does: check, then access.
 */
@TargetClass(AbstractMemorySegmentImpl.class)
final class SegmentAccessors {
  private SegmentAccessors() {}

  @Substitute
  public byte get(ValueLayout.OfByte layout, long offset) {
    AbstractMemorySegmentImpl segment = SegmentChecks.checked(this, layout, offset, true);
    return ScopedMemoryAccess.getScopedMemoryAccess()
        .getByte(
            segment.sessionImpl(), segment.unsafeGetBase(), segment.unsafeGetOffset() + offset);
  }

  @Substitute
  public void set(ValueLayout.OfByte layout, long offset, byte value) {
    AbstractMemorySegmentImpl segment = SegmentChecks.checked(this, layout, offset, false);
    ScopedMemoryAccess.getScopedMemoryAccess()
        .putByte(
            segment.sessionImpl(),
            segment.unsafeGetBase(),
            segment.unsafeGetOffset() + offset,
            value);
  }

  @Substitute
  public byte getAtIndex(ValueLayout.OfByte layout, long index) {
    SegmentChecks.checkElement(layout);
    return get(layout, index * layout.byteSize());
  }

  @Substitute
  public void setAtIndex(ValueLayout.OfByte layout, long index, byte value) {
    SegmentChecks.checkElement(layout);
    set(layout, index * layout.byteSize(), value);
  }

  @Substitute
  public boolean get(ValueLayout.OfBoolean layout, long offset) {
    AbstractMemorySegmentImpl segment = SegmentChecks.checked(this, layout, offset, true);
    return ScopedMemoryAccess.getScopedMemoryAccess()
        .getBoolean(
            segment.sessionImpl(), segment.unsafeGetBase(), segment.unsafeGetOffset() + offset);
  }

  @Substitute
  public void set(ValueLayout.OfBoolean layout, long offset, boolean value) {
    AbstractMemorySegmentImpl segment = SegmentChecks.checked(this, layout, offset, false);
    ScopedMemoryAccess.getScopedMemoryAccess()
        .putBoolean(
            segment.sessionImpl(),
            segment.unsafeGetBase(),
            segment.unsafeGetOffset() + offset,
            value);
  }

  @Substitute
  public boolean getAtIndex(ValueLayout.OfBoolean layout, long index) {
    SegmentChecks.checkElement(layout);
    return get(layout, index * layout.byteSize());
  }

  @Substitute
  public void setAtIndex(ValueLayout.OfBoolean layout, long index, boolean value) {
    SegmentChecks.checkElement(layout);
    set(layout, index * layout.byteSize(), value);
  }

  @Substitute
  public char get(ValueLayout.OfChar layout, long offset) {
    AbstractMemorySegmentImpl segment = SegmentChecks.checked(this, layout, offset, true);
    return ScopedMemoryAccess.getScopedMemoryAccess()
        .getCharUnaligned(
            segment.sessionImpl(),
            segment.unsafeGetBase(),
            segment.unsafeGetOffset() + offset,
            SegmentChecks.isBigEndian(layout));
  }

  @Substitute
  public void set(ValueLayout.OfChar layout, long offset, char value) {
    AbstractMemorySegmentImpl segment = SegmentChecks.checked(this, layout, offset, false);
    ScopedMemoryAccess.getScopedMemoryAccess()
        .putCharUnaligned(
            segment.sessionImpl(),
            segment.unsafeGetBase(),
            segment.unsafeGetOffset() + offset,
            value,
            SegmentChecks.isBigEndian(layout));
  }

  @Substitute
  public char getAtIndex(ValueLayout.OfChar layout, long index) {
    SegmentChecks.checkElement(layout);
    return get(layout, index * layout.byteSize());
  }

  @Substitute
  public void setAtIndex(ValueLayout.OfChar layout, long index, char value) {
    SegmentChecks.checkElement(layout);
    set(layout, index * layout.byteSize(), value);
  }

  @Substitute
  public short get(ValueLayout.OfShort layout, long offset) {
    AbstractMemorySegmentImpl segment = SegmentChecks.checked(this, layout, offset, true);
    return ScopedMemoryAccess.getScopedMemoryAccess()
        .getShortUnaligned(
            segment.sessionImpl(),
            segment.unsafeGetBase(),
            segment.unsafeGetOffset() + offset,
            SegmentChecks.isBigEndian(layout));
  }

  @Substitute
  public void set(ValueLayout.OfShort layout, long offset, short value) {
    AbstractMemorySegmentImpl segment = SegmentChecks.checked(this, layout, offset, false);
    ScopedMemoryAccess.getScopedMemoryAccess()
        .putShortUnaligned(
            segment.sessionImpl(),
            segment.unsafeGetBase(),
            segment.unsafeGetOffset() + offset,
            value,
            SegmentChecks.isBigEndian(layout));
  }

  @Substitute
  public short getAtIndex(ValueLayout.OfShort layout, long index) {
    SegmentChecks.checkElement(layout);
    return get(layout, index * layout.byteSize());
  }

  @Substitute
  public void setAtIndex(ValueLayout.OfShort layout, long index, short value) {
    SegmentChecks.checkElement(layout);
    set(layout, index * layout.byteSize(), value);
  }

  @Substitute
  public int get(ValueLayout.OfInt layout, long offset) {
    AbstractMemorySegmentImpl segment = SegmentChecks.checked(this, layout, offset, true);
    return ScopedMemoryAccess.getScopedMemoryAccess()
        .getIntUnaligned(
            segment.sessionImpl(),
            segment.unsafeGetBase(),
            segment.unsafeGetOffset() + offset,
            SegmentChecks.isBigEndian(layout));
  }

  @Substitute
  public void set(ValueLayout.OfInt layout, long offset, int value) {
    AbstractMemorySegmentImpl segment = SegmentChecks.checked(this, layout, offset, false);
    ScopedMemoryAccess.getScopedMemoryAccess()
        .putIntUnaligned(
            segment.sessionImpl(),
            segment.unsafeGetBase(),
            segment.unsafeGetOffset() + offset,
            value,
            SegmentChecks.isBigEndian(layout));
  }

  @Substitute
  public int getAtIndex(ValueLayout.OfInt layout, long index) {
    SegmentChecks.checkElement(layout);
    return get(layout, index * layout.byteSize());
  }

  @Substitute
  public void setAtIndex(ValueLayout.OfInt layout, long index, int value) {
    SegmentChecks.checkElement(layout);
    set(layout, index * layout.byteSize(), value);
  }

  @Substitute
  public long get(ValueLayout.OfLong layout, long offset) {
    AbstractMemorySegmentImpl segment = SegmentChecks.checked(this, layout, offset, true);
    return ScopedMemoryAccess.getScopedMemoryAccess()
        .getLongUnaligned(
            segment.sessionImpl(),
            segment.unsafeGetBase(),
            segment.unsafeGetOffset() + offset,
            SegmentChecks.isBigEndian(layout));
  }

  @Substitute
  public void set(ValueLayout.OfLong layout, long offset, long value) {
    AbstractMemorySegmentImpl segment = SegmentChecks.checked(this, layout, offset, false);
    ScopedMemoryAccess.getScopedMemoryAccess()
        .putLongUnaligned(
            segment.sessionImpl(),
            segment.unsafeGetBase(),
            segment.unsafeGetOffset() + offset,
            value,
            SegmentChecks.isBigEndian(layout));
  }

  @Substitute
  public long getAtIndex(ValueLayout.OfLong layout, long index) {
    SegmentChecks.checkElement(layout);
    return get(layout, index * layout.byteSize());
  }

  @Substitute
  public void setAtIndex(ValueLayout.OfLong layout, long index, long value) {
    SegmentChecks.checkElement(layout);
    set(layout, index * layout.byteSize(), value);
  }

  @Substitute
  public float get(ValueLayout.OfFloat layout, long offset) {
    AbstractMemorySegmentImpl segment = SegmentChecks.checked(this, layout, offset, true);
    return Float.intBitsToFloat(
        ScopedMemoryAccess.getScopedMemoryAccess()
            .getIntUnaligned(
                segment.sessionImpl(),
                segment.unsafeGetBase(),
                segment.unsafeGetOffset() + offset,
                SegmentChecks.isBigEndian(layout)));
  }

  @Substitute
  public void set(ValueLayout.OfFloat layout, long offset, float value) {
    AbstractMemorySegmentImpl segment = SegmentChecks.checked(this, layout, offset, false);
    ScopedMemoryAccess.getScopedMemoryAccess()
        .putIntUnaligned(
            segment.sessionImpl(),
            segment.unsafeGetBase(),
            segment.unsafeGetOffset() + offset,
            Float.floatToRawIntBits(value),
            SegmentChecks.isBigEndian(layout));
  }

  @Substitute
  public float getAtIndex(ValueLayout.OfFloat layout, long index) {
    SegmentChecks.checkElement(layout);
    return get(layout, index * layout.byteSize());
  }

  @Substitute
  public void setAtIndex(ValueLayout.OfFloat layout, long index, float value) {
    SegmentChecks.checkElement(layout);
    set(layout, index * layout.byteSize(), value);
  }

  @Substitute
  public double get(ValueLayout.OfDouble layout, long offset) {
    AbstractMemorySegmentImpl segment = SegmentChecks.checked(this, layout, offset, true);
    return Double.longBitsToDouble(
        ScopedMemoryAccess.getScopedMemoryAccess()
            .getLongUnaligned(
                segment.sessionImpl(),
                segment.unsafeGetBase(),
                segment.unsafeGetOffset() + offset,
                SegmentChecks.isBigEndian(layout)));
  }

  @Substitute
  public void set(ValueLayout.OfDouble layout, long offset, double value) {
    AbstractMemorySegmentImpl segment = SegmentChecks.checked(this, layout, offset, false);
    ScopedMemoryAccess.getScopedMemoryAccess()
        .putLongUnaligned(
            segment.sessionImpl(),
            segment.unsafeGetBase(),
            segment.unsafeGetOffset() + offset,
            Double.doubleToRawLongBits(value),
            SegmentChecks.isBigEndian(layout));
  }

  @Substitute
  public double getAtIndex(ValueLayout.OfDouble layout, long index) {
    SegmentChecks.checkElement(layout);
    return get(layout, index * layout.byteSize());
  }

  @Substitute
  public void setAtIndex(ValueLayout.OfDouble layout, long index, double value) {
    SegmentChecks.checkElement(layout);
    set(layout, index * layout.byteSize(), value);
  }

  @Substitute
  public MemorySegment get(AddressLayout layout, long offset) {
    AbstractMemorySegmentImpl segment = SegmentChecks.checked(this, layout, offset, true);
    long address =
        ScopedMemoryAccess.getScopedMemoryAccess()
            .getLongUnaligned(
                segment.sessionImpl(),
                segment.unsafeGetBase(),
                segment.unsafeGetOffset() + offset,
                SegmentChecks.isBigEndian(layout));
    return Utils.longToAddress(address, layout);
  }

  @Substitute
  public void set(AddressLayout layout, long offset, MemorySegment value) {
    Objects.requireNonNull(value);
    AbstractMemorySegmentImpl segment = SegmentChecks.checked(this, layout, offset, false);
    ScopedMemoryAccess.getScopedMemoryAccess()
        .putLongUnaligned(
            segment.sessionImpl(),
            segment.unsafeGetBase(),
            segment.unsafeGetOffset() + offset,
            SharedUtils.unboxSegment(value),
            SegmentChecks.isBigEndian(layout));
  }

  @Substitute
  public MemorySegment getAtIndex(AddressLayout layout, long index) {
    SegmentChecks.checkElement(layout);
    return get(layout, index * layout.byteSize());
  }

  @Substitute
  public void setAtIndex(AddressLayout layout, long index, MemorySegment value) {
    SegmentChecks.checkElement(layout);
    set(layout, index * layout.byteSize(), value);
  }
}

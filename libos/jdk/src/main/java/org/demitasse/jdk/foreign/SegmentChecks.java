package org.demitasse.jdk.foreign;

import com.oracle.svm.core.SubstrateUtil;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.internal.foreign.AbstractMemorySegmentImpl;
import jdk.internal.foreign.Utils;

/** What an accessor makes sure of, with the JDK's exceptions. */
final class SegmentChecks {
  private SegmentChecks() {}

  /**
   * Returns the segment when a value of this layout may be read, or written, at this offset.
   *
   * @throws IndexOutOfBoundsException when the value does not lie inside the segment
   * @throws IllegalArgumentException when it is not aligned, or the segment is read-only
   */
  static AbstractMemorySegmentImpl checked(
      SegmentAccessors self, ValueLayout layout, long offset, boolean readOnly) {
    AbstractMemorySegmentImpl segment = SubstrateUtil.cast(self, AbstractMemorySegmentImpl.class);
    segment.checkEnclosingLayout(offset, layout, readOnly);
    return segment;
  }

  /** Refuses elements that are not aligned side by side. */
  static void checkElement(ValueLayout layout) {
    Utils.checkElementAlignment(layout, "Layout alignment greater than its size");
  }

  static boolean isBigEndian(ValueLayout layout) {
    return layout.order() == ByteOrder.BIG_ENDIAN;
  }
}

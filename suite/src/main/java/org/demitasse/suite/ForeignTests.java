package org.demitasse.suite;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.SequenceLayout;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicReference;

/** Memory beside the heap: {@code java.lang.foreign}. */
final class ForeignTests {

  private ForeignTests() {}

  static void addTo(TestList tests) {
    tests.add("arena, confined", ForeignTests::confinedArena);
    tests.add("arena, automatic", ForeignTests::automaticArena);
    tests.add("arena, shared", ForeignTests::sharedArena);
    tests.add("arena, shared, closed while it is read", ForeignTests::closedWhileRead);
    tests.add("segment, all kinds of values", ForeignTests::values);
    tests.add("segment, big endian and unaligned", ForeignTests::byteOrder);
    tests.add("segment, refusals", ForeignTests::refusals);
    tests.add("segment of an array", ForeignTests::heapSegments);
    tests.add("segment, addresses", ForeignTests::addresses);
    tests.add("segment, copies", ForeignTests::copies);
    tests.add("structures", ForeignTests::structures);
    tests.add("layouts' VarHandles", ForeignTests::varHandles);
    tests.add("allocator", ForeignTests::allocator);
    tests.addForMachine("calls of C are refused", ForeignTests::linker);
  }

  private static void confinedArena() throws Exception {
    MemorySegment segment;
    try (Arena arena = Arena.ofConfined()) {
      segment = arena.allocate(ValueLayout.JAVA_LONG, 1000);
      for (int i = 0; i < 1000; i++) {
        Check.equal(0L, segment.getAtIndex(ValueLayout.JAVA_LONG, i));
        segment.setAtIndex(ValueLayout.JAVA_LONG, i, i * 3L);
      }
      Check.equal(2997L, segment.getAtIndex(ValueLayout.JAVA_LONG, 999));
      Check.equal("text", arena.allocateFrom("text").getString(0));
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      Check.join(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      segment.get(ValueLayout.JAVA_LONG, 0);
                    } catch (WrongThreadException e) {
                      thrown.set(e);
                    }
                  }));
      Check.that(thrown.get() != null, "another thread is refused");
    }
    Check.thrown(IllegalStateException.class, () -> segment.getAtIndex(ValueLayout.JAVA_LONG, 0));
  }

  private static void automaticArena() {
    for (int i = 0; i < 100; i++) {
      MemorySegment segment = Arena.ofAuto().allocate(1 << 20, 64);
      Check.equal(0L, segment.address() % 64);
      segment.set(ValueLayout.JAVA_INT, 8, i);
      ByteBuffer buffer = segment.asByteBuffer().order(ByteOrder.nativeOrder());
      Check.equal(i, buffer.getInt(8));
      buffer.putInt((1 << 20) - 4, i);
      Check.equal(i, segment.get(ValueLayout.JAVA_INT, (1 << 20) - 4));
    }
  }

  private static void sharedArena() throws Exception {
    MemorySegment segment;
    try (Arena arena = Arena.ofShared()) {
      segment = arena.allocate(8);
      Check.join(Thread.ofPlatform().start(() -> segment.set(ValueLayout.JAVA_LONG, 0, 42)));
      Check.equal(42L, segment.get(ValueLayout.JAVA_LONG, 0));
    }
    Check.thrown(IllegalStateException.class, () -> segment.get(ValueLayout.JAVA_LONG, 0));
  }

  /** A loop that reads must end with an exception, and never see what is there afterwards. */
  private static void closedWhileRead() throws Exception {
    for (int round = 0; round < 5; round++) {
      Arena arena = Arena.ofShared();
      MemorySegment segment = arena.allocate(1 << 16);
      segment.fill((byte) 7);
      AtomicReference<Throwable> end = new AtomicReference<>();
      Thread reader =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      for (long i = 0; ; i++) {
                        byte seen = segment.get(ValueLayout.JAVA_BYTE, i & 0xffff);
                        if (seen != 7) {
                          throw new AssertionError("saw " + seen);
                        }
                      }
                    } catch (Throwable e) {
                      end.set(e);
                    }
                  });
      Thread.sleep(10 + round);
      arena.close();
      try (Arena other = Arena.ofConfined()) {
        other.allocate(1 << 16).fill((byte) 1);
      }
      Check.join(reader);
      Check.equal(IllegalStateException.class, end.get().getClass(), "the reader's end");
    }
  }

  private static void values() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment segment = arena.allocate(64, 8);
      segment.set(ValueLayout.JAVA_BYTE, 0, (byte) -3);
      segment.set(ValueLayout.JAVA_BOOLEAN, 1, true);
      segment.set(ValueLayout.JAVA_CHAR, 2, 'é');
      segment.set(ValueLayout.JAVA_SHORT, 4, (short) -300);
      segment.set(ValueLayout.JAVA_INT, 8, 123_456_789);
      segment.set(ValueLayout.JAVA_FLOAT, 12, 1.5f);
      segment.set(ValueLayout.JAVA_LONG, 16, Long.MIN_VALUE);
      segment.set(ValueLayout.JAVA_DOUBLE, 24, Math.PI);
      Check.equal((byte) -3, segment.get(ValueLayout.JAVA_BYTE, 0));
      Check.equal(true, segment.get(ValueLayout.JAVA_BOOLEAN, 1));
      Check.equal('é', segment.get(ValueLayout.JAVA_CHAR, 2));
      Check.equal((short) -300, segment.get(ValueLayout.JAVA_SHORT, 4));
      Check.equal(123_456_789, segment.getAtIndex(ValueLayout.JAVA_INT, 2));
      Check.equal(1.5f, segment.getAtIndex(ValueLayout.JAVA_FLOAT, 3));
      Check.equal(Long.MIN_VALUE, segment.getAtIndex(ValueLayout.JAVA_LONG, 2));
      Check.equal(Math.PI, segment.getAtIndex(ValueLayout.JAVA_DOUBLE, 3));
    }
  }

  private static void byteOrder() {
    ValueLayout.OfInt big = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    MemorySegment segment = MemorySegment.ofArray(new byte[16]);
    segment.set(big, 3, 0x01020304);
    Check.equal((byte) 1, segment.get(ValueLayout.JAVA_BYTE, 3));
    Check.equal(0x04030201, segment.get(ValueLayout.JAVA_INT_UNALIGNED, 3));
    ValueLayout.OfDouble real = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    segment.set(real, 7, -2.0);
    Check.equal((byte) 0xc0, segment.get(ValueLayout.JAVA_BYTE, 7));
    Check.equal(-2.0, segment.get(real, 7));
  }

  private static void refusals() {
    MemorySegment segment = Arena.ofAuto().allocate(16, 8);
    Check.thrown(
        IndexOutOfBoundsException.class, () -> segment.get(ValueLayout.JAVA_INT_UNALIGNED, 13));
    Check.thrown(IndexOutOfBoundsException.class, () -> segment.get(ValueLayout.JAVA_BYTE, -1));
    Check.thrown(IndexOutOfBoundsException.class, () -> segment.set(ValueLayout.JAVA_LONG, 16, 1));
    Check.thrown(IllegalArgumentException.class, () -> segment.get(ValueLayout.JAVA_INT, 2));
    MemorySegment readOnly = segment.asReadOnly();
    Check.thrown(
        IllegalArgumentException.class, () -> readOnly.set(ValueLayout.JAVA_BYTE, 0, (byte) 1));
    Check.thrown(
        IllegalArgumentException.class,
        () -> segment.getAtIndex(ValueLayout.JAVA_INT.withByteAlignment(8), 0));
  }

  private static void heapSegments() {
    int[] array = {1, 2, 3};
    MemorySegment segment = MemorySegment.ofArray(array);
    segment.setAtIndex(ValueLayout.JAVA_INT, 1, 42);
    Check.equal(42, array[1]);
    Check.equal(3, segment.asSlice(8).get(ValueLayout.JAVA_INT, 0));
    Check.equal(46, segment.elements(ValueLayout.JAVA_INT).mapToInt(ForeignTests::first).sum());
    MemorySegment buffer = MemorySegment.ofBuffer(ByteBuffer.allocateDirect(8));
    buffer.set(ValueLayout.JAVA_INT_UNALIGNED, 1, 5);
    Check.equal(5, buffer.get(ValueLayout.JAVA_INT_UNALIGNED, 1));
  }

  private static int first(MemorySegment segment) {
    return segment.get(ValueLayout.JAVA_INT, 0);
  }

  private static void addresses() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment target = arena.allocate(8);
      target.set(ValueLayout.JAVA_LONG, 0, 77);
      MemorySegment pointers = arena.allocate(ValueLayout.ADDRESS, 2);
      pointers.setAtIndex(ValueLayout.ADDRESS, 1, target);
      Check.equal(target.address(), pointers.getAtIndex(ValueLayout.ADDRESS, 1).address());
      Check.equal(0L, pointers.get(ValueLayout.ADDRESS, 0).address());
      AddressLayout plain = ValueLayout.ADDRESS.withName("p");
      VarHandle handle = MemoryLayout.structLayout(plain).varHandle(PathElement.groupElement("p"));
      handle.set(pointers, 0L, target);
      Check.equal(target.address(), pointers.get(ValueLayout.ADDRESS, 0).address());
    }
  }

  private static void copies() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment from = arena.allocateFrom(ValueLayout.JAVA_INT, 1, 2, 3, 4);
      MemorySegment to = arena.allocate(16);
      MemorySegment.copy(from, 0, to, 0, 16);
      Check.equal(-1L, from.mismatch(to));
      to.set(ValueLayout.JAVA_BYTE, 9, (byte) 1);
      Check.equal(9L, from.mismatch(to));
      int[] ints = new int[4];
      MemorySegment.copy(from, ValueLayout.JAVA_INT, 0, ints, 0, 4);
      Check.equal(4, ints[3]);
      Check.equal(4, from.toArray(ValueLayout.JAVA_INT).length);
    }
  }

  private static void structures() {
    StructLayout point =
        MemoryLayout.structLayout(
            ValueLayout.JAVA_INT.withName("x"),
            ValueLayout.JAVA_INT.withName("y"),
            ValueLayout.JAVA_DOUBLE.withName("weight"));
    SequenceLayout points = MemoryLayout.sequenceLayout(10, point);
    VarHandle y = points.varHandle(PathElement.sequenceElement(), PathElement.groupElement("y"));
    VarHandle weight = point.varHandle(PathElement.groupElement("weight"));
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(points);
      int sum = 0;
      for (long i = 0; i < 10; i++) {
        y.set(memory, 0L, i, (int) i * 3);
        sum += (int) y.get(memory, 0L, i);
      }
      Check.equal(135, sum);
      Check.equal(27, memory.get(ValueLayout.JAVA_INT, 9 * 16 + 4));
      weight.set(memory, 16L, 2.5);
      Check.equal(2.5, memory.get(ValueLayout.JAVA_DOUBLE, 24));
      Check.thrown(IndexOutOfBoundsException.class, () -> y.set(memory, 0L, 10L, 1));
      Check.equal(8L, point.byteOffset(PathElement.groupElement("weight")));
    }
  }

  private static void varHandles() {
    VarHandle handle = ValueLayout.JAVA_INT.varHandle();
    VarHandle elements = ValueLayout.JAVA_LONG.arrayElementVarHandle();
    MemorySegment segment = Arena.ofAuto().allocate(64, 8);
    handle.set(segment, 4L, 3);
    Check.equal(3, (int) handle.getVolatile(segment, 4L));
    Check.equal(3, (int) handle.getAndAdd(segment, 4L, 4));
    Check.equal(true, (boolean) handle.compareAndSet(segment, 4L, 7, 9));
    Check.equal(false, (boolean) handle.compareAndSet(segment, 4L, 7, 9));
    Check.equal(9, segment.get(ValueLayout.JAVA_INT, 4));
    elements.set(segment, 8L, 2L, 1L << 40);
    Check.equal(1L << 40, segment.get(ValueLayout.JAVA_LONG, 24));
    Check.thrown(IndexOutOfBoundsException.class, () -> handle.set(segment, 64L, 1));
  }

  private static void linker() {
    UnsupportedOperationException thrown =
        Check.thrown(UnsupportedOperationException.class, Linker::nativeLinker);
    Check.that(thrown.getMessage().contains("no C functions"), thrown.getMessage());
  }

  private static void allocator() {
    try (Arena arena = Arena.ofConfined()) {
      SegmentAllocator slices = SegmentAllocator.slicingAllocator(arena.allocate(32));
      MemorySegment first = slices.allocate(8);
      MemorySegment second = slices.allocateFrom(ValueLayout.JAVA_LONG, 5);
      Check.equal(8L, second.address() - first.address());
      Check.equal(5L, second.get(ValueLayout.JAVA_LONG, 0));
      Check.thrown(IndexOutOfBoundsException.class, () -> slices.allocate(64));
    }
  }
}

package org.demitasse.zip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.Inflater;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DeflateStreamTest {
  @Property(tries = 300)
  void zlibReadsWhatWeWrite(
      @ForAll long seed,
      @ForAll @IntRange(max = 200_000) int size,
      @ForAll @IntRange(min = -1, max = 9) int level,
      @ForAll @IntRange(max = 2) int strategy,
      @ForAll boolean nowrap,
      @ForAll @IntRange(min = 1, max = 100_000) int maxIn,
      @ForAll @IntRange(min = 1, max = 5000) int maxOut)
      throws Exception {
    byte[] data = Samples.mixed(seed, size);
    byte[] packed =
        Samples.deflate(new DeflateStream(level, strategy, nowrap), data, maxIn, maxOut);
    assertThat(Samples.jdkInflate(packed, nowrap, null)).isEqualTo(data);
    assertThat(Samples.inflate(new InflateStream(nowrap), packed, maxOut, maxIn)).isEqualTo(data);
  }

  @Property(tries = 200)
  void flushesAndParameterChangesMidStream(@ForAll long seed, @ForAll boolean nowrap)
      throws Exception {
    Random random = new Random(seed);
    byte[] data = Samples.mixed(seed, random.nextInt(120_000));
    DeflateStream stream = new DeflateStream(random.nextInt(10), random.nextInt(3), nowrap);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    byte[] out = new byte[8 + random.nextInt(3000)]; // more than a flush mark
    int at = 0;
    boolean ended = false;
    while (!ended) {
      int n = Math.min(data.length - at, random.nextInt(40_000));
      int flush = new int[] {0, 0, 2, 3}[random.nextInt(4)];
      int params =
          random.nextInt(3) == 0 ? 1 | random.nextInt(3) << 1 | random.nextInt(10) << 3 : 0;
      if (at + n == data.length && params == 0) {
        flush = DeflateStream.FINISH;
      }
      int end = at + n;
      boolean full;
      do {
        long result = stream.deflate(data, at, end - at, out, 0, out.length, flush, params);
        at += DeflateStream.consumed(result);
        int produced = DeflateStream.produced(result);
        packed.write(out, 0, produced);
        ended = (result & DeflateStream.FINISHED) != 0;
        boolean again = (result & DeflateStream.PARAMS_PENDING) != 0;
        assertThat(again && produced < out.length).isFalse();
        // A call that changes parameters does not flush: go on with one that does.
        full = produced == out.length || params != 0;
        if (!again) {
          params = 0;
        }
      } while (full && !ended);
      if (flush == DeflateStream.SYNC_FLUSH || flush == DeflateStream.FULL_FLUSH) {
        if (!ended && at == end) {
          assertThat(readableNow(packed.toByteArray(), nowrap)).isGreaterThanOrEqualTo(at);
        }
      }
    }
    assertThat(Samples.jdkInflate(packed.toByteArray(), nowrap, null)).isEqualTo(data);
    if (!nowrap) {
      assertThat(stream.adler()).isEqualTo(Adler32.update(1, data, 0, data.length));
    }
  }

  private static int readableNow(byte[] packed, boolean nowrap) throws Exception {
    try (Inflater inflater = new Inflater(nowrap)) {
      inflater.setInput(packed);
      byte[] out = new byte[10_000];
      int sum = 0;
      for (int n = inflater.inflate(out); n > 0; n = inflater.inflate(out)) {
        sum += n;
      }
      return sum;
    }
  }

  @Test
  void repeatedFlushWithoutInputWritesNothing() {
    DeflateStream stream = new DeflateStream(6, 0, false);
    byte[] out = new byte[100];
    long first = stream.deflate(new byte[5], 0, 5, out, 0, 100, DeflateStream.SYNC_FLUSH, 0);
    assertThat(DeflateStream.consumed(first)).isEqualTo(5);
    assertThat(DeflateStream.produced(first)).isGreaterThan(6);
    assertThat(stream.deflate(new byte[0], 0, 0, out, 0, 100, DeflateStream.SYNC_FLUSH, 0))
        .isZero();
  }

  @Test
  void emptyInput() throws Exception {
    for (int level = 0; level <= 9; level++) {
      byte[] ours = Samples.deflate(new DeflateStream(level, 0, false), new byte[0]);
      assertThat(ours).isEqualTo(Samples.jdkDeflate(new byte[0], level, 0, false, null));
    }
  }

  @Property(tries = 60)
  void dictionary(
      @ForAll long seed,
      @ForAll @IntRange(max = 9) int level,
      @ForAll boolean nowrap,
      @ForAll @IntRange(min = 1, max = 80_000) int size)
      throws Exception {
    byte[] dictionary = Samples.mixed(seed, size);
    byte[] data = Arrays.copyOfRange(dictionary, size / 2, size);
    DeflateStream stream = new DeflateStream(level, 0, nowrap);
    stream.setDictionary(dictionary, 0, size);
    if (!nowrap) {
      assertThat(stream.adler()).isEqualTo(Adler32.update(1, dictionary, 0, size));
    }
    byte[] packed = Samples.deflate(stream, data);
    assertThat(Samples.jdkInflate(packed, nowrap, dictionary)).isEqualTo(data);
    byte[] zlibs = Samples.jdkDeflate(data, level, 0, nowrap, dictionary);
    assertThat(packed.length).isLessThan(zlibs.length + zlibs.length / 50 + 30);
  }

  @Test
  void dictionaryTooLate() {
    DeflateStream stream = new DeflateStream(6, 0, false);
    stream.deflate(new byte[5], 0, 5, new byte[100], 0, 100, DeflateStream.NO_FLUSH, 0);
    assertThatThrownBy(() -> stream.setDictionary(new byte[3], 0, 3))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void sizesAreCloseToZlibs() throws Exception {
    byte[][] samples = {Samples.text(1, 600_000), Samples.mixed(2, 600_000), classFiles()};
    for (byte[] data : samples) {
      for (int level = 0; level <= 9; level++) {
        for (int strategy = 0; strategy <= 2; strategy++) {
          byte[] ours = Samples.deflate(new DeflateStream(level, strategy, true), data);
          int zlibs = Samples.jdkDeflate(data, level, strategy, true, null).length;
          assertThat((double) ours.length / zlibs)
              .as("level %d strategy %d size %d", level, strategy, data.length)
              .isLessThan(1.01);
        }
      }
    }
  }

  private static byte[] classFiles() throws Exception {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Class<?> c : new Class<?>[] {String.class, java.util.HashMap.class, Thread.class}) {
      try (var in = c.getResourceAsStream(c.getSimpleName() + ".class")) {
        in.transferTo(all);
      }
    }
    return all.toByteArray();
  }

  @Property(tries = 60)
  void buffersAndMemory(@ForAll long seed, @ForAll @IntRange(max = 100_000) int size)
      throws Exception {
    byte[] data = Samples.mixed(seed, size);
    byte[] packed = Samples.deflate(new DeflateStream(6, 0, false), data);
    DeflateStream stream = new DeflateStream(6, 0, false);
    ByteBuffer in = ByteBuffer.allocateDirect(size).put(data).flip();
    ByteBuffer out = ByteBuffer.allocateDirect(packed.length + 100);
    long result = stream.deflate(in, out, DeflateStream.FINISH, 0);
    assertThat(result & DeflateStream.FINISHED).isNotZero();
    assertThat(out.flip()).isEqualTo(ByteBuffer.wrap(packed));

    for (int room : new int[] {16 << 10, 5000}) {
      stream.reset();
      byte[] all = new byte[size + packed.length + 100];
      System.arraycopy(data, 0, all, 0, size);
      NativeMemory memory = new Samples.ArrayMemory(all);
      int from = 0;
      int to = size;
      do {
        int r = Math.min(room, all.length - to);
        result = stream.deflate(memory, from, size - from, to, r, DeflateStream.FINISH, 0);
        from += DeflateStream.consumed(result);
        to += DeflateStream.produced(result);
      } while ((result & DeflateStream.FINISHED) == 0);
      byte[] ours = Arrays.copyOfRange(all, size, to);
      assertThat(Samples.jdkInflate(ours, false, null)).isEqualTo(data);
    }
  }

  @Test
  void streamTable() {
    StreamTable<String> table = new StreamTable<>();
    long[] numbers = new long[20];
    for (int i = 0; i < 20; i++) {
      numbers[i] = table.add("s" + i);
      assertThat(numbers[i]).isNotZero();
    }
    table.remove(numbers[3]);
    table.remove(numbers[3]);
    assertThatThrownBy(() -> table.get(numbers[3])).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> table.get(0)).isInstanceOf(IllegalStateException.class);
    assertThat(table.add("again")).isEqualTo(numbers[3]);
    assertThat(table.get(numbers[19])).isEqualTo("s19");
  }
}

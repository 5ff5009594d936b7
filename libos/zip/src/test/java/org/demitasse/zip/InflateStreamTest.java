package org.demitasse.zip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class InflateStreamTest {
  @Property(tries = 300)
  void readsWhatZlibWrote(
      @ForAll long seed,
      @ForAll @IntRange(max = 150_000) int size,
      @ForAll @IntRange(max = 9) int level,
      @ForAll @IntRange(max = 2) int strategy,
      @ForAll boolean nowrap,
      @ForAll @IntRange(min = 1, max = 3000) int maxIn,
      @ForAll @IntRange(min = 1, max = 80000) int maxOut)
      throws Exception {
    byte[] data = Samples.mixed(seed, size);
    byte[] packed = Samples.jdkDeflate(data, level, strategy, nowrap, null);
    assertThat(Samples.inflate(new InflateStream(nowrap), packed, maxIn, maxOut)).isEqualTo(data);
  }

  @Test
  void everySplitOfInputAndOutput() throws Exception {
    byte[] data = Samples.mixed(7, 900);
    byte[] packed = Samples.jdkDeflate(data, 9, 0, false, null);
    InflateStream stream = new InflateStream(false);
    for (int cut = 0; cut <= packed.length; cut++) {
      stream.reset();
      byte[] out = new byte[data.length];
      long first = stream.inflate(packed, 0, cut, out, 0, out.length);
      int in = InflateStream.consumed(first);
      int produced = InflateStream.produced(first);
      assertThat(in).isEqualTo(cut);
      long rest =
          stream.inflate(packed, in, packed.length - in, out, produced, out.length - produced);
      assertThat(first | rest).matches(r -> (r & InflateStream.FINISHED) != 0);
      assertThat(out).isEqualTo(data);
      assertThat(stream.adler()).isEqualTo(Adler32.update(1, data, 0, data.length));
    }
    for (int room = 0; room < data.length; room++) {
      stream.reset();
      byte[] out = new byte[data.length];
      long first = stream.inflate(packed, 0, packed.length, out, 0, room);
      assertThat(InflateStream.produced(first)).isEqualTo(room);
      int in = InflateStream.consumed(first);
      long rest = stream.inflate(packed, in, packed.length - in, out, room, data.length - room);
      assertThat(rest & InflateStream.FINISHED).isNotZero();
      assertThat(out).isEqualTo(data);
    }
  }

  @Test
  void consumesNothingBehindTheEnd() throws Exception {
    byte[] data = Samples.text(3, 5000);
    for (boolean nowrap : new boolean[] {false, true}) {
      byte[] packed = Samples.jdkDeflate(data, 6, 0, nowrap, null);
      byte[] longer = Arrays.copyOf(packed, packed.length + 100);
      byte[] out = new byte[6000];
      InflateStream stream = new InflateStream(nowrap);
      long result = stream.inflate(longer, 0, longer.length, out, 0, out.length);
      assertThat(InflateStream.consumed(result)).isEqualTo(packed.length);
      assertThat(InflateStream.produced(result)).isEqualTo(data.length);
      assertThat(result & InflateStream.FINISHED).isNotZero();
      result = stream.inflate(longer, packed.length, 100, out, 0, out.length);
      assertThat(result).isEqualTo(InflateStream.FINISHED);
    }
  }

  @Test
  void streamThatExactlyFitsTheRoomEndsInTheSameCall() throws Exception {
    byte[] data = Samples.text(4, 3000);
    byte[] packed = Samples.jdkDeflate(data, 6, 0, false, null);
    byte[] out = new byte[3000];
    long result = new InflateStream(false).inflate(packed, 0, packed.length, out, 0, 3000);
    assertThat(result & InflateStream.FINISHED).isNotZero();
  }

  @Test
  void bytesBehindTheOutputStayAsTheyWere() throws Exception {
    byte[] data = Samples.text(5, 20000);
    byte[] packed = Samples.jdkDeflate(data, 9, 0, false, null);
    byte[] out = new byte[40000];
    Arrays.fill(out, (byte) 0x55);
    new InflateStream(false).inflate(packed, 0, packed.length, out, 0, out.length);
    for (int i = data.length; i < out.length; i++) {
      assertThat(out[i]).isEqualTo((byte) 0x55);
    }
  }

  @Test
  void presetDictionary() throws Exception {
    byte[] dictionary = Samples.text(6, 40000);
    byte[] data = Arrays.copyOfRange(dictionary, 20000, 26000);
    byte[] packed = Samples.jdkDeflate(data, 9, 0, false, dictionary);
    byte[] out = new byte[data.length];
    InflateStream stream = new InflateStream(false);
    assertThatThrownBy(() -> stream.setDictionary(dictionary, 0, dictionary.length))
        .isInstanceOf(IllegalArgumentException.class);
    long result = stream.inflate(packed, 0, packed.length, out, 0, out.length);
    assertThat(result).isEqualTo(InflateStream.NEEDS_DICTIONARY | 6);
    assertThat(stream.adler()).isEqualTo(Adler32.update(1, dictionary, 0, dictionary.length));
    assertThatThrownBy(() -> stream.setDictionary(dictionary, 0, 100))
        .isInstanceOf(IllegalArgumentException.class);
    stream.setDictionary(dictionary, 0, dictionary.length);
    result = stream.inflate(packed, 6, packed.length - 6, out, 0, out.length);
    assertThat(result & InflateStream.FINISHED).isNotZero();
    assertThat(out).isEqualTo(data);

    byte[] raw = Samples.jdkDeflate(data, 9, 0, true, dictionary);
    InflateStream rawStream = new InflateStream(true);
    rawStream.setDictionary(new Samples.ArrayMemory(dictionary), 0, dictionary.length);
    assertThat(Samples.inflate(rawStream, raw, 100, 100)).isEqualTo(data);
    assertThat(rawStream.adler()).isZero();
  }

  @Property(tries = 60)
  void buffersAndMemory(@ForAll long seed, @ForAll @IntRange(max = 100_000) int size)
      throws Exception {
    byte[] data = Samples.mixed(seed, size);
    byte[] packed = Samples.jdkDeflate(data, 6, 0, false, null);
    ByteBuffer in = ByteBuffer.allocateDirect(packed.length + 9);
    in.put(packed).flip();
    ByteBuffer out = ByteBuffer.allocateDirect(size + 1);
    InflateStream stream = new InflateStream(false);
    assertThat(stream.inflate(in, out) & InflateStream.FINISHED).isNotZero();
    assertThat(in.hasRemaining()).isFalse();
    assertThat(out.flip()).isEqualTo(ByteBuffer.wrap(data));

    stream.reset();
    ByteBuffer heap = ByteBuffer.allocate(size + 10).position(5).slice();
    ByteBuffer heapIn = ByteBuffer.wrap(packed).asReadOnlyBuffer();
    assertThat(stream.inflate(heapIn, heap) & InflateStream.FINISHED).isNotZero();
    assertThat(heap.flip()).isEqualTo(ByteBuffer.wrap(data));

    stream.reset();
    byte[] all = new byte[packed.length + size];
    System.arraycopy(packed, 0, all, 0, packed.length);
    NativeMemory memory = new Samples.ArrayMemory(all);
    long result = stream.inflate(memory, 0, packed.length, packed.length, size);
    assertThat(result & InflateStream.FINISHED).isNotZero();
    assertThat(Arrays.copyOfRange(all, packed.length, all.length)).isEqualTo(data);
  }
}

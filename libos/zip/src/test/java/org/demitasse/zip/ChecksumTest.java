package org.demitasse.zip;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ChecksumTest {
  @Property(tries = 300)
  void sumsAreTheJdks(@ForAll long seed, @ForAll @IntRange(max = 20000) int size) {
    byte[] bytes = Samples.mixed(seed, size);
    int cut = size / 3;
    CRC32 crc = new CRC32();
    crc.update(bytes);
    java.util.zip.Adler32 adler = new java.util.zip.Adler32();
    adler.update(bytes);

    int half = Crc32.update(0, bytes, 0, cut);
    assertThat(Crc32.update(half, bytes, cut, size - cut)).isEqualTo((int) crc.getValue());
    half = Adler32.update(Adler32.INITIAL, bytes, 0, cut);
    assertThat(Adler32.update(half, bytes, cut, size - cut)).isEqualTo((int) adler.getValue());

    NativeMemory memory = new Samples.ArrayMemory(bytes);
    assertThat(Crc32.update(0, memory, 0, size)).isEqualTo((int) crc.getValue());
    assertThat(Adler32.update(1, memory, 0, size)).isEqualTo((int) adler.getValue());

    ByteBuffer direct = ByteBuffer.allocateDirect(size).put(bytes).flip();
    assertThat(Crc32.update(0, direct)).isEqualTo((int) crc.getValue());
    assertThat(direct.hasRemaining()).isFalse();
    direct.rewind().order(ByteOrder.LITTLE_ENDIAN);
    assertThat(Adler32.update(1, direct)).isEqualTo((int) adler.getValue());
  }

  @Test
  void largestBytesDoNotOverflowAdler() {
    byte[] bytes = new byte[200_000];
    Arrays.fill(bytes, (byte) 0xff);
    java.util.zip.Adler32 adler = new java.util.zip.Adler32();
    adler.update(bytes);
    assertThat(Adler32.update(1, bytes, 0, bytes.length)).isEqualTo((int) adler.getValue());
  }

  @Test
  void singleBytes() {
    int crc = 0;
    int adler = 1;
    for (byte b : "123456789".getBytes()) {
      crc = Crc32.update(crc, b);
      adler = Adler32.update(adler, b);
    }
    assertThat(crc).isEqualTo(0xCBF43926);
    assertThat(adler).isEqualTo(0x091E01DE);
  }
}

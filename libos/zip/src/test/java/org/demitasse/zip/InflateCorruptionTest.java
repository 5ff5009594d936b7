package org.demitasse.zip;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bytes that are no stream: the same message and the same output before it as zlib gives. */
class InflateCorruptionTest {
  @Property(tries = 2000)
  void flippedBitsFailAsInZlib(
      @ForAll long seed,
      @ForAll @IntRange(max = 3000) int size,
      @ForAll @IntRange(max = 9) int level,
      @ForAll boolean nowrap,
      @ForAll @IntRange(min = 1, max = 4) int flips) {
    byte[] packed = Samples.jdkDeflate(Samples.mixed(seed, size), level, 0, nowrap, null);
    Random random = new Random(seed);
    for (int i = 0; i < flips; i++) {
      // The first bytes decide most.
      int at = random.nextInt(random.nextBoolean() ? Math.min(packed.length, 60) : packed.length);
      packed[at] ^= (byte) (1 << random.nextInt(8));
    }
    compare(packed, nowrap, 20_000);
    compare(packed, nowrap, 100);
  }

  @Property(tries = 2000)
  void noiseFailsAsInZlib(@ForAll @Size(max = 300) byte[] noise, @ForAll boolean nowrap) {
    compare(noise, nowrap, 20_000);
    if (noise.length > 0) {
      noise[0] = (byte) (noise[0] & 0xf8 | 4);
    }
    compare(noise, true, 20_000);
  }

  @ParameterizedTest
  @CsvSource({
    "0000000000, true, invalid stored block lengths",
    "06, true, invalid block type",
    "fc0000, true, too many length or distance symbols",
    "040080000000, true, ",
    "0400fe ff, true, invalid code lengths set",
    "0404000000, true, ",
    "78 9d, false, incorrect header check",
    "7709, false, unknown compression method",
    "8805, false, ",
    "8805, false, ",
    "7801030000000002, false, incorrect data check",
    "63000300, true, ",
    "030200, true, ",
    "6302 00, true, ",
    "1ac7 00 00, true, "
  })
  void knownBadStreams(String hex, boolean nowrap, String message) {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    String seen = compare(bytes, nowrap, 1000);
    if (message != null) {
      assertThat(seen).isEqualTo(message);
    }
  }

  /** Runs both over the bytes; returns the common message, or null when there is none. */
  private static String compare(byte[] bytes, boolean nowrap, int room) {
    byte[] expected = new byte[room];
    int expectedLength = 0;
    String expectedMessage = null;
    boolean expectedEnd = false;
    boolean expectedDictionary = false;
    try (Inflater inflater = new Inflater(nowrap)) {
      inflater.setInput(bytes);
      try {
        expectedLength = inflater.inflate(expected);
      } catch (DataFormatException e) {
        expectedMessage = e.getMessage();
        expectedLength = (int) inflater.getBytesWritten();
      }
      expectedEnd = inflater.finished();
      expectedDictionary = inflater.needsDictionary();
    }

    byte[] out = new byte[room];
    InflateStream stream = new InflateStream(nowrap);
    String message = null;
    long result = 0;
    try {
      result = stream.inflate(bytes, 0, bytes.length, out, 0, room);
    } catch (ZipFormatException e) {
      message = e.getMessage();
    }
    assertThat(message).isEqualTo(expectedMessage);
    assertThat(stream.produced()).isEqualTo(expectedLength);
    assertThat(Arrays.copyOf(out, stream.produced()))
        .isEqualTo(Arrays.copyOf(expected, expectedLength));
    assertThat((result & InflateStream.FINISHED) != 0).isEqualTo(expectedEnd);
    assertThat((result & InflateStream.NEEDS_DICTIONARY) != 0).isEqualTo(expectedDictionary);

    // Byte by byte it must come to the same.
    InflateStream slow = new InflateStream(nowrap);
    byte[] slowOut = new byte[room];
    int in = 0;
    int produced = 0;
    String slowMessage = null;
    try {
      for (boolean going = true; going; ) {
        int n = Math.min(1, bytes.length - in);
        long r = slow.inflate(bytes, in, n, slowOut, produced, Math.min(room - produced, 7));
        in += InflateStream.consumed(r);
        produced += InflateStream.produced(r);
        going = (r & ~(InflateStream.FINISHED | InflateStream.NEEDS_DICTIONARY)) != 0;
      }
    } catch (ZipFormatException e) {
      slowMessage = e.getMessage();
      produced += slow.produced();
    }
    assertThat(slowMessage).isEqualTo(expectedMessage);
    assertThat(produced).isEqualTo(expectedLength);
    return message;
  }
}

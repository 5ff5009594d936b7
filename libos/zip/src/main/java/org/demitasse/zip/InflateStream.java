package org.demitasse.zip;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Decompression of one zlib (RFC 1950) or raw deflate (RFC 1951) stream, in pieces of any size.
 *
 * <p>Results are packed as the natives of {@code java.util.zip.Inflater} do it: bits 0 to 30 are
 * the bytes consumed, bits 31 to 61 the bytes produced, bit 62 is set at the end of the stream and
 * bit 63 when a preset dictionary is wanted. Of the input exactly the bytes of the stream are
 * consumed.
 *
 * <p>After a {@link ZipFormatException} the stream stays broken: {@link #consumed()} and {@link
 * #produced()} tell what the failing call did, and each further call fails alike until {@link
 * #reset()}. One thread at a time.
 */
public final class InflateStream {
  /** Set in a result when the stream has ended. */
  public static final long FINISHED = 1L << 62;

  /** Set in a result when {@link #setDictionary} must be called before anything more comes out. */
  public static final long NEEDS_DICTIONARY = 1L << 63;

  private static final int BOUNCE = 16 << 10;

  private final InflateDecoder decoder;
  private byte[] inputBounce;
  private byte[] outputBounce;
  private int consumed;
  private int produced;

  /** Makes a stream; {@code nowrap} means raw deflate, without header and check. */
  public InflateStream(boolean nowrap) {
    decoder = new InflateDecoder(nowrap);
  }

  /** Returns the bytes consumed of a result. */
  public static int consumed(long result) {
    return (int) result & 0x7fff_ffff;
  }

  /** Returns the bytes produced of a result. */
  public static int produced(long result) {
    return (int) (result >>> 31) & 0x7fff_ffff;
  }

  /** Returns the bytes of input that the last call consumed, also when it failed. */
  public int consumed() {
    return consumed;
  }

  /** Returns the bytes that the last call produced, also when it failed. */
  public int produced() {
    return produced;
  }

  /** Starts over with a new stream of the same kind. */
  public void reset() {
    decoder.reset();
    consumed = 0;
    produced = 0;
  }

  /**
   * Returns the Adler-32 of what was produced so far; when a dictionary is wanted, the Adler-32
   * that it must have. Always 0 for raw deflate, which has no check.
   */
  public int adler() {
    return decoder.adler();
  }

  /**
   * Gives the preset dictionary: a zlib stream takes it when it asked for it, a raw one at any
   * time.
   *
   * @throws IllegalArgumentException when none was asked for, or its Adler-32 is not {@link
   *     #adler()}
   */
  public void setDictionary(byte[] dictionary, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, dictionary.length);
    decoder.setDictionary(dictionary, offset, length);
  }

  /** As {@link #setDictionary(byte[], int, int)}, from native memory. */
  public void setDictionary(NativeMemory memory, long address, int length) {
    byte[] copy = new byte[length];
    memory.read(address, copy, 0, length);
    decoder.setDictionary(copy, 0, length);
  }

  /** Decompresses from array to array; see the class for the result. */
  public long inflate(
      byte[] input, int inputOffset, int inputLength, byte[] output, int outputOffset, int room)
      throws ZipFormatException {
    Objects.checkFromIndexSize(inputOffset, inputLength, input.length);
    Objects.checkFromIndexSize(outputOffset, room, output.length);
    int status = decoder.run(input, inputOffset, inputLength, output, outputOffset, room);
    consumed = decoder.consumed();
    produced = decoder.produced();
    check(status);
    return result(status);
  }

  /** Decompresses from array to native memory. */
  public long inflate(
      byte[] input, int inputOffset, int inputLength, NativeMemory memory, long output, int room)
      throws ZipFormatException {
    Objects.checkFromIndexSize(inputOffset, inputLength, input.length);
    return pump(input, inputOffset, null, 0, inputLength, null, 0, memory, output, room);
  }

  /** Decompresses from native memory to array. */
  public long inflate(
      NativeMemory memory, long input, int inputLength, byte[] output, int outputOffset, int room)
      throws ZipFormatException {
    Objects.checkFromIndexSize(outputOffset, room, output.length);
    return pump(null, 0, memory, input, inputLength, output, outputOffset, null, 0, room);
  }

  /** Decompresses from native memory to native memory. */
  public long inflate(NativeMemory memory, long input, int inputLength, long output, int room)
      throws ZipFormatException {
    return pump(null, 0, memory, input, inputLength, null, 0, memory, output, room);
  }

  /** Decompresses what remains in {@code input} to what room {@code output} has, and moves both. */
  public long inflate(ByteBuffer input, ByteBuffer output) throws ZipFormatException {
    boolean inArray = input.hasArray();
    boolean outArray = output.hasArray();
    try {
      return pump(
          inArray ? input.array() : null,
          inArray ? input.arrayOffset() + input.position() : 0,
          inArray ? null : new BufferMemory(input),
          input.position(),
          input.remaining(),
          outArray ? output.array() : null,
          outArray ? output.arrayOffset() + output.position() : 0,
          outArray ? null : new BufferMemory(output),
          output.position(),
          output.remaining());
    } finally {
      input.position(input.position() + consumed);
      output.position(output.position() + produced);
    }
  }

  /** Where array or memory is null, the other one is meant; memory goes through small arrays. */
  private long pump(
      byte[] input,
      int inputOffset,
      NativeMemory inputMemory,
      long inputAddress,
      int inputLength,
      byte[] output,
      int outputOffset,
      NativeMemory outputMemory,
      long outputAddress,
      int room)
      throws ZipFormatException {
    consumed = 0;
    produced = 0;
    for (; ; ) {
      byte[] in = input;
      int inAt = inputOffset + consumed;
      int inLength = inputLength - consumed;
      if (in == null) {
        in = inputBounce = inputBounce == null ? new byte[BOUNCE] : inputBounce;
        inAt = 0;
        inLength = Math.min(inLength, BOUNCE);
        inputMemory.read(inputAddress + consumed, in, 0, inLength);
      }
      byte[] out = output;
      int outAt = outputOffset + produced;
      int outLength = room - produced;
      if (out == null) {
        out = outputBounce = outputBounce == null ? new byte[BOUNCE] : outputBounce;
        outAt = 0;
        outLength = Math.min(outLength, BOUNCE);
      }
      int status = decoder.run(in, inAt, inLength, out, outAt, outLength);
      if (output == null) {
        outputMemory.write(outputAddress + produced, out, 0, decoder.produced());
      }
      consumed += decoder.consumed();
      produced += decoder.produced();
      check(status);
      boolean exhausted = consumed == inputLength && decoder.produced() < outLength;
      if (status != InflateDecoder.MORE || exhausted || produced == room) {
        return result(status);
      }
    }
  }

  private void check(int status) throws ZipFormatException {
    if (status == InflateDecoder.BROKEN) {
      throw new ZipFormatException(decoder.message());
    }
  }

  private long result(int status) {
    long result = consumed | (long) produced << 31;
    return switch (status) {
      case InflateDecoder.ENDED -> result | FINISHED;
      case InflateDecoder.WANTS_DICTIONARY -> result | NEEDS_DICTIONARY;
      default -> result;
    };
  }
}

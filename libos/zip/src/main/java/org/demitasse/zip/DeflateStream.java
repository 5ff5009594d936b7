package org.demitasse.zip;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Compression to one zlib (RFC 1950) or raw deflate (RFC 1951) stream, in pieces of any size.
 *
 * <p>Results are packed as the natives of {@code java.util.zip.Deflater} do it: bits 0 to 30 are
 * the bytes consumed, bits 31 to 61 the bytes produced, bit 62 is set at the end of the stream and
 * bit 63 when new parameters were not taken yet, because what was put in under the old ones is not
 * all out.
 *
 * <p>The {@code params} of a call are the natives' too: 0, or bit 0 set, the strategy in bits 1 and
 * 2 and the level (-1 to 9) above. A call with parameters compresses what was put in so far, and
 * the input of this call, under the old parameters; its flush is not looked at. One thread at a
 * time.
 */
public final class DeflateStream {
  /** Set in a result when the stream has ended. */
  public static final long FINISHED = 1L << 62;

  /** Set in a result when the call must be made again with the same parameters. */
  public static final long PARAMS_PENDING = 1L << 63;

  /** Flush modes, as in {@code java.util.zip.Deflater}. */
  public static final int NO_FLUSH = 0;

  public static final int SYNC_FLUSH = 2;
  public static final int FULL_FLUSH = 3;
  public static final int FINISH = 4;

  /** Strategies, as in {@code java.util.zip.Deflater}. */
  public static final int DEFAULT_STRATEGY = 0;

  public static final int FILTERED = 1;
  public static final int HUFFMAN_ONLY = 2;

  private static final int BOUNCE = 16 << 10;
  private static final byte[] NOTHING = new byte[1];

  private final DeflateEncoder encoder;
  private byte[] inputBounce;
  private byte[] outputBounce;

  /**
   * Makes a stream.
   *
   * @param level -1 (the default, 6) to 9
   * @param nowrap raw deflate, without header and check
   */
  public DeflateStream(int level, int strategy, boolean nowrap) {
    checkParams(level, strategy);
    encoder = new DeflateEncoder(level, strategy, nowrap);
  }

  private static void checkParams(int level, int strategy) {
    if (level < -1 || level > 9) {
      throw new IllegalArgumentException("Compression level " + level + " is not in -1 to 9");
    }
    if (strategy < DEFAULT_STRATEGY || strategy > HUFFMAN_ONLY) {
      throw new IllegalArgumentException("Compression strategy " + strategy + " is not in 0 to 2");
    }
  }

  /** Returns the bytes consumed of a result. */
  public static int consumed(long result) {
    return (int) result & 0x7fff_ffff;
  }

  /** Returns the bytes produced of a result. */
  public static int produced(long result) {
    return (int) (result >>> 31) & 0x7fff_ffff;
  }

  /** Starts over with a new stream; level and strategy stay. */
  public void reset() {
    encoder.reset();
  }

  /**
   * Returns the Adler-32 of what was consumed so far; after {@link #setDictionary} that of the
   * dictionary, until compression starts. Always 1 for raw deflate, which has no check.
   */
  public int adler() {
    return encoder.adler();
  }

  /**
   * Gives a preset dictionary, to a zlib stream before its first byte of input, to a raw one
   * whenever all input has been compressed.
   *
   * @throws IllegalArgumentException when it comes too late
   */
  public void setDictionary(byte[] dictionary, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, dictionary.length);
    encoder.setDictionary(dictionary, offset, length);
  }

  /** As {@link #setDictionary(byte[], int, int)}, from native memory. */
  public void setDictionary(NativeMemory memory, long address, int length) {
    byte[] copy = new byte[length];
    memory.read(address, copy, 0, length);
    encoder.setDictionary(copy, 0, length);
  }

  /** Compresses from array to array; see the class for flush, params and the result. */
  public long deflate(
      byte[] input,
      int inputOffset,
      int inputLength,
      byte[] output,
      int outputOffset,
      int room,
      int flush,
      int params) {
    Objects.checkFromIndexSize(inputOffset, inputLength, input.length);
    Objects.checkFromIndexSize(outputOffset, room, output.length);
    return pump(
        input,
        inputOffset,
        null,
        0,
        inputLength,
        output,
        outputOffset,
        null,
        0,
        room,
        flush,
        params);
  }

  /** Compresses from array to native memory. */
  public long deflate(
      byte[] input,
      int inputOffset,
      int inputLength,
      NativeMemory memory,
      long output,
      int room,
      int flush,
      int params) {
    Objects.checkFromIndexSize(inputOffset, inputLength, input.length);
    return pump(
        input, inputOffset, null, 0, inputLength, null, 0, memory, output, room, flush, params);
  }

  /** Compresses from native memory to array. */
  public long deflate(
      NativeMemory memory,
      long input,
      int inputLength,
      byte[] output,
      int outputOffset,
      int room,
      int flush,
      int params) {
    Objects.checkFromIndexSize(outputOffset, room, output.length);
    return pump(
        null, 0, memory, input, inputLength, output, outputOffset, null, 0, room, flush, params);
  }

  /** Compresses from native memory to native memory. */
  public long deflate(
      NativeMemory memory,
      long input,
      int inputLength,
      long output,
      int room,
      int flush,
      int params) {
    return pump(null, 0, memory, input, inputLength, null, 0, memory, output, room, flush, params);
  }

  /** Compresses what remains in {@code input} to what room {@code output} has, and moves both. */
  public long deflate(ByteBuffer input, ByteBuffer output, int flush, int params) {
    boolean inArray = input.hasArray();
    boolean outArray = output.hasArray();
    long result =
        pump(
            inArray ? input.array() : null,
            inArray ? input.arrayOffset() + input.position() : 0,
            inArray ? null : new BufferMemory(input),
            input.position(),
            input.remaining(),
            outArray ? output.array() : null,
            outArray ? output.arrayOffset() + output.position() : 0,
            outArray ? null : new BufferMemory(output),
            output.position(),
            output.remaining(),
            flush,
            params);
    input.position(input.position() + consumed(result));
    output.position(output.position() + produced(result));
    return result;
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
      int room,
      int flush,
      int params) {
    boolean change = (params & 1) != 0;
    int strategy = params >> 1 & 3;
    int level = params >> 3;
    if (change) {
      checkParams(level, strategy);
      encoder.use(NOTHING, 0, Math.min(inputLength, NOTHING.length), NOTHING, 0, 0);
      if (encoder.setParamsNow(level, strategy)) {
        return 0;
      }
    }
    int consumed = 0;
    int produced = 0;
    boolean done = false;
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
      boolean lastPiece = consumed + inLength == inputLength;
      encoder.use(in, inAt, inLength, out, outAt, outLength);
      if (!lastPiece) {
        encoder.run(NO_FLUSH);
      } else if (change) {
        done = encoder.setParams(level, strategy);
      } else {
        encoder.run(flush);
      }
      if (output == null) {
        outputMemory.write(outputAddress + produced, out, 0, encoder.produced());
      }
      consumed += encoder.consumed();
      produced += encoder.produced();
      boolean full = encoder.produced() == outLength;
      if (done
          || encoder.finished()
          || produced == room
          || lastPiece && !(full && encoder.hasMore())) {
        break;
      }
    }
    long result = consumed | (long) produced << 31;
    if (!change && encoder.finished()) {
      result |= FINISHED;
    }
    return change && !done ? result | PARAMS_PENDING : result;
  }
}

package org.demitasse.zip;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** Bytes to compress, and the JDK's zlib to compare with. */
final class Samples {
  private Samples() {}

  /** Bytes with literals, short and long matches near and far, runs and noise, from one seed. */
  static byte[] mixed(long seed, int size) {
    Random random = new Random(seed);
    byte[] bytes = new byte[size];
    int alphabet = 1 + random.nextInt(256);
    int i = 0;
    while (i < size) {
      int n = Math.min(size - i, 1 + random.nextInt(random.nextInt(10) == 0 ? 700 : 12));
      int kind = random.nextInt(4);
      if (kind == 0 && i > 0) {
        int back = 1 + random.nextInt(Math.min(i, random.nextBoolean() ? 40 : 40000));
        for (int k = 0; k < n; k++) {
          bytes[i + k] = bytes[i + k - back];
        }
      } else if (kind == 1) {
        java.util.Arrays.fill(bytes, i, i + n, (byte) random.nextInt(alphabet));
      } else {
        for (int k = 0; k < n; k++) {
          bytes[i + k] = (byte) random.nextInt(alphabet);
        }
      }
      i += n;
    }
    return bytes;
  }

  /** Text like a log or a page: words of a small vocabulary. */
  static byte[] text(long seed, int size) {
    Random random = new Random(seed);
    String[] words = new String[400];
    for (int i = 0; i < words.length; i++) {
      StringBuilder word = new StringBuilder();
      for (int n = 2 + random.nextInt(8); n > 0; n--) {
        word.append((char) ('a' + Math.min(random.nextInt(26), random.nextInt(26))));
      }
      words[i] = word.toString();
    }
    StringBuilder text = new StringBuilder();
    while (text.length() < size) {
      int word = Math.min(random.nextInt(400), Math.min(random.nextInt(400), random.nextInt(400)));
      text.append(words[word]).append(random.nextInt(12) == 0 ? ".\n" : " ");
    }
    return text.substring(0, size).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  static byte[] jdkDeflate(
      byte[] data, int level, int strategy, boolean nowrap, byte[] dictionary) {
    try (Deflater deflater = new Deflater(level, nowrap)) {
      deflater.setStrategy(strategy);
      if (dictionary != null) {
        deflater.setDictionary(dictionary);
      }
      deflater.setInput(data);
      deflater.finish();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] buffer = new byte[4096];
      while (!deflater.finished()) {
        out.write(buffer, 0, deflater.deflate(buffer));
      }
      return out.toByteArray();
    }
  }

  static byte[] jdkInflate(byte[] data, boolean nowrap, byte[] dictionary)
      throws DataFormatException {
    try (Inflater inflater = new Inflater(nowrap)) {
      if (nowrap && dictionary != null) {
        inflater.setDictionary(dictionary);
      }
      inflater.setInput(data);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      byte[] buffer = new byte[4096];
      while (!inflater.finished()) {
        int n = inflater.inflate(buffer);
        out.write(buffer, 0, n);
        if (inflater.needsDictionary()) {
          inflater.setDictionary(dictionary);
        } else if (n == 0 && inflater.needsInput() && !inflater.finished()) {
          throw new DataFormatException("truncated");
        }
      }
      if (inflater.getRemaining() != 0) {
        throw new DataFormatException(inflater.getRemaining() + " bytes too many");
      }
      return out.toByteArray();
    }
  }

  static byte[] deflate(DeflateStream stream, byte[] data) {
    return deflate(stream, data, Integer.MAX_VALUE, Integer.MAX_VALUE);
  }

  /** Compresses with at most so many bytes in and out in each call. */
  static byte[] deflate(DeflateStream stream, byte[] data, int maxIn, int maxOut) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[Math.min(maxOut, 4096)];
    int at = 0;
    for (; ; ) {
      int n = Math.min(maxIn, data.length - at);
      int flush = at + n == data.length ? DeflateStream.FINISH : DeflateStream.NO_FLUSH;
      long result = stream.deflate(data, at, n, buffer, 0, buffer.length, flush, 0);
      at += DeflateStream.consumed(result);
      out.write(buffer, 0, DeflateStream.produced(result));
      if ((result & DeflateStream.FINISHED) != 0) {
        return out.toByteArray();
      }
    }
  }

  /** Decompresses with at most so many bytes in and out in each call. */
  static byte[] inflate(InflateStream stream, byte[] data, int maxIn, int maxOut)
      throws ZipFormatException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[Math.min(maxOut, 70000)];
    int at = 0;
    for (; ; ) {
      int n = Math.min(maxIn, data.length - at);
      long result = stream.inflate(data, at, n, buffer, 0, buffer.length);
      at += InflateStream.consumed(result);
      out.write(buffer, 0, InflateStream.produced(result));
      if ((result & InflateStream.FINISHED) != 0) {
        if (at != data.length) {
          throw new AssertionError((data.length - at) + " bytes not consumed");
        }
        return out.toByteArray();
      }
      if (result == 0 && at == data.length) {
        throw new AssertionError("stream does not end");
      }
    }
  }

  /** Native memory made of one array. */
  static final class ArrayMemory implements NativeMemory {
    final byte[] bytes;

    ArrayMemory(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public void read(long address, byte[] to, int offset, int length) {
      System.arraycopy(bytes, (int) address, to, offset, length);
    }

    @Override
    public void write(long address, byte[] from, int offset, int length) {
      System.arraycopy(from, offset, bytes, (int) address, length);
    }

    @Override
    public byte get(long address) {
      return bytes[(int) address];
    }

    @Override
    public long getLong(long address) {
      return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong((int) address);
    }
  }
}

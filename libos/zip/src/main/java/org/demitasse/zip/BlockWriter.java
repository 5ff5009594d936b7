package org.demitasse.zip;

/**
 * Collects the symbols of one block and writes it as whatever is shortest: stored, with the fixed
 * codes or with codes of its own (RFC 1951, 3.2.4 to 3.2.7). Bytes wait here until {@link #drain}.
 */
final class BlockWriter {
  /** Symbols in a block, the end of block apart. */
  static final int SYMBOLS = (1 << 14) - 1;

  /** The most bytes that a stored block carries. */
  static final int STORED = 65535;

  /**
   * A block that is written when nothing waits fits: with the fixed codes a symbol takes at most 31
   * bits, a stored block at most {@link #STORED} bytes, and the shortest is taken. The rest is for
   * headers, the empty block of a flush, the trailer, and eight bytes that the bit writer touches.
   */
  private static final int CAPACITY = (1 << 16) + 64;

  private static final byte[] LENGTH_CODE = lengthCodes();

  private final int[] symbols = new int[SYMBOLS];
  private int count;
  private int extraBits;
  private final HuffmanCode literals = new HuffmanCode(Codes.LITERALS, 15);
  private final HuffmanCode distances = new HuffmanCode(Codes.DISTANCES, 15);
  private final HuffmanCode lengths = new HuffmanCode(Codes.LENGTHS, 7);

  /** Run-length coded code lengths: symbol, and the extra bits' value above bit 8. */
  private final short[] runs = new short[Codes.LITERALS + Codes.DISTANCES];

  private int runCount;

  private final byte[] pending = new byte[CAPACITY];
  private int pendingStart;
  private int pendingEnd;
  private long hold;
  private int bits;

  private static byte[] lengthCodes() {
    byte[] codes = new byte[256];
    for (int i = 0; i < 256; i++) {
      codes[i] = (byte) Codes.lengthCode(i);
    }
    return codes;
  }

  void reset() {
    pendingStart = pendingEnd = 0;
    hold = 0;
    bits = 0;
    startBlock();
  }

  private void startBlock() {
    count = 0;
    extraBits = 0;
    literals.clear();
    distances.clear();
    literals.counts[Codes.END_OF_BLOCK] = 1;
  }

  /** Adds a literal; returns true when the block is full. */
  boolean literal(byte b) {
    symbols[count++] = b & 0xff;
    literals.counts[b & 0xff]++;
    return count == SYMBOLS;
  }

  /** Adds a match; returns true when the block is full. */
  boolean match(int distance, int length) {
    int l = length - Codes.MIN_MATCH;
    symbols[count++] = distance << 8 | l;
    int lengthCode = LENGTH_CODE[l];
    int distanceCode = Codes.distanceCode(distance - 1);
    literals.counts[Codes.END_OF_BLOCK + 1 + lengthCode]++;
    distances.counts[distanceCode]++;
    extraBits += Codes.lengthExtra(lengthCode) + Codes.distanceExtra(distanceCode);
    return count == SYMBOLS;
  }

  boolean hasSymbols() {
    return count > 0;
  }

  /** True when bytes wait for {@link #drain}. */
  boolean hasPending() {
    return pendingEnd > pendingStart;
  }

  /** Moves waiting bytes out; returns how many. */
  int drain(byte[] to, int offset, int room) {
    int n = Math.min(room, pendingEnd - pendingStart);
    System.arraycopy(pending, pendingStart, to, offset, n);
    pendingStart += n;
    if (pendingStart == pendingEnd) {
      pendingStart = pendingEnd = 0;
    }
    return n;
  }

  /**
   * Ends the block and starts the next.
   *
   * @param window the bytes that the block stands for
   * @param start where they start, or a negative number when they are gone (the block is not
   *     stored)
   */
  void endBlock(byte[] window, int start, int length, boolean last) {
    literals.build();
    distances.build();
    codeLengths();
    lengths.build();
    int sent = Codes.LENGTHS;
    while (sent > 4 && lengths.lengths[Codes.LENGTH_ORDER[sent - 1]] == 0) {
      sent--;
    }
    int own = literals.cost() + distances.cost() + extraBits + lengths.cost() + 14 + 3 * sent;
    own += 2 * lengths.counts[16] + 3 * lengths.counts[17] + 7 * lengths.counts[18];
    int fixed = literals.cost(Fixed.LITERALS) + distances.cost(Fixed.DISTANCES) + extraBits;
    int shortest = Math.min(own, fixed) + 3 + 7 >>> 3;
    if (start >= 0 && length <= STORED && length + 4 <= shortest) {
      stored(window, start, length, last);
    } else if (fixed <= own) {
      put(last ? 3 : 2, 3);
      symbols(Fixed.LITERALS, Fixed.DISTANCES);
    } else {
      put(last ? 5 : 4, 3);
      put(literals.highest() - Codes.END_OF_BLOCK, 5);
      put(distances.highest(), 5);
      put(sent - 4, 4);
      for (int i = 0; i < sent; i++) {
        put(lengths.lengths[Codes.LENGTH_ORDER[i]], 3);
      }
      for (int i = 0; i < runCount; i++) {
        int symbol = runs[i] & 0xff;
        put(lengths.codes[symbol] & 0xffff, lengths.lengths[symbol]);
        if (symbol >= 16) {
          put(runs[i] >> 8, symbol == 16 ? 2 : symbol == 17 ? 3 : 7);
        }
      }
      symbols(literals, distances);
    }
    startBlock();
    if (last) {
      align();
    }
  }

  /** Writes a stored block of at most {@link #STORED} bytes. */
  void stored(byte[] window, int start, int length, boolean last) {
    put(last ? 1 : 0, 3);
    align();
    putShort(length);
    putShort(~length);
    System.arraycopy(window, start, pending, pendingEnd, length);
    pendingEnd += length;
  }

  /** Fills the byte that has begun with zeros, and makes it wait with the others. */
  void align() {
    put(0, -bits & 7);
  }

  /** Writes 16 bits, least significant byte first; the writer is at a byte's start. */
  private void putShort(int value) {
    put(value & 0xffff, 16);
  }

  /** Writes 32 bits, most significant byte first; the writer is at a byte's start. */
  void putIntBigEndian(int value) {
    put(Integer.reverseBytes(value), 32);
  }

  /** Writes n (at most 48) bits, the lowest first; whole bytes go out at once. */
  void put(long value, int n) {
    long all = hold | (value & (1L << n) - 1) << bits;
    int have = bits + n;
    LittleEndian.putLong(pending, pendingEnd, all);
    pendingEnd += have >>> 3;
    hold = all >>> (have & ~7);
    bits = have & 7;
  }

  private void symbols(HuffmanCode literals, HuffmanCode distances) {
    final byte[] pending = this.pending;
    final short[] codes = literals.codes;
    final byte[] lengths = literals.lengths;
    long hold = this.hold;
    int bits = this.bits;
    int at = pendingEnd;
    for (int i = 0; i < count; i++) {
      int symbol = symbols[i];
      int low = symbol & 0xff;
      int distance = symbol >>> 8;
      if (distance == 0) {
        hold |= (codes[low] & 0xffffL) << bits;
        bits += lengths[low];
      } else {
        int code = LENGTH_CODE[low];
        hold |= (codes[code + 257] & 0xffffL) << bits;
        bits += lengths[code + 257];
        hold |= (long) (low + Codes.MIN_MATCH - Codes.lengthBase(code)) << bits;
        bits += Codes.lengthExtra(code);
        code = Codes.distanceCode(distance - 1);
        hold |= (distances.codes[code] & 0xffffL) << bits;
        bits += distances.lengths[code];
        hold |= (long) (distance - Codes.distanceBase(code)) << bits;
        bits += Codes.distanceExtra(code);
      }
      LittleEndian.putLong(pending, at, hold);
      at += bits >>> 3;
      hold >>>= bits & ~7;
      bits &= 7;
    }
    this.hold = hold;
    this.bits = bits;
    pendingEnd = at;
    put(codes[Codes.END_OF_BLOCK] & 0xffff, lengths[Codes.END_OF_BLOCK]);
  }

  /** Turns the lengths of both codes into runs (3.2.7) and counts them. */
  private void codeLengths() {
    lengths.clear();
    runCount = 0;
    int literalCount = literals.highest() + 1;
    int total = literalCount + distances.highest() + 1;
    int previous = -1;
    int i = 0;
    while (i < total) {
      int length = codeLength(i, literalCount);
      int run = 1;
      while (i + run < total && codeLength(i + run, literalCount) == length) {
        run++;
      }
      i += run;
      if (length != 0 && length != previous) {
        run(length, 0);
        run--;
      }
      while (run > 0) {
        int n;
        if (run < 3) {
          n = 1;
          run(length, 0);
        } else if (length != 0) {
          n = Math.min(run, 6);
          run(16, n - 3);
        } else if (run <= 10) {
          n = run;
          run(17, n - 3);
        } else {
          n = Math.min(run, 138);
          run(18, n - 11);
        }
        run -= n;
      }
      previous = length;
    }
  }

  private int codeLength(int i, int literalCount) {
    return i < literalCount ? literals.lengths[i] : distances.lengths[i - literalCount];
  }

  private void run(int symbol, int extra) {
    runs[runCount++] = (short) (extra << 8 | symbol);
    lengths.counts[symbol]++;
  }

  /** The codes of blocks of type 1 (3.2.6), made when a block is first weighed against them. */
  private static final class Fixed {
    static final HuffmanCode LITERALS = literals();
    static final HuffmanCode DISTANCES = distances();

    private static HuffmanCode literals() {
      byte[] lengths = new byte[288];
      for (int i = 0; i < 288; i++) {
        lengths[i] = (byte) (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8);
      }
      return HuffmanCode.of(lengths, 15);
    }

    private static HuffmanCode distances() {
      byte[] lengths = new byte[Codes.DISTANCES];
      java.util.Arrays.fill(lengths, (byte) 5);
      return HuffmanCode.of(lengths, 15);
    }
  }
}

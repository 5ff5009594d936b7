package org.demitasse.zip;

/**
 * A Huffman code as tables to decode from, least significant bit first: a root table by the next
 * {@link #rootBits} bits, and for longer codes second tables behind it.
 *
 * <p>An entry is an int. Bits 0 to 5 are the bits to consume: the code's length, or in a second
 * table what is left of it beyond the root. Then, by kind:
 *
 * <ul>
 *   <li>literal ({@code < 0}): bits 16 to 23 are the byte;
 *   <li>special ({@link #SPECIAL}): end of block ({@link #END}), a code that stands for nothing
 *       ({@link #INVALID}), or else a second table at bits 14 to 27, by as many bits as bits 8 to
 *       11 say;
 *   <li>length or distance: the base at bit 14 and up, bits 8 to 11 are how many extra bits follow.
 * </ul>
 */
final class DecodeTable {
  static final int LITERAL = 1 << 31;
  static final int SPECIAL = 1 << 30;
  static final int END = 1 << 12;
  static final int INVALID = 1 << 13;
  static final int BITS_MASK = 63;
  static final int BASE_SHIFT = 14;

  /** After {@link #BASE_SHIFT}: where a second table starts. */
  static final int SECOND_MASK = 0x3fff;

  /** What the symbols of a code mean. */
  enum Kind {
    /** Lengths of codes: at most 19 symbols of at most 7 bits; entries are literals. */
    CODE_LENGTHS(7, 128),
    /** Literals and lengths: 288 symbols of at most 15 bits. */
    LITERALS(10, 2048),
    /** Distances: 32 symbols of at most 15 bits. */
    DISTANCES(8, 1024);

    /** The most bits of the root table. */
    final int rootBits;

    /**
     * Entries that suffice for every code of this kind. A complete code of n symbols and at most 15
     * bits needs fewer than 1334 for (288, root 10) and 402 for (32, root 8).
     */
    final int capacity;

    Kind(int rootBits, int capacity) {
      this.rootBits = rootBits;
      this.capacity = capacity;
    }
  }

  private static final int MAX_BITS = 15;

  final Kind kind;
  final int[] entries;
  int rootBits;

  private final int[] count = new int[MAX_BITS + 1];
  private final int[] offsets = new int[MAX_BITS + 2];
  private final short[] sorted = new short[288];

  DecodeTable(Kind kind) {
    this.kind = kind;
    this.entries = new int[kind.capacity];
  }

  /** The code of blocks of type 1 (RFC 1951, 3.2.6). */
  static DecodeTable fixedLiterals() {
    byte[] lengths = new byte[288];
    for (int i = 0; i < 288; i++) {
      lengths[i] = (byte) (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8);
    }
    DecodeTable table = new DecodeTable(Kind.LITERALS);
    table.build(lengths, 0, 288);
    return table;
  }

  /** The distances of blocks of type 1. */
  static DecodeTable fixedDistances() {
    byte[] lengths = new byte[32];
    java.util.Arrays.fill(lengths, (byte) 5);
    DecodeTable table = new DecodeTable(Kind.DISTANCES);
    table.build(lengths, 0, 32);
    return table;
  }

  /**
   * Fills the table from the lengths of {@code n} codes (0: the symbol has none).
   *
   * @return false when the lengths make no prefix code, or an incomplete one other than a single
   *     code of one bit
   */
  boolean build(byte[] lengths, int from, int n) {
    int[] count = this.count;
    java.util.Arrays.fill(count, 0);
    for (int i = 0; i < n; i++) {
      count[lengths[from + i]]++;
    }
    int max = MAX_BITS;
    while (max > 0 && count[max] == 0) {
      max--;
    }
    if (max == 0) {
      // No code at all is allowed until one is used; zlib reads such code lengths as zeros.
      int nothing = kind == Kind.CODE_LENGTHS ? LITERAL | 1 : SPECIAL | INVALID | 1;
      entries[0] = nothing;
      entries[1] = nothing;
      rootBits = 1;
      return true;
    }
    int left = 1;
    for (int length = 1; length <= MAX_BITS; length++) {
      left = (left << 1) - count[length];
      if (left < 0) {
        return false;
      }
    }
    if (left > 0 && (kind == Kind.CODE_LENGTHS || max != 1)) {
      return false;
    }
    sort(lengths, from, n);
    fill(max);
    return true;
  }

  private void sort(byte[] lengths, int from, int n) {
    offsets[1] = 0;
    for (int length = 1; length <= MAX_BITS; length++) {
      offsets[length + 1] = offsets[length] + count[length];
    }
    for (int i = 0; i < n; i++) {
      int length = lengths[from + i];
      if (length != 0) {
        sorted[offsets[length]++] = (short) i;
      }
    }
  }

  private void fill(int max) {
    int root = Math.min(kind.rootBits, max);
    rootBits = root;
    int rootSize = 1 << root;
    if (max == 1 && count[1] == 1) {
      entries[1] = SPECIAL | INVALID | 1;
    }
    int next = rootSize;
    int tableStart = 0;
    int tableBits = 0;
    int prefix = -1;
    int code = 0;
    int symbol = 0;
    for (int length = 1; length <= max; length++) {
      for (int left = count[length]; left > 0; left--) {
        int entry = entry(sorted[symbol++]);
        if (length <= root) {
          for (int i = code; i < rootSize; i += 1 << length) {
            entries[i] = entry | length;
          }
        } else {
          int low = code & rootSize - 1;
          if (low != prefix) {
            prefix = low;
            tableStart = next;
            tableBits = secondBits(length, left, root, max);
            next += 1 << tableBits;
            entries[low] = SPECIAL | tableStart << BASE_SHIFT | tableBits << 8 | root;
          }
          int beyond = length - root;
          for (int i = code >>> root; i < 1 << tableBits; i += 1 << beyond) {
            entries[tableStart + i] = entry | beyond;
          }
        }
        code = nextCode(code, length);
      }
    }
  }

  /** The smallest table that holds all codes with the prefix of the code that comes next. */
  private int secondBits(int length, int left, int root, int max) {
    int bits = length - root;
    int room = (1 << bits) - left;
    while (room > 0 && bits + root < max) {
      bits++;
      room = (room << 1) - count[bits + root];
    }
    return bits;
  }

  /** The code that follows in order, bits reversed (its first bit is the lowest). */
  private static int nextCode(int code, int length) {
    int bit = 1 << length - 1;
    while ((code & bit) != 0) {
      bit >>>= 1;
    }
    return bit == 0 ? 0 : (code & bit - 1) + bit;
  }

  private int entry(int symbol) {
    return switch (kind) {
      case CODE_LENGTHS -> LITERAL | symbol << 16;
      case LITERALS -> {
        if (symbol < 256) {
          yield LITERAL | symbol << 16;
        }
        if (symbol == 256) {
          yield SPECIAL | END;
        }
        yield symbol > 285
            ? SPECIAL | INVALID
            : Codes.lengthBase(symbol - 257) << BASE_SHIFT | Codes.lengthExtra(symbol - 257) << 8;
      }
      case DISTANCES ->
          symbol > 29
              ? SPECIAL | INVALID
              : Codes.distanceBase(symbol) << BASE_SHIFT | Codes.distanceExtra(symbol) << 8;
    };
  }
}

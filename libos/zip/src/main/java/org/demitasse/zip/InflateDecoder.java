package org.demitasse.zip;

import java.util.Arrays;

/**
 * The state machine of RFC 1950 and RFC 1951: stops wherever input or room ends, and goes on there.
 * The bulk of a block runs in {@link #decodeFast}; everything near an end byte by byte, so that no
 * byte is taken that is not needed.
 */
final class InflateDecoder {
  /** Results of {@link #run}. */
  static final int MORE = 0;

  static final int ENDED = 1;
  static final int WANTS_DICTIONARY = 2;
  static final int BROKEN = 3;

  private enum State {
    HEADER,
    DICTIONARY_ID,
    DICTIONARY,
    BLOCK,
    STORED_LENGTHS,
    STORED,
    TABLE_SIZES,
    LENGTH_LENGTHS,
    CODE_LENGTHS,
    SYMBOL,
    LENGTH_EXTRA,
    DISTANCE,
    DISTANCE_EXTRA,
    COPY,
    CHECK,
    DONE,
    BROKEN
  }

  /** Input that one turn of the fast loop may look at. */
  private static final int FAST_INPUT = 16;

  /** Bytes that one turn of the fast loop may write: a literal and a match. */
  private static final int FAST_OUTPUT = Codes.MAX_MATCH + 1;

  private final boolean wrapped;
  private final InflateWindow window = new InflateWindow();
  private final byte[] lengths = new byte[320];
  private final DecodeTable lengthTable = new DecodeTable(DecodeTable.Kind.CODE_LENGTHS);
  private final DecodeTable dynamicLiterals = new DecodeTable(DecodeTable.Kind.LITERALS);
  private final DecodeTable dynamicDistances = new DecodeTable(DecodeTable.Kind.DISTANCES);

  private State state;
  private String message;
  private boolean lastBlock;
  private long hold;
  private int bits;
  private int check;
  private int adler;

  private DecodeTable literals;
  private DecodeTable distances;
  private int literalCount;
  private int distanceCount;
  private int lengthCount;
  private int index;

  /** What is left of a stored block or of a match. */
  private int length;

  private int distance;
  private int entry;

  private byte[] in;
  private int inStart;
  private int inAt;
  private int inEnd;
  private byte[] out;
  private int outStart;
  private int outAt;
  private int outEnd;
  private int checkedTo;

  InflateDecoder(boolean nowrap) {
    wrapped = !nowrap;
    reset();
  }

  void reset() {
    state = wrapped ? State.HEADER : State.BLOCK;
    message = null;
    lastBlock = false;
    hold = 0;
    bits = 0;
    check = Adler32.INITIAL;
    adler = wrapped ? Adler32.INITIAL : 0;
    window.clear();
    inStart = inAt = outStart = outAt = 0;
  }

  int adler() {
    return adler;
  }

  String message() {
    return message;
  }

  int consumed() {
    return inAt - inStart;
  }

  int produced() {
    return outAt - outStart;
  }

  void setDictionary(byte[] dictionary, int offset, int length) {
    if (wrapped) {
      if (state != State.DICTIONARY) {
        throw new IllegalArgumentException("The stream has not asked for a dictionary");
      }
      if (Adler32.update(Adler32.INITIAL, dictionary, offset, length) != adler) {
        throw new IllegalArgumentException(
            "The dictionary is another one than the stream was made with");
      }
      adler = Adler32.INITIAL;
      state = State.BLOCK;
    }
    window.append(dictionary, offset, length);
  }

  /** Works until input, room or the stream ends. The arguments are in range. */
  int run(byte[] input, int inputOffset, int inputLength, byte[] output, int offset, int room) {
    in = input;
    inStart = inAt = inputOffset;
    inEnd = inputOffset + inputLength;
    out = output;
    outStart = outAt = checkedTo = offset;
    outEnd = offset + room;
    while (step()) {
      // Each step does one state's work.
    }
    updateCheck();
    if (state != State.DONE && state != State.BROKEN) {
      window.append(out, outStart, outAt - outStart);
    }
    in = null;
    out = null;
    return switch (state) {
      case DONE -> ENDED;
      case BROKEN -> BROKEN;
      case DICTIONARY -> WANTS_DICTIONARY;
      default -> MORE;
    };
  }

  private void updateCheck() {
    if (wrapped && outAt > checkedTo) {
      check = Adler32.update(check, out, checkedTo, outAt - checkedTo);
      adler = check;
      checkedTo = outAt;
    }
  }

  /** Returns false when there is nothing more to do now. */
  private boolean step() {
    return switch (state) {
      case HEADER -> header();
      case DICTIONARY_ID -> dictionaryId();
      case BLOCK -> block();
      case STORED_LENGTHS -> storedLengths();
      case STORED -> stored();
      case TABLE_SIZES -> tableSizes();
      case LENGTH_LENGTHS -> lengthLengths();
      case CODE_LENGTHS -> codeLengths();
      case SYMBOL -> symbol();
      case LENGTH_EXTRA -> lengthExtra();
      case DISTANCE -> distance();
      case DISTANCE_EXTRA -> distanceExtra();
      case COPY -> copy();
      case CHECK -> check();
      case DICTIONARY, DONE, BROKEN -> false;
    };
  }

  private boolean fail(String what) {
    message = what;
    state = State.BROKEN;
    return false;
  }

  private boolean become(State next) {
    state = next;
    return true;
  }

  /** Makes at least n (at most 32) bits present, or returns false: the input has ended. */
  private boolean need(int n) {
    while (bits < n) {
      if (inAt == inEnd) {
        return false;
      }
      hold |= (in[inAt++] & 0xffL) << bits;
      bits += 8;
    }
    return true;
  }

  private int take(int n) {
    int value = (int) (hold & (1L << n) - 1);
    hold >>>= n;
    bits -= n;
    return value;
  }

  private boolean header() {
    if (!need(16)) {
      return false;
    }
    int method = (int) hold & 0xff;
    int flags = (int) hold >>> 8 & 0xff;
    if ((method << 8 | flags) % 31 != 0) {
      return fail("incorrect header check");
    }
    if ((method & 15) != 8) {
      return fail("unknown compression method");
    }
    if (method >>> 4 > 7) {
      return fail("invalid window size");
    }
    take(16);
    return become((flags & 0x20) != 0 ? State.DICTIONARY_ID : State.BLOCK);
  }

  private boolean dictionaryId() {
    if (!need(32)) {
      return false;
    }
    adler = Integer.reverseBytes(take(32));
    return become(State.DICTIONARY);
  }

  private boolean block() {
    if (lastBlock) {
      take(bits & 7);
      return become(State.CHECK);
    }
    if (!need(3)) {
      return false;
    }
    lastBlock = take(1) != 0;
    switch (take(2)) {
      case 0 -> {
        take(bits & 7);
        state = State.STORED_LENGTHS;
      }
      case 1 -> {
        literals = Fixed.LITERALS;
        distances = Fixed.DISTANCES;
        state = State.SYMBOL;
      }
      case 2 -> state = State.TABLE_SIZES;
      default -> fail("invalid block type");
    }
    return state != State.BROKEN;
  }

  private boolean storedLengths() {
    if (!need(32)) {
      return false;
    }
    int size = (int) hold & 0xffff;
    if (size != ((int) (hold >>> 16) & 0xffff ^ 0xffff)) {
      return fail("invalid stored block lengths");
    }
    take(32);
    length = size;
    return become(State.STORED);
  }

  private boolean stored() {
    int n = Math.min(length, Math.min(inEnd - inAt, outEnd - outAt));
    System.arraycopy(in, inAt, out, outAt, n);
    inAt += n;
    outAt += n;
    length -= n;
    return length == 0 && become(State.BLOCK);
  }

  private boolean tableSizes() {
    if (!need(14)) {
      return false;
    }
    literalCount = take(5) + 257;
    distanceCount = take(5) + 1;
    lengthCount = take(4) + 4;
    if (literalCount > Codes.LITERALS || distanceCount > Codes.DISTANCES) {
      return fail("too many length or distance symbols");
    }
    index = 0;
    return become(State.LENGTH_LENGTHS);
  }

  private boolean lengthLengths() {
    while (index < lengthCount) {
      if (!need(3)) {
        return false;
      }
      lengths[Codes.LENGTH_ORDER[index++]] = (byte) take(3);
    }
    while (index < Codes.LENGTHS) {
      lengths[Codes.LENGTH_ORDER[index++]] = 0;
    }
    if (!lengthTable.build(lengths, 0, Codes.LENGTHS)) {
      return fail("invalid code lengths set");
    }
    index = 0;
    return become(State.CODE_LENGTHS);
  }

  private boolean codeLengths() {
    int total = literalCount + distanceCount;
    while (index < total) {
      int e = peek(lengthTable);
      if (e == 0) {
        return false;
      }
      int codeBits = e & DecodeTable.BITS_MASK;
      int value = e >>> 16 & 0xff;
      if (value < 16) {
        take(codeBits);
        lengths[index++] = (byte) value;
        continue;
      }
      int extra = value == 16 ? 2 : value == 17 ? 3 : 7;
      if (!need(codeBits + extra)) {
        return false;
      }
      take(codeBits);
      int repeat = take(extra) + (value == 18 ? 11 : 3);
      if (value == 16 && index == 0 || index + repeat > total) {
        return fail("invalid bit length repeat");
      }
      Arrays.fill(lengths, index, index + repeat, value == 16 ? lengths[index - 1] : 0);
      index += repeat;
    }
    if (lengths[Codes.END_OF_BLOCK] == 0) {
      return fail("invalid code -- missing end-of-block");
    }
    if (!dynamicLiterals.build(lengths, 0, literalCount)) {
      return fail("invalid literal/lengths set");
    }
    if (!dynamicDistances.build(lengths, literalCount, distanceCount)) {
      return fail("invalid distances set");
    }
    literals = dynamicLiterals;
    distances = dynamicDistances;
    return become(State.SYMBOL);
  }

  /**
   * Returns the entry of the next code, or 0 when the input ends before it does. Its bits, in the
   * entry the whole code's, are present and not yet taken.
   */
  private int peek(DecodeTable table) {
    int[] entries = table.entries;
    int root = table.rootBits;
    for (; ; ) {
      int e = entries[(int) hold & (1 << root) - 1];
      int codeBits = e & DecodeTable.BITS_MASK;
      if (isSecond(e)) {
        if (bits > root) {
          e = entries[second(e, (int) (hold >>> root))] + root;
          codeBits = e & DecodeTable.BITS_MASK;
        } else {
          codeBits = Integer.MAX_VALUE;
        }
      }
      if (codeBits <= bits) {
        return e;
      }
      if (inAt == inEnd) {
        return 0;
      }
      hold |= (in[inAt++] & 0xffL) << bits;
      bits += 8;
    }
  }

  private static boolean isSecond(int e) {
    int kinds = DecodeTable.LITERAL | DecodeTable.SPECIAL | DecodeTable.END | DecodeTable.INVALID;
    return (e & kinds) == DecodeTable.SPECIAL;
  }

  private static int second(int e, int next) {
    return (e >>> DecodeTable.BASE_SHIFT & DecodeTable.SECOND_MASK) + (next & (1 << extra(e)) - 1);
  }

  private static int extra(int e) {
    return e >>> 8 & 15;
  }

  private boolean symbol() {
    if (inEnd - inAt >= FAST_INPUT && outEnd - outAt >= FAST_OUTPUT) {
      decodeFast();
      return state != State.BROKEN;
    }
    int e = peek(literals);
    if (e == 0) {
      return false;
    }
    if (e < 0) {
      if (outAt == outEnd) {
        return false;
      }
      take(e & DecodeTable.BITS_MASK);
      out[outAt++] = (byte) (e >> 16);
      return true;
    }
    take(e & DecodeTable.BITS_MASK);
    if ((e & DecodeTable.SPECIAL) != 0) {
      if ((e & DecodeTable.END) != 0) {
        return become(State.BLOCK);
      }
      return fail("invalid literal/length code");
    }
    entry = e;
    return become(State.LENGTH_EXTRA);
  }

  private boolean lengthExtra() {
    int extra = extra(entry);
    if (!need(extra)) {
      return false;
    }
    length = (entry >>> DecodeTable.BASE_SHIFT) + take(extra);
    return become(State.DISTANCE);
  }

  private boolean distance() {
    int e = peek(distances);
    if (e == 0) {
      return false;
    }
    take(e & DecodeTable.BITS_MASK);
    if ((e & DecodeTable.SPECIAL) != 0) {
      return fail("invalid distance code");
    }
    entry = e;
    return become(State.DISTANCE_EXTRA);
  }

  private boolean distanceExtra() {
    int extra = extra(entry);
    if (!need(extra)) {
      return false;
    }
    distance = (entry >>> DecodeTable.BASE_SHIFT) + take(extra);
    return become(State.COPY);
  }

  private boolean copy() {
    if (outAt == outEnd) {
      return false; // as zlib, which looks at the distance when there is room
    }
    if (distance > window.have() + outAt - outStart) {
      return fail("invalid distance too far back");
    }
    int n = Math.min(length, outEnd - outAt);
    length -= n;
    outAt = copyMatch(outAt, distance, n);
    return length == 0 && become(State.SYMBOL);
  }

  private boolean check() {
    if (wrapped) {
      if (!need(32)) {
        return false;
      }
      updateCheck();
      if (Integer.reverseBytes((int) hold) != check) {
        return fail("incorrect data check");
      }
      take(32);
    }
    return become(State.DONE);
  }

  /** Copies n bytes from {@code back} bytes before {@code at}; returns the place after them. */
  private int copyMatch(int at, int back, int n) {
    byte[] bytes = out;
    while (n > 0 && back > at - outStart) {
      int copied = window.copy(back - (at - outStart), bytes, at, n);
      at += copied;
      n -= copied;
    }
    int from = at - back;
    if (back >= 8) {
      for (; n >= 8; n -= 8) {
        LittleEndian.putLong(bytes, at, LittleEndian.getLong(bytes, from));
        at += 8;
        from += 8;
      }
    } else if (back == 1 && n > 8) {
      Arrays.fill(bytes, at, at + n, bytes[from]);
      return at + n;
    }
    for (; n > 0; n--) {
      bytes[at++] = bytes[from++];
    }
    return at;
  }

  /**
   * Decodes while {@link #FAST_INPUT} bytes of input and as much room as a turn needs are left, or
   * until the block ends. Bits are loaded eight bytes at a time: above {@code bits} the hold has
   * bits that will be loaded again, which is why each load takes them for granted and {@link
   * #giveBack} cuts them off.
   */
  private void decodeFast() {
    final byte[] in = this.in;
    final byte[] out = this.out;
    final int[] lits = literals.entries;
    final int[] dists = distances.entries;
    final int litRoot = literals.rootBits;
    final int distRoot = distances.rootBits;
    final int litMask = (1 << litRoot) - 1;
    final int distMask = (1 << distRoot) - 1;
    final int inLast = inEnd - FAST_INPUT;
    final int outLast = outEnd - FAST_OUTPUT;
    final int farthest = window.have() - outStart;
    int ip = inAt;
    int op = outAt;
    long hold = this.hold;
    int bits = this.bits;
    while (ip <= inLast && op <= outLast) {
      hold |= LittleEndian.getLong(in, ip) << bits;
      ip += 63 - bits >>> 3;
      bits |= 56;
      int e = lits[(int) hold & litMask];
      if (e < 0) {
        hold >>>= e;
        bits -= e & DecodeTable.BITS_MASK;
        out[op++] = (byte) (e >> 16);
        e = lits[(int) hold & litMask];
        if (e < 0) {
          hold >>>= e;
          bits -= e & DecodeTable.BITS_MASK;
          out[op++] = (byte) (e >> 16);
          continue;
        }
      }
      if ((e & DecodeTable.SPECIAL) != 0) {
        if (isSecond(e)) {
          hold >>>= litRoot;
          bits -= litRoot;
          e = lits[second(e, (int) hold)];
        }
        hold >>>= e;
        bits -= e & DecodeTable.BITS_MASK;
        if (e < 0) {
          out[op++] = (byte) (e >> 16);
          continue;
        }
        if ((e & DecodeTable.SPECIAL) != 0) {
          giveBack(ip, op, hold, bits);
          if ((e & DecodeTable.END) != 0) {
            state = State.BLOCK;
          } else {
            fail("invalid literal/length code");
          }
          return;
        }
      } else {
        hold >>>= e;
        bits -= e & DecodeTable.BITS_MASK;
      }
      int extra = extra(e);
      int n = (e >>> DecodeTable.BASE_SHIFT) + ((int) hold & (1 << extra) - 1);
      hold >>>= extra;
      bits -= extra;

      hold |= LittleEndian.getLong(in, ip) << bits;
      ip += 63 - bits >>> 3;
      bits |= 56;
      e = dists[(int) hold & distMask];
      if (isSecond(e)) {
        hold >>>= distRoot;
        bits -= distRoot;
        e = dists[second(e, (int) hold)];
      }
      hold >>>= e;
      bits -= e & DecodeTable.BITS_MASK;
      if ((e & DecodeTable.SPECIAL) != 0) {
        giveBack(ip, op, hold, bits);
        fail("invalid distance code");
        return;
      }
      extra = extra(e);
      int back = (e >>> DecodeTable.BASE_SHIFT) + ((int) hold & (1 << extra) - 1);
      hold >>>= extra;
      bits -= extra;
      if (back > farthest + op) {
        giveBack(ip, op, hold, bits);
        fail("invalid distance too far back");
        return;
      }
      op = copyMatch(op, back, n);
    }
    giveBack(ip, op, hold, bits);
  }

  /** Leaves the fast loop: whole bytes that were loaded but not used go back to the input. */
  private void giveBack(int ip, int op, long hold, int bits) {
    int unused = Math.min(bits >>> 3, ip - inStart);
    inAt = ip - unused;
    outAt = op;
    this.bits = bits - 8 * unused;
    this.hold = hold & (1L << this.bits) - 1;
  }

  /** The fixed codes, made when a block first wants them. */
  private static final class Fixed {
    static final DecodeTable LITERALS = DecodeTable.fixedLiterals();
    static final DecodeTable DISTANCES = DecodeTable.fixedDistances();
  }
}

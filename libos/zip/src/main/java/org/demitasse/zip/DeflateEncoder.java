package org.demitasse.zip;

/** The state of one compression: from input through the window and the blocks to output. */
final class DeflateEncoder {
  /** A match of three bytes from farther than this costs more than its literals. */
  private static final int TOO_FAR = 4096;

  /** Ends a block without marking it: what {@link #setParams} wants. Between none and sync. */
  private static final int BLOCK = 1;

  /** No flush at all yet: stronger than none, so that the first call always does something. */
  private static final int NEVER = -1;

  private enum Status {
    HEADER,
    BUSY,
    TRAILER,
    DONE
  }

  private final boolean wrapped;
  private final MatchFinder window = new MatchFinder();
  private final BlockWriter writer = new BlockWriter();
  private int level;
  private int strategy;

  private Status status;
  private int lastFlush;
  private boolean started;
  private boolean complete;
  private boolean dictionary;
  private int adler;

  /**
   * The match in hand, at the byte before the window's: its length, or 2 for none, and how far
   * back.
   */
  private int heldLength;

  private int heldDistance;
  private boolean held;

  private byte[] in;
  private int inStart;
  private int inAt;
  private int inEnd;
  private byte[] out;
  private int outStart;
  private int outAt;
  private int outEnd;

  DeflateEncoder(int level, int strategy, boolean nowrap) {
    this.level = level == -1 ? DeflateLevel.DEFAULT : level;
    this.strategy = strategy;
    wrapped = !nowrap;
    reset();
  }

  void reset() {
    window.reset();
    writer.reset();
    status = wrapped ? Status.HEADER : Status.BUSY;
    lastFlush = NEVER;
    started = false;
    dictionary = false;
    adler = Adler32.INITIAL;
    dropHeld();
  }

  private void dropHeld() {
    heldLength = Codes.MIN_MATCH - 1;
    held = false;
  }

  int adler() {
    return adler;
  }

  int consumed() {
    return inAt - inStart;
  }

  int produced() {
    return outAt - outStart;
  }

  boolean finished() {
    return status == Status.DONE && !writer.hasPending();
  }

  /** True when the last call stopped for want of room: another one goes on without more input. */
  boolean hasMore() {
    return writer.hasPending() || !complete;
  }

  private boolean hasUnsent() {
    return window.at - window.blockStart + window.ahead > 0;
  }

  void setDictionary(byte[] bytes, int offset, int length) {
    if (wrapped && status != Status.HEADER) {
      throw new IllegalArgumentException("A dictionary must be set before compression starts");
    }
    if (hasUnsent()) {
      throw new IllegalArgumentException(
          "A dictionary can be set between blocks only: flush what was compressed first");
    }
    if (wrapped) {
      adler = Adler32.update(adler, bytes, offset, length);
      dictionary = true;
    }
    int used = Math.min(length, MatchFinder.SIZE);
    window.preset(bytes, offset + length - used, used);
  }

  /** Says where the next call reads and writes. */
  void use(byte[] input, int inputOffset, int inputLength, byte[] output, int offset, int room) {
    in = input;
    inStart = inAt = inputOffset;
    inEnd = inputOffset + inputLength;
    out = output;
    outStart = outAt = offset;
    outEnd = offset + room;
  }

  /**
   * Changes level and strategy if nothing stands against it: either way of parsing goes on where
   * the other stopped only between blocks.
   */
  boolean setParamsNow(int newLevel, int newStrategy) {
    int wanted = newLevel == -1 ? DeflateLevel.DEFAULT : newLevel;
    boolean other =
        newStrategy != strategy
            || DeflateLevel.of(wanted).method() != DeflateLevel.of(level).method();
    if (other && started && (inAt < inEnd || hasUnsent())) {
      return false;
    }
    if (method() == DeflateLevel.Method.STORE) {
      // Stored bytes were put into no chain: what the chains say is older than the window.
      window.forget();
    }
    level = wanted;
    strategy = newStrategy;
    return true;
  }

  /**
   * Ends the block, with all input, and then changes level and strategy; returns false when more
   * room is needed first.
   */
  boolean setParams(int newLevel, int newStrategy) {
    run(BLOCK);
    return setParamsNow(newLevel, newStrategy);
  }

  private DeflateLevel.Method method() {
    DeflateLevel.Method byLevel = DeflateLevel.of(level).method();
    return byLevel != DeflateLevel.Method.STORE && strategy == DeflateStream.HUFFMAN_ONLY
        ? DeflateLevel.Method.HUFFMAN
        : byLevel;
  }

  /** Compresses until the input is used up or the room, and flushes as asked. */
  void run(int flush) {
    int before = lastFlush;
    lastFlush = flush;
    started = true;
    complete = false;
    if (outAt == outEnd) {
      lastFlush = NEVER;
      return;
    }
    if (writer.hasPending()) {
      if (!drain()) {
        return;
      }
    } else if (inAt == inEnd && flush <= before && flush != DeflateStream.FINISH) {
      complete = true; // Nothing new, and the flush is done: a second mark would only waste room.
      return;
    }
    if (status == Status.HEADER) {
      header();
      status = Status.BUSY;
      if (!drain()) {
        return;
      }
    }
    if (status == Status.BUSY
        && (inAt < inEnd || window.ahead > 0 || flush != DeflateStream.NO_FLUSH)) {
      boolean blockDone =
          switch (method()) {
            case STORE -> store(flush);
            case GREEDY -> greedy(flush);
            case LAZY -> lazy(flush);
            case HUFFMAN -> huffman(flush);
          };
      if (!blockDone) {
        complete = flush == DeflateStream.NO_FLUSH && inAt == inEnd;
        return;
      }
      if (flush == DeflateStream.FINISH) {
        status = Status.TRAILER;
      } else if (flush != BLOCK) {
        writer.stored(window.bytes, 0, 0, false);
        if (flush == DeflateStream.FULL_FLUSH) {
          window.forget();
        }
      }
      if (!drain()) {
        complete = flush != DeflateStream.FINISH;
        return;
      }
    }
    complete = true;
    if (status == Status.TRAILER && flush == DeflateStream.FINISH) {
      if (wrapped) {
        writer.putIntBigEndian(adler);
      }
      status = Status.DONE;
      drain();
    }
  }

  /** RFC 1950, 2.2. */
  private void header() {
    int effort = level == 6 ? 2 : level < 2 ? 0 : level < 6 ? 1 : 3;
    if (strategy == DeflateStream.HUFFMAN_ONLY) {
      effort = 0;
    }
    int header = 0x7800 | effort << 6 | (dictionary ? 0x20 : 0);
    header += 31 - header % 31;
    writer.put(header >>> 8, 8);
    writer.put(header & 0xff, 8);
    if (dictionary) {
      writer.putIntBigEndian(adler);
    }
    adler = Adler32.INITIAL;
  }

  /** Moves waiting bytes out; returns true when none are left and there is room for more. */
  private boolean drain() {
    outAt += writer.drain(out, outAt, outEnd - outAt);
    if (outAt == outEnd) {
      lastFlush = NEVER; // Whatever the flush was, it may be asked for again to go on.
      return false;
    }
    return true;
  }

  private void fill() {
    while (window.ahead < MatchFinder.MIN_LOOKAHEAD && inAt < inEnd) {
      int n = window.fill(in, inAt, inEnd - inAt);
      if (wrapped) {
        adler = Adler32.update(adler, in, inAt, n);
      }
      inAt += n;
    }
  }

  /** Fills the window; returns false when the parsing must stop for more input. */
  private boolean enoughAhead(int flush, int least) {
    if (window.ahead < least) {
      fill();
      return window.ahead >= least || flush != DeflateStream.NO_FLUSH;
    }
    return true;
  }

  /** Ends the block at the window's place; returns false when there is no room for more. */
  private boolean endBlock(boolean last) {
    writer.endBlock(window.bytes, window.blockStart, window.at - window.blockStart, last);
    window.blockStart = window.at;
    return drain();
  }

  /**
   * What every way of parsing does when the input is used up. Returns true when the block ended.
   */
  private boolean endInput(int flush) {
    if (flush == DeflateStream.FINISH) {
      endBlock(true);
      return true;
    }
    return !writer.hasSymbols() || endBlock(false);
  }

  private boolean store(int flush) {
    for (; ; ) {
      fill();
      if (window.ahead == 0) {
        break;
      }
      window.at += window.ahead;
      window.ahead = 0;
      int stored = window.at - window.blockStart;
      if (stored > BlockWriter.STORED) {
        int back = stored - BlockWriter.STORED;
        window.at -= back;
        window.ahead = back;
        stored = BlockWriter.STORED;
      }
      if (stored >= MatchFinder.MAX_DISTANCE && !endStored(false)) {
        return false;
      }
    }
    window.skipTo(window.at);
    if (flush == DeflateStream.FINISH) {
      endStored(true);
      return true;
    }
    if (flush == DeflateStream.NO_FLUSH) {
      return false;
    }
    return window.at == window.blockStart || endStored(false);
  }

  private boolean endStored(boolean last) {
    writer.stored(window.bytes, window.blockStart, window.at - window.blockStart, last);
    window.blockStart = window.at;
    return drain();
  }

  private boolean huffman(int flush) {
    for (; ; ) {
      if (window.ahead == 0) {
        fill();
        if (window.ahead == 0) {
          if (flush == DeflateStream.NO_FLUSH) {
            return false;
          }
          break;
        }
      }
      boolean full = writer.literal(window.bytes[window.at++]);
      window.ahead--;
      if (full && !endBlock(false)) {
        return false;
      }
    }
    window.skipTo(window.at);
    return endInput(flush);
  }

  private boolean greedy(int flush) {
    DeflateLevel effort = DeflateLevel.of(level);
    for (; ; ) {
      if (!enoughAhead(flush, MatchFinder.MIN_LOOKAHEAD)) {
        return false;
      }
      if (window.ahead == 0) {
        break;
      }
      int candidate = window.insert();
      int length = Codes.MIN_MATCH - 1;
      if (candidate != 0) {
        length = window.longest(candidate, length, effort.chain(), effort.nice());
      }
      boolean full;
      if (length >= Codes.MIN_MATCH) {
        full = writer.match(window.at - window.matchAt, length);
        window.at += length;
        window.ahead -= length;
        if (length > effort.lazy()) {
          window.skipTo(window.at);
        }
      } else {
        full = writer.literal(window.bytes[window.at++]);
        window.ahead--;
      }
      if (full && !endBlock(false)) {
        return false;
      }
    }
    return endInput(flush);
  }

  private boolean lazy(int flush) {
    DeflateLevel effort = DeflateLevel.of(level);
    for (; ; ) {
      if (!enoughAhead(flush, MatchFinder.MIN_LOOKAHEAD)) {
        return false;
      }
      if (window.ahead == 0) {
        break;
      }
      int candidate = window.insert();
      int beforeLength = heldLength;
      int beforeDistance = heldDistance;
      int length = Codes.MIN_MATCH - 1;
      if (candidate != 0 && beforeLength < effort.lazy()) {
        int chain = beforeLength >= effort.good() ? effort.chain() >> 2 : effort.chain();
        int found = window.longest(candidate, beforeLength, chain, effort.nice());
        if (found > beforeLength && worthIt(found)) {
          length = found;
        }
      }
      boolean full = false;
      if (beforeLength >= Codes.MIN_MATCH && length <= beforeLength) {
        full = writer.match(beforeDistance, beforeLength);
        window.at += beforeLength - 1;
        window.ahead -= beforeLength - 1;
        dropHeld();
      } else {
        if (held) {
          full = writer.literal(window.bytes[window.at - 1]);
        }
        held = true;
        heldLength = length;
        heldDistance = window.at - window.matchAt;
        if (full) {
          // The byte in hand belongs to the next block.
          boolean room = endBlock(false);
          window.at++;
          window.ahead--;
          if (!room) {
            return false;
          }
          continue;
        }
        window.at++;
        window.ahead--;
      }
      if (full && !endBlock(false)) {
        return false;
      }
    }
    if (held) {
      boolean full = writer.literal(window.bytes[window.at - 1]);
      dropHeld();
      if (full && !endBlock(false)) {
        return false;
      }
    }
    return endInput(flush);
  }

  private boolean worthIt(int length) {
    if (strategy == DeflateStream.FILTERED && length <= 5) {
      return false;
    }
    return length > Codes.MIN_MATCH || window.at - window.matchAt <= TOO_FAR;
  }
}

package org.demitasse.zip;

import java.util.Arrays;

/** A length-limited Huffman code for one block: counts in, lengths and reversed codes out. */
final class HuffmanCode {
  /** How often each symbol occurs in the block. */
  final int[] counts;

  /** Code lengths; 0 for symbols without a code. */
  final byte[] lengths;

  /** Codes with the first bit lowest, as they are sent. */
  final short[] codes;

  private final int maxBits;
  private final int[] order;
  private final int[] weights;
  private final short[] parents;
  private final int[] perLength;
  private final int[] nextCode;

  HuffmanCode(int symbols, int maxBits) {
    counts = new int[symbols];
    lengths = new byte[symbols];
    codes = new short[symbols];
    order = new int[symbols];
    weights = new int[2 * symbols];
    parents = new short[2 * symbols];
    this.maxBits = maxBits;
    perLength = new int[maxBits + 1];
    nextCode = new int[maxBits + 1];
  }

  /** Makes codes from lengths alone. */
  static HuffmanCode of(byte[] lengths, int maxBits) {
    HuffmanCode code = new HuffmanCode(lengths.length, maxBits);
    System.arraycopy(lengths, 0, code.lengths, 0, lengths.length);
    for (byte length : lengths) {
      code.perLength[length]++;
    }
    code.assign();
    return code;
  }

  void clear() {
    Arrays.fill(counts, 0);
  }

  /** Returns the highest symbol that has a code, or -1. */
  int highest() {
    int i = lengths.length - 1;
    while (i >= 0 && lengths[i] == 0) {
      i--;
    }
    return i;
  }

  /** Returns the bits that the counted symbols take, without their extra bits. */
  int cost() {
    int sum = 0;
    for (int i = 0; i < counts.length; i++) {
      sum += counts[i] * lengths[i];
    }
    return sum;
  }

  /** Returns the bits that the counted symbols of this code would take in another one. */
  int cost(HuffmanCode other) {
    int sum = 0;
    for (int i = 0; i < counts.length; i++) {
      sum += counts[i] * other.lengths[i];
    }
    return sum;
  }

  /**
   * Makes lengths and codes from the counts; at least two symbols get a code, as decoders expect.
   */
  void build() {
    int n = 0;
    for (int i = 0; i < counts.length; i++) {
      lengths[i] = 0;
      if (counts[i] != 0) {
        order[n++] = counts[i] << 9 | i;
      }
    }
    for (int i = 0; n < 2; i++) {
      if (counts[i] == 0) {
        order[n++] = 1 << 9 | i;
      }
    }
    sort(order, n);
    limitLengths(n);
    int symbol = 0;
    for (int length = maxBits; length > 0; length--) {
      for (int left = perLength[length]; left > 0; left--) {
        lengths[order[symbol++] & 511] = (byte) length;
      }
    }
    assign();
  }

  /** Heap sort: rising, in place. */
  private static void sort(int[] keys, int n) {
    for (int i = n / 2 - 1; i >= 0; i--) {
      sift(keys, i, n);
    }
    for (int end = n - 1; end > 0; end--) {
      int top = keys[0];
      keys[0] = keys[end];
      keys[end] = top;
      sift(keys, 0, end);
    }
  }

  private static void sift(int[] keys, int at, int n) {
    int key = keys[at];
    for (int child = 2 * at + 1; child < n; child = 2 * at + 1) {
      if (child + 1 < n && keys[child + 1] > keys[child]) {
        child++;
      }
      if (keys[child] <= key) {
        break;
      }
      keys[at] = keys[child];
      at = child;
    }
    keys[at] = key;
  }

  /** Huffman's algorithm with two queues over the sorted leaves, then the limit. */
  private void limitLengths(int n) {
    for (int i = 0; i < n; i++) {
      weights[i] = order[i] >>> 9;
    }
    int leaf = 0;
    int inner = n;
    int nodes = 2 * n - 1;
    for (int node = n; node < nodes; node++) {
      int sum = 0;
      for (int two = 0; two < 2; two++) {
        int least =
            leaf < n && (inner == node || weights[leaf] <= weights[inner]) ? leaf++ : inner++;
        sum += weights[least];
        parents[least] = (short) node;
      }
      weights[node] = sum;
    }
    Arrays.fill(perLength, 0);
    // From here on weights hold depths.
    weights[nodes - 1] = 0;
    for (int node = nodes - 2; node >= 0; node--) {
      int depth = weights[parents[node]] + 1;
      weights[node] = depth;
      if (node < n) {
        perLength[Math.min(depth, maxBits)]++;
      }
    }
    // Codes cut to the limit take too much of the code space: lengthen the longest others until it
    // fits.
    int space = 0;
    for (int length = 1; length <= maxBits; length++) {
      space += perLength[length] << maxBits - length;
    }
    while (space > 1 << maxBits) {
      perLength[maxBits]--;
      int length = maxBits - 1;
      while (perLength[length] == 0) {
        length--;
      }
      perLength[length]--;
      perLength[length + 1] += 2;
      space--;
    }
  }

  private void assign() {
    int code = 0;
    for (int length = 1; length <= maxBits; length++) {
      nextCode[length] = code;
      code = code + perLength[length] << 1;
    }
    for (int i = 0; i < lengths.length; i++) {
      int length = lengths[i];
      if (length != 0) {
        codes[i] = (short) (Integer.reverse(nextCode[length]++) >>> 32 - length);
      }
    }
  }
}

package org.demitasse.net.engine;

/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012) of up to five 64-bit words: a keyed function whose
 * answers nobody without the key can foresee. It makes sequence numbers (RFC 6528), ports (RFC
 * 6056), hash tables that cannot be flooded, and random numbers (the function of a counter).
 */
public final class SipHash {
  private final long key0;
  private final long key1;
  private long counter;

  public SipHash(long key0, long key1) {
    this.key0 = key0;
    this.key1 = key1;
  }

  /** Returns the keyed hash of five words. */
  public long hash(long a, long b, long c, long d, long e) {
    long v0 = key0 ^ 0x736f6d6570736575L;
    long v1 = key1 ^ 0x646f72616e646f6dL;
    long v2 = key0 ^ 0x6c7967656e657261L;
    long v3 = key1 ^ 0x7465646279746573L;
    for (int i = 0; i < 8; i++) {
      long m =
          switch (i) {
            case 0 -> a;
            case 1 -> b;
            case 2 -> c;
            case 3 -> d;
            case 4 -> e;
            case 5 -> 40L << 56;
            default -> 0;
          };
      if (i < 6) {
        v3 ^= m;
      } else if (i == 6) {
        v2 ^= 0xff;
      }
      for (int round = 0; round < 2; round++) {
        v0 += v1;
        v2 += v3;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v1;
        v0 += v3;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 = Long.rotateLeft(v2, 32);
      }
      if (i < 6) {
        v0 ^= m;
      }
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }

  /** Returns 64 bits that nobody can foresee. */
  public long next() {
    return hash(counter++, 0, 0, 0, 0x72616e646f6d0000L);
  }

  /** Returns a number from 0 to {@code bound} - 1. */
  public int next(int bound) {
    return (int) ((next() >>> 33) * bound >>> 31);
  }
}

package org.demitasse.zip;

/**
 * How hard a level looks for matches; the numbers are those that zlib's levels are known by, so
 * that sizes come out alike.
 *
 * @param method the way of parsing
 * @param good above this length of the match in hand, chains are followed a quarter as far
 * @param lazy above this length of the match in hand, no better one is looked for; for {@link
 *     Method#GREEDY}: longer matches are not put into the chains
 * @param nice a match of this length ends the search
 * @param chain how many candidates are tried
 */
record DeflateLevel(Method method, int good, int lazy, int nice, int chain) {
  enum Method {
    /** No compression: stored blocks. */
    STORE,
    /** Takes each match as it comes. */
    GREEDY,
    /** Takes a match only when the next byte does not start a longer one. */
    LAZY,
    /** No matches: literals alone. */
    HUFFMAN
  }

  static final int DEFAULT = 6;

  private static final DeflateLevel[] LEVELS = {
    new DeflateLevel(Method.STORE, 0, 0, 0, 0),
    new DeflateLevel(Method.GREEDY, 4, 4, 8, 4),
    new DeflateLevel(Method.GREEDY, 4, 5, 16, 8),
    new DeflateLevel(Method.GREEDY, 4, 6, 32, 32),
    new DeflateLevel(Method.LAZY, 4, 4, 16, 16),
    new DeflateLevel(Method.LAZY, 8, 16, 32, 32),
    new DeflateLevel(Method.LAZY, 8, 16, 128, 128),
    new DeflateLevel(Method.LAZY, 8, 32, 128, 256),
    new DeflateLevel(Method.LAZY, 32, 128, 258, 1024),
    new DeflateLevel(Method.LAZY, 32, 258, 258, 4096)
  };

  static DeflateLevel of(int level) {
    return LEVELS[level];
  }
}

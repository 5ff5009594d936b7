package org.demitasse.net.sim;

import java.util.Arrays;
import java.util.Queue;
import java.util.SplittableRandom;
import org.demitasse.net.ip.InternetChecksum;

/**
 * Joins TCP segments that follow each other in a receive queue into one, as Linux's GRO does and
 * devices with VIRTIO_NET_F_GUEST_TSO4 and 6 may: headers that say the same but for sequence number
 * and PSH, sums that are right, and no segment shorter than the first but the last.
 */
final class Joining {
  private static final int ACK = 0x10;
  private static final int PSH = 0x08;
  private static final int LONGEST = 65_535;

  private final SplittableRandom random;

  Joining(SplittableRandom random) {
    this.random = random;
  }

  /** Returns the frame, or a longer one with those behind it in the queue, which are taken. */
  byte[] join(byte[] first, Queue<byte[]> queue) {
    int tcp = transport(first);
    if (tcp < 0 || random.nextInt(8) == 0) {
      return first;
    }
    int header = tcp + ((first[tcp + 12] & 0xf0) >> 2);
    int size = first.length - header;
    byte[] joined = first;
    int last = size;
    while (last == size && (joined[tcp + 13] & PSH) == 0) {
      byte[] next = queue.peek();
      if (next == null || !follows(first, next, tcp, header, joined.length - header)) {
        break;
      }
      last = next.length - header;
      if (last > size || joined.length + last - 14 > LONGEST) {
        break;
      }
      queue.remove();
      int end = joined.length;
      joined = Arrays.copyOf(joined, end + last);
      System.arraycopy(next, header, joined, end, last);
      joined[tcp + 13] |= next[tcp + 13];
    }
    return joined == first ? first : lengthened(joined, tcp);
  }

  /** Where TCP begins in a frame that may be joined; -1 when it may not. */
  private static int transport(byte[] frame) {
    boolean v4 = frame.length >= 54 && frame[12] == 8 && frame[13] == 0 && frame[14] == 0x45;
    boolean v6 = frame.length >= 74 && frame[12] == (byte) 0x86 && frame[13] == (byte) 0xdd;
    int tcp = v4 ? 34 : 54;
    int length = frame.length - tcp;
    if (v4
        ? frame[23] != 6
            || (word(frame, 20) & 0x3fff) != 0
            || word(frame, 16) != frame.length - 14
            || InternetChecksum.finish(sum(0, frame, 14, 34)) != 0
        : !v6 || frame[20] != 6 || word(frame, 18) != length) {
      return -1;
    }
    int addresses = v4 ? 26 : 22;
    long pseudo = sum(6 + length, frame, addresses, tcp);
    int header = (frame[tcp + 12] & 0xf0) >> 2;
    boolean good =
        InternetChecksum.finish(sum(pseudo, frame, tcp, frame.length)) == 0
            && header >= 20
            && header < length
            && (frame[tcp + 13] & ~PSH) == ACK;
    return good ? tcp : -1;
  }

  /** Whether a segment continues one of so many bytes of payload, and says the same besides. */
  private static boolean follows(byte[] first, byte[] next, int tcp, int header, int payload) {
    boolean v4 = tcp == 34;
    return transport(next) == tcp
        && next.length > header
        // But for the length, and IPv4's identification and sum.
        && same(first, next, 0, v4 ? 16 : 18)
        && same(first, next, 20, v4 ? 24 : 26)
        && same(first, next, 26, tcp + 4)
        && sequence(next, tcp) == sequence(first, tcp) + payload
        && same(first, next, tcp + 8, tcp + 13)
        && same(first, next, tcp + 14, tcp + 16)
        && same(first, next, tcp + 18, header);
  }

  private static boolean same(byte[] a, byte[] b, int from, int to) {
    return Arrays.equals(a, from, to, b, from, to);
  }

  private static byte[] lengthened(byte[] frame, int tcp) {
    if (tcp == 34) {
      putWord(frame, 16, frame.length - 14);
      putWord(frame, 24, 0);
      putWord(frame, 24, InternetChecksum.finish(sum(0, frame, 14, 34)));
    } else {
      putWord(frame, 18, frame.length - tcp);
    }
    return frame;
  }

  private static long sum(long before, byte[] bytes, int from, int to) {
    long sum = before;
    for (int i = from; i < to; i++) {
      sum += (bytes[i] & 0xff) << ((i - from) % 2 == 0 ? 8 : 0);
    }
    return sum;
  }

  private static int word(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 8 | bytes[at + 1] & 0xff;
  }

  private static void putWord(byte[] bytes, int at, int value) {
    bytes[at] = (byte) (value >> 8);
    bytes[at + 1] = (byte) value;
  }

  private static int sequence(byte[] bytes, int tcp) {
    return word(bytes, tcp + 4) << 16 | word(bytes, tcp + 6);
  }
}

package org.demitasse.net.ip;

import org.demitasse.core.PacketBuffer;
import org.demitasse.core.PacketPool;
import org.demitasse.net.device.NetInterface;
import org.demitasse.net.engine.Engine;
import org.demitasse.net.engine.Timer;

/**
 * Datagrams that arrive in fragments (RFC 791, section 3.2; RFC 815). Fragments are copied to their
 * place in one large buffer. Bounded in datagrams, in time (RFC 1122, section 3.3.2) and in pieces;
 * fragments that overlap drop the datagram (RFC 5722; RFC 8200, section 4.5), unless they say again
 * what has come, as those do that the network has doubled.
 */
public final class Reassembly {
  /** Bytes in front of the payload: the first fragment's IP header, for ICMP errors. */
  static final int HEADER_ROOM = 128;

  private static final int MAX_DATAGRAMS = 32;
  private static final int MAX_RANGES = 64;

  /** For IPv4 what Linux has; for IPv6 what RFC 8200, section 4.5, says. */
  private static final long TIMEOUT4 = 30_000_000_000L;

  private static final long TIMEOUT6 = 60_000_000_000L;
  private static final int MAX_PAYLOAD = 65535;

  /** Bytes of a buffer that holds the largest datagram. */
  public static final int BUFFER_BYTES = PacketPool.sizeFor(HEADER_ROOM + MAX_PAYLOAD);

  /** Hears of a datagram that was given up for the time it took. */
  @FunctionalInterface
  public interface Timeout {
    /** Takes the first fragment, its IP header in front. */
    void expired(IpPacket packet);
  }

  private final Engine engine;
  private final PacketPool pool;
  private final Timeout timeout;
  private Datagram first;
  private int size;
  private long drops;

  /**
   * @param pool buffers of {@link #BUFFER_BYTES} at least
   * @param timeout takes what is never completed
   */
  public Reassembly(Engine engine, PacketPool pool, Timeout timeout) {
    if (pool.bufferSize() < BUFFER_BYTES) {
      throw new IllegalArgumentException(
          "buffers of " + pool.bufferSize() + " bytes do not hold a datagram: " + BUFFER_BYTES);
    }
    this.engine = engine;
    this.pool = pool;
    this.timeout = timeout;
  }

  /** Datagrams given up. */
  public long drops() {
    return drops;
  }

  /**
   * Adds a fragment.
   *
   * @param packet its addresses and protocol; its buffer starts with the fragment's payload and
   *     stays with the caller
   * @param offset of the payload in the datagram, bytes
   * @param more whether fragments follow behind this one
   * @return the whole payload, owned by the caller, when it is complete; else null. The IP header
   *     of the first fragment lies in front of it
   */
  public PacketBuffer add(IpPacket packet, int identification, int offset, boolean more) {
    PacketBuffer piece = packet.buffer;
    int length = piece.length();
    if (length == 0 || more && (length & 7) != 0 || offset + length > MAX_PAYLOAD) {
      drops++;
      return null;
    }
    Datagram datagram = find(packet, identification);
    if (datagram == null) {
      datagram = create(packet, identification);
      if (datagram == null) {
        drops++;
        return null;
      }
    }
    int start = piece.start();
    if (offset == 0 && datagram.firstLength == 0) {
      int header = start - packet.headerOffset;
      if (header <= HEADER_ROOM) {
        piece.prepend(header);
        datagram.buffer.setRange(PacketPool.HEADROOM, HEADER_ROOM);
        datagram.buffer.put(HEADER_ROOM - header, piece, 0, header);
        piece.strip(header);
        datagram.headerLength = header;
      }
      datagram.firstLength = length;
      datagram.fragmentOf = packet.fragmentOf;
    }
    datagram.marks |= 1 << (packet.trafficClass & IpPacket.ECN);
    boolean known = datagram.has(offset, offset + length);
    if (!datagram.insert(offset, offset + length, !more)
        || known && !datagram.agrees(piece, offset)) {
      drops++;
      remove(datagram);
      datagram.buffer.release();
      return null;
    }
    if (!known) {
      datagram.buffer.setRange(PacketPool.HEADROOM + HEADER_ROOM + offset, length);
      datagram.buffer.put(0, piece, 0, length);
    }
    if (!datagram.isComplete()) {
      return null;
    }
    remove(datagram);
    if (!datagram.joinMarks(packet)) {
      drops++;
      datagram.buffer.release();
      return null;
    }
    datagram.buffer.setRange(PacketPool.HEADROOM + HEADER_ROOM, datagram.total);
    packet.headerOffset = datagram.headerOffset();
    packet.fragmentOf = datagram.fragmentOf;
    return datagram.buffer;
  }

  private Datagram find(IpPacket packet, int identification) {
    for (Datagram d = first; d != null; d = d.next) {
      if (d.identification == identification
          && d.protocol == packet.protocol
          && d.sourceLow == packet.sourceLow
          && d.sourceHigh == packet.sourceHigh
          && d.destinationLow == packet.destinationLow
          && d.destinationHigh == packet.destinationHigh) {
        return d;
      }
    }
    return null;
  }

  private Datagram create(IpPacket packet, int identification) {
    if (size >= MAX_DATAGRAMS) {
      dropOldest();
    }
    PacketBuffer buffer = pool.allocate();
    if (buffer == null && size > 0) {
      dropOldest();
      buffer = pool.allocate();
    }
    if (buffer == null) {
      return null;
    }
    Datagram datagram = new Datagram(packet, identification, buffer);
    datagram.next = first;
    first = datagram;
    size++;
    engine.schedule(datagram, engine.now() + (packet.isV4() ? TIMEOUT4 : TIMEOUT6));
    return datagram;
  }

  private void dropOldest() {
    Datagram oldest = first;
    while (oldest.next != null) {
      oldest = oldest.next;
    }
    drops++;
    remove(oldest);
    oldest.buffer.release();
  }

  private void remove(Datagram datagram) {
    engine.cancel(datagram);
    if (first == datagram) {
      first = datagram.next;
    } else {
      Datagram d = first;
      while (d.next != datagram) {
        d = d.next;
      }
      d.next = datagram.next;
    }
    size--;
  }

  private final class Datagram extends Timer {
    final long sourceHigh;
    final long sourceLow;
    final long destinationHigh;
    final long destinationLow;
    final int protocol;
    final int identification;
    final PacketBuffer buffer;
    final int[] from = new int[MAX_RANGES];
    final int[] to = new int[MAX_RANGES];
    int ranges;

    /** Which values of the ECN field the fragments had: one bit each. */
    int marks;

    int total = -1;

    /** Of the first fragment: bytes of headers that were kept, bytes of payload, next header. */
    int headerLength;

    int firstLength;
    int fragmentOf;
    final NetInterface in;
    final boolean group;
    Datagram next;

    Datagram(IpPacket packet, int identification, PacketBuffer buffer) {
      sourceHigh = packet.sourceHigh;
      sourceLow = packet.sourceLow;
      destinationHigh = packet.destinationHigh;
      destinationLow = packet.destinationLow;
      protocol = packet.protocol;
      in = packet.in;
      group = packet.group;
      this.identification = identification;
      this.buffer = buffer;
    }

    /** Returns where the headers lie in the buffer, -1 when there were more than are kept. */
    int headerOffset() {
      return headerLength == 0 ? -1 : PacketPool.HEADROOM + HEADER_ROOM - headerLength;
    }

    /** Whether all bytes from here to there have come. */
    boolean has(int start, int end) {
      int i = 0;
      while (i < ranges && to[i] < end) {
        i++;
      }
      return i < ranges && from[i] <= start;
    }

    /** Whether a fragment says again what has come. */
    boolean agrees(PacketBuffer piece, int offset) {
      buffer.setRange(PacketPool.HEADROOM + HEADER_ROOM + offset, piece.length());
      int i = 0;
      while (i < piece.length() && piece.getByte(i) == buffer.getByte(i)) {
        i++;
      }
      return i == piece.length();
    }

    /** Notes bytes; false when they contradict what is there. */
    boolean insert(int start, int end, boolean last) {
      if (last) {
        if (total >= 0 && total != end) {
          return false;
        }
        total = end;
      }
      if (total >= 0 && (end > total || ranges > 0 && to[ranges - 1] > total)) {
        return false;
      }
      int i = 0;
      while (i < ranges && to[i] < start) {
        i++;
      }
      if (has(start, end)) {
        return true;
      }
      boolean joinsLeft = i < ranges && to[i] == start;
      int right = joinsLeft ? i + 1 : i;
      if (right < ranges && from[right] < end) {
        return false;
      }
      boolean joinsRight = right < ranges && from[right] == end;
      if (joinsLeft && joinsRight) {
        to[i] = to[right];
        ranges--;
        System.arraycopy(from, right + 1, from, right, ranges - right);
        System.arraycopy(to, right + 1, to, right, ranges - right);
      } else if (joinsLeft) {
        to[i] = end;
      } else if (joinsRight) {
        from[right] = start;
      } else {
        if (ranges == MAX_RANGES) {
          return false;
        }
        System.arraycopy(from, i, from, i + 1, ranges - i);
        System.arraycopy(to, i, to, i + 1, ranges - i);
        from[i] = start;
        to[i] = end;
        ranges++;
      }
      return true;
    }

    /** RFC 3168, section 5.3: a mark counts for the whole; false when it can only be forged. */
    boolean joinMarks(IpPacket packet) {
      if ((marks >> IpPacket.CONGESTION_EXPERIENCED & 1) == 0) {
        return true;
      }
      packet.trafficClass |= IpPacket.CONGESTION_EXPERIENCED;
      return (marks & 1) == 0;
    }

    boolean isComplete() {
      return total >= 0 && ranges == 1 && from[0] == 0 && to[0] == total;
    }

    @Override
    protected void expire(long now) {
      drops++;
      remove(this);
      // Without its first fragment, or with more headers than are kept, there is nothing to quote.
      if (headerLength == 0) {
        buffer.release();
        return;
      }
      IpPacket packet = new IpPacket();
      packet.in = in;
      packet.buffer = buffer;
      packet.sourceHigh = sourceHigh;
      packet.sourceLow = sourceLow;
      packet.destinationHigh = destinationHigh;
      packet.destinationLow = destinationLow;
      packet.protocol = protocol;
      packet.group = group;
      buffer.setRange(PacketPool.HEADROOM + HEADER_ROOM, firstLength);
      packet.headerOffset = headerOffset();
      timeout.expired(packet);
    }
  }
}

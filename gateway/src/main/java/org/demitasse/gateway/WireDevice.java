package org.demitasse.gateway;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.demitasse.core.NetDevice;
import org.demitasse.core.PacketBuffer;
import org.demitasse.core.PacketMemory;
import org.demitasse.core.PacketPool;

/**
 * The wire as our stack's network device. Frames for the stack are put into a bounded queue by
 * {@link #offer}; the stack takes them when it is polled. Used under the gateway's lock, as the
 * stack is.
 */
final class WireDevice implements NetDevice {
  /** Frames that wait for the stack at most: some batches of the wire's reader. */
  static final int QUEUE_MAX = 128;

  private static final int BUFFERS = 4_096;

  /** Packets of joined TCP segments under way at once, in each direction. */
  private static final int LARGE_BUFFERS = 64;

  private static final int LARGE_BYTES = 65_535 + Packets.IPV6;

  private final Wire wire;
  private final int header;
  private final PacketPool received;
  private final PacketPool pool;
  private final PacketPool largeReceived;
  private final PacketPool largePool;
  private PacketBuffer first;
  private PacketBuffer last;
  private int count;
  private boolean gone;

  WireDevice(Wire wire) {
    this.wire = wire;
    header = wire.header();
    PacketMemory memory = PacketMemory.direct();
    int small = PacketPool.sizeFor(Network.MTU);
    int large = PacketPool.sizeFor(LARGE_BYTES);
    received = new PacketPool(memory, small, BUFFERS);
    pool = new PacketPool(memory, small, BUFFERS);
    largeReceived = new PacketPool(memory, large, LARGE_BUFFERS);
    largePool = new PacketPool(memory, large, LARGE_BUFFERS);
  }

  /**
   * Copies a frame for the stack; false when it is too long or there is no room: it is lost then.
   *
   * @param unsummed whether the transport's checksum is not there, nor needed
   */
  boolean offer(ByteBuffer frame, int length, boolean unsummed) {
    PacketBuffer buffer = null;
    if (count < QUEUE_MAX && length <= Packets.ETHERNET + LARGE_BYTES) {
      buffer = (length <= Packets.ETHERNET + Network.MTU ? received : largeReceived).allocate();
    }
    if (buffer == null) {
      return false;
    }
    buffer.append(length);
    frame.position(0);
    buffer.put(0, frame, length);
    frame.position(0);
    buffer.setChecksumGood(unsummed);
    if (count++ == 0) {
      first = buffer;
    } else {
      last.next = buffer;
    }
    last = buffer;
    return true;
  }

  @Override
  public long macAddress() {
    return Network.MAC;
  }

  @Override
  public int mtu() {
    return Network.MTU;
  }

  @Override
  public int offloads() {
    return offloads(header);
  }

  /** What both ends of a wire leave to each other, by the header in front of its frames. */
  static int offloads(int header) {
    return header == 0
        ? 0
        : OFFLOAD_TX_CHECKSUM
            | OFFLOAD_RX_CHECKSUM
            | OFFLOAD_TX_TCP4
            | OFFLOAD_TX_TCP6
            | OFFLOAD_RX_TCP;
  }

  @Override
  public boolean linkUp() {
    return !gone;
  }

  @Override
  public PacketPool pool() {
    return pool;
  }

  @Override
  public PacketPool largePool() {
    return header == 0 ? null : largePool;
  }

  @Override
  public PacketBuffer receive() {
    if (count == 0) {
      return null;
    }
    PacketBuffer buffer = first;
    first = buffer.next;
    buffer.next = null;
    count--;
    return buffer;
  }

  @Override
  public boolean transmit(PacketBuffer frame) {
    if (frame.start() < header) {
      PacketBuffer copy = copy(frame);
      if (copy == null) {
        return false;
      }
      send(copy, frame);
      copy.release();
    } else {
      send(frame, frame);
    }
    frame.release();
    return true;
  }

  private void send(PacketBuffer source, PacketBuffer frame) {
    ByteBuffer bytes = source.bytes();
    int at = source.start() - header;
    if (header != 0) {
      FrameHeader.put(bytes, at, frame);
    }
    bytes.position(at);
    try {
      wire.write(bytes);
    } catch (IOException e) {
      // The guest is gone; the wire's reader sees that and ends everything.
      gone = true;
    }
    bytes.position(0);
  }

  /** Packets of the stack's own pools need not have room for our header. */
  private PacketBuffer copy(PacketBuffer frame) {
    int length = frame.length();
    PacketPool target = length <= pool.bufferSize() - PacketPool.HEADROOM ? pool : largePool;
    PacketBuffer copy = target.allocate();
    if (copy != null) {
      copy.append(length);
      copy.put(0, frame, 0, length);
    }
    return copy;
  }
}

package org.demitasse.gateway;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.demitasse.core.NetDevice;
import org.demitasse.core.PacketBuffer;
import org.demitasse.core.PacketMemory;
import org.demitasse.core.PacketPool;

/**
 * The wire as our stack's network device. Frames for the stack are put into a bounded queue by
 * {@link #offer}, on any thread; the stack takes them when it is polled.
 */
final class WireDevice implements NetDevice {
  /** Frames that wait for the stack at most: some batches of the wire's reader. */
  static final int QUEUE_MAX = 128;

  private static final int BUFFERS = 4_096;

  private final Wire wire;
  private final PacketPool pool =
      new PacketPool(PacketMemory.direct(), PacketPool.sizeFor(Network.MTU), BUFFERS);
  private final byte[][] frames = new byte[QUEUE_MAX][Packets.ETHERNET + Network.MTU];
  private final int[] lengths = new int[QUEUE_MAX];
  private int first;
  private int count;
  private boolean gone;

  WireDevice(Wire wire) {
    this.wire = wire;
  }

  /**
   * Copies a frame for the stack; false when it is too long or the queue is full: it is lost then.
   */
  synchronized boolean offer(ByteBuffer frame, int length) {
    if (count == QUEUE_MAX || length > frames[0].length) {
      return false;
    }
    int slot = (first + count) % QUEUE_MAX;
    frame.get(0, frames[slot], 0, length);
    lengths[slot] = length;
    count++;
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
    return 0;
  }

  @Override
  public synchronized boolean linkUp() {
    return !gone;
  }

  @Override
  public PacketPool pool() {
    return pool;
  }

  @Override
  public synchronized PacketBuffer receive() {
    if (count == 0) {
      return null;
    }
    PacketBuffer buffer = pool.allocate();
    if (buffer == null) {
      return null;
    }
    int length = lengths[first];
    buffer.append(length);
    buffer.put(0, frames[first], 0, length);
    first = (first + 1) % QUEUE_MAX;
    count--;
    return buffer;
  }

  @Override
  public boolean transmit(PacketBuffer frame) {
    ByteBuffer bytes = frame.bytes();
    bytes.position(frame.start());
    try {
      wire.write(bytes);
    } catch (IOException e) {
      // The guest is gone; the wire's reader sees that and ends everything.
      synchronized (this) {
        gone = true;
      }
    }
    bytes.position(0);
    frame.release();
    return true;
  }
}

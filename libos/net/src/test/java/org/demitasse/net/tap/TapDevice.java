package org.demitasse.net.tap;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import org.demitasse.core.NetDevice;
import org.demitasse.core.PacketBuffer;
import org.demitasse.core.PacketMemory;
import org.demitasse.core.PacketPool;

/** A Linux tap device: what the stack sends, the kernel receives on the interface of that name. */
final class TapDevice implements NetDevice {
  private static final int MTU = 1500;
  private static final int BUFFERS = 8192;

  private final Linux reading = new Linux();
  private final Linux waking = new Linux();
  private final int fd;
  private final int event;
  private final long mac;
  private final PacketPool pool;
  private final MemorySegment descriptors = Arena.global().allocate(16);
  private final MemorySegment word = Arena.global().allocate(8);

  TapDevice(String name, long mac) throws IOException {
    this.mac = mac;
    fd = reading.openTap(name);
    event = reading.eventfd();
    pool = new PacketPool(TapDevice::slab, PacketPool.sizeFor(MTU), BUFFERS);
    descriptors.set(ValueLayout.JAVA_INT, 0, fd);
    descriptors.set(ValueLayout.JAVA_SHORT, 4, (short) 1);
    descriptors.set(ValueLayout.JAVA_INT, 8, event);
    descriptors.set(ValueLayout.JAVA_SHORT, 12, (short) 1);
    word.set(ValueLayout.JAVA_LONG, 0, 1);
  }

  private static PacketMemory.Slab slab(int size) {
    ByteBuffer bytes = ByteBuffer.allocateDirect(size);
    return new PacketMemory.Slab(bytes, MemorySegment.ofBuffer(bytes).address(), 0);
  }

  @Override
  public long macAddress() {
    return mac;
  }

  @Override
  public int mtu() {
    return MTU;
  }

  @Override
  public int offloads() {
    return 0;
  }

  @Override
  public PacketPool pool() {
    return pool;
  }

  @Override
  public PacketBuffer receive() {
    PacketBuffer frame = pool.allocate();
    if (frame == null) {
      return null;
    }
    long count = reading.read(fd, frame.address(), frame.tailroom());
    if (count <= 0) {
      frame.release();
      return null;
    }
    frame.append((int) count);
    return frame;
  }

  @Override
  public boolean transmit(PacketBuffer frame) {
    PacketBuffer own = frame;
    if (frame.address() == 0) {
      own = pool.allocate();
      if (own == null || own.tailroom() < frame.length()) {
        return false;
      }
      own.append(frame.length());
      own.put(0, frame, 0, frame.length());
    }
    long count = reading.write(fd, own.address(), own.length());
    boolean full = count < 0 && reading.errno() == Linux.AGAIN;
    if (own != frame) {
      own.release();
    }
    if (full) {
      return false;
    }
    frame.release();
    return true;
  }

  /** Sleeps until there is a frame, somebody calls {@link #wake}, or the time is over. */
  void await(long nanos) {
    int millis = nanos > 1_000_000_000L ? 1000 : (int) ((nanos + 999_999) / 1_000_000);
    reading.poll(descriptors, 2, millis);
    if (descriptors.get(ValueLayout.JAVA_SHORT, 14) != 0) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment count = arena.allocate(8);
        waking.read(event, count.address(), 8);
      }
    }
  }

  synchronized void wake() {
    waking.write(event, word.address(), 8);
  }
}

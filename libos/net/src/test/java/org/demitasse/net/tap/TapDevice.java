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

/**
 * A Linux tap device: what the stack sends, the kernel receives on the interface of that name. Or
 * an inherited descriptor that carries a frame in each read and write. One thread receives, awaits
 * and transmits under the stack's lock; any may wake it.
 */
public final class TapDevice implements NetDevice {
  private static final int MTU = 1500;
  private static final int FRAME = 18 + MTU;
  private static final int BUFFERS = 8192;

  private static final int LARGE = 65535;

  /** TUN_F_CSUM and TUN_F_TSO4. */
  private static final long OFFLOADS = 3;

  /** virtio_net_hdr, in the machine's byte order. */
  private static final int HEADER = 10;

  private final Linux reading = new Linux();
  private final Linux waking = new Linux();
  private final int fd;
  private final int event;
  private final long mac;
  private final PacketPool pool;
  private final PacketPool largePool;
  private final int header;
  private final MemorySegment descriptors = Arena.global().allocate(16);
  private final MemorySegment word = Arena.global().allocate(8);

  /**
   * Opens a tap of this network namespace.
   *
   * @param offloading the kernel completes checksums, and cuts and joins TCP segments
   */
  public TapDevice(String name, long mac, boolean offloading) throws IOException {
    this(Linux.openTap(name, offloading ? OFFLOADS : -1), mac, offloading);
  }

  /** Takes a descriptor of plain frames: a tap that is open, or a SOCK_SEQPACKET socket. */
  public TapDevice(int descriptor, long mac) throws IOException {
    this(Linux.nonBlocking(descriptor), mac, false);
  }

  private TapDevice(int fd, long mac, boolean offloading) {
    this.fd = fd;
    this.mac = mac;
    header = offloading ? HEADER : 0;
    event = reading.eventfd();
    pool = new PacketPool(TapDevice::slab, PacketPool.sizeFor(MTU), BUFFERS);
    largePool = offloading ? new PacketPool(TapDevice::slab, PacketPool.sizeFor(LARGE), 256) : null;
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
    return header == 0
        ? 0
        : OFFLOAD_TX_CHECKSUM | OFFLOAD_RX_CHECKSUM | OFFLOAD_TX_TCP4 | OFFLOAD_RX_TCP;
  }

  @Override
  public PacketPool pool() {
    return pool;
  }

  @Override
  public PacketPool largePool() {
    return largePool;
  }

  @Override
  public PacketBuffer receive() {
    PacketBuffer frame = header == 0 ? pool.allocate() : largePool.allocate();
    if (frame == null) {
      return null;
    }
    long count = reading.read(fd, frame.address() - header, frame.tailroom() + header);
    if (count <= header) {
      frame.release();
      return null;
    }
    frame.append((int) count - header);
    if (header != 0) {
      // Packets of this machine come with unfinished sums; they never were on a wire.
      int flags = frame.bytes().get(frame.start() - header);
      frame.setChecksumGood((flags & 3) != 0);
    }
    return frame;
  }

  @Override
  public boolean transmit(PacketBuffer frame) {
    PacketBuffer own = frame;
    if (frame.address() == 0 || frame.start() < header) {
      own = frame.copyTo(frame.length() > FRAME ? largePool : pool);
      if (own == null) {
        return false;
      }
    }
    if (header != 0) {
      writeHeader(frame, own);
    }
    long count = reading.write(fd, own.address() - header, own.length() + header);
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

  private static void writeHeader(PacketBuffer frame, PacketBuffer own) {
    ByteBuffer bytes = own.bytes();
    int at = own.start() - HEADER;
    boolean sum = frame.checksumStart() >= 0;
    bytes.put(at, (byte) (sum ? 1 : 0));
    bytes.put(at + 1, (byte) frame.segmentKind());
    boolean cut = frame.segmentKind() != PacketBuffer.SEGMENT_NONE;
    bytes.putShort(at + 2, Short.reverseBytes((short) (cut ? frame.segmentHeaderLength() : 0)));
    bytes.putShort(at + 4, Short.reverseBytes((short) (cut ? frame.segmentSize() : 0)));
    bytes.putShort(at + 6, Short.reverseBytes((short) (sum ? frame.checksumStart() : 0)));
    bytes.putShort(at + 8, Short.reverseBytes((short) (sum ? frame.checksumOffset() : 0)));
  }

  /** Sleeps until there is a frame, somebody calls {@link #wake}, or the time is over. */
  public void await(long nanos) {
    int millis = nanos > 1_000_000_000L ? 1000 : (int) ((nanos + 999_999) / 1_000_000);
    reading.poll(descriptors, 2, millis);
    if (descriptors.get(ValueLayout.JAVA_SHORT, 14) != 0) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment count = arena.allocate(8);
        waking.read(event, count.address(), 8);
      }
    }
  }

  /** Ends the sleep of {@link #await}. */
  public synchronized void wake() {
    waking.write(event, word.address(), 8);
  }
}

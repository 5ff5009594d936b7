package org.demitasse.drivers.virtio;

import org.demitasse.core.NetDevice;
import org.demitasse.core.PacketBuffer;
import org.demitasse.core.PacketPool;
import org.demitasse.drivers.DeviceException;
import org.demitasse.drivers.DeviceInfo;
import org.demitasse.drivers.DmaMemory;
import org.demitasse.drivers.Driver;
import org.demitasse.drivers.MachineAccess;
import org.demitasse.drivers.NetHeader;

/**
 * The virtio network device (section 5.1): one receive and one transmit queue, checksum and TCP
 * segmentation offload both ways. Joined frames are received into several buffers (5.1.6.4.1),
 * which are small, and put together in a large one.
 *
 * <p>The device writes each frame and reads each frame in one piece, the 12-byte header (5.1.6) in
 * front of it in the same buffer.
 */
public final class VirtioNet implements NetDevice, Driver {
  private static final long F_CSUM = 1L;
  private static final long F_GUEST_CSUM = 1L << 1;
  private static final long F_MTU = 1L << 3;
  private static final long F_MAC = 1L << 5;
  private static final long F_GUEST_TSO4 = 1L << 7;
  private static final long F_GUEST_TSO6 = 1L << 8;
  private static final long F_HOST_TSO4 = 1L << 11;
  private static final long F_HOST_TSO6 = 1L << 12;
  private static final long F_MRG_RXBUF = 1L << 15;
  private static final long F_STATUS = 1L << 16;

  private static final int CONFIG_MAC = 0;
  private static final int CONFIG_STATUS = 6;
  private static final int CONFIG_MTU = 10;
  private static final int STATUS_LINK_UP = 1;

  private static final int RECEIVE_QUEUE = 0;
  private static final int TRANSMIT_QUEUE = 1;
  private static final int QUEUE_SIZE = 256;

  private static final int HEADER = NetHeader.BYTES;

  private static final int ETHERNET_HEADER = 14;
  private static final int MTU_DEFAULT = 1_500;
  private static final int MTU_MIN = 68;

  /**
   * Without a segmentation feature a receive buffer holds at least this, header included
   * (5.1.6.3.1).
   */
  private static final int RECEIVE_BYTES_MIN = 1_526;

  /** Memory that waits for frames, at most: a queue of plain Ethernet frames fits. */
  private static final int POSTED_BYTES = 512 << 10;

  private static final int POSTED_MIN = 16;

  /** Memory for all received frames, and as much again for those to be sent; bytes. */
  private static final int POOL_BYTES = 8 << 20;

  /** An IP packet of the largest size that its length field can say, to be cut by the device. */
  private static final int LARGE_BYTES = 65_535;

  private static final int LARGE_BUFFERS = 64;

  /** Frames without use in a row, after which the device only keeps us busy. */
  private static final int DROPS_MAX = 4_096;

  private final MachineAccess machine;
  private final VirtioDevice device;
  private final long mac;
  private final int mtu;
  private final int offloads;
  private final Virtqueue receiveQueue;
  private final Virtqueue transmitQueue;
  private final PacketBuffer[] receiving;
  private final PacketBuffer[] transmitting;
  private final PacketPool received;
  private final PacketPool pool;
  private final PacketPool largePool;

  /** Where joined frames are put together; null when the device hands over none. */
  private final PacketPool joined;

  private final int posted;
  private volatile boolean linkUp = true;

  /** Found by {@link #handleEvent}; acted on by the thread that owns the buffers. */
  private volatile DeviceException found;

  private long framesReceived;
  private long framesSent;
  private long framesDropped;

  /**
   * Opens the device and starts it.
   *
   * @throws DeviceException when it is no virtio 1.x network device that works; it is then reset
   */
  public VirtioNet(MachineAccess machine, DeviceInfo info) throws DeviceException {
    this.machine = machine;
    device = VirtioDevice.open(machine, info, VirtioNet::wanted);
    try {
      mac = device.has(F_MAC) ? device.readConfig(VirtioNet::readMac) : randomMac();
      mtu = device.has(F_MTU) ? readMtu() : MTU_DEFAULT;
      offloads = offloadsOf(device);
      receiveQueue = device.queue(RECEIVE_QUEUE, QUEUE_SIZE);
      transmitQueue = device.queue(TRANSMIT_QUEUE, QUEUE_SIZE);
      receiving = new PacketBuffer[receiveQueue.size()];
      transmitting = new PacketBuffer[transmitQueue.size()];
      DmaMemory memory = new DmaMemory(machine);
      int size =
          Math.max(PacketPool.sizeFor(mtu), PacketPool.HEADROOM - HEADER + RECEIVE_BYTES_MIN);
      received = new PacketPool(memory, size, POOL_BYTES / size);
      pool = new PacketPool(memory, size, POOL_BYTES / size);
      largePool =
          (offloads & (OFFLOAD_TX_TCP4 | OFFLOAD_TX_TCP6)) == 0
              ? null
              : new PacketPool(memory, PacketPool.sizeFor(LARGE_BYTES), LARGE_BUFFERS);
      joined =
          (offloads & OFFLOAD_RX_TCP) == 0
              ? null
              : new PacketPool(memory, PacketPool.sizeFor(LARGE_BYTES), LARGE_BUFFERS);
      posted = Math.min(receiveQueue.size(), Math.max(POSTED_MIN, POSTED_BYTES / size));
      transmitQueue.disableEvents();
      device.start();
      post();
      if (receiveQueue.inFlight() == 0) {
        throw device.error("no DMA memory left for received frames");
      }
      receiveQueue.enableEvents(0);
      readLink();
    } catch (DeviceException e) {
      throw device.fail(e);
    }
  }

  /** Joined frames are wanted only where they may be spread over buffers (5.1.3.1, 5.1.6.3.1). */
  private static long wanted(long offered) {
    long always = F_CSUM | F_GUEST_CSUM | F_MTU | F_MAC | F_HOST_TSO4 | F_HOST_TSO6 | F_STATUS;
    long spread = F_GUEST_CSUM | F_MRG_RXBUF;
    return (offered & spread) == spread
        ? always | F_MRG_RXBUF | F_GUEST_TSO4 | F_GUEST_TSO6
        : always;
  }

  private static long readMac(VirtioTransport transport) throws DeviceException {
    long address = 0;
    for (int i = 0; i < 6; i++) {
      address = address << 8 | transport.configByte(CONFIG_MAC + i);
    }
    return address;
  }

  private long randomMac() throws DeviceException {
    byte[] bytes = new byte[6];
    if (!machine.entropy(bytes, 0, bytes.length)) {
      throw device.error("it has no hardware address, and there is no entropy to make one up");
    }
    long address = 0;
    for (byte b : bytes) {
      address = address << 8 | b & 0xff;
    }
    // A locally administered address of one station (IEEE 802, 8.2).
    return address & ~(1L << 40) | 1L << 41;
  }

  private int readMtu() throws DeviceException {
    int value = device.readConfig(t -> t.configShort(CONFIG_MTU));
    if (value < MTU_MIN) {
      throw device.error("an MTU of " + value + " bytes cannot be");
    }
    return value;
  }

  private static int offloadsOf(VirtioDevice device) {
    int offloads = 0;
    if (device.has(F_GUEST_CSUM)) {
      offloads |= OFFLOAD_RX_CHECKSUM;
      if (device.has(F_GUEST_TSO4) || device.has(F_GUEST_TSO6)) {
        offloads |= OFFLOAD_RX_TCP;
      }
    }
    if (device.has(F_CSUM)) {
      offloads |= OFFLOAD_TX_CHECKSUM;
      if (device.has(F_HOST_TSO4)) {
        offloads |= OFFLOAD_TX_TCP4;
      }
      if (device.has(F_HOST_TSO6)) {
        offloads |= OFFLOAD_TX_TCP6;
      }
    }
    return offloads;
  }

  private void readLink() throws DeviceException {
    if (device.has(F_STATUS)) {
      int status = device.readConfig(t -> t.configShort(CONFIG_STATUS));
      linkUp = (status & STATUS_LINK_UP) != 0;
    }
  }

  @Override
  public long macAddress() {
    return mac;
  }

  @Override
  public int mtu() {
    return mtu;
  }

  @Override
  public int offloads() {
    return offloads;
  }

  @Override
  public boolean linkUp() {
    return linkUp && failure() == null;
  }

  @Override
  public PacketPool pool() {
    return pool;
  }

  @Override
  public PacketPool largePool() {
    return largePool;
  }

  /** Gives the device buffers until it has what it should, as far as there are any. */
  private void post() {
    while (receiveQueue.inFlight() < posted && receiveQueue.free() > 0) {
      PacketBuffer buffer = received.allocate();
      if (buffer == null) {
        break;
      }
      int id =
          receiveQueue.addChain(buffer.deviceAddress() - HEADER, HEADER + buffer.tailroom(), true);
      receiving[id] = buffer;
    }
    receiveQueue.publish();
  }

  /** Whether the device is in use. */
  private boolean works() {
    DeviceException reason = found;
    if (reason != null) {
      found = null;
      giveUp(reason);
    }
    return device.failure() == null;
  }

  @Override
  public PacketBuffer receive() {
    if (!works()) {
      return null;
    }
    try {
      for (int drops = 0; drops < DROPS_MAX; ) {
        int id = receiveQueue.take();
        if (id == Virtqueue.NONE) {
          reclaim();
          post();
          if (receiveQueue.enableEvents(0)) {
            return null;
          }
          drops++;
          continue;
        }
        PacketBuffer buffer = receiving[id];
        receiving[id] = null;
        if (receiveQueue.inFlight() <= posted - (posted >> 2)) {
          post();
        }
        PacketBuffer frame = accept(buffer, receiveQueue.takenLength());
        if (frame != null) {
          receiveQueue.disableEvents();
          framesReceived++;
          return frame;
        }
        framesDropped++;
        drops++;
      }
      throw device.error(DROPS_MAX + " frames in a row were too short or not as negotiated");
    } catch (DeviceException e) {
      giveUp(e);
    }
    return null;
  }

  /**
   * Reads the header that the device wrote in front of the frame (5.1.6.4.1).
   *
   * @return the frame; null when it was dropped, its buffers given back
   */
  private PacketBuffer accept(PacketBuffer buffer, int length) throws DeviceException {
    long header = buffer.address() - HEADER;
    int spread =
        device.has(F_MRG_RXBUF) && length >= HEADER ? NetHeader.buffers(machine, header) : 1;
    if (spread > 1) {
      return join(buffer, length, spread);
    }
    if (length < HEADER + ETHERNET_HEADER || !NetHeader.read(machine, header, buffer, offloads)) {
      buffer.release();
      return null;
    }
    buffer.append(length - HEADER);
    return buffer;
  }

  /** Puts a frame together that the device has spread over {@code count} buffers. */
  private PacketBuffer join(PacketBuffer first, int length, int count) throws DeviceException {
    PacketBuffer whole = joined == null ? null : joined.allocate();
    boolean good =
        whole != null && NetHeader.read(machine, first.address() - HEADER, whole, offloads);
    good = good && take(whole, first, length - HEADER, 0);
    first.release();
    for (int i = 1; i < count; i++) {
      int id = receiveQueue.take();
      if (id == Virtqueue.NONE) {
        if (whole != null) {
          whole.release();
        }
        throw device.error("a frame of " + count + " buffers ends after " + i);
      }
      PacketBuffer next = receiving[id];
      receiving[id] = null;
      good = good && take(whole, next, receiveQueue.takenLength(), HEADER);
      next.release();
    }
    if (good && whole.length() >= ETHERNET_HEADER) {
      return whole;
    }
    if (whole != null) {
      whole.release();
    }
    return null;
  }

  /**
   * Adds {@code count} bytes, which begin {@code before} bytes in front of the buffer's packet;
   * false when there are more than the buffer or the frame can hold.
   */
  private static boolean take(PacketBuffer whole, PacketBuffer from, int count, int before) {
    int at = whole.length();
    if (count < 0 || count > from.tailroom() + before || count > whole.tailroom()) {
      return false;
    }
    from.setRange(from.start() - before, count);
    whole.append(count);
    whole.put(at, from, 0, count);
    return true;
  }

  @Override
  public boolean transmit(PacketBuffer frame) {
    if (!works()) {
      framesDropped++;
      frame.release();
      return true;
    }
    PacketBuffer source = frame;
    try {
      if (transmitQueue.free() == 0 && !makeRoom()) {
        return false;
      }
      if (frame.deviceAddress() == 0 || frame.start() < HEADER) {
        source = copy(frame);
        if (source == null) {
          return false;
        }
      }
    } catch (DeviceException e) {
      giveUp(e);
      framesDropped++;
      frame.release();
      return true;
    }
    NetHeader.write(machine, source.address() - HEADER, frame, offloads);
    int id =
        transmitQueue.addChain(source.deviceAddress() - HEADER, HEADER + source.length(), false);
    transmitting[id] = source;
    if (source != frame) {
      frame.release();
    }
    framesSent++;
    return true;
  }

  /** Takes back what is sent; when that is nothing, asks for an event once half of it is. */
  private boolean makeRoom() throws DeviceException {
    reclaim();
    if (transmitQueue.free() == 0) {
      transmitQueue.publish();
      if (!transmitQueue.enableEvents(transmitQueue.inFlight() / 2)) {
        reclaim();
      }
    }
    return transmitQueue.free() > 0;
  }

  /** Copies a frame that the device cannot reach; null when the pool has no buffer now. */
  private PacketBuffer copy(PacketBuffer frame) throws DeviceException {
    int length = frame.length();
    PacketPool target = length <= pool.bufferSize() - PacketPool.HEADROOM ? pool : largePool;
    if (target == null || length > target.bufferSize() - PacketPool.HEADROOM) {
      throw new IllegalArgumentException("a frame of " + length + " bytes for an MTU of " + mtu);
    }
    PacketBuffer copy = target.allocate();
    if (copy == null) {
      reclaim();
      copy = target.allocate();
      if (copy == null) {
        flush();
        transmitQueue.enableEvents(0);
        return null;
      }
    }
    copy.append(length);
    copy.put(0, frame, 0, length);
    return copy;
  }

  @Override
  public void flush() {
    transmitQueue.publish();
  }

  /** Takes back what the device has sent. */
  private void reclaim() throws DeviceException {
    for (int id = transmitQueue.take(); id != Virtqueue.NONE; id = transmitQueue.take()) {
      PacketBuffer buffer = transmitting[id];
      transmitting[id] = null;
      buffer.release();
    }
  }

  @Override
  public void handleEvent() {
    if (device.failure() != null) {
      return;
    }
    try {
      int reasons = device.transport().acknowledgeInterrupt();
      // An event that finished buffers explain is not worth a look at slow registers.
      if ((reasons & VirtioTransport.INTERRUPT_CONFIG) != 0
          && (reasons == VirtioTransport.INTERRUPT_CONFIG
              || !receiveQueue.hasUsed() && !transmitQueue.hasUsed())) {
        device.checkStatus();
        readLink();
      }
    } catch (DeviceException e) {
      found = e;
    }
  }

  /** Resets the device: it touches no buffer any more, so all buffers come back. */
  private void giveUp(DeviceException reason) {
    device.fail(reason);
    releaseAll(receiving);
    releaseAll(transmitting);
  }

  private static void releaseAll(PacketBuffer[] buffers) {
    for (int i = 0; i < buffers.length; i++) {
      if (buffers[i] != null) {
        buffers[i].release();
        buffers[i] = null;
      }
    }
  }

  @Override
  public DeviceException failure() {
    DeviceException reason = found;
    return reason != null ? reason : device.failure();
  }

  /** Frames handed out by {@link #receive()}. */
  public long framesReceived() {
    return framesReceived;
  }

  /** Frames given to the device. */
  public long framesSent() {
    return framesSent;
  }

  /** Frames lost in either direction. */
  public long framesDropped() {
    return framesDropped;
  }
}

package org.demitasse.drivers.virtio;

import org.demitasse.drivers.DeviceException;
import org.demitasse.drivers.MachineAccess;

/**
 * A split virtqueue (section 2.7), the driver's side.
 *
 * <p>The driver builds chains of buffers ({@link #add}, {@link #endChain}), shows them to the
 * device ({@link #publish}) and takes back what the device has used ({@link #take}). Everything
 * that the driver must rely on (free descriptors, what is in flight, how much the device may have
 * written) is kept in memory of its own; the rings are only written, or read once and checked.
 */
final class Virtqueue {
  /** No chain: the device has used none since. */
  static final int NONE = -1;

  /** The largest queue we ask for; a virtqueue could have 32,768 (2.7). */
  static final int SIZE_MAX = 1024;

  private static final int DESCRIPTOR_BYTES = 16;
  private static final int DESCRIPTOR_LENGTH = 8;
  private static final int DESCRIPTOR_FLAGS = 12;
  private static final int DESCRIPTOR_NEXT = 14;
  private static final int FLAG_NEXT = 1;
  private static final int FLAG_WRITE = 2;

  private static final int RING_FLAGS = 0;
  private static final int RING_INDEX = 2;
  private static final int RING_ENTRIES = 4;
  private static final int USED_ENTRY_BYTES = 8;

  private static final short AVAILABLE_NO_INTERRUPT = 1;
  private static final short USED_NO_NOTIFY = 1;

  private final MachineAccess machine;
  private final VirtioTransport transport;
  private final int queue;
  private final int size;
  private final int mask;
  private final boolean eventIndex;
  private final long notifyAddress;
  private final long descriptors;
  private final long available;
  private final long used;

  /** The following descriptor in a chain or in the list of free ones. */
  private final short[] next;

  /** By a chain's first descriptor: how many it has, 0 when it is not in flight. */
  private final short[] chainLength;

  /** By a chain's first descriptor: bytes that the device may write. */
  private final int[] chainWritable;

  private int firstFree;
  private int free;
  private int inFlight;

  private int head = NONE;
  private int tail;
  private int tailFlags;
  private int building;
  private int buildingWritable;

  private short availableIndex;
  private short publishedIndex;
  private short takenIndex;
  private short usedIndex;
  private int takenLength;

  /**
   * Sets up queue {@code queue} of a device that is being initialised.
   *
   * @param wanted descriptors wanted, a power of two; the device may offer fewer
   */
  Virtqueue(VirtioTransport transport, int queue, int wanted, boolean eventIndex)
      throws DeviceException {
    this.machine = transport.machine;
    this.transport = transport;
    this.queue = queue;
    this.eventIndex = eventIndex;
    int offered = transport.selectQueue(queue);
    if (offered == 0) {
      throw new DeviceException(transport.device, "it has no queue " + queue);
    }
    if (transport.queueEnabled()) {
      throw new DeviceException(
          transport.device, "queue " + queue + " is enabled right after a reset");
    }
    size = Integer.highestOneBit(Math.min(Math.min(offered, wanted), SIZE_MAX));
    mask = size - 1;
    // 2.7: alignments of 16, 2 and 4 bytes; the two event words follow the rings.
    long availableOffset = (long) size * DESCRIPTOR_BYTES;
    long usedOffset = availableOffset + RING_ENTRIES + 2L * size + 2 + 3 & ~3L;
    long bytes = usedOffset + RING_ENTRIES + (long) USED_ENTRY_BYTES * size + 2;
    descriptors = machine.dmaAllocate(bytes);
    if (descriptors == 0) {
      throw new DeviceException(transport.device, "no DMA memory left for queue " + queue);
    }
    available = descriptors + availableOffset;
    used = descriptors + usedOffset;
    next = new short[size];
    chainLength = new short[size];
    chainWritable = new int[size];
    for (int i = 0; i < size; i++) {
      next[i] = (short) (i + 1);
    }
    free = size;
    long physical = machine.dmaAddress(descriptors);
    notifyAddress = transport.notifyAddress(queue);
    transport.enableQueue(size, physical, physical + availableOffset, physical + usedOffset);
  }

  /** Descriptors in all: chain ids are below this. */
  int size() {
    return size;
  }

  /** Descriptors that can be added now. */
  int free() {
    return free;
  }

  /** Chains that the device has. */
  int inFlight() {
    return inFlight;
  }

  /**
   * Adds one buffer to the chain being built. Buffers that the device reads come before those that
   * it writes (2.7.4.2). The caller has looked at {@link #free()}.
   */
  void add(long physicalAddress, int length, boolean deviceWrites) {
    if (free == 0) {
      throw new IllegalStateException("no free descriptor");
    }
    int descriptor = firstFree;
    firstFree = next[descriptor];
    free--;
    long address = descriptors + (long) descriptor * DESCRIPTOR_BYTES;
    machine.spLong(address, physicalAddress);
    machine.spInt(address + DESCRIPTOR_LENGTH, length);
    int flags = deviceWrites ? FLAG_WRITE : 0;
    machine.spShort(address + DESCRIPTOR_FLAGS, (short) flags);
    if (head == NONE) {
      head = descriptor;
    } else {
      long previous = descriptors + (long) tail * DESCRIPTOR_BYTES;
      machine.spShort(previous + DESCRIPTOR_FLAGS, (short) (tailFlags | FLAG_NEXT));
      machine.spShort(previous + DESCRIPTOR_NEXT, (short) descriptor);
      next[tail] = (short) descriptor;
    }
    tail = descriptor;
    tailFlags = flags;
    building++;
    if (deviceWrites) {
      buildingWritable += length;
    }
  }

  /** Ends the chain; returns its id, which {@link #take} will answer. */
  int endChain() {
    int id = head;
    chainLength[id] = (short) building;
    chainWritable[id] = buildingWritable;
    machine.spShort(available + RING_ENTRIES + 2L * (availableIndex & mask), (short) id);
    availableIndex++;
    inFlight++;
    head = NONE;
    building = 0;
    buildingWritable = 0;
    return id;
  }

  /** Adds a chain of one buffer. */
  int addChain(long physicalAddress, int length, boolean deviceWrites) {
    add(physicalAddress, length, deviceWrites);
    return endChain();
  }

  /** Shows all ended chains to the device, and notifies it where it wants that (2.7.13). */
  void publish() {
    short old = publishedIndex;
    short now = availableIndex;
    if (old == now) {
      return;
    }
    machine.soShort(available + RING_INDEX, now);
    publishedIndex = now;
    machine.fullFence();
    boolean notify;
    if (eventIndex) {
      short event = machine.lvShort(used + RING_ENTRIES + (long) USED_ENTRY_BYTES * size);
      notify = (now - event - 1 & 0xffff) < (now - old & 0xffff);
    } else {
      notify = (machine.lvShort(used + RING_FLAGS) & USED_NO_NOTIFY) == 0;
    }
    if (notify) {
      transport.notifyQueue(notifyAddress, queue);
    }
  }

  /**
   * Takes back the next chain that the device has used: its id, or {@link #NONE}. {@link
   * #takenLength()} is then how much the device says it wrote, checked to be within the chain.
   *
   * @throws DeviceException when the device answers what it was never given
   */
  int take() throws DeviceException {
    if (takenIndex == usedIndex) {
      usedIndex = machine.lvShort(used + RING_INDEX);
      int answered = usedIndex - takenIndex & 0xffff;
      if (answered == 0) {
        return NONE;
      }
      if (answered > inFlight) {
        throw broken("has used " + answered + " buffers of the " + inFlight + " that it was given");
      }
    }
    long entry = used + RING_ENTRIES + (long) USED_ENTRY_BYTES * (takenIndex & mask);
    int id = machine.lvInt(entry);
    int length = machine.lvInt(entry + 4);
    if (id < 0 || id >= size || chainLength[id] == 0) {
      throw broken("has used buffer " + Integer.toUnsignedString(id) + ", which it does not have");
    }
    if (Integer.compareUnsigned(length, chainWritable[id]) > 0) {
      throw broken(
          "says it wrote "
              + Integer.toUnsignedString(length)
              + " bytes into a buffer of "
              + chainWritable[id]);
    }
    takenIndex++;
    inFlight--;
    int last = id;
    for (int i = chainLength[id]; i > 1; i--) {
      last = next[last];
    }
    next[last] = (short) firstFree;
    firstFree = id;
    free += chainLength[id];
    chainLength[id] = 0;
    takenLength = length;
    return id;
  }

  /** Bytes that the device wrote into the chain taken last. */
  int takenLength() {
    return takenLength;
  }

  /** Whether {@link #take} has something, without taking it. */
  boolean hasUsed() {
    return takenIndex != usedIndex || machine.lvShort(used + RING_INDEX) != takenIndex;
  }

  /**
   * Asks for an interrupt when the device uses another buffer.
   *
   * @param after buffers that may be used without one (only where VIRTIO_F_EVENT_IDX is negotiated)
   * @return false when there is something to take already: no interrupt may come for that
   */
  boolean enableEvents(int after) {
    if (eventIndex) {
      machine.svShort(available + RING_ENTRIES + 2L * size, (short) (takenIndex + after));
    } else {
      machine.svShort(available + RING_FLAGS, (short) 0);
    }
    machine.fullFence();
    if (takenIndex != usedIndex) {
      return false;
    }
    int answered = machine.lvShort(used + RING_INDEX) - takenIndex & 0xffff;
    return answered <= after && (eventIndex || answered == 0);
  }

  /** Asks for no interrupts: a hint to the device. */
  void disableEvents() {
    if (!eventIndex) {
      machine.svShort(available + RING_FLAGS, AVAILABLE_NO_INTERRUPT);
    }
    // With an event index, interrupts stay away by themselves once the index lies behind.
  }

  private DeviceException broken(String what) {
    return new DeviceException(transport.device, "queue " + queue + ": the device " + what);
  }
}

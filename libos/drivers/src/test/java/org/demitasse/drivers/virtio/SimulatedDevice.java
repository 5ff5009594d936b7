package org.demitasse.drivers.virtio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.demitasse.drivers.DeviceInfo;
import org.demitasse.drivers.SimulatedMachine;

/**
 * The device's side of virtio, written from the specification: registers over MMIO or PCI, and
 * virtqueues that a test works by hand. It checks what the driver must do and throws {@link
 * AssertionError}.
 */
final class SimulatedDevice {
  static final long MMIO = 0xfeb0_0000L;
  static final long PCI_COMMON = 0xc000_0000L;
  static final long PCI_NOTIFY = 0xc000_1000L;
  static final long PCI_CONFIG = 0xc000_2000L;

  /** One buffer of a chain, as memory. */
  record Part(ByteBuffer bytes, boolean writable) {}

  /** A chain that the driver made available. */
  record Chain(int id, List<Part> parts) {
    int readable() {
      return parts.stream().filter(p -> !p.writable).mapToInt(p -> p.bytes.capacity()).sum();
    }

    byte[] read() {
      ByteBuffer all = ByteBuffer.allocate(readable());
      for (Part part : parts) {
        if (!part.writable) {
          all.put(part.bytes.duplicate());
        }
      }
      return all.array();
    }
  }

  /** One virtqueue, the device's side. */
  final class Queue {
    int size;
    long descriptors;
    long available;
    long used;
    boolean enabled;
    int msixVector;
    short taken;
    short usedIndex;
    int notifications;

    private ByteBuffer part(long address, long bytes) {
      ByteBuffer buffer = machine.physical(address, bytes);
      if (buffer == null) {
        throw new AssertionError("no memory at physical 0x" + Long.toHexString(address));
      }
      return buffer;
    }

    ByteBuffer availableRing() {
      return part(available, 6 + 2L * size);
    }

    ByteBuffer usedRing() {
      return part(used, 6 + 8L * size);
    }

    int waiting() {
      return availableRing().getShort(2) - taken & 0xffff;
    }

    Chain take() {
      if (waiting() == 0) {
        return null;
      }
      int id = availableRing().getShort(4 + 2 * (taken & size - 1)) & 0xffff;
      taken++;
      List<Part> parts = new ArrayList<>();
      ByteBuffer table = part(descriptors, 16L * size);
      boolean writable = false;
      for (int i = id, flags = 1; (flags & 1) != 0; i = table.getShort(16 * i + 14)) {
        if (i < 0 || i >= size || parts.size() >= size) {
          throw new AssertionError("a broken chain");
        }
        flags = table.getShort(16 * i + 12);
        if (writable && (flags & 2) == 0) {
          throw new AssertionError("a buffer to read behind one to write (2.7.4.2)");
        }
        writable = (flags & 2) != 0;
        parts.add(new Part(part(table.getLong(16 * i), table.getInt(16 * i + 8)), writable));
      }
      return new Chain(id, parts);
    }

    /** Answers; returns whether the driver wants an interrupt for it. */
    boolean use(int id, int length) {
      ByteBuffer ring = usedRing();
      int slot = 4 + 8 * (usedIndex & size - 1);
      ring.putInt(slot, id);
      ring.putInt(slot + 4, length);
      usedIndex++;
      ring.putShort(2, usedIndex);
      if ((driverFeatures & VirtioDevice.F_EVENT_IDX) == 0) {
        return availableRing().getShort(0) == 0;
      }
      short event = availableRing().getShort(4 + 2 * size);
      return event == (short) (usedIndex - 1);
    }

    /** Asks (or not) for notifications of everything that follows. */
    void wantNotifications(boolean wanted) {
      if ((driverFeatures & VirtioDevice.F_EVENT_IDX) == 0) {
        usedRing().putShort(0, (short) (wanted ? 0 : 1));
      } else {
        usedRing().putShort(4 + 8 * size, (short) (wanted ? taken : taken - 1));
      }
    }
  }

  final SimulatedMachine machine;
  final int kind;
  final long features;
  final Queue[] queues;
  final ByteBuffer config = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
  int queueSize = 256;
  int configSize = 64;
  int generation;
  boolean generationRuns;
  boolean refuseFeatures;
  boolean neverResets;
  int version = 2;
  int notifyOffset = 1;

  int status;
  long driverFeatures;
  int interruptStatus;
  int resets;
  private int featureSelect;
  private int driverFeatureSelect;
  private int queueSelect;

  SimulatedDevice(SimulatedMachine machine, int kind, long features, int queueCount) {
    this.machine = machine;
    this.kind = kind;
    this.features = features | VirtioDevice.F_VERSION_1;
    queues = new Queue[queueCount];
    for (int i = 0; i < queueCount; i++) {
      queues[i] = new Queue();
    }
  }

  DeviceInfo attachMmio() {
    machine.map(MMIO, 0x200, registers(this::readMmio, this::writeMmio));
    return new DeviceInfo(
        0, kind, DeviceInfo.VIRTIO_MMIO, 0, 0, 0, MMIO, 0, 0, 0, MMIO + 0x100, configSize);
  }

  DeviceInfo attachPci() {
    machine.map(PCI_COMMON, 64, registers(this::readPci, this::writePci));
    machine.map(PCI_NOTIFY, 4096, registers((o, w) -> 0, this::writePciNotify));
    machine.map(PCI_CONFIG, 64, registers(this::readConfig, (o, w, v) -> {}));
    return new DeviceInfo(
        3,
        kind,
        DeviceInfo.VIRTIO_PCI,
        0,
        0,
        0,
        PCI_COMMON,
        PCI_NOTIFY,
        4,
        0,
        PCI_CONFIG,
        configSize);
  }

  private interface Reader {
    long read(int offset, int width);
  }

  private interface Writer {
    void write(int offset, int width, long value);
  }

  private static SimulatedMachine.Registers registers(Reader reader, Writer writer) {
    return new SimulatedMachine.Registers() {
      @Override
      public long read(long offset, int width) {
        return reader.read((int) offset, width);
      }

      @Override
      public void write(long offset, int width, long value) {
        writer.write((int) offset, width, value);
      }
    };
  }

  private long readConfig(int offset, int width) {
    if (generationRuns) {
      generation++;
    }
    return switch (width) {
      case 1 -> config.get(offset);
      case 2 -> config.getShort(offset);
      default -> config.getInt(offset);
    };
  }

  private Queue selected() {
    return queueSelect < queues.length ? queues[queueSelect] : new Queue();
  }

  private int offeredFeatures() {
    return featureSelect > 1 ? 0 : (int) (features >>> 32 * featureSelect);
  }

  private void setDriverFeature(long value) {
    int shift = 32 * driverFeatureSelect;
    driverFeatures = driverFeatures & ~(0xffffffffL << shift) | (value & 0xffffffffL) << shift;
    if ((driverFeatures & ~features) != 0) {
      throw new AssertionError("features that were not offered");
    }
  }

  private void setStatus(int value) {
    if (value == 0) {
      resets++;
      status = 0;
      driverFeatures = 0;
      for (Queue queue : queues) {
        queue.enabled = false;
        queue.taken = 0;
        queue.usedIndex = 0;
      }
      return;
    }
    if ((value & 8) != 0 && (status & 8) == 0 && refuseFeatures) {
      value &= ~8;
    }
    status = value;
  }

  private int statusRead() {
    return neverResets ? 1 : status;
  }

  private void enable(Queue queue) {
    if ((status & 8) == 0 || (status & 4) != 0) {
      throw new AssertionError("a queue is set up out of turn (3.1.1)");
    }
    if (Integer.bitCount(queue.size) != 1 || queue.size > queueSize) {
      throw new AssertionError("queue size " + queue.size);
    }
    if (queue.descriptors % 16 != 0 || queue.available % 2 != 0 || queue.used % 4 != 0) {
      throw new AssertionError("alignment (2.7)");
    }
    queue.enabled = true;
  }

  private void notified(int queue) {
    if ((status & 4) == 0) {
      throw new AssertionError("a notification before DRIVER_OK (3.1.1)");
    }
    queues[queue].notifications++;
  }

  private long readMmio(int offset, int width) {
    if (offset >= 0x100) {
      return readConfig(offset - 0x100, width);
    }
    if (width != 4) {
      throw new AssertionError("MMIO registers are 32 bits wide (4.2.2.2)");
    }
    return switch (offset) {
      case 0x000 -> 0x74726976;
      case 0x004 -> version;
      case 0x008 -> kind;
      case 0x010 -> offeredFeatures();
      case 0x034 -> queueSelect < queues.length ? queueSize : 0;
      case 0x044 -> selected().enabled ? 1 : 0;
      case 0x060 -> interruptStatus;
      case 0x070 -> statusRead();
      case 0x0fc -> generation;
      default -> throw new AssertionError("read of register 0x" + Integer.toHexString(offset));
    };
  }

  private static long low(long old, long value) {
    return old & 0xffffffff00000000L | value & 0xffffffffL;
  }

  private static long high(long old, long value) {
    return old & 0xffffffffL | value << 32;
  }

  private void writeMmio(int offset, int width, long value) {
    if (width != 4) {
      throw new AssertionError("MMIO registers are 32 bits wide (4.2.2.2)");
    }
    Queue queue = selected();
    switch (offset) {
      case 0x014 -> featureSelect = (int) value;
      case 0x020 -> setDriverFeature(value);
      case 0x024 -> driverFeatureSelect = (int) value;
      case 0x030 -> queueSelect = (int) value;
      case 0x038 -> queue.size = (int) value;
      case 0x044 -> enable(queue);
      case 0x050 -> notified((int) value);
      case 0x064 -> interruptStatus &= (int) ~value;
      case 0x070 -> setStatus((int) value);
      case 0x080 -> queue.descriptors = low(queue.descriptors, value);
      case 0x084 -> queue.descriptors = high(queue.descriptors, value);
      case 0x090 -> queue.available = low(queue.available, value);
      case 0x094 -> queue.available = high(queue.available, value);
      case 0x0a0 -> queue.used = low(queue.used, value);
      case 0x0a4 -> queue.used = high(queue.used, value);
      default -> throw new AssertionError("write of register 0x" + Integer.toHexString(offset));
    }
  }

  private long readPci(int offset, int width) {
    return switch (offset << 4 | width) {
      case 4 << 4 | 4 -> offeredFeatures();
      case 18 << 4 | 2 -> queues.length;
      case 20 << 4 | 1 -> statusRead();
      case 21 << 4 | 1 -> generation;
      case 24 << 4 | 2 -> queueSize;
      case 26 << 4 | 2 -> selected().msixVector;
      case 28 << 4 | 2 -> selected().enabled ? 1 : 0;
      case 30 << 4 | 2 -> queueSelect * notifyOffset;
      default -> throw new AssertionError("read of common configuration " + offset);
    };
  }

  private void writePci(int offset, int width, long value) {
    Queue queue = selected();
    switch (offset << 4 | width) {
      case 0 << 4 | 4 -> featureSelect = (int) value;
      case 8 << 4 | 4 -> driverFeatureSelect = (int) value;
      case 12 << 4 | 4 -> setDriverFeature(value);
      case 16 << 4 | 2 -> {}
      case 20 << 4 | 1 -> setStatus((int) value & 0xff);
      case 22 << 4 | 2 -> queueSelect = (int) value;
      case 24 << 4 | 2 -> queue.size = (int) value;
      case 26 << 4 | 2 -> queue.msixVector = (int) value;
      case 28 << 4 | 2 -> enable(queue);
      case 32 << 4 | 4 -> queue.descriptors = low(queue.descriptors, value);
      case 36 << 4 | 4 -> queue.descriptors = high(queue.descriptors, value);
      case 40 << 4 | 4 -> queue.available = low(queue.available, value);
      case 44 << 4 | 4 -> queue.available = high(queue.available, value);
      case 48 << 4 | 4 -> queue.used = low(queue.used, value);
      case 52 << 4 | 4 -> queue.used = high(queue.used, value);
      default -> throw new AssertionError("write of common configuration " + offset);
    }
  }

  private void writePciNotify(int offset, int width, long value) {
    if (width != 2 || offset != value * notifyOffset * 4) {
      throw new AssertionError("notify register " + offset + " for queue " + value);
    }
    notified((int) value);
  }
}

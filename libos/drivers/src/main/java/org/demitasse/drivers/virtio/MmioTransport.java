package org.demitasse.drivers.virtio;

import org.demitasse.drivers.DeviceException;
import org.demitasse.drivers.DeviceInfo;
import org.demitasse.drivers.MachineAccess;

/** Virtio over memory-mapped registers, version 2 (section 4.2). */
final class MmioTransport extends VirtioTransport {
  private static final int MAGIC_VALUE = 0x000;
  private static final int VERSION = 0x004;
  private static final int DEVICE_ID = 0x008;
  private static final int DEVICE_FEATURES = 0x010;
  private static final int DEVICE_FEATURES_SEL = 0x014;
  private static final int DRIVER_FEATURES = 0x020;
  private static final int DRIVER_FEATURES_SEL = 0x024;
  private static final int QUEUE_SEL = 0x030;
  private static final int QUEUE_NUM_MAX = 0x034;
  private static final int QUEUE_NUM = 0x038;
  private static final int QUEUE_READY = 0x044;
  private static final int QUEUE_NOTIFY = 0x050;
  private static final int INTERRUPT_STATUS = 0x060;
  private static final int INTERRUPT_ACK = 0x064;
  private static final int STATUS = 0x070;
  private static final int QUEUE_DESC_LOW = 0x080;
  private static final int QUEUE_DRIVER_LOW = 0x090;
  private static final int QUEUE_DEVICE_LOW = 0x0a0;
  private static final int CONFIG_GENERATION = 0x0fc;

  /** "virt", little endian. */
  private static final int MAGIC = 0x74726976;

  private final long registers;

  MmioTransport(MachineAccess machine, DeviceInfo device) throws DeviceException {
    super(machine, device);
    registers = device.registers();
    int magic = get(MAGIC_VALUE);
    if (magic != MAGIC) {
      throw new DeviceException(
          device, "no virtio-mmio device: magic value 0x" + Integer.toHexString(magic));
    }
    int version = get(VERSION);
    if (version != 2) {
      throw new DeviceException(
          device,
          "virtio-mmio version "
              + version
              + ", only 2 is driven (QEMU: -global virtio-mmio.force-legacy=false)");
    }
    int id = get(DEVICE_ID);
    if (id != device.kind()) {
      throw new DeviceException(device, "its registers say kind " + id);
    }
  }

  private int get(int register) {
    return machine.lvInt(registers + register);
  }

  private void set(int register, int value) {
    machine.svInt(registers + register, value);
  }

  @Override
  int status() {
    return get(STATUS) & 0xff;
  }

  @Override
  void setStatus(int status) {
    set(STATUS, status);
  }

  @Override
  long deviceFeatures() {
    set(DEVICE_FEATURES_SEL, 0);
    long low = get(DEVICE_FEATURES) & 0xffffffffL;
    set(DEVICE_FEATURES_SEL, 1);
    return (long) get(DEVICE_FEATURES) << 32 | low;
  }

  @Override
  void setDriverFeatures(long features) {
    set(DRIVER_FEATURES_SEL, 0);
    set(DRIVER_FEATURES, (int) features);
    set(DRIVER_FEATURES_SEL, 1);
    set(DRIVER_FEATURES, (int) (features >>> 32));
  }

  @Override
  int selectQueue(int queue) {
    set(QUEUE_SEL, queue);
    int size = get(QUEUE_NUM_MAX);
    return size < 0 ? 0 : size;
  }

  @Override
  boolean queueEnabled() {
    return get(QUEUE_READY) != 0;
  }

  @Override
  void enableQueue(int size, long descriptors, long available, long used) {
    set(QUEUE_NUM, size);
    setLong(QUEUE_DESC_LOW, descriptors);
    setLong(QUEUE_DRIVER_LOW, available);
    setLong(QUEUE_DEVICE_LOW, used);
    set(QUEUE_READY, 1);
  }

  private void setLong(int lowRegister, long value) {
    set(lowRegister, (int) value);
    set(lowRegister + 4, (int) (value >>> 32));
  }

  @Override
  long notifyAddress(int queue) {
    return registers + QUEUE_NOTIFY;
  }

  @Override
  void notifyQueue(long notifyAddress, int queue) {
    machine.svInt(notifyAddress, queue);
  }

  @Override
  int acknowledgeInterrupt() {
    int reasons = get(INTERRUPT_STATUS) & (INTERRUPT_QUEUE | INTERRUPT_CONFIG);
    if (reasons != 0) {
      set(INTERRUPT_ACK, reasons);
    }
    return reasons;
  }

  @Override
  int configGeneration() {
    return get(CONFIG_GENERATION);
  }
}

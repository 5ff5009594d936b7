package org.demitasse.drivers.virtio;

import org.demitasse.drivers.DeviceException;
import org.demitasse.drivers.DeviceInfo;
import org.demitasse.drivers.MachineAccess;

/**
 * Virtio over PCI, the modern interface (section 4.1). Discovery, BARs and MSI-X are the nucleus'
 * part: here is the common configuration structure (4.1.4.3) and the notify registers (4.1.4.4).
 */
final class PciTransport extends VirtioTransport {
  private static final int DEVICE_FEATURE_SELECT = 0;
  private static final int DEVICE_FEATURE = 4;
  private static final int DRIVER_FEATURE_SELECT = 8;
  private static final int DRIVER_FEATURE = 12;
  private static final int CONFIG_MSIX_VECTOR = 16;
  private static final int NUM_QUEUES = 18;
  private static final int DEVICE_STATUS = 20;
  private static final int CONFIG_GENERATION = 21;
  private static final int QUEUE_SELECT = 22;
  private static final int QUEUE_SIZE = 24;
  private static final int QUEUE_MSIX_VECTOR = 26;
  private static final int QUEUE_ENABLE = 28;
  private static final int QUEUE_NOTIFY_OFF = 30;
  private static final int QUEUE_DESC = 32;
  private static final int QUEUE_DRIVER = 40;
  private static final int QUEUE_DEVICE = 48;

  private static final int PAGE = 4096;

  private final long registers;

  PciTransport(MachineAccess machine, DeviceInfo device) {
    super(machine, device);
    registers = device.registers();
  }

  @Override
  int status() {
    return machine.lvByte(registers + DEVICE_STATUS) & 0xff;
  }

  @Override
  void setStatus(int status) {
    machine.svByte(registers + DEVICE_STATUS, (byte) status);
  }

  @Override
  long deviceFeatures() {
    machine.svInt(registers + DEVICE_FEATURE_SELECT, 0);
    long low = machine.lvInt(registers + DEVICE_FEATURE) & 0xffffffffL;
    machine.svInt(registers + DEVICE_FEATURE_SELECT, 1);
    return (long) machine.lvInt(registers + DEVICE_FEATURE) << 32 | low;
  }

  @Override
  void setDriverFeatures(long features) {
    machine.svInt(registers + DRIVER_FEATURE_SELECT, 0);
    machine.svInt(registers + DRIVER_FEATURE, (int) features);
    machine.svInt(registers + DRIVER_FEATURE_SELECT, 1);
    machine.svInt(registers + DRIVER_FEATURE, (int) (features >>> 32));
    // One interrupt vector for everything: the machine has one event bit a device.
    machine.svShort(registers + CONFIG_MSIX_VECTOR, (short) 0);
  }

  @Override
  int selectQueue(int queue) {
    int queues = machine.lvShort(registers + NUM_QUEUES) & 0xffff;
    if (queue >= queues) {
      return 0;
    }
    machine.svShort(registers + QUEUE_SELECT, (short) queue);
    return machine.lvShort(registers + QUEUE_SIZE) & 0xffff;
  }

  @Override
  boolean queueEnabled() {
    return machine.lvShort(registers + QUEUE_ENABLE) != 0;
  }

  @Override
  void enableQueue(int size, long descriptors, long available, long used) throws DeviceException {
    machine.svShort(registers + QUEUE_SIZE, (short) size);
    setLong(QUEUE_DESC, descriptors);
    setLong(QUEUE_DRIVER, available);
    setLong(QUEUE_DEVICE, used);
    machine.svShort(registers + QUEUE_MSIX_VECTOR, (short) 0);
    if (machine.lvShort(registers + QUEUE_MSIX_VECTOR) != 0) {
      // 4.1.5.1.2.1: the device answers NO_VECTOR when it could not map the interrupt.
      throw new DeviceException(device, "it has no MSI-X vector for its queues");
    }
    machine.svShort(registers + QUEUE_ENABLE, (short) 1);
  }

  private void setLong(int register, long value) {
    machine.svInt(registers + register, (int) value);
    machine.svInt(registers + register + 4, (int) (value >>> 32));
  }

  @Override
  long notifyAddress(int queue) throws DeviceException {
    long offset =
        (machine.lvShort(registers + QUEUE_NOTIFY_OFF) & 0xffffL)
            * (device.notifyMultiplier() & 0xffffffffL);
    // The device says where; the rest of the page in which its notify registers begin is what is
    // certainly its own.
    if (offset + Short.BYTES > PAGE - (device.notifyRegisters() & (PAGE - 1))
        || (offset & 1) != 0) {
      throw new DeviceException(
          device, "notify register of queue " + queue + " at " + offset + " lies outside its page");
    }
    return device.notifyRegisters() + offset;
  }

  @Override
  void notifyQueue(long notifyAddress, int queue) {
    machine.svShort(notifyAddress, (short) queue);
  }

  @Override
  int acknowledgeInterrupt() {
    // With MSI-X the ISR byte is not used (4.1.4.5.2): the one vector may stand for either reason.
    return INTERRUPT_QUEUE | INTERRUPT_CONFIG;
  }

  @Override
  int configGeneration() {
    return machine.lvByte(registers + CONFIG_GENERATION) & 0xff;
  }
}

package org.demitasse.drivers.virtio;

import org.demitasse.drivers.DeviceException;
import org.demitasse.drivers.DeviceInfo;
import org.demitasse.drivers.MachineAccess;

/** The registers of one virtio device, whatever bus they are on (chapter 4). */
abstract sealed class VirtioTransport permits MmioTransport, PciTransport {
  final MachineAccess machine;
  final DeviceInfo device;

  VirtioTransport(MachineAccess machine, DeviceInfo device) {
    this.machine = machine;
    this.device = device;
  }

  static VirtioTransport of(MachineAccess machine, DeviceInfo device) throws DeviceException {
    return switch (device.transport()) {
      case DeviceInfo.VIRTIO_MMIO -> new MmioTransport(machine, device);
      case DeviceInfo.VIRTIO_PCI -> new PciTransport(machine, device);
      default ->
          throw new DeviceException(
              device, "transport " + device.transport() + " is neither virtio-mmio nor virtio-pci");
    };
  }

  abstract int status();

  abstract void setStatus(int status);

  abstract long deviceFeatures();

  abstract void setDriverFeatures(long features);

  /**
   * Chooses the queue that the queue methods below speak of; returns its largest size, 0: no such
   * queue.
   */
  abstract int selectQueue(int queue);

  /** Whether the selected queue is enabled. */
  abstract boolean queueEnabled();

  /**
   * Gives the selected queue its size and the physical addresses of its three parts, and enables
   * it.
   */
  abstract void enableQueue(int size, long descriptors, long available, long used)
      throws DeviceException;

  /** Returns the address of the notify register of the selected queue, checked. */
  abstract long notifyAddress(int queue) throws DeviceException;

  /** Writes a queue's number into its notify register. */
  abstract void notifyQueue(long notifyAddress, int queue);

  /** Reads and clears the reasons of the last interrupt: {@link #INTERRUPT_QUEUE} and so on. */
  abstract int acknowledgeInterrupt();

  static final int INTERRUPT_QUEUE = 1;
  static final int INTERRUPT_CONFIG = 2;

  /** A number that changes whenever the device changed its configuration (2.5.1). */
  abstract int configGeneration();

  /** Whether {@code bytes} at {@code offset} of the device-specific configuration may be read. */
  final boolean hasConfig(int offset, int bytes) {
    return Long.compareUnsigned(device.configSize(), (long) offset + bytes) >= 0;
  }

  final int configByte(int offset) throws DeviceException {
    checkConfig(offset, 1);
    return machine.lvByte(device.config() + offset) & 0xff;
  }

  final int configShort(int offset) throws DeviceException {
    checkConfig(offset, 2);
    return machine.lvShort(device.config() + offset) & 0xffff;
  }

  final int configInt(int offset) throws DeviceException {
    checkConfig(offset, 4);
    return machine.lvInt(device.config() + offset);
  }

  private void checkConfig(int offset, int bytes) throws DeviceException {
    if (!hasConfig(offset, bytes)) {
      throw new DeviceException(
          device,
          "its configuration has "
              + device.configSize()
              + " bytes, but a feature it offers has a field at "
              + offset);
    }
  }
}

package org.demitasse.drivers.virtio;

import java.util.function.LongUnaryOperator;
import org.demitasse.drivers.DeviceException;
import org.demitasse.drivers.DeviceInfo;
import org.demitasse.drivers.MachineAccess;

/**
 * What all virtio devices have in common: initialisation (3.1.1), feature negotiation (2.2), and
 * giving up.
 */
final class VirtioDevice {
  /** Feature bits of every kind of device (chapter 6). */
  static final long F_EVENT_IDX = 1L << 29;

  static final long F_VERSION_1 = 1L << 32;
  static final long F_ACCESS_PLATFORM = 1L << 33;

  private static final int STATUS_ACKNOWLEDGE = 1;
  private static final int STATUS_DRIVER = 2;
  private static final int STATUS_DRIVER_OK = 4;
  private static final int STATUS_FEATURES_OK = 8;
  private static final int STATUS_NEEDS_RESET = 64;
  private static final int STATUS_FAILED = 128;

  /** Reads of the status register that a reset may take: some tenths of a second. */
  private static final int RESET_READS = 100_000;

  /** Reads of a configuration that changes under our eyes, until we call the device broken. */
  private static final int CONFIG_READS = 16;

  private final VirtioTransport transport;
  private long features;
  private DeviceException failure;

  private VirtioDevice(VirtioTransport transport) {
    this.transport = transport;
  }

  /**
   * Resets the device and negotiates: of {@code wanted}, and what every driver here understands,
   * the features that it offers.
   *
   * @throws DeviceException when it is no virtio 1.x device or does not accept
   */
  static VirtioDevice open(MachineAccess machine, DeviceInfo info, long wanted)
      throws DeviceException {
    return open(machine, info, offered -> wanted);
  }

  /**
   * The same, where some features are wanted only together with others.
   *
   * @param wanted what to take of the features offered
   */
  static VirtioDevice open(MachineAccess machine, DeviceInfo info, LongUnaryOperator wanted)
      throws DeviceException {
    VirtioDevice device = new VirtioDevice(VirtioTransport.of(machine, info));
    try {
      device.negotiate(wanted);
    } catch (DeviceException e) {
      throw device.fail(e);
    }
    return device;
  }

  private void negotiate(LongUnaryOperator wanted) throws DeviceException {
    reset();
    transport.setStatus(STATUS_ACKNOWLEDGE);
    transport.setStatus(STATUS_ACKNOWLEDGE | STATUS_DRIVER);
    long offered = transport.deviceFeatures();
    if ((offered & F_VERSION_1) == 0) {
      throw error("it is a legacy device; virtio 1.0 or later is needed (VIRTIO_F_VERSION_1)");
    }
    // ACCESS_PLATFORM: without an IOMMU set up by us, the platform's addresses are the physical
    // ones.
    features =
        offered & (wanted.applyAsLong(offered) | F_VERSION_1 | F_EVENT_IDX | F_ACCESS_PLATFORM);
    transport.setDriverFeatures(features);
    transport.setStatus(STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_FEATURES_OK);
    if ((transport.status() & STATUS_FEATURES_OK) == 0) {
      throw error("it refused the features 0x" + Long.toHexString(features));
    }
  }

  private void reset() throws DeviceException {
    transport.setStatus(0);
    for (int i = 0; i < RESET_READS; i++) {
      if (transport.status() == 0) {
        return;
      }
      Thread.onSpinWait();
    }
    throw error("it does not reset");
  }

  /** Whether all of these feature bits were negotiated. */
  boolean has(long bits) {
    return (features & bits) == bits;
  }

  VirtioTransport transport() {
    return transport;
  }

  MachineAccess machine() {
    return transport.machine;
  }

  DeviceInfo info() {
    return transport.device;
  }

  Virtqueue queue(int queue, int wanted) throws DeviceException {
    return new Virtqueue(transport, queue, wanted, has(F_EVENT_IDX));
  }

  /** The device may work from here on. */
  void start() throws DeviceException {
    transport.machine.fullFence();
    transport.setStatus(STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_FEATURES_OK | STATUS_DRIVER_OK);
    checkStatus();
    transport.machine.deviceEnable(transport.device.index());
    // A reason from before would hold the interrupt line up for ever: no edge would follow.
    transport.acknowledgeInterrupt();
  }

  /** Fails when the device has met an error that it cannot mend (2.1.1). */
  void checkStatus() throws DeviceException {
    int status = transport.status();
    if ((status & STATUS_NEEDS_RESET) != 0 || (status & STATUS_DRIVER_OK) == 0) {
      throw error("it asks to be reset (status 0x" + Integer.toHexString(status) + ")");
    }
  }

  /** Reads a part of the configuration as the device had it at one moment (2.5.1). */
  <T> T readConfig(ConfigReader<T> reader) throws DeviceException {
    for (int i = 0; i < CONFIG_READS; i++) {
      int before = transport.configGeneration();
      T value = reader.read(transport);
      if (transport.configGeneration() == before) {
        return value;
      }
    }
    throw error("its configuration never stays the same");
  }

  /** See {@link #readConfig}. */
  interface ConfigReader<T> {
    T read(VirtioTransport transport) throws DeviceException;
  }

  DeviceException error(String what) {
    return new DeviceException(transport.device, what);
  }

  /**
   * Gives up: the device is reset, so that it touches no memory any more, and told so. The first
   * failure is kept.
   *
   * @return the first failure
   */
  DeviceException fail(DeviceException reason) {
    if (failure == null) {
      failure = reason;
      transport.setStatus(0);
      transport.setStatus(STATUS_FAILED);
    }
    return failure;
  }

  /** Why the device is not used any more, or null. */
  DeviceException failure() {
    return failure;
  }
}

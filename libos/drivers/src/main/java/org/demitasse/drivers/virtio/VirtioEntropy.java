package org.demitasse.drivers.virtio;

import org.demitasse.core.Entropy;
import org.demitasse.drivers.DeviceException;
import org.demitasse.drivers.DeviceInfo;
import org.demitasse.drivers.Driver;
import org.demitasse.drivers.MachineAccess;

/**
 * The virtio entropy device (section 5.4). The device fills one buffer ahead of its use, so that a
 * seed is there when somebody asks; bytes are given out once and wiped.
 */
public final class VirtioEntropy implements Entropy, Driver {
  /** Bytes asked for at once: more than the seeds of a starting program. */
  private static final int BUFFER = 256;

  /** How long the device may take for a buffer, nanoseconds. */
  private static final long PATIENCE = 5_000_000_000L;

  private final MachineAccess machine;
  private final VirtioDevice device;
  private final Virtqueue queue;
  private final long buffer;
  private final long bufferPhysical;
  private int position;
  private int limit;

  /**
   * @throws DeviceException when it is no virtio 1.x entropy device that works; it is then reset
   */
  public VirtioEntropy(MachineAccess machine, DeviceInfo info) throws DeviceException {
    this.machine = machine;
    device = VirtioDevice.open(machine, info, 0);
    try {
      queue = device.queue(0, 1);
      buffer = machine.dmaAllocate(BUFFER);
      if (buffer == 0) {
        throw device.error("no DMA memory left for its buffer");
      }
      bufferPhysical = machine.dmaAddress(buffer);
      queue.disableEvents();
      device.start();
      request();
    } catch (DeviceException e) {
      throw device.fail(e);
    }
  }

  private void request() {
    position = 0;
    limit = 0;
    queue.addChain(bufferPhysical, BUFFER, true);
    queue.publish();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException when the device has failed, or answers nothing for five seconds
   */
  @Override
  public synchronized void fill(byte[] bytes, int offset, int length) {
    if (offset < 0 || length < 0 || length > bytes.length - offset) {
      throw new IndexOutOfBoundsException(offset + ", " + length + " of " + bytes.length);
    }
    int end = offset + length;
    for (int i = offset; i < end; i++) {
      if (position == limit) {
        await();
      }
      bytes[i] = machine.lpByte(buffer + position);
      machine.spByte(buffer + position, (byte) 0);
      position++;
      if (position == limit) {
        request();
      }
    }
  }

  private void await() {
    long deadline = machine.monotonicNanos() + PATIENCE;
    try {
      if (device.failure() != null) {
        throw device.failure();
      }
      while (queue.take() == Virtqueue.NONE) {
        if (machine.monotonicNanos() - deadline > 0) {
          throw device.error("no entropy within five seconds");
        }
        Thread.onSpinWait();
      }
      // 5.4.6.2: at least one byte.
      if (queue.takenLength() == 0) {
        throw device.error("it answered with no entropy");
      }
      limit = queue.takenLength();
    } catch (DeviceException e) {
      throw new IllegalStateException(device.fail(e));
    }
  }

  @Override
  public void handleEvent() {
    device.transport().acknowledgeInterrupt();
  }

  @Override
  public DeviceException failure() {
    return device.failure();
  }
}

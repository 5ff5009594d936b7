package org.demitasse.jdk.device;

import com.oracle.svm.core.Uninterruptible;
import jdk.graal.compiler.word.Word;
import jdk.internal.misc.Unsafe;
import org.demitasse.core.Entropy;
import org.demitasse.drivers.DeviceException;
import org.demitasse.drivers.DeviceInfo;
import org.demitasse.drivers.virtio.VirtioEntropy;
import org.demitasse.jdk.nucleus.Nucleus;

/**
 * The machine's entropy: the processor's generator or the loader's (through the nucleus), else a
 * virtio entropy device. Without any, asking fails: weak bytes are never given.
 */
public final class MachineEntropy implements Entropy {
  public static final MachineEntropy INSTANCE = new MachineEntropy();

  private VirtioEntropy device;

  private MachineEntropy() {}

  /**
   * Fills the range.
   *
   * @throws IllegalStateException when the machine has no entropy source
   */
  @Override
  public void fill(byte[] bytes, int offset, int length) {
    if (!fromNucleus(bytes, offset, length)) {
      device().fill(bytes, offset, length);
    }
  }

  private synchronized VirtioEntropy device() {
    if (device == null) {
      device = openDevice();
    }
    return device;
  }

  private static VirtioEntropy openDevice() {
    for (DeviceInfo info : MachineDevices.list()) {
      if (info.kind() == DeviceInfo.ENTROPY) {
        try {
          return new VirtioEntropy(MachineRegisters.INSTANCE, info);
        } catch (DeviceException e) {
          throw new IllegalStateException("The entropy device failed: " + e.getMessage(), e);
        }
      }
    }
    throw new IllegalStateException(
        "This machine has no source of entropy: the processor offers neither RDSEED nor RDRAND, and"
            + " there is no virtio entropy device. Give it one (QEMU: -device virtio-rng-device).");
  }

  /** Returns false when the nucleus has no source. */
  static boolean fromNucleus(byte[] bytes, int offset, int length) {
    if ((offset | length) < 0 || length > bytes.length - offset) {
      throw new IndexOutOfBoundsException();
    }
    return fromNucleus0(bytes, offset, length) == 0;
  }

  @Uninterruptible(reason = "The array must not move while its address is used.")
  private static int fromNucleus0(byte[] bytes, int offset, int length) {
    return Nucleus.entropy(
        Word.objectToUntrackedPointer(bytes).add((int) Unsafe.ARRAY_BYTE_BASE_OFFSET + offset),
        Word.unsigned(length));
  }
}

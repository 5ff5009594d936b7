package org.demitasse.jdk.device;

import java.util.ArrayList;
import java.util.List;
import org.demitasse.drivers.DeviceInfo;
import org.demitasse.jdk.nucleus.BootInfo;
import org.graalvm.word.Pointer;

/** The devices that the nucleus found, read from the boot information. */
public final class MachineDevices {
  private MachineDevices() {}

  public static List<DeviceInfo> list() {
    List<DeviceInfo> devices = new ArrayList<>();
    for (int i = 0; i < BootInfo.deviceCount(); i++) {
      devices.add(read(i, BootInfo.device(i)));
    }
    return devices;
  }

  /** The layout of {@code struct nucleus_device}. */
  private static DeviceInfo read(int index, Pointer device) {
    long mac = 0;
    for (int i = 0; i < 6; i++) {
      mac = mac << 8 | device.readByte(16 + i) & 0xff;
    }
    return new DeviceInfo(
        index,
        device.readInt(0),
        device.readInt(4),
        device.readInt(8),
        mac,
        device.readShort(22) & 0xffff,
        device.readLong(24),
        device.readLong(32),
        device.readInt(12),
        device.readLong(40),
        device.readLong(48),
        device.readLong(56));
  }
}

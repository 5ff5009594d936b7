package org.demitasse.drivers;

import java.io.IOException;

/**
 * A device is missing something, broke a rule of its contract, or has failed. It is not used any
 * more.
 */
public final class DeviceException extends IOException {
  private static final long serialVersionUID = 1;

  public DeviceException(DeviceInfo device, String what) {
    super(device.describe() + ": " + what);
  }
}

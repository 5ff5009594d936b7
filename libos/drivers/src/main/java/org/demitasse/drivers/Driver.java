package org.demitasse.drivers;

/** What every driver has besides the interface of its kind. */
public interface Driver {
  /**
   * Looks at what the device's event may have meant besides finished buffers: a changed
   * configuration, a device that failed. The platform calls it when {@code nucleus_wait} returned
   * the device's bit, before it polls. May be called while another thread is inside the driver.
   */
  void handleEvent();

  /** Why the device is not used any more, or null while it works. */
  DeviceException failure();
}

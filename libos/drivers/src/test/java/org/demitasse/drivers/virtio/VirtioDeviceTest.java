package org.demitasse.drivers.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.demitasse.drivers.DeviceException;
import org.demitasse.drivers.DeviceInfo;
import org.demitasse.drivers.SimulatedMachine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Initialisation and feature negotiation, sections 3.1.1 and 2.2. */
class VirtioDeviceTest {
  private final SimulatedMachine machine = new SimulatedMachine(1 << 20);
  private final SimulatedDevice device =
      new SimulatedDevice(machine, DeviceInfo.ENTROPY, VirtioDevice.F_EVENT_IDX | 0b1010, 1);

  private DeviceInfo attach(boolean pci) {
    return pci ? device.attachPci() : device.attachMmio();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void negotiatesWhatBothSidesKnow(boolean pci) throws Exception {
    VirtioDevice driver = VirtioDevice.open(machine, attach(pci), 0b0110);
    assertThat(device.driverFeatures)
        .isEqualTo(VirtioDevice.F_VERSION_1 | VirtioDevice.F_EVENT_IDX | 0b0010);
    assertThat(driver.has(0b0010)).isTrue();
    assertThat(driver.has(0b0100)).isFalse();
    driver.queue(0, 64);
    driver.start();
    assertThat(device.status).isEqualTo(1 | 2 | 4 | 8);
    assertThat(device.queues[0].enabled).isTrue();
    assertThat(device.queues[0].size).isEqualTo(64);
    assertThat(machine.enabled).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void takesAPowerOfTwoOfWhatTheDeviceOffers(boolean pci) throws Exception {
    device.queueSize = 100;
    Virtqueue queue = VirtioDevice.open(machine, attach(pci), 0).queue(0, 256);
    assertThat(queue.size()).isEqualTo(64);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void refusesADeviceThatRefuses(boolean pci) {
    device.refuseFeatures = true;
    DeviceInfo info = attach(pci);
    assertThatThrownBy(() -> VirtioDevice.open(machine, info, 0))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("refused the features");
    assertThat(device.status).isEqualTo(128);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void givesUpOnADeviceThatNeverResets(boolean pci) {
    device.neverResets = true;
    DeviceInfo info = attach(pci);
    assertThatThrownBy(() -> VirtioDevice.open(machine, info, 0))
        .hasMessageContaining("does not reset");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void givesUpOnAConfigurationThatNeverStands(boolean pci) throws Exception {
    VirtioDevice driver = VirtioDevice.open(machine, attach(pci), 0);
    device.generationRuns = true;
    assertThatThrownBy(() -> driver.readConfig(t -> t.configByte(0)))
        .hasMessageContaining("never stays the same");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void readsNoConfigurationBeyondItsSize(boolean pci) throws Exception {
    device.configSize = 8;
    VirtioDevice driver = VirtioDevice.open(machine, attach(pci), 0);
    assertThat(driver.<Integer>readConfig(t -> t.configInt(4))).isZero();
    assertThatThrownBy(() -> driver.readConfig(t -> t.configInt(8)))
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("its configuration has 8 bytes");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void saysWhichQueueIsMissing(boolean pci) throws Exception {
    VirtioDevice driver = VirtioDevice.open(machine, attach(pci), 0);
    assertThatThrownBy(() -> driver.queue(1, 16)).hasMessageContaining("no queue 1");
  }

  @Test
  void refusesLegacyMmio() {
    device.version = 1;
    DeviceInfo info = device.attachMmio();
    assertThatThrownBy(() -> VirtioDevice.open(machine, info, 0))
        .hasMessageContaining("version 1")
        .hasMessageContaining("force-legacy=false");
  }

  @Test
  void refusesANotifyRegisterOutsideItsPage() throws Exception {
    SimulatedDevice two = new SimulatedDevice(machine, DeviceInfo.NET, 0, 2);
    two.notifyOffset = 1024;
    VirtioDevice driver = VirtioDevice.open(machine, two.attachPci(), 0);
    driver.queue(0, 16);
    assertThatThrownBy(() -> driver.queue(1, 16)).hasMessageContaining("outside its page");
  }

  @Test
  void seesADeviceThatAsksForAReset() throws Exception {
    VirtioDevice driver = VirtioDevice.open(machine, device.attachMmio(), 0);
    driver.start();
    device.status |= 64;
    assertThatThrownBy(driver::checkStatus).hasMessageContaining("asks to be reset");
  }
}

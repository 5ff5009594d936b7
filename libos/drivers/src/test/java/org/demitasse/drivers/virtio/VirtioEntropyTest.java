package org.demitasse.drivers.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.demitasse.drivers.DeviceInfo;
import org.demitasse.drivers.SimulatedMachine;
import org.junit.jupiter.api.Test;

/** The entropy device, section 5.4. */
class VirtioEntropyTest {
  private final SimulatedMachine machine = new SimulatedMachine(1 << 20);
  private final SimulatedDevice device = new SimulatedDevice(machine, DeviceInfo.ENTROPY, 0, 1);

  private void answer(int length, int first) {
    SimulatedDevice.Chain chain = device.queues[0].take();
    for (int i = 0; i < length; i++) {
      chain.parts().get(0).bytes().put(i, (byte) (first + i));
    }
    device.queues[0].use(chain.id(), length);
  }

  @Test
  void givesEachByteOnceAndWipesIt() throws Exception {
    VirtioEntropy entropy = new VirtioEntropy(machine, device.attachMmio());
    answer(10, 1);
    byte[] bytes = new byte[8];
    entropy.fill(bytes, 1, 6);
    assertThat(bytes).containsExactly(0, 1, 2, 3, 4, 5, 6, 0);
    entropy.fill(bytes, 0, 4);
    assertThat(bytes).startsWith(7, 8, 9, 10);
    SimulatedDevice.Chain next = device.queues[0].take();
    for (int i = 0; i < 10; i++) {
      assertThat(next.parts().get(0).bytes().get(i)).isZero();
    }
  }

  @Test
  void failsClosedWhenNothingComes() throws Exception {
    VirtioEntropy entropy = new VirtioEntropy(machine, device.attachMmio());
    assertThatThrownBy(() -> entropy.fill(new byte[4], 0, 4))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no entropy within five seconds");
    assertThatThrownBy(() -> entropy.nextLong()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void failsClosedWhenNoBytesCome() throws Exception {
    VirtioEntropy entropy = new VirtioEntropy(machine, device.attachMmio());
    answer(0, 0);
    assertThatThrownBy(() -> entropy.fill(new byte[4], 0, 4))
        .hasMessageContaining("answered with no entropy");
    assertThat(entropy.failure()).isNotNull();
  }
}

package org.demitasse.drivers.virtio;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.demitasse.core.PacketBuffer;
import org.demitasse.drivers.DeviceException;
import org.demitasse.drivers.DeviceInfo;
import org.demitasse.drivers.SimulatedMachine;

/**
 * Devices that write whatever they like into their rings and buffers. The simulated machine throws
 * an {@link AssertionError} at any access outside of allocated memory, and every property ends: so
 * the driver neither strays nor hangs, and either works or says that it gave the device up.
 */
class HostileDeviceProperties {
  private static final int MEMORY = 24 << 20;

  /** One thing that a device does. */
  record Deed(int what, int queue, int a, int b) {}

  @Provide
  Arbitrary<List<Deed>> deeds() {
    Arbitrary<Integer> number =
        Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(6, Arbitraries.integers().between(0, 300)),
            net.jqwik.api.Tuple.of(2, Arbitraries.integers().between(1_000, 70_000)),
            net.jqwik.api.Tuple.of(1, Arbitraries.integers()));
    return Combinators.combine(
            Arbitraries.integers().between(0, 9),
            Arbitraries.integers().between(0, 1),
            number,
            number)
        .as(Deed::new)
        .list()
        .ofMaxSize(60);
  }

  @Property(tries = 400)
  void netDriverStaysInItsMemory(@ForAll("deeds") List<Deed> deeds, @ForAll boolean eventIndex)
      throws DeviceException {
    SimulatedMachine machine = new SimulatedMachine(MEMORY);
    SimulatedDevice device =
        new SimulatedDevice(
            machine, DeviceInfo.NET, 0x1_0023 | (eventIndex ? VirtioDevice.F_EVENT_IDX : 0), 2);
    VirtioNet net = new VirtioNet(machine, device.attachMmio());
    for (Deed deed : deeds) {
      perform(device, deed);
      net.handleEvent();
      for (int i = 0; i < 600; i++) {
        PacketBuffer buffer = net.receive();
        if (buffer == null) {
          break;
        }
        assertThat(buffer.length()).isBetween(14, 1_518 + 64);
        buffer.release();
      }
      PacketBuffer out = net.pool().allocate();
      assertThat(out).isNotNull();
      out.append(60);
      if (!net.transmit(out)) {
        out.release();
      }
      net.flush();
    }
    assertThat(net.pool().outstanding()).isLessThanOrEqualTo(256);
    net.receive();
    if (net.failure() != null) {
      assertThat(device.status).isEqualTo(128);
      assertThat(net.linkUp()).isFalse();
      assertThat(net.pool().outstanding()).isZero();
    }
  }

  private static void perform(SimulatedDevice device, Deed deed) {
    SimulatedDevice.Queue queue = device.queues[deed.queue];
    ByteBuffer used = queue.usedRing();
    int slot = 4 + 8 * (queue.usedIndex & queue.size - 1);
    switch (deed.what) {
      case 0, 1, 2, 3 -> {
        SimulatedDevice.Chain chain = honest(queue);
        if (chain != null) {
          int length = queue == device.queues[0] ? 26 + deed.a % 1000 : 0;
          queue.use(chain.id(), Math.max(length, 0));
        }
      }
      case 4 -> queue.use(deed.a, deed.b);
      case 5 -> {
        queue.usedIndex += (short) deed.a;
        used.putShort(2, queue.usedIndex);
      }
      case 6 -> used.putInt(slot + 4, deed.a);
      case 7 -> device.interruptStatus = deed.a;
      case 8 -> {
        for (int i = 0; i + 4 <= queue.availableRing().capacity(); i += 4) {
          queue.availableRing().putInt(i, deed.a * (i + 1));
        }
        ByteBuffer table = device.machine.physical(queue.descriptors, 16L * queue.size);
        table.putLong(16 * (deed.b & queue.size - 1), deed.a);
      }
      default -> device.config.putInt((deed.a & 15) * 4, deed.b);
    }
  }

  /** Takes a chain as long as the rings have not been overwritten. */
  private static SimulatedDevice.Chain honest(SimulatedDevice.Queue queue) {
    try {
      return queue.enabled ? queue.take() : null;
    } catch (AssertionError e) {
      return null;
    }
  }

  @Property(tries = 200)
  void openingAnyDeviceWorksOrSaysWhy(
      @ForAll long features,
      @ForAll short mtu,
      @ForAll short queueSize,
      @ForAll boolean pci,
      @ForAll boolean entropy) {
    SimulatedMachine machine = new SimulatedMachine(MEMORY);
    machine.hasEntropy = entropy;
    SimulatedDevice device = new SimulatedDevice(machine, DeviceInfo.NET, features, 2);
    device.queueSize = queueSize & 0xffff;
    device.config.putShort(10, mtu);
    DeviceInfo info = pci ? device.attachPci() : device.attachMmio();
    try {
      VirtioNet net = new VirtioNet(machine, info);
      assertThat(net.mtu()).isBetween(68, 65_535);
      assertThat(device.status & 4).isEqualTo(4);
    } catch (DeviceException e) {
      assertThat(e).hasMessageContaining("(net): ");
      assertThat(device.status).isEqualTo(128);
    }
  }

  @Property(tries = 200)
  void registersOfNoise(@ForAll long seed, @ForAll boolean pci) {
    SimulatedMachine machine = new SimulatedMachine(MEMORY);
    java.util.Random random = new java.util.Random(seed);
    SimulatedMachine.Registers noise =
        new SimulatedMachine.Registers() {
          @Override
          public long read(long offset, int width) {
            if (!pci && offset == 0) {
              return 0x74726976;
            }
            if (!pci && offset == 4) {
              return 2;
            }
            if (!pci && offset == 8) {
              return DeviceInfo.NET;
            }
            // Status reads as zero often enough for a reset to end.
            return random.nextInt(4) == 0 ? 0 : random.nextLong();
          }

          @Override
          public void write(long offset, int width, long value) {}
        };
    machine.map(0x1000_0000L, 0x3000, noise);
    DeviceInfo info =
        new DeviceInfo(
            0,
            DeviceInfo.NET,
            pci ? DeviceInfo.VIRTIO_PCI : DeviceInfo.VIRTIO_MMIO,
            0,
            0,
            0,
            0x1000_0000L,
            0x1000_1000L,
            random.nextInt(),
            0,
            pci ? 0x1000_2000L : 0x1000_0100L,
            0x100);
    try {
      VirtioNet net = new VirtioNet(machine, info);
      for (int i = 0; i < 100; i++) {
        net.handleEvent();
        PacketBuffer buffer = net.receive();
        if (buffer != null) {
          buffer.release();
        }
      }
    } catch (DeviceException e) {
      assertThat(e).hasMessageContaining("device 0 (net)");
    }
  }
}

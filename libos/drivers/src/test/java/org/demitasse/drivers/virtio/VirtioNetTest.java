package org.demitasse.drivers.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.demitasse.core.NetDevice;
import org.demitasse.core.PacketBuffer;
import org.demitasse.core.PacketPool;
import org.demitasse.drivers.DeviceInfo;
import org.demitasse.drivers.SimulatedMachine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The network device, section 5.1. */
class VirtioNetTest {
  private static final long CSUM = 1;
  private static final long GUEST_CSUM = 2;
  private static final long MTU = 8;
  private static final long MAC = 32;
  private static final long TSO4 = 1 << 11;
  private static final long STATUS = 1 << 16;
  private static final long GUEST_TSO4 = 1 << 7;
  private static final long MRG_RXBUF = 1 << 15;
  private static final int HEADER = 12;

  private final SimulatedMachine machine = new SimulatedMachine(32 << 20);
  private SimulatedDevice device;

  private VirtioNet open(long features) throws Exception {
    return open(features, false);
  }

  private VirtioNet open(long features, boolean pci) throws Exception {
    DeviceInfo info = prepare(features, pci);
    return new VirtioNet(machine, info);
  }

  private DeviceInfo prepare(long features, boolean pci) {
    device = new SimulatedDevice(machine, DeviceInfo.NET, features, 3);
    byte[] mac = {0x52, 0x54, 0, 0x12, 0x34, (byte) 0x80};
    device.config.put(0, mac);
    device.config.putShort(6, (short) 1);
    device.config.putShort(10, (short) 9000);
    return pci ? device.attachPci() : device.attachMmio();
  }

  private static byte[] frame(int length, int seed) {
    byte[] frame = new byte[length];
    for (int i = 0; i < length; i++) {
      frame[i] = (byte) (seed * 31 + i);
    }
    return frame;
  }

  private boolean deliver(byte[] frame, int flags, int kind) {
    SimulatedDevice.Chain chain = device.queues[0].take();
    assertThat(chain).as("a posted buffer").isNotNull();
    ByteBuffer bytes = chain.parts().get(0).bytes();
    bytes.put(0, new byte[HEADER]);
    bytes.put(0, (byte) flags);
    bytes.put(1, (byte) kind);
    bytes.putShort(10, (short) 1);
    bytes.put(HEADER, frame);
    return device.queues[0].use(chain.id(), HEADER + frame.length);
  }

  private static byte[] bytes(PacketBuffer buffer) {
    byte[] bytes = new byte[buffer.length()];
    buffer.get(0, bytes, 0, bytes.length);
    return bytes;
  }

  private static PacketBuffer packet(PacketPool pool, byte[] frame) {
    PacketBuffer buffer = pool.allocate();
    buffer.append(frame.length);
    buffer.put(0, frame, 0, frame.length);
    return buffer;
  }

  @Test
  void readsItsConfiguration() throws Exception {
    VirtioNet net = open(MAC | MTU | STATUS | CSUM | GUEST_CSUM | TSO4);
    assertThat(net.macAddress()).isEqualTo(0x525400123480L);
    assertThat(net.mtu()).isEqualTo(9000);
    assertThat(net.linkUp()).isTrue();
    assertThat(net.offloads())
        .isEqualTo(
            NetDevice.OFFLOAD_TX_CHECKSUM
                | NetDevice.OFFLOAD_RX_CHECKSUM
                | NetDevice.OFFLOAD_TX_TCP4);
    assertThat(net.largePool()).isNotNull();
  }

  @Test
  void doesWithoutAnyFeature() throws Exception {
    VirtioNet net = open(0);
    assertThat(net.macAddress() >>> 40 & 3).as("local, one station").isEqualTo(2);
    assertThat(net.mtu()).isEqualTo(1500);
    assertThat(net.offloads()).isZero();
    assertThat(net.largePool()).isNull();
    assertThat(net.linkUp()).isTrue();
  }

  @Test
  void refusesToInventAnAddressWithoutEntropy() {
    machine.hasEntropy = false;
    DeviceInfo info = prepare(0, false);
    assertThatThrownBy(() -> new VirtioNet(machine, info)).hasMessageContaining("no entropy");
    assertThat(device.status).as("FAILED").isEqualTo(128);
  }

  @Test
  void refusesAnImpossibleMtu() {
    DeviceInfo info = prepare(MAC | MTU, false);
    device.config.putShort(10, (short) 20);
    assertThatThrownBy(() -> new VirtioNet(machine, info)).hasMessageContaining("MTU of 20");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void framesGoBothWays(boolean pci) throws Exception {
    VirtioNet net = open(MAC | VirtioDevice.F_EVENT_IDX, pci);
    for (int i = 0; i < 2_000; i++) {
      byte[] in = frame(60 + i % 1455, i);
      deliver(in, 0, 0);
      PacketBuffer received = net.receive();
      assertThat(bytes(received)).isEqualTo(in);
      received.release();
      assertThat(net.receive()).isNull();

      byte[] out = frame(60 + i * 7 % 1455, i + 1);
      assertThat(net.transmit(packet(net.pool(), out))).isTrue();
      net.flush();
      SimulatedDevice.Chain chain = device.queues[1].take();
      byte[] sent = chain.read();
      assertThat(Arrays.copyOf(sent, HEADER)).isEqualTo(new byte[HEADER]);
      assertThat(Arrays.copyOfRange(sent, HEADER, sent.length)).isEqualTo(out);
      device.queues[1].use(chain.id(), 0);
    }
    assertThat(net.receive()).isNull();
    assertThat(net.pool().outstanding()).isZero();
    assertThat(net.framesReceived()).isEqualTo(2_000);
    assertThat(net.framesSent()).isEqualTo(2_000);
    assertThat(net.framesDropped()).isZero();
    assertThat(net.failure()).isNull();
  }

  @Test
  void asksForAnInterruptOnlyWhenThereIsNothing() throws Exception {
    VirtioNet net = open(MAC);
    assertThat(net.receive()).isNull();
    assertThat(deliver(frame(60, 1), 0, 0)).as("interrupt").isTrue();
    net.receive().release();
    assertThat(deliver(frame(60, 2), 0, 0)).as("interrupt while polling").isFalse();
    net.receive().release();
    assertThat(net.receive()).isNull();
    assertThat(deliver(frame(60, 3), 0, 0)).as("interrupt").isTrue();
  }

  @Test
  void keepsReceivingAfterAPauseWithoutBuffers() throws Exception {
    VirtioNet net = open(MAC);
    List<PacketBuffer> held = new ArrayList<>();
    while (device.queues[0].waiting() > 0) {
      deliver(frame(60, held.size()), 0, 0);
      PacketBuffer buffer = net.receive();
      held.add(buffer);
      assertThat(held.size()).isLessThan(10_000);
    }
    assertThat(net.receive()).isNull();
    held.forEach(PacketBuffer::release);
    assertThat(net.receive()).isNull();
    assertThat(device.queues[0].waiting()).isPositive();
    deliver(frame(60, 7), 0, 0);
    assertThat(bytes(net.receive())).isEqualTo(frame(60, 7));
  }

  @Test
  void saysWhenThereIsNoRoomAndWakesUpLater() throws Exception {
    VirtioNet net = open(MAC | VirtioDevice.F_EVENT_IDX);
    int sent = 0;
    PacketBuffer refused;
    while (true) {
      refused = packet(net.pool(), frame(60, sent));
      if (!net.transmit(refused)) {
        break;
      }
      sent++;
    }
    assertThat(sent).isEqualTo(256);
    boolean interrupt = false;
    for (int i = 0; i < 200; i++) {
      interrupt |= device.queues[1].use(device.queues[1].take().id(), 0);
    }
    assertThat(interrupt).isTrue();
    assertThat(net.transmit(refused)).isTrue();
  }

  @Test
  void sendsFramesOfForeignPoolsAsCopies() throws Exception {
    VirtioNet net = open(MAC);
    PacketPool heap = PacketPool.heap(1500, 4);
    byte[] frame = frame(1514, 5);
    assertThat(net.transmit(packet(heap, frame))).isTrue();
    net.flush();
    assertThat(heap.outstanding()).isZero();
    byte[] sent = device.queues[1].take().read();
    assertThat(Arrays.copyOfRange(sent, HEADER, sent.length)).isEqualTo(frame);
  }

  @Test
  void sendsFramesWithoutHeadroomAsCopies() throws Exception {
    VirtioNet net = open(MAC);
    PacketBuffer buffer = packet(net.pool(), frame(1000, 6));
    buffer.prepend(60);
    byte[] expected = bytes(buffer);
    assertThat(net.transmit(buffer)).isTrue();
    net.flush();
    SimulatedDevice.Chain chain = device.queues[1].take();
    byte[] sent = chain.read();
    assertThat(Arrays.copyOfRange(sent, HEADER, sent.length)).isEqualTo(expected);
    device.queues[1].use(chain.id(), 0);
    net.receive();
    assertThat(net.pool().outstanding()).isZero();
  }

  @Test
  void tellsTheDeviceToSumAndToCut() throws Exception {
    VirtioNet net = open(MAC | CSUM | TSO4);
    PacketBuffer buffer = packet(net.largePool(), frame(40_000, 8));
    buffer.setChecksumRequest(34, 16);
    buffer.setSegmentation(PacketBuffer.SEGMENT_TCP4, 1448, 66);
    assertThat(net.transmit(buffer)).isTrue();
    net.flush();
    ByteBuffer header =
        ByteBuffer.wrap(device.queues[1].take().read()).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    assertThat(header.get(0)).isEqualTo((byte) 1);
    assertThat(header.get(1)).isEqualTo((byte) 1);
    assertThat(header.getShort(2)).isEqualTo((short) 66);
    assertThat(header.getShort(4)).isEqualTo((short) 1448);
    assertThat(header.getShort(6)).isEqualTo((short) 34);
    assertThat(header.getShort(8)).isEqualTo((short) 16);
  }

  @Test
  void refusesARequestThatTheDeviceCannotDo() throws Exception {
    VirtioNet net = open(MAC);
    PacketBuffer buffer = packet(net.pool(), frame(100, 8));
    buffer.setChecksumRequest(34, 16);
    assertThatThrownBy(() -> net.transmit(buffer)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void believesChecksumsOnlyAsNegotiated() throws Exception {
    VirtioNet with = open(MAC | GUEST_CSUM);
    deliver(frame(60, 1), 2, 0);
    deliver(frame(60, 2), 1, 0);
    deliver(frame(60, 3), 0, 0);
    assertThat(with.receive().checksumGood()).isTrue();
    assertThat(with.receive().checksumGood()).isTrue();
    assertThat(with.receive().checksumGood()).isFalse();
  }

  @Test
  void ignoresChecksumClaimsThatWereNotNegotiated() throws Exception {
    VirtioNet without = open(MAC);
    deliver(frame(60, 1), 2, 0);
    assertThat(without.receive().checksumGood()).isFalse();
  }

  /** Spreads a frame with its header over as many posted buffers as it needs. */
  private int deliverSpread(byte[] frame, int flags, int kind, int lie) {
    byte[] bytes = new byte[HEADER + frame.length];
    bytes[0] = (byte) flags;
    bytes[1] = (byte) kind;
    System.arraycopy(frame, 0, bytes, HEADER, frame.length);
    List<SimulatedDevice.Chain> chains = new ArrayList<>();
    List<Integer> lengths = new ArrayList<>();
    for (int done = 0; done < bytes.length; ) {
      SimulatedDevice.Chain chain = device.queues[0].take();
      assertThat(chain).as("a posted buffer").isNotNull();
      ByteBuffer part = chain.parts().get(0).bytes();
      int count = Math.min(part.capacity(), bytes.length - done);
      part.put(0, bytes, done, count);
      chains.add(chain);
      lengths.add(count);
      done += count;
    }
    chains.get(0).parts().get(0).bytes().putShort(10, (short) (chains.size() + lie));
    for (int i = 0; i < chains.size(); i++) {
      device.queues[0].use(chains.get(i).id(), lengths.get(i));
    }
    return chains.size();
  }

  @Test
  void joinsAFrameThatIsSpreadOverBuffers() throws Exception {
    VirtioNet net = open(MAC | GUEST_CSUM | GUEST_TSO4 | MRG_RXBUF);
    assertThat(net.offloads() & NetDevice.OFFLOAD_RX_TCP).isNotZero();
    for (int i = 0; i < 50; i++) {
      byte[] frame = frame(60_000 + i, i);
      assertThat(deliverSpread(frame, 1, 1, 0)).isGreaterThan(10);
      PacketBuffer received = net.receive();
      assertThat(bytes(received)).isEqualTo(frame);
      assertThat(received.checksumGood()).isTrue();
      received.release();
      deliverSpread(frame(60, i), 0, 0, 0);
      PacketBuffer small = net.receive();
      assertThat(bytes(small)).isEqualTo(frame(60, i));
      small.release();
    }
    assertThat(net.framesDropped()).isZero();
    assertThat(net.receive()).isNull();
    assertThat(device.queues[0].waiting()).as("buffers posted again").isGreaterThan(100);
  }

  @Test
  void dropsAJoinedFrameThatIsTooLong() throws Exception {
    VirtioNet net = open(MAC | GUEST_CSUM | GUEST_TSO4 | MRG_RXBUF);
    deliverSpread(frame(70_000, 1), 1, 1, 0);
    deliverSpread(frame(60, 2), 0, 0, 0);
    assertThat(bytes(net.receive())).isEqualTo(frame(60, 2));
    assertThat(net.framesDropped()).isEqualTo(1);
    assertThat(net.failure()).isNull();
  }

  @Test
  void isDisabledByAFrameWithoutItsLastBuffers() throws Exception {
    VirtioNet net = open(MAC | GUEST_CSUM | GUEST_TSO4 | MRG_RXBUF);
    deliverSpread(frame(9_000, 1), 1, 1, 3);
    assertThat(net.receive()).isNull();
    assertThat(net.failure()).hasMessageContaining("ends after");
  }

  @Test
  void wantsNoJoinedFramesWhereTheyCannotBeSpread() throws Exception {
    VirtioNet net = open(MAC | GUEST_CSUM | GUEST_TSO4);
    assertThat(net.offloads()).isEqualTo(NetDevice.OFFLOAD_RX_CHECKSUM);
    deliver(frame(60, 1), 0, 1);
    deliver(frame(60, 2), 0, 0);
    assertThat(bytes(net.receive())).isEqualTo(frame(60, 2));
  }

  @Test
  void dropsFramesThatAreNone() throws Exception {
    VirtioNet net = open(MAC);
    deliver(new byte[13], 0, 0);
    deliver(frame(60, 1), 0, 1);
    deliver(frame(60, 2), 0, 0);
    assertThat(bytes(net.receive())).isEqualTo(frame(60, 2));
    assertThat(net.framesDropped()).isEqualTo(2);
    assertThat(net.failure()).isNull();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void noticesTheLink(boolean pci) throws Exception {
    VirtioNet net = open(MAC | STATUS, pci);
    device.config.putShort(6, (short) 0);
    device.generation++;
    device.interruptStatus = 2;
    net.handleEvent();
    assertThat(net.linkUp()).isFalse();
    assertThat(device.interruptStatus & 2).isEqualTo(pci ? 2 : 0);
    device.config.putShort(6, (short) 1);
    device.interruptStatus = 2;
    net.handleEvent();
    assertThat(net.linkUp()).isTrue();
  }

  @Test
  void isDisabledByADeviceThatLies() throws Exception {
    VirtioNet net = open(MAC);
    PacketBuffer waiting = packet(net.pool(), frame(60, 1));
    assertThat(net.transmit(waiting)).isTrue();
    net.flush();
    device.queues[0].use(999, 1);
    assertThat(net.receive()).isNull();
    assertThat(net.failure()).hasMessageContaining("device 0 (net): queue 0").isNotNull();
    assertThat(net.linkUp()).isFalse();
    assertThat(device.status).isEqualTo(128);
    assertThat(net.pool().outstanding()).as("buffers under way come back").isZero();
    PacketBuffer late = packet(net.pool(), frame(60, 2));
    assertThat(net.transmit(late)).as("dropped").isTrue();
    assertThat(net.pool().outstanding()).isZero();
    net.flush();
    assertThat(net.framesDropped()).isEqualTo(1);
  }

  @Test
  void isDisabledByADeviceThatAsksForAReset() throws Exception {
    VirtioNet net = open(MAC);
    device.status |= 64;
    device.interruptStatus = 2;
    net.handleEvent();
    assertThat(net.failure()).hasMessageContaining("asks to be reset");
    assertThat(net.linkUp()).isFalse();
    assertThat(net.receive()).isNull();
    assertThat(device.status).as("reset and given up").isEqualTo(128);
  }

  @Test
  void clearsAnInterruptFromBeforeItListened() throws Exception {
    DeviceInfo info = prepare(MAC, false);
    device.interruptStatus = 3;
    new VirtioNet(machine, info);
    assertThat(device.interruptStatus).isZero();
  }
}

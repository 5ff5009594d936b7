package org.demitasse.drivers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.demitasse.core.GatherList;
import org.demitasse.core.PacketBuffer;
import org.demitasse.core.PacketPool;
import org.junit.jupiter.api.Test;

class FramesNetDeviceTest {
  private static final DeviceInfo INFO =
      new DeviceInfo(
          0, DeviceInfo.NET, DeviceInfo.FRAMES, 1500, 0x525400000001L, 0, 0, 0, 0, 0, 0, 0);

  private static final DeviceInfo OFFLOADING =
      new DeviceInfo(
          0, DeviceInfo.NET, DeviceInfo.FRAMES, 1500, 0x525400000001L, 12, 0, 0, 0, 0, 0, 0);

  private final SimulatedMachine machine = new SimulatedMachine(32 << 20);
  private final ArrayDeque<Object> toGuest = new ArrayDeque<>();
  private final List<byte[]> toHost = new ArrayList<>();
  private int writeAnswer;

  FramesNetDeviceTest() {
    machine.frames =
        new SimulatedMachine.Frames() {
          @Override
          public int read(ByteBuffer target) {
            Object next = toGuest.poll();
            if (next == null) {
              return MachineAccess.ERROR_AGAIN;
            }
            if (next instanceof Integer error) {
              return error;
            }
            target.put((byte[]) next);
            return ((byte[]) next).length;
          }

          @Override
          public int write(ByteBuffer source) {
            if (writeAnswer != 0) {
              return writeAnswer;
            }
            byte[] frame = new byte[source.remaining()];
            source.get(frame);
            toHost.add(frame);
            return frame.length;
          }
        };
  }

  private static byte[] frame(int length) {
    byte[] frame = new byte[length];
    for (int i = 0; i < length; i++) {
      frame[i] = (byte) i;
    }
    return frame;
  }

  private static PacketBuffer packet(PacketPool pool, byte[] frame) {
    PacketBuffer buffer = pool.allocate();
    buffer.append(frame.length);
    buffer.put(0, frame, 0, frame.length);
    return buffer;
  }

  @Test
  void movesFramesBothWays() throws Exception {
    FramesNetDevice net = new FramesNetDevice(machine, INFO);
    toGuest.add(frame(1514));
    toGuest.add(frame(60));
    PacketBuffer first = net.receive();
    assertThat(first.length()).isEqualTo(1514);
    assertThat(first.getByte(1000)).isEqualTo(1000 & 0xff);
    assertThat(net.receive().length()).isEqualTo(60);
    assertThat(net.receive()).isNull();
    assertThat(net.transmit(packet(net.pool(), frame(100)))).isTrue();
    assertThat(net.transmit(packet(PacketPool.heap(1500, 1), frame(70)))).isTrue();
    assertThat(toHost).containsExactly(frame(100), frame(70));
    assertThat(net.pool().outstanding()).isZero();
  }

  private static byte[] headed(int flags, int kind, byte[] frame) {
    byte[] bytes = new byte[NetHeader.BYTES + frame.length];
    bytes[0] = (byte) flags;
    bytes[1] = (byte) kind;
    System.arraycopy(frame, 0, bytes, NetHeader.BYTES, frame.length);
    return bytes;
  }

  @Test
  void takesJoinedFramesWithTheirHeader() throws Exception {
    FramesNetDevice net = new FramesNetDevice(machine, OFFLOADING);
    toGuest.add(headed(1, 1, frame(60_000)));
    toGuest.add(headed(0, 0, frame(60)));
    toGuest.add(headed(2, 0, frame(1514)));
    PacketBuffer large = net.receive();
    assertThat(large.length()).isEqualTo(60_000);
    assertThat(large.getByte(50_000)).isEqualTo(50_000 & 0xff);
    assertThat(large.checksumGood()).isTrue();
    PacketBuffer small = net.receive();
    assertThat(small.length()).isEqualTo(60);
    assertThat(small.getByte(59)).isEqualTo(59);
    assertThat(small.checksumGood()).isFalse();
    assertThat(small.pool().bufferSize()).as("not 64 KiB held").isLessThan(4_096);
    assertThat(net.receive().checksumGood()).isTrue();
    assertThat(net.framesDropped()).isZero();
  }

  @Test
  void dropsFramesWhoseHeaderSaysWhatWasNotAskedFor() throws Exception {
    FramesNetDevice net = new FramesNetDevice(machine, OFFLOADING);
    toGuest.add(headed(1, 3, frame(3_000)));
    toGuest.add(new byte[NetHeader.BYTES + 3]);
    toGuest.add(headed(0, 0, frame(61)));
    assertThat(net.receive().length()).isEqualTo(61);
    assertThat(net.framesDropped()).isEqualTo(2);
  }

  @Test
  void tellsTheHostToSumAndToCut() throws Exception {
    FramesNetDevice net = new FramesNetDevice(machine, OFFLOADING);
    PacketBuffer large = packet(net.largePool(), frame(40_000));
    large.setChecksumRequest(34, 16);
    large.setSegmentation(PacketBuffer.SEGMENT_TCP4, 1448, 66);
    assertThat(net.transmit(large)).isTrue();
    PacketBuffer foreign = packet(PacketPool.heap(60_000, 1), frame(50_000));
    foreign.setChecksumRequest(34, 16);
    foreign.setSegmentation(PacketBuffer.SEGMENT_TCP4, 1448, 66);
    assertThat(net.transmit(foreign)).isTrue();
    assertThat(net.transmit(packet(net.pool(), frame(60)))).isTrue();
    byte[] sum = {1, 1, 66, 0, (byte) (1448 & 0xff), 1448 >> 8, 34, 0, 16, 0, 0, 0};
    assertThat(toHost.get(0)).startsWith(sum).endsWith(frame(40_000));
    assertThat(toHost.get(1)).startsWith(sum).endsWith(frame(50_000)).hasSize(50_012);
    assertThat(toHost.get(2)).isEqualTo(headed(0, 0, frame(60)));
    assertThat(net.largePool().outstanding() + net.pool().outstanding()).isZero();
  }

  @Test
  void writesAPacketAndItsTailAsOneFrame() throws Exception {
    FramesNetDevice net = new FramesNetDevice(machine, OFFLOADING);
    byte[] frame = frame(40_066);
    GatherList tail = new GatherList();
    for (int at = 66; at < frame.length; at += 4_000) {
      tail.add(frame, at, 4_000);
    }
    PacketBuffer head = packet(net.pool(), frame(66));
    head.setTail(tail);
    head.setChecksumRequest(34, 16);
    head.setSegmentation(PacketBuffer.SEGMENT_TCP4, 1448, 66);
    writeAnswer = MachineAccess.ERROR_AGAIN;
    assertThat(net.transmit(head)).as("the wire is full").isFalse();
    writeAnswer = 0;
    assertThat(net.transmit(head)).isTrue();
    PacketBuffer foreign = packet(PacketPool.heap(1500, 1), frame(66));
    foreign.setTail(tail);
    assertThat(net.transmit(foreign)).isTrue();
    byte[] sum = {1, 1, 66, 0, (byte) (1448 & 0xff), 1448 >> 8, 34, 0, 16, 0, 0, 0};
    assertThat(toHost.get(0)).startsWith(sum).endsWith(frame).hasSize(12 + 40_066);
    assertThat(toHost.get(1)).isEqualTo(headed(0, 0, frame));
    assertThat(net.framesSent()).isEqualTo(2);
    assertThat(net.largePool().outstanding() + net.pool().outstanding()).isZero();
  }

  @Test
  void refusesAHeaderThatItDoesNotKnow() {
    assertThatThrownBy(
            () ->
                new FramesNetDevice(
                    machine,
                    new DeviceInfo(
                        0, 1, DeviceInfo.FRAMES, 1500, 0x525400000001L, 10, 0, 0, 0, 0, 0, 0)))
        .hasMessageContaining("header of 10");
  }

  @Test
  void keepsTheFrameWhenTheWireIsFull() throws Exception {
    FramesNetDevice net = new FramesNetDevice(machine, INFO);
    PacketBuffer buffer = packet(net.pool(), frame(100));
    writeAnswer = MachineAccess.ERROR_AGAIN;
    assertThat(net.transmit(buffer)).isFalse();
    writeAnswer = 0;
    assertThat(net.transmit(buffer)).isTrue();
  }

  @Test
  void stepsOverDroppedFrames() throws Exception {
    FramesNetDevice net = new FramesNetDevice(machine, INFO);
    toGuest.add(MachineAccess.ERROR_IO);
    toGuest.add(new byte[3]);
    toGuest.add(frame(60));
    assertThat(net.receive().length()).isEqualTo(60);
    assertThat(net.framesDropped()).isEqualTo(2);
    assertThat(net.failure()).isNull();
  }

  @Test
  void stopsWhenTheWireIsCut() throws Exception {
    FramesNetDevice net = new FramesNetDevice(machine, INFO);
    toGuest.add(MachineAccess.ERROR_END);
    assertThat(net.receive()).isNull();
    assertThat(net.linkUp()).isFalse();
    assertThat(net.failure()).hasMessageContaining("other end of the wire is gone");
    assertThat(net.transmit(packet(net.pool(), frame(60)))).isTrue();
    assertThat(net.pool().outstanding()).isZero();
  }

  @Test
  void stopsWhenOnlyErrorsCome() throws Exception {
    FramesNetDevice net = new FramesNetDevice(machine, INFO);
    for (int i = 0; i < 2_000; i++) {
      toGuest.add(MachineAccess.ERROR_IO);
    }
    for (int i = 0; i < 200; i++) {
      assertThat(net.receive()).isNull();
    }
    assertThat(net.failure()).hasMessageContaining("not one frame between them");
  }

  @Test
  void doesNotBelieveALengthBeyondTheBuffer() throws Exception {
    FramesNetDevice net = new FramesNetDevice(machine, INFO);
    toGuest.add(1_000_000);
    assertThat(net.receive()).isNull();
    assertThat(net.failure()).hasMessageContaining("answered 1000000");
  }

  @Test
  void refusesWhatNoDeviceHas() {
    assertThatThrownBy(
            () ->
                new FramesNetDevice(
                    machine,
                    new DeviceInfo(
                        0, 1, DeviceInfo.FRAMES, 20, 0x525400000001L, 0, 0, 0, 0, 0, 0, 0)))
        .hasMessageContaining("MTU of 20");
    assertThatThrownBy(
            () ->
                new FramesNetDevice(
                    machine,
                    new DeviceInfo(
                        0, 1, DeviceInfo.FRAMES, 1500, 0x010000000001L, 0, 0, 0, 0, 0, 0, 0)))
        .hasMessageContaining("hardware address");
  }
}

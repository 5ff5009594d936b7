package org.demitasse.drivers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.demitasse.core.PacketBuffer;
import org.demitasse.core.PacketPool;
import org.junit.jupiter.api.Test;

class FramesNetDeviceTest {
  private static final DeviceInfo INFO =
      new DeviceInfo(0, DeviceInfo.NET, DeviceInfo.FRAMES, 1500, 0x525400000001L, 0, 0, 0, 0, 0, 0);

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
                    new DeviceInfo(0, 1, DeviceInfo.FRAMES, 20, 0x525400000001L, 0, 0, 0, 0, 0, 0)))
        .hasMessageContaining("MTU of 20");
    assertThatThrownBy(
            () ->
                new FramesNetDevice(
                    machine,
                    new DeviceInfo(
                        0, 1, DeviceInfo.FRAMES, 1500, 0x010000000001L, 0, 0, 0, 0, 0, 0)))
        .hasMessageContaining("hardware address");
  }
}

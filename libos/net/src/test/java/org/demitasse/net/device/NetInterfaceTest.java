package org.demitasse.net.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.demitasse.core.Clock;
import org.demitasse.core.GatherList;
import org.demitasse.core.NetDevice;
import org.demitasse.core.PacketBuffer;
import org.demitasse.core.PacketMemory;
import org.demitasse.core.PacketPool;
import org.junit.jupiter.api.Test;

class NetInterfaceTest {
  private final Wire wire = new Wire();
  private final NetInterface out = new NetInterface("net0", 1, wire, false);
  private final byte[] payload = new byte[3_000];
  private final GatherList tail = new GatherList();

  private PacketBuffer packet() {
    Arrays.fill(payload, (byte) 7);
    tail.clear();
    tail.add(payload, 0, payload.length);
    PacketBuffer packet = wire.pool().allocate();
    packet.append(50);
    packet.setTail(tail);
    return packet;
  }

  @Test
  void sendsTheTailFromWhereItLies() {
    out.transmit(packet());
    assertThat(wire.sent).hasSize(1);
    assertThat(wire.tails).isEqualTo(1);
    assertThat(wire.sent.getFirst()).hasSize(3_050).endsWith(7);
    assertThat(out.counters().sentBytes).isEqualTo(3_050);
  }

  @Test
  void packetThatWaitsHasItsOwnCopyOfTheTail() {
    wire.full = true;
    out.transmit(packet());
    out.transmit(packet());
    Arrays.fill(payload, (byte) 1);
    wire.full = false;
    assertThat(out.drainQueue()).isTrue();
    assertThat(wire.sent).hasSize(2).allSatisfy(frame -> assertThat(frame).endsWith(7));
    assertThat(wire.tails).isZero();
    assertThat(wire.pool().outstanding() + wire.largePool().outstanding()).isZero();
  }

  @Test
  void packetThatCannotBeCopiedIsCountedAsDropped() {
    wire.full = true;
    for (int i = 0; i < 5; i++) {
      out.transmit(packet());
    }
    assertThat(out.counters().sendDrops).isEqualTo(5 - Wire.LARGE_BUFFERS);
    assertThat(wire.pool().outstanding()).isZero();
  }

  @Test
  void captureSeesTheTail() throws Exception {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    out.setCapture(new PacketCapture(file, Clock.system(), 65_535, "net0"));
    out.transmit(packet());
    assertThat(file.size()).isGreaterThan(3_050);
    assertThat(wire.sent.getFirst()).hasSize(3_050).endsWith(7);
  }

  private static final class Wire implements NetDevice {
    static final int LARGE_BUFFERS = 3;

    final List<byte[]> sent = new ArrayList<>();
    final PacketPool pool = PacketPool.heap(1500, 16);
    final PacketPool large =
        new PacketPool(PacketMemory.heap(), PacketPool.sizeFor(65_535), LARGE_BUFFERS);
    boolean full;
    int tails;

    @Override
    public long macAddress() {
      return 2;
    }

    @Override
    public int mtu() {
      return 1500;
    }

    @Override
    public int offloads() {
      return OFFLOAD_TX_GATHER;
    }

    @Override
    public PacketPool pool() {
      return pool;
    }

    @Override
    public PacketPool largePool() {
      return large;
    }

    @Override
    public PacketBuffer receive() {
      return null;
    }

    @Override
    public boolean transmit(PacketBuffer frame) {
      if (full) {
        return false;
      }
      byte[] bytes = new byte[frame.totalLength()];
      frame.get(0, bytes, 0, frame.length());
      if (frame.tail() != null) {
        tails++;
        PacketBuffer copy = frame.copyTo(large);
        copy.get(0, bytes, 0, bytes.length);
        copy.release();
      }
      sent.add(bytes);
      frame.release();
      return true;
    }
  }
}

package org.demitasse.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class PacketBufferTest {
  private final PacketPool pool = PacketPool.heap(1500, 40);

  @Test
  void headersGoInFrontAndComeOffAgain() {
    PacketBuffer buffer = pool.allocate();
    buffer.append(4);
    buffer.putInt(0, 0x01020304);
    buffer.prepend(6);
    buffer.putMac(0, 0x0a0b0c0d0e0fL);
    assertThat(buffer.length()).isEqualTo(10);
    assertThat(buffer.getMac(0)).isEqualTo(0x0a0b0c0d0e0fL);
    buffer.strip(6);
    assertThat(buffer.getInt(0)).isEqualTo(0x01020304);
    assertThat(buffer.getShort(1)).isEqualTo(0x0203);
  }

  @Test
  void nothingOutsideOfThePacketCanBeRead() {
    PacketBuffer buffer = pool.allocate();
    buffer.append(100);
    buffer.truncate(10);
    assertThatThrownBy(() -> buffer.getByte(10)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> buffer.getInt(7)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> buffer.append(4000)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> buffer.prepend(4000)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> buffer.strip(11)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void poolIsBoundedAndGetsEveryBufferBack() {
    PacketBuffer list = null;
    for (int i = 0; i < 40; i++) {
      PacketBuffer buffer = pool.allocate();
      buffer.next = list;
      list = buffer;
    }
    assertThat(pool.allocate()).isNull();
    assertThat(pool.failures()).isEqualTo(1);
    while (list != null) {
      PacketBuffer buffer = list;
      list = buffer.next;
      buffer.release();
      assertThatThrownBy(buffer::release).isInstanceOf(IllegalStateException.class);
    }
    assertThat(pool.outstanding()).isZero();
    assertThat(pool.created()).isEqualTo(40);
  }

  @Test
  void addressesFollowThePacket() {
    PacketMemory memory = size -> new PacketMemory.Slab(ByteBuffer.allocate(size), 0x1000, 0x9000);
    PacketBuffer buffer = new PacketPool(memory, 2048, 2).allocate();
    assertThat(buffer.address()).isEqualTo(0x1000 + PacketPool.HEADROOM);
    buffer.prepend(14);
    assertThat(buffer.deviceAddress()).isEqualTo(0x9000 + PacketPool.HEADROOM - 14);
  }

  @Test
  void checksumRequestsMoveWithHeadersInFront() {
    PacketBuffer buffer = pool.allocate();
    buffer.append(20);
    assertThat(buffer.checksumStart()).isEqualTo(-1);
    buffer.setChecksumRequest(0, 16);
    buffer.prepend(34);
    assertThat(buffer.checksumStart()).isEqualTo(34);
    assertThat(buffer.checksumOffset()).isEqualTo(16);
  }
}

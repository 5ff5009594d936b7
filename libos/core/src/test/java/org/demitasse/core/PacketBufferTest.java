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
  void copyHoldsTheTailAndWhatDevicesAreToKnow() {
    PacketBuffer buffer = pool.allocate();
    buffer.append(20);
    buffer.putInt(16, 0x01020304);
    buffer.setChecksumRequest(0, 16);
    buffer.setSegmentation(PacketBuffer.SEGMENT_TCP6, 1000, 20);
    buffer.setChecksumGood(true);
    GatherList tail = new GatherList();
    tail.add(new byte[] {9, 8, 7, 6}, 1, 2);
    tail.add(new byte[] {5}, 0, 1);
    buffer.setTail(tail);
    buffer.prepend(14);
    assertThat(buffer.length()).isEqualTo(34);
    assertThat(buffer.totalLength()).isEqualTo(37);
    PacketBuffer copy = buffer.copyTo(pool);
    assertThat(copy.tail()).isNull();
    assertThat(copy.length()).isEqualTo(37);
    assertThat(copy.getInt(30)).isEqualTo(0x01020304);
    assertThat(copy.getByte(34)).isEqualTo(8);
    assertThat(copy.getShort(35)).isEqualTo(0x0705);
    assertThat(copy.checksumStart()).isEqualTo(14);
    assertThat(copy.segmentKind()).isEqualTo(PacketBuffer.SEGMENT_TCP6);
    assertThat(copy.segmentSize()).isEqualTo(1000);
    assertThat(copy.segmentHeaderLength()).isEqualTo(34);
    assertThat(copy.checksumGood()).isTrue();
    int used = pool.outstanding();
    assertThat(buffer.copyTo(new PacketPool(PacketMemory.heap(), PacketPool.HEADROOM + 30, 1)))
        .as("too small a buffer")
        .isNull();
    buffer.release();
    copy.release();
    assertThat(pool.outstanding()).isEqualTo(used - 2);
    assertThat(pool.allocate().tail()).as("of a buffer's next use").isNull();
  }

  @Test
  void gatherListTakesOnlyWhatArraysHold() {
    GatherList list = new GatherList();
    assertThatThrownBy(() -> list.add(new byte[4], 2, 3))
        .isInstanceOf(IndexOutOfBoundsException.class);
    list.add(new byte[4], 1, 3);
    assertThat(list.bytes()).isEqualTo(3);
    list.clear();
    assertThat(list.bytes() + list.count()).isZero();
    assertThat(list.arrays()[0]).as("the array is let go").isNull();
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

package org.demitasse.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamWireTest {
  private final ByteBuffer target = ByteBuffer.allocateDirect(100);
  private SocketChannel machine;
  private SocketChannel ours;
  private StreamWire wire;

  @BeforeEach
  void connect(@TempDir Path folder) throws IOException {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("wire"));
    try (ServerSocketChannel door = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      door.bind(address);
      machine = SocketChannel.open(address);
      ours = door.accept();
    }
    wire = new StreamWire(ours);
  }

  @AfterEach
  void close() throws IOException {
    machine.close();
    ours.close();
  }

  /** Bytes that a machine sends, in one go. */
  private void sends(int... bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes.length);
    for (int b : bytes) {
      buffer.put((byte) b);
    }
    machine.write(buffer.flip());
  }

  private List<Integer> reads() throws IOException {
    target.clear();
    int length = wire.read(target);
    if (length < 0) {
      return null;
    }
    assertThat(target.position()).isEqualTo(length);
    List<Integer> bytes = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      bytes.add((int) target.get(i));
    }
    return bytes;
  }

  @Test
  void framesThatCameTogetherAreKeptApart() throws IOException {
    sends(0, 0, 0, 2, 10, 11, 0, 0, 0, 0, 0, 0, 0, 1, 12);
    assertThat(reads()).containsExactly(10, 11);
    assertThat(wire.hasNext()).isTrue();
    assertThat(reads()).isEmpty();
    assertThat(reads()).containsExactly(12);
    assertThat(wire.hasNext()).isFalse();
  }

  @Test
  void aFrameThatHasComeHalfIsNoFrameYet() throws IOException {
    sends(0, 0, 0, 1, 10, 0, 0, 0, 2, 11);
    assertThat(reads()).containsExactly(10);
    assertThat(wire.hasNext()).isFalse();
    sends(12);
    assertThat(reads()).containsExactly(11, 12);
  }

  @Test
  void whatDoesNotFitIsLostWithItsFrameAlone() throws IOException {
    int[] bytes = new int[4 + 150 + 5];
    bytes[3] = 150;
    bytes[4] = 1;
    bytes[4 + 150 + 3] = 1;
    bytes[4 + 150 + 4] = 7;
    sends(bytes);
    assertThat(reads()).hasSize(100).startsWith(1, 0);
    assertThat(reads()).containsExactly(7);
  }

  @Test
  void theEndIsOneAlsoWithinAFrame() throws IOException {
    sends(0, 0, 0, 3, 10);
    machine.close();
    assertThat(reads()).isNull();
  }

  @Test
  void noFrameIsThatLong() throws IOException {
    for (int first : new int[] {0x7f, 0x80, 0xff}) {
      sends(first, 0, 0, 0);
      assertThatThrownBy(this::reads)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(" bytes");
    }
  }

  @Test
  void aFrameLeavesBehindItsLength() throws IOException {
    wire.write(ByteBuffer.wrap(new byte[] {1, 2, 3}, 1, 2));
    ByteBuffer sent = ByteBuffer.allocate(10);
    while (sent.position() < 6) {
      machine.read(sent);
    }
    assertThat(sent.flip().getInt()).isEqualTo(2);
    assertThat(sent.get()).isEqualTo((byte) 2);
    assertThat(sent.get()).isEqualTo((byte) 3);
    assertThat(sent.hasRemaining()).isFalse();
  }
}

package org.demitasse.net.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.demitasse.net.sim.WirePeer;
import org.demitasse.net.tcp.TcpState;
import org.junit.jupiter.api.Test;

class PacketCaptureTest {
  @Test
  void everyFrameOfBothDirectionsIsInOneBlock() throws IOException {
    WirePeer wire = new WirePeer();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    wire.stack().capture(2, out, 60);
    wire.accept(wire.listen(10));
    assertThat(wire.stack().connections()).hasSize(1);
    assertThat(wire.stack().connections().get(0).state()).isEqualTo(TcpState.ESTABLISHED);
    assertThat(wire.stack().capture(2, null, 0)).isNull();
    wire.inject(WirePeer.ACK, wire.seq, wire.ack, new byte[10]);
    ByteBuffer in = ByteBuffer.wrap(out.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    List<Integer> types = new ArrayList<>();
    List<Integer> directions = new ArrayList<>();
    while (in.hasRemaining()) {
      int start = in.position();
      int type = in.getInt(start);
      int length = in.getInt(start + 4);
      assertThat(length % 4).isZero();
      assertThat(in.getInt(start + length - 4)).isEqualTo(length);
      types.add(type);
      if (type == 6) {
        assertThat(in.getInt(start + 20)).isLessThanOrEqualTo(60);
        directions.add(in.getInt(start + length - 12));
      }
      in.position(start + length);
    }
    // SYN, perhaps ARP's two, SYN-ACK, ACK.
    assertThat(types.subList(0, 2)).containsExactly(0x0a0d0d0a, 1);
    assertThat(directions).contains(1, 2);
    assertThat(directions.stream().filter(d -> d == 1).count()).isGreaterThanOrEqualTo(2);
  }
}

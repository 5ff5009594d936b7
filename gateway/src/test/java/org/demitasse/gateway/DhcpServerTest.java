package org.demitasse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** RFC 2131. */
class DhcpServerTest {
  private static final int GUEST = 0x0a00020f;
  private static final int GATEWAY = 0x0a000202;

  private final DhcpServer server = new DhcpServer(Network.DEFAULT);

  private static ByteBuffer message(int flags, int clientAddress, int... options) {
    ByteBuffer m = ByteBuffer.allocate(400);
    m.put(0, (byte) 1).put(1, (byte) 1).put(2, (byte) 6).putInt(4, 0xcafe);
    m.putShort(10, (short) flags).putInt(12, clientAddress);
    m.putInt(28, 0x52540012).putShort(32, (short) 0x3456).putInt(236, 0x63825363);
    m.position(240);
    for (int b : options) {
      m.put((byte) b);
    }
    return m.put((byte) 255).position(0);
  }

  private static Map<Integer, byte[]> options(ByteBuffer answer) {
    Map<Integer, byte[]> options = new HashMap<>();
    for (int at = 240; answer.get(at) != -1; at += 2 + answer.get(at + 1)) {
      byte[] value = new byte[answer.get(at + 1)];
      answer.get(at + 2, value);
      options.put((int) answer.get(at) & 0xff, value);
    }
    return options;
  }

  private static byte[] ip(int last) {
    return new byte[] {10, 0, 2, (byte) last};
  }

  @Test
  void offersTheAddressAndAllThatBelongsToIt() {
    ByteBuffer offer = server.answer(message(0, 0, 53, 1, 1));
    assertThat(offer.get(0)).isEqualTo((byte) 2);
    assertThat(offer.getInt(4)).isEqualTo(0xcafe);
    assertThat(offer.getInt(16)).isEqualTo(GUEST);
    assertThat(offer.getInt(28)).isEqualTo(0x52540012);
    assertThat(offer.limit()).isGreaterThanOrEqualTo(300);
    Map<Integer, byte[]> options = options(offer);
    assertThat(options.get(53)).containsExactly(2);
    assertThat(options.get(54)).isEqualTo(ip(2));
    assertThat(options.get(1)).containsExactly(255, 255, 255, 0);
    assertThat(options.get(3)).isEqualTo(ip(2));
    assertThat(options.get(6)).isEqualTo(ip(3));
    assertThat(options.get(28)).isEqualTo(ip(255));
    assertThat(options.get(26)).containsExactly(5, 220);
    assertThat(ByteBuffer.wrap(options.get(51)).getInt()).isEqualTo(86_400);
    assertThat(server.destination()).isEqualTo(GUEST);
  }

  @Test
  void broadcastsWhereAsked() {
    server.answer(message(0x8000, 0, 53, 1, 1));
    assertThat(server.destination()).isEqualTo(-1);
  }

  @Test
  void acknowledgesTheRequest() {
    ByteBuffer ack =
        server.answer(message(0, 0, 53, 1, 3, 54, 4, 10, 0, 2, 2, 50, 4, 10, 0, 2, 15));
    assertThat(options(ack).get(53)).containsExactly(5);
    assertThat(ack.getInt(16)).isEqualTo(GUEST);
    assertThat(server.acknowledged()).isTrue();
  }

  @Test
  void renews() {
    ByteBuffer ack = server.answer(message(0, GUEST, 53, 1, 3));
    assertThat(options(ack).get(53)).containsExactly(5);
    assertThat(server.destination()).isEqualTo(GUEST);
  }

  @Test
  void refusesAnotherAddress() {
    ByteBuffer nak = server.answer(message(0, 0, 53, 1, 3, 50, 4, 192, 168, 1, 7));
    assertThat(options(nak).get(53)).containsExactly(6);
    assertThat(nak.getInt(16)).isZero();
    assertThat(server.destination()).isEqualTo(-1);
    assertThat(server.acknowledged()).isFalse();
  }

  @Test
  void leavesRequestsForOtherServersAlone() {
    assertThat(server.answer(message(0, 0, 53, 1, 3, 54, 4, 10, 0, 2, 99))).isNull();
  }

  @Test
  void commitsAtOnceWhereAsked() {
    ByteBuffer ack = server.answer(message(0, 0, 53, 1, 1, 80, 0));
    assertThat(options(ack).get(53)).containsExactly(5);
    assertThat(options(ack)).containsKey(80);
    assertThat(ack.getInt(16)).isEqualTo(GUEST);
  }

  @Test
  void informsWithoutALease() {
    ByteBuffer ack = server.answer(message(0, GUEST, 53, 1, 8));
    assertThat(ack.getInt(16)).isZero();
    assertThat(options(ack)).doesNotContainKey(51).containsKeys(1, 3, 6);
  }

  @Test
  void repeatsTheClientIdentifier() {
    ByteBuffer offer = server.answer(message(0, 0, 53, 1, 1, 61, 3, 1, 2, 3));
    assertThat(options(offer).get(61)).containsExactly(1, 2, 3);
  }

  @Test
  void ignoresRepliesAndRelays() {
    ByteBuffer reply = message(0, 0, 53, 1, 1);
    reply.put(0, (byte) 2);
    assertThat(server.answer(reply)).isNull();
    ByteBuffer relayed = message(0, 0, 53, 1, 1);
    relayed.putInt(24, GATEWAY);
    assertThat(server.answer(relayed)).isNull();
    assertThat(server.answer(message(0, 0, 53, 1, 7))).as("release").isNull();
  }

  @Property(tries = 500)
  void anyOptionsAreReadWithinTheirBounds(@ForAll @Size(max = 600) byte[] options) {
    ByteBuffer m = ByteBuffer.allocate(240 + options.length);
    m.put(0, message(0, 0), 0, 240).position(240);
    m.put(options).position(0);
    ByteBuffer answer = new DhcpServer(Network.DEFAULT).answer(m);
    assertThat(answer == null || answer.limit() >= 300).isTrue();
  }
}

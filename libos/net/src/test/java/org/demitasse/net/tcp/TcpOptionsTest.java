package org.demitasse.net.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.demitasse.net.sim.WirePeer.ACK;
import static org.demitasse.net.sim.WirePeer.MILLI;
import static org.demitasse.net.sim.WirePeer.RST;
import static org.demitasse.net.sim.WirePeer.SYN;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.demitasse.net.sim.WirePeer;
import org.demitasse.net.sim.WirePeer.Segment;
import org.demitasse.net.socket.SocketSetting;
import org.demitasse.net.socket.TcpListener;
import org.demitasse.net.socket.TcpSocket;
import org.junit.jupiter.api.Test;

/** RFC 7323, 2018, 2883, 8985 and 4987, each test named by its RFC and section. */
class TcpOptionsTest {
  private static final byte[] SACK_PERMITTED = {4, 2, 2, 4, 2, 0, 1, 1};
  private static final byte[] NONE = {};

  private final WirePeer wire = new WirePeer();
  private int stamp = 1000;

  private static byte[] timestamps(int value, int echo) {
    return ByteBuffer.allocate(12).putInt(0x0101080a).putInt(value).putInt(echo).array();
  }

  private static byte[] sack(int... edges) {
    ByteBuffer out = ByteBuffer.allocate(4 + 4 * edges.length);
    out.put((byte) 1).put((byte) 1).put((byte) 5).put((byte) (2 + 4 * edges.length));
    for (int edge : edges) {
      out.putInt(edge);
    }
    return out.array();
  }

  private static int u32(byte[] bytes, int at) {
    return ByteBuffer.wrap(bytes).getInt(at);
  }

  private List<Segment> all() {
    List<Segment> all = new ArrayList<>();
    for (Segment s = wire.next(); s != null; s = wire.next()) {
      all.add(s);
    }
    return all;
  }

  @Test
  void rfc7323_2_2_windowScaleOnlyWhenThePeerOffersIt() throws IOException {
    TcpListener listener = wire.listen(10);
    wire.inject(SYN, 1000, 0);
    assertThat(wire.expect().option(3)).isNull();
    wire.port++;
    wire.inject(SYN, 1000, 0, 65535, new byte[] {3, 3, 5, 0}, NONE);
    assertThat(wire.expect().option(3)).containsExactly(7);
    listener.close();
  }

  @Test
  void rfc7323_2_3_peersWindowIsShifted() throws IOException {
    TcpListener listener = wire.listen(10);
    wire.inject(SYN, 1000, 0, 65535, new byte[] {3, 3, 4, 0}, NONE);
    Segment answer = wire.expect();
    wire.inject(ACK, 1001, answer.seq() + 1, 100, NONE, NONE);
    TcpSocket socket = listener.accept();
    socket.write(ByteBuffer.allocate(5000));
    int sent = all().stream().mapToInt(s -> s.data().length).sum();
    assertThat(sent).isBetween(1000, 1600);
  }

  private TcpSocket withTimestamps() throws IOException {
    TcpListener listener = wire.listen(10);
    wire.inject(SYN, 1000, 0, 65535, timestamps(stamp, 0), NONE);
    Segment answer = wire.expect();
    assertThat(u32(answer.option(8), 4)).isEqualTo(stamp);
    wire.ack = answer.seq() + 1;
    wire.inject(ACK, 1001, wire.ack, 65535, timestamps(++stamp, u32(answer.option(8), 0)), NONE);
    wire.seq = 1001;
    return listener.accept();
  }

  @Test
  void rfc7323_4_3_timestampsAreEchoed() throws IOException {
    TcpSocket socket = withTimestamps();
    wire.inject(ACK, wire.seq, wire.ack, 65535, timestamps(5000, 0), new byte[10]);
    socket.write(ByteBuffer.allocate(10));
    assertThat(u32(wire.expect().option(8), 4)).isEqualTo(5000);
  }

  @Test
  void rfc7323_5_3_oldSegmentsAreDroppedAndAnswered() throws IOException {
    TcpSocket socket = withTimestamps();
    wire.inject(ACK, wire.seq, wire.ack, 65535, timestamps(stamp - 500, 0), new byte[10]);
    assertThat(wire.expect().ack()).isEqualTo(wire.seq);
    assertThat(socket.available()).isZero();
    assertThat(wire.stack().tcp().counters().pawsDrops).isEqualTo(1);
  }

  @Test
  void rfc2018_3_holesAreReportedNewestFirst() throws IOException {
    wire.accept(wire.listen(10), SACK_PERMITTED);
    wire.inject(ACK, wire.seq + 100, wire.ack, new byte[100]);
    byte[] blocks = wire.expect().option(5);
    assertThat(u32(blocks, 0)).isEqualTo(wire.seq + 100);
    assertThat(u32(blocks, 4)).isEqualTo(wire.seq + 200);
    wire.inject(ACK, wire.seq + 400, wire.ack, new byte[100]);
    blocks = wire.expect().option(5);
    assertThat(blocks).hasSize(16);
    assertThat(u32(blocks, 0)).isEqualTo(wire.seq + 400);
    assertThat(u32(blocks, 8)).isEqualTo(wire.seq + 100);
    wire.inject(ACK, wire.seq, wire.ack, new byte[100]);
    Segment filled = wire.expect();
    assertThat(filled.ack()).isEqualTo(wire.seq + 200);
    assertThat(u32(filled.option(5), 0)).isEqualTo(wire.seq + 400);
  }

  @Test
  void rfc2018_2_nothingIsReportedToPeersWithoutTheOption() throws IOException {
    wire.accept(wire.listen(10));
    wire.inject(ACK, wire.seq + 100, wire.ack, new byte[100]);
    assertThat(wire.expect().option(5)).isNull();
  }

  @Test
  void rfc2883_4_duplicatesAreReported() throws IOException {
    wire.accept(wire.listen(10), SACK_PERMITTED);
    wire.inject(ACK, wire.seq, wire.ack, new byte[100]);
    wire.run(50 * MILLI);
    wire.expect();
    wire.inject(ACK, wire.seq, wire.ack, new byte[100]);
    byte[] blocks = wire.expect().option(5);
    assertThat(u32(blocks, 0)).isEqualTo(wire.seq);
    assertThat(u32(blocks, 4)).isEqualTo(wire.seq + 100);
  }

  @Test
  void rfc8985_6_2_selectiveAcknowledgementsRepairOneLoss() throws IOException {
    TcpSocket socket = wire.accept(wire.listen(10), SACK_PERMITTED);
    socket.setOption(SocketSetting.NO_DELAY, true);
    socket.write(ByteBuffer.allocate(512 * 6));
    List<Segment> sent = all();
    assertThat(sent).hasSize(6);
    int una = sent.get(0).seq();
    wire.run(20 * MILLI);
    for (int i = 1; i <= 3; i++) {
      wire.inject(ACK, wire.seq, una, 65535, sack(una + 512, una + 512 * (i + 1)), NONE);
    }
    List<Segment> again = all();
    assertThat(again).hasSize(1);
    assertThat(again.get(0).seq()).isEqualTo(una);
    assertThat(wire.stack().tcp().counters().fastRecoveries).isEqualTo(1);
    assertThat(wire.stack().tcp().counters().retransmissionTimeouts).isZero();
  }

  @Test
  void rfc6582_3_2_threeDuplicatesRepairWithoutSack() throws IOException {
    TcpSocket socket = wire.accept(wire.listen(10));
    socket.write(ByteBuffer.allocate(536 * 6));
    List<Segment> sent = all();
    int una = sent.get(0).seq();
    wire.inject(ACK, wire.seq, una);
    wire.inject(ACK, wire.seq, una);
    assertThat(all()).isEmpty();
    wire.inject(ACK, wire.seq, una);
    List<Segment> again = all();
    assertThat(again).hasSize(1);
    assertThat(again.get(0).seq()).isEqualTo(una);
    // A partial acknowledgement names the next hole.
    wire.inject(ACK, wire.seq, una + 536 * 2);
    again = all();
    assertThat(again.get(0).seq()).isEqualTo(una + 536 * 2);
  }

  @Test
  void rfc8985_7_2_aLostTailIsProbed() throws IOException {
    TcpSocket socket = wire.accept(wire.listen(10), SACK_PERMITTED);
    socket.write(ByteBuffer.allocate(100));
    Segment first = wire.expect();
    wire.run(10 * MILLI);
    wire.inject(ACK, wire.seq, first.seq() + 100);
    socket.write(ByteBuffer.allocate(512 * 4));
    List<Segment> sent = all();
    wire.run(60 * MILLI);
    List<Segment> probe = all();
    assertThat(probe).hasSize(1);
    assertThat(probe.get(0).seq()).isEqualTo(sent.get(sent.size() - 1).seq());
    assertThat(wire.stack().tcp().counters().tailLossProbes).isEqualTo(1);
  }

  @Test
  void rfc4987_3_6_floodIsAnsweredWithCookies() throws IOException {
    TcpListener listener = wire.listen(1000);
    for (int i = 0; i < 2000; i++) {
      wire.port = 10_000 + i;
      wire.inject(SYN, i, 0);
    }
    all();
    assertThat(wire.stack().tcp().connectionCount()).isEqualTo(256);
    wire.port = 50_000;
    byte[] options =
        ByteBuffer.allocate(20)
            .put(new byte[] {2, 4, 5, (byte) 180, 4, 2, 8, 10})
            .putInt(777)
            .putInt(0)
            .put(new byte[] {3, 3, 6, 0})
            .array();
    wire.inject(SYN, 9000, 0, 65535, options, NONE);
    Segment answer = wire.expect();
    assertThat(answer.flags()).isEqualTo(SYN | ACK);
    assertThat(wire.stack().tcp().connectionCount()).isEqualTo(256);
    wire.run(100 * MILLI);
    int echo = u32(answer.option(8), 0);
    wire.inject(ACK, 9001, answer.seq() + 1, 1000, timestamps(790, echo), new byte[] {1, 2, 3});
    TcpSocket socket = listener.accept();
    assertThat(socket).isNotNull();
    assertThat(socket.read(ByteBuffer.allocate(10))).isEqualTo(3);
    socket.setOption(SocketSetting.NO_DELAY, true);
    socket.write(ByteBuffer.allocate(100_000));
    List<Segment> data = all().stream().filter(s -> s.data().length > 0).toList();
    // The MSS came back in the cookie, the window's scale in the timestamp.
    assertThat(data.get(0).data()).hasSize(1448);
    assertThat(data.stream().mapToInt(s -> s.data().length).sum()).isGreaterThan(1000);
  }

  @Test
  void rfc4987_forgedCookiesAreReset() throws IOException {
    TcpListener listener = wire.listen(1000);
    for (int i = 0; i < 300; i++) {
      wire.port = 10_000 + i;
      wire.inject(SYN, i, 0);
    }
    wire.port = 50_000;
    all();
    for (int i = 0; i < 200; i++) {
      wire.inject(ACK, 9001, i * 7_654_321);
      assertThat(wire.expect().has(RST)).isTrue();
    }
    assertThat(listener.accept()).isNull();
  }

  @Test
  void rfc1191_6_3_smallerPathMakesSmallerSegments() throws IOException {
    byte[] mss = {2, 4, 5, (byte) 180};
    TcpSocket socket = wire.accept(wire.listen(10), mss);
    socket.write(ByteBuffer.allocate(5000));
    List<Segment> sent = all();
    assertThat(sent.get(0).data()).hasSize(1460);
    var p = wire.pool().allocate();
    p.append(8 + 28);
    p.zero(0, 36);
    p.putInt(0, 0x03040000);
    p.putInt(4, 1000);
    p.putInt(8, 0x45000000 | 1500);
    p.putByte(17, 6);
    p.putInt(20, WirePeer.LOCAL);
    p.putInt(24, WirePeer.REMOTE);
    p.putInt(28, 80 << 16 | wire.port);
    p.putInt(32, sent.get(0).seq());
    p.putShort(
        2,
        org.demitasse.net.ip.InternetChecksum.finish(
            org.demitasse.net.ip.InternetChecksum.add(0, p, 0, 36)));
    wire.arriveIp(p, 1);
    List<Segment> again = all();
    assertThat(again).isNotEmpty();
    assertThat(again.get(0).seq()).isEqualTo(sent.get(0).seq());
    assertThat(again).allSatisfy(s -> assertThat(s.data().length).isLessThanOrEqualTo(960));
  }
}

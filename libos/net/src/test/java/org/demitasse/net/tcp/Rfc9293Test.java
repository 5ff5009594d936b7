package org.demitasse.net.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.demitasse.net.sim.WirePeer.ACK;
import static org.demitasse.net.sim.WirePeer.FIN;
import static org.demitasse.net.sim.WirePeer.MILLI;
import static org.demitasse.net.sim.WirePeer.RST;
import static org.demitasse.net.sim.WirePeer.SYN;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import org.demitasse.net.sim.SimNetwork;
import org.demitasse.net.sim.WirePeer;
import org.demitasse.net.sim.WirePeer.Segment;
import org.demitasse.net.socket.Pollable;
import org.demitasse.net.socket.SocketSetting;
import org.demitasse.net.socket.TcpListener;
import org.demitasse.net.socket.TcpSocket;
import org.junit.jupiter.api.Test;

/** RFC 9293, each test named by section. */
class Rfc9293Test {
  private final WirePeer wire = new WirePeer();

  private static ByteBuffer bytes(int count) {
    return ByteBuffer.allocate(count);
  }

  private TcpSocket established() throws IOException {
    TcpSocket socket = wire.accept(wire.listen(10));
    wire.expectNothing();
    return socket;
  }

  private TcpSocket connecting() throws IOException {
    TcpSocket socket = wire.stack().openTcp();
    wire.port = 80;
    socket.connect(new InetSocketAddress(SimNetwork.address(2), 80));
    wire.stackPort = socket.localAddress().getPort();
    return socket;
  }

  @Test
  void s3_5_passiveOpenAnswersSynWithSynAck() throws IOException {
    TcpListener listener = wire.listen(10);
    wire.inject(SYN, 1000, 0);
    Segment answer = wire.expect();
    assertThat(answer.flags()).isEqualTo(SYN | ACK);
    assertThat(answer.ack()).isEqualTo(1001);
    assertThat(listener.accept()).isNull();
    wire.inject(ACK, 1001, answer.seq() + 1);
    assertThat(listener.readiness()).isEqualTo(Pollable.READ);
    assertThat(listener.accept()).isNotNull();
  }

  @Test
  void s3_5_activeOpenCompletesOnSynAck() throws IOException {
    TcpSocket socket = connecting();
    Segment syn = wire.expect();
    assertThat(syn.flags()).isEqualTo(SYN);
    assertThat(socket.finishConnect()).isFalse();
    wire.inject(SYN | ACK, 5000, syn.seq() + 1);
    Segment ack = wire.expect();
    assertThat(ack.flags()).isEqualTo(ACK);
    assertThat(ack.ack()).isEqualTo(5001);
    assertThat(socket.finishConnect()).isTrue();
    assertThat(socket.readiness() & Pollable.WRITE).isNotZero();
  }

  @Test
  void s3_5_simultaneousOpen() throws IOException {
    TcpSocket socket = connecting();
    Segment syn = wire.expect();
    wire.inject(SYN, 5000, 0);
    Segment synAck = wire.expect();
    assertThat(synAck.flags()).isEqualTo(SYN | ACK);
    assertThat(synAck.seq()).isEqualTo(syn.seq());
    assertThat(synAck.ack()).isEqualTo(5001);
    wire.inject(ACK, 5001, syn.seq() + 1);
    assertThat(socket.finishConnect()).isTrue();
  }

  @Test
  void s3_5_1_halfOpenConnectionIsResetOnWrongAckInSynSent() throws IOException {
    connecting();
    Segment syn = wire.expect();
    wire.inject(ACK, 300, syn.seq() + 100);
    Segment reset = wire.expect();
    assertThat(reset.flags()).isEqualTo(RST);
    assertThat(reset.seq()).isEqualTo(syn.seq() + 100);
  }

  @Test
  void s3_5_2_segmentForNoConnectionIsReset() {
    wire.stackPort = 81;
    wire.inject(ACK, 100, 7777);
    Segment reset = wire.expect();
    assertThat(reset.flags()).isEqualTo(RST);
    assertThat(reset.seq()).isEqualTo(7777);
    wire.inject(SYN, 100, 0);
    reset = wire.expect();
    assertThat(reset.flags()).isEqualTo(RST | ACK);
    assertThat(reset.ack()).isEqualTo(101);
    wire.inject(RST, 100, 0);
    wire.expectNothing();
  }

  @Test
  void s3_10_7_3_resetInSynSentRefuses() throws IOException {
    TcpSocket socket = connecting();
    Segment syn = wire.expect();
    wire.inject(RST | ACK, 0, syn.seq() + 1);
    assertThat(socket.readiness() & Pollable.WRITE).isNotZero();
    assertThatThrownBy(socket::finishConnect)
        .isInstanceOf(ConnectException.class)
        .hasMessage("Connection refused");
  }

  @Test
  void s3_10_7_3_resetWithoutAckInSynSentIsIgnored() throws IOException {
    TcpSocket socket = connecting();
    wire.expect();
    wire.inject(RST, 0, 0);
    assertThat(socket.finishConnect()).isFalse();
  }

  @Test
  void s3_6_peerClosesFirst() throws IOException {
    TcpSocket socket = established();
    wire.inject(FIN | ACK, wire.seq, wire.ack);
    assertThat(wire.expect().ack()).isEqualTo(wire.seq + 1);
    assertThat(socket.read(bytes(10))).isEqualTo(-1);
    socket.close();
    Segment fin = wire.expect();
    assertThat(fin.flags()).isEqualTo(FIN | ACK);
    assertThat(wire.stack().tcp().connectionCount()).isEqualTo(1);
    wire.inject(ACK, wire.seq + 1, fin.seq() + 1);
    assertThat(wire.stack().tcp().connectionCount()).isZero();
  }

  @Test
  void s3_6_weCloseFirstAndWaitTwoLifetimes() throws IOException {
    TcpSocket socket = established();
    socket.shutdownOutput();
    Segment fin = wire.expect();
    assertThat(fin.has(FIN)).isTrue();
    wire.inject(ACK, wire.seq, fin.seq() + 1);
    wire.inject(FIN | ACK, wire.seq, fin.seq() + 1);
    assertThat(wire.expect().ack()).isEqualTo(wire.seq + 1);
    socket.close();
    // A FIN that comes again is acknowledged again.
    wire.inject(FIN | ACK, wire.seq, fin.seq() + 1);
    assertThat(wire.expect().ack()).isEqualTo(wire.seq + 1);
    assertThat(wire.stack().tcp().connectionCount()).isEqualTo(1);
    wire.run(61_000 * MILLI);
    assertThat(wire.stack().tcp().connectionCount()).isZero();
  }

  @Test
  void s3_6_simultaneousClose() throws IOException {
    TcpSocket socket = established();
    socket.close();
    Segment fin = wire.expect();
    wire.inject(FIN | ACK, wire.seq, fin.seq());
    assertThat(wire.expect().ack()).isEqualTo(wire.seq + 1);
    wire.inject(ACK, wire.seq + 1, fin.seq() + 1);
    wire.run(61_000 * MILLI);
    assertThat(wire.stack().tcp().connectionCount()).isZero();
  }

  @Test
  void s3_6_halfClosedSideStillReceives() throws IOException {
    TcpSocket socket = established();
    socket.shutdownOutput();
    Segment fin = wire.expect();
    wire.inject(ACK, wire.seq, fin.seq() + 1, new byte[100]);
    assertThat(socket.read(bytes(1000))).isEqualTo(100);
    assertThatThrownBy(() -> socket.write(bytes(1)))
        .isInstanceOf(SocketException.class)
        .hasMessage("Broken pipe");
  }

  @Test
  void s3_6_1_dataForAClosedSocketIsReset() throws IOException {
    TcpSocket socket = established();
    socket.close();
    Segment fin = wire.expect();
    wire.inject(ACK, wire.seq, fin.seq() + 1, new byte[100]);
    assertThat(wire.expect().has(RST)).isTrue();
    assertThat(wire.stack().tcp().connectionCount()).isZero();
  }

  @Test
  void rfc2525_2_17_closeWithUnreadDataResets() throws IOException {
    TcpSocket socket = established();
    wire.inject(ACK, wire.seq, wire.ack, new byte[100]);
    socket.close();
    assertThat(wire.expect().has(RST)).isTrue();
    assertThat(wire.stack().tcp().connectionCount()).isZero();
    assertThat(wire.stack().tcp().chunks().used()).isZero();
  }

  @Test
  void s3_9_1_lingerZeroAborts() throws IOException {
    TcpSocket socket = established();
    socket.setOption(SocketSetting.LINGER, 0);
    socket.close();
    assertThat(wire.expect().has(RST)).isTrue();
    assertThat(wire.stack().tcp().connectionCount()).isZero();
  }

  @Test
  void s3_10_7_4_dataIsDeliveredInOrder() throws IOException {
    TcpSocket socket = established();
    wire.inject(ACK, wire.seq + 4, wire.ack, new byte[] {5, 6, 7});
    assertThat(wire.expect().ack()).isEqualTo(wire.seq);
    assertThat(socket.available()).isZero();
    wire.inject(ACK, wire.seq, wire.ack, new byte[] {1, 2, 3, 4});
    assertThat(wire.expect().ack()).isEqualTo(wire.seq + 7);
    ByteBuffer in = bytes(10);
    assertThat(socket.read(in)).isEqualTo(7);
    assertThat(in.array()).startsWith(1, 2, 3, 4, 5, 6, 7);
  }

  @Test
  void s3_10_7_4_overlappingDataIsTakenOnce() throws IOException {
    TcpSocket socket = established();
    wire.inject(ACK, wire.seq, wire.ack, new byte[] {1, 2, 3});
    wire.inject(ACK, wire.seq + 1, wire.ack, new byte[] {2, 3, 4, 5});
    ByteBuffer in = bytes(10);
    assertThat(socket.read(in)).isEqualTo(5);
    assertThat(in.array()).startsWith(1, 2, 3, 4, 5);
  }

  @Test
  void s3_10_7_4_segmentOutsideOfTheWindowIsAnsweredAndDropped() throws IOException {
    TcpSocket socket = established();
    wire.inject(ACK, wire.seq + 1_000_000, wire.ack, new byte[10]);
    assertThat(wire.expect().ack()).isEqualTo(wire.seq);
    assertThat(socket.available()).isZero();
  }

  @Test
  void s3_10_7_4_acknowledgementOfTheFutureIsAnsweredAndDropped() throws IOException {
    TcpSocket socket = established();
    wire.inject(ACK, wire.seq, wire.ack + 1, new byte[10]);
    assertThat(wire.expect().ack()).isEqualTo(wire.seq);
    assertThat(socket.available()).isZero();
  }

  @Test
  void s3_10_7_4_resetEndsTheConnection() throws IOException {
    TcpSocket socket = established();
    wire.inject(RST, wire.seq, 0);
    assertThat(socket.readiness() & Pollable.HANGUP).isNotZero();
    assertThatThrownBy(() -> socket.read(bytes(1)))
        .isInstanceOf(SocketException.class)
        .hasMessage("Connection reset");
  }

  @Test
  void rfc5961_3_resetElsewhereInTheWindowIsChallenged() throws IOException {
    TcpSocket socket = established();
    wire.inject(RST, wire.seq + 5, 0);
    Segment challenge = wire.expect();
    assertThat(challenge.flags()).isEqualTo(ACK);
    assertThat(challenge.ack()).isEqualTo(wire.seq);
    assertThat(socket.read(bytes(1))).isZero();
  }

  @Test
  void rfc5961_4_synInAConnectionIsChallenged() throws IOException {
    TcpSocket socket = established();
    wire.inject(SYN, wire.seq, 0);
    assertThat(wire.expect().flags()).isEqualTo(ACK);
    assertThat(socket.read(bytes(1))).isZero();
  }

  @Test
  void rfc5961_7_challengesAreLimited() throws IOException {
    established();
    int answers = 0;
    for (int i = 0; i < 300; i++) {
      wire.inject(SYN, wire.seq, 0);
      answers += wire.next() == null ? 0 : 1;
    }
    assertThat(answers).isEqualTo(100);
  }

  @Test
  void s3_7_1_segmentsAreNoLongerThanThePeersMss() throws IOException {
    TcpSocket socket = wire.accept(wire.listen(10), (byte) 2, (byte) 4, (byte) 1, (byte) 0);
    socket.setOption(SocketSetting.NO_DELAY, true);
    socket.write(bytes(600));
    assertThat(wire.expect().data()).hasSize(256);
    assertThat(wire.expect().data()).hasSize(256);
    assertThat(wire.expect().data()).hasSize(88);
  }

  @Test
  void s3_7_1_withoutAnOptionTheMssIs536() throws IOException {
    TcpSocket socket = established();
    socket.write(bytes(2000));
    assertThat(wire.expect().data()).hasSize(536);
  }

  @Test
  void s3_7_4_nagleHoldsASmallSegmentWhileDataIsInFlight() throws IOException {
    TcpSocket socket = established();
    socket.write(bytes(10));
    Segment first = wire.expect();
    socket.write(bytes(20));
    wire.expectNothing();
    wire.inject(ACK, wire.seq, first.seq() + 10);
    assertThat(wire.expect().data()).hasSize(20);
  }

  @Test
  void s3_7_4_theEndOfALongWriteDoesNotWait() throws IOException {
    TcpSocket socket = established();
    socket.write(bytes(536 * 2 + 100));
    assertThat(wire.expect().data()).hasSize(536);
    assertThat(wire.expect().data()).hasSize(536);
    assertThat(wire.expect().data()).hasSize(100);
    socket.write(bytes(50));
    wire.expectNothing();
  }

  @Test
  void s3_7_4_noDelaySendsAtOnce() throws IOException {
    TcpSocket socket = established();
    socket.setOption(SocketSetting.NO_DELAY, true);
    socket.write(bytes(10));
    assertThat(wire.expect().data()).hasSize(10);
    socket.write(bytes(20));
    assertThat(wire.expect().data()).hasSize(20);
  }

  @Test
  void s3_8_1_lostSegmentIsSentAgainWithBackoff() throws IOException {
    TcpSocket socket = established();
    socket.write(bytes(10));
    Segment first = wire.expect();
    int copies = 0;
    for (int i = 0; i < 40; i++) {
      wire.run(100 * MILLI);
      for (Segment s = wire.next(); s != null; s = wire.next()) {
        assertThat(s.seq()).isEqualTo(first.seq());
        assertThat(s.data()).hasSize(10);
        copies++;
      }
    }
    assertThat(copies).isEqualTo(2);
    wire.inject(ACK, wire.seq, first.seq() + 10);
    wire.run(100_000 * MILLI);
    wire.expectNothing();
  }

  @Test
  void s3_8_3_connectionFailsWhenNobodyAnswers() throws IOException {
    TcpSocket socket = established();
    socket.write(bytes(10));
    wire.run(2000_000 * MILLI);
    assertThatThrownBy(() -> socket.read(bytes(1)))
        .isInstanceOf(ConnectException.class)
        .hasMessage("Connection timed out");
    assertThat(wire.stack().tcp().connectionCount()).isZero();
  }

  @Test
  void s3_8_3_connectingFailsWhenNobodyAnswers() throws IOException {
    TcpSocket socket = connecting();
    wire.run(200_000 * MILLI);
    assertThatThrownBy(socket::finishConnect)
        .isInstanceOf(ConnectException.class)
        .hasMessage("Connection timed out");
  }

  @Test
  void s3_8_4_keepAliveProbesAndGivesUp() throws IOException {
    TcpSocket socket = established();
    socket.setOption(SocketSetting.KEEP_ALIVE_IDLE, 10);
    socket.setOption(SocketSetting.KEEP_ALIVE_INTERVAL, 2);
    socket.setOption(SocketSetting.KEEP_ALIVE_COUNT, 3);
    socket.setOption(SocketSetting.KEEP_ALIVE, true);
    wire.run(10_500 * MILLI);
    Segment probe = wire.expect();
    assertThat(probe.seq()).isEqualTo(wire.ack - 1);
    wire.inject(ACK, wire.seq, wire.ack);
    wire.run(9_000 * MILLI);
    wire.expectNothing();
    wire.run(20_000 * MILLI);
    assertThatThrownBy(() -> socket.read(bytes(1)))
        .isInstanceOf(ConnectException.class)
        .hasMessage("Connection timed out");
  }

  @Test
  void s3_8_6_windowOfThePeerIsNeverExceeded() throws IOException {
    TcpSocket socket = established();
    wire.inject(ACK, wire.seq, wire.ack, 1000, new byte[0], new byte[0]);
    socket.write(bytes(5000));
    int sent = 0;
    for (Segment s = wire.next(); s != null; s = wire.next()) {
      sent += s.data().length;
    }
    assertThat(sent).isLessThanOrEqualTo(1000).isGreaterThanOrEqualTo(536);
  }

  @Test
  void s3_8_6_1_zeroWindowIsProbed() throws IOException {
    TcpSocket socket = established();
    wire.inject(ACK, wire.seq, wire.ack, 0, new byte[0], new byte[0]);
    socket.write(bytes(100));
    wire.expectNothing();
    wire.run(2_000 * MILLI);
    assertThat(wire.next()).isNotNull();
    wire.inject(ACK, wire.seq, wire.ack, 1000, new byte[0], new byte[0]);
    Segment data = wire.next();
    while (data != null && data.data().length == 0) {
      data = wire.next();
    }
    assertThat(data).isNotNull();
    assertThat(data.data()).hasSize(100);
  }

  @Test
  void s3_8_6_2_2_windowClosesAndReopensInSteps() throws IOException {
    TcpListener listener = wire.listen(10);
    listener.setOption(SocketSetting.RECEIVE_BUFFER, 4096);
    TcpSocket socket = wire.accept(listener);
    for (int i = 0; i < 8; i++) {
      wire.inject(ACK, wire.seq, wire.ack, new byte[512]);
      wire.seq += 512;
    }
    wire.run(100 * MILLI);
    Segment last = null;
    for (Segment s = wire.next(); s != null; s = wire.next()) {
      last = s;
    }
    assertThat(last).isNotNull();
    assertThat(last.window()).isZero();
    socket.read(bytes(100));
    wire.expectNothing();
    socket.read(bytes(2500));
    assertThat(wire.expect().window()).isGreaterThanOrEqualTo(2048);
  }

  @Test
  void s3_8_6_3_acknowledgementIsDelayedButNotForLong() throws IOException {
    TcpSocket socket = established();
    wire.inject(ACK, wire.seq, wire.ack, new byte[10]);
    wire.expectNothing();
    wire.run(50 * MILLI);
    assertThat(wire.expect().ack()).isEqualTo(wire.seq + 10);
    wire.inject(ACK, wire.seq + 10, wire.ack, new byte[10]);
    socket.write(bytes(5));
    Segment answer = wire.expect();
    assertThat(answer.data()).hasSize(5);
    assertThat(answer.ack()).isEqualTo(wire.seq + 20);
    wire.run(50 * MILLI);
    wire.expectNothing();
  }

  @Test
  void rfc6191_synReusesTimeWait() throws IOException {
    TcpSocket socket = established();
    socket.close();
    Segment fin = wire.expect();
    wire.inject(FIN | ACK, wire.seq, fin.seq() + 1);
    wire.expect();
    wire.inject(SYN, wire.seq + 100_000, 0);
    assertThat(wire.expect().flags()).isEqualTo(SYN | ACK);
  }

  @Test
  void rfc6528_initialSequenceNumbersDifferByPeer() throws IOException {
    wire.listen(10);
    wire.inject(SYN, 1000, 0);
    int first = wire.expect().seq();
    wire.port++;
    wire.inject(SYN, 1000, 0);
    int second = wire.expect().seq();
    assertThat(Math.abs(first - second)).isGreaterThan(100_000);
  }

  @Test
  void backlogBoundsConnectionsThatNobodyAccepts() throws IOException {
    TcpListener listener = wire.listen(2);
    for (int i = 0; i < 5; i++) {
      wire.port++;
      wire.inject(SYN, 1000, 0);
      Segment answer = wire.next();
      if (answer != null) {
        wire.inject(ACK, 1001, answer.seq() + 1);
      }
    }
    assertThat(listener.accept()).isNotNull();
    assertThat(listener.accept()).isNotNull();
    assertThat(listener.accept()).isNull();
  }

  @Test
  void closedListenerResetsWhatNobodyAccepted() throws IOException {
    TcpListener listener = wire.listen(10);
    wire.inject(SYN, 1000, 0);
    Segment answer = wire.expect();
    wire.inject(ACK, 1001, answer.seq() + 1);
    listener.close();
    assertThat(wire.expect().has(RST)).isTrue();
    assertThat(wire.stack().tcp().connectionCount()).isZero();
    wire.inject(SYN, 2000, 0);
    assertThat(wire.expect().has(RST)).isTrue();
  }
}

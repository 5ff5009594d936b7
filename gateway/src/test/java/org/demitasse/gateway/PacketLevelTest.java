package org.demitasse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.demitasse.net.ip.InternetChecksum;
import org.demitasse.net.ip.IpAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A guest of raw frames: UDP, DNS, DHCP and refusals, without a TCP stack of its own. */
class PacketLevelTest {
  private static final int GUEST = 0x0a00020f;
  private static final int GATEWAY = 0x0a000202;
  private static final int DNS = 0x0a000203;
  private static final int OUTSIDE = 0xc0000207;
  private static final long MAC = 0x525400000001L;

  @TempDir Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open) {
      closeable.close();
    }
  }

  private <T extends AutoCloseable> T opened(T closeable) {
    open.add(closeable);
    return closeable;
  }

  private static byte[] ip(
      int protocol, int source, int destination, int fragment, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(34 + payload.length);
    Packets.putMac(frame, 0, Network.MAC);
    Packets.putMac(frame, 6, MAC);
    frame.putShort(12, (short) 0x0800);
    Packets.putIpv4(frame, 14, 20 + payload.length, 77, fragment, protocol, source, destination);
    frame.put(34, payload);
    return frame.array();
  }

  private static byte[] udpDatagram(int sourcePort, int port, byte[] payload) {
    ByteBuffer udp = ByteBuffer.allocate(8 + payload.length);
    udp.putShort((short) sourcePort).putShort((short) port);
    udp.putShort((short) udp.capacity()).putShort((short) 0).put(payload);
    return udp.array();
  }

  private static byte[] udp(int sourcePort, int destination, int port, byte[] payload) {
    return ip(17, GUEST, destination, 0, udpDatagram(sourcePort, port, payload));
  }

  /** The next IPv4 frame; its headers are checked. */
  private static ByteBuffer next(RunningGateway running) throws Exception {
    while (true) {
      byte[] bytes = running.wire.receive();
      assertThat(bytes).as("an answer").isNotNull();
      ByteBuffer frame = ByteBuffer.wrap(bytes);
      if (Packets.unsignedShort(frame, 12) == 0x0800) {
        assertThat(Packets.isIpv4(frame, 14, bytes.length - 14)).isTrue();
        return frame;
      }
    }
  }

  private static byte[] udpPayload(ByteBuffer frame) {
    int length = Packets.unsignedShort(frame, 16) - 20;
    assertThat(Packets.unsignedShort(frame, 38)).isEqualTo(length);
    assertThat(Packets.fold(Packets.sum(pseudo(frame, length), frame, 34, length)))
        .isEqualTo(0xffff);
    byte[] payload = new byte[length - 8];
    frame.get(42, payload);
    return payload;
  }

  private static long pseudo(ByteBuffer frame, int length) {
    return pseudo(frame.getInt(26), frame.getInt(30), frame.get(23), length);
  }

  private static long pseudo(int source, int destination, int protocol, int length) {
    return InternetChecksum.pseudo(
        0, IpAddress.v4(source), 0, IpAddress.v4(destination), protocol, length);
  }

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) (i * 7);
    }
    return bytes;
  }

  @Test
  void relaysDatagramsToTheHostAndBack() throws Exception {
    RunningGateway running = opened(new RunningGateway("--allow-host"));
    DatagramSocket host = opened(new DatagramSocket(0, InetAddress.getLoopbackAddress()));
    host.setSoTimeout(10_000);
    for (int size : new int[] {1, 100, 1472}) {
      running.wire.send(udp(4000, GATEWAY, host.getLocalPort(), bytes(size)));
      DatagramPacket packet = new DatagramPacket(new byte[2000], 2000);
      host.receive(packet);
      assertThat(packet.getLength()).isEqualTo(size);
      host.send(packet);
      ByteBuffer answer = next(running);
      assertThat(answer.getInt(26)).isEqualTo(GATEWAY);
      assertThat(answer.getInt(30)).isEqualTo(GUEST);
      assertThat(Packets.unsignedShort(answer, 34)).isEqualTo(host.getLocalPort());
      assertThat(Packets.unsignedShort(answer, 36)).isEqualTo(4000);
      assertThat(udpPayload(answer)).isEqualTo(bytes(size));
    }
    running.wire.send(udp(4000, GATEWAY, host.getLocalPort(), bytes(0)));
    DatagramPacket empty = new DatagramPacket(new byte[10], 10);
    host.receive(empty);
    assertThat(empty.getLength()).isZero();
    assertThat(running.gateway.udp().flowCount()).isEqualTo(1);
  }

  @Test
  void relaysDatagramsInFragments() throws Exception {
    RunningGateway running = opened(new RunningGateway("--allow-host"));
    DatagramSocket host = opened(new DatagramSocket(0, InetAddress.getLoopbackAddress()));
    host.setSoTimeout(10_000);
    byte[] payload = bytes(4000);
    byte[] datagram = udpDatagram(4000, host.getLocalPort(), payload);
    for (int at = 0; at < datagram.length; at += 1480) {
      int end = Math.min(datagram.length, at + 1480);
      int fragment = at / 8 | (end < datagram.length ? Packets.MORE_FRAGMENTS : 0);
      running.wire.send(ip(17, GUEST, GATEWAY, fragment, Arrays.copyOfRange(datagram, at, end)));
    }
    DatagramPacket packet = new DatagramPacket(new byte[9000], 9000);
    host.receive(packet);
    assertThat(Arrays.copyOf(packet.getData(), packet.getLength())).isEqualTo(payload);
    host.send(packet);
    byte[] whole = new byte[4008];
    for (int got = 0; got < 4008; ) {
      ByteBuffer piece = next(running);
      int length = Packets.unsignedShort(piece, 16) - 20;
      piece.get(34, whole, (piece.getShort(20) & 0x1fff) * 8, length);
      got += length;
    }
    assertThat(Arrays.copyOfRange(whole, 8, 4008)).isEqualTo(payload);
  }

  @Test
  void saysThatNobodyListens() throws Exception {
    RunningGateway running = opened(new RunningGateway());
    running.wire.send(udp(4000, GATEWAY, 9, bytes(20)));
    ByteBuffer answer = next(running);
    assertThat(answer.get(23)).isEqualTo((byte) 1);
    assertThat(answer.getShort(34)).isEqualTo((short) 0x0303);
    assertThat(Packets.fold(Packets.sum(0, answer, 34, answer.limit() - 34))).isEqualTo(0xffff);
    assertThat(answer.getInt(42 + 12)).as("quoted source").isEqualTo(GUEST);
    assertThat(Packets.unsignedShort(answer, 42 + 20)).as("quoted port").isEqualTo(4000);
  }

  @Test
  void passesOnThatAPortIsClosed() throws Exception {
    RunningGateway running = opened(new RunningGateway("--allow-host"));
    int closed;
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    running.wire.send(udp(4000, GATEWAY, closed, bytes(20)));
    ByteBuffer answer = next(running);
    assertThat(answer.getShort(34)).isEqualTo((short) 0x0303);
    assertThat(Packets.unsignedShort(answer, 42 + 22)).isEqualTo(closed);
  }

  @Test
  void keepsTheGuestInsideWhereAsked() throws Exception {
    RunningGateway running = opened(new RunningGateway("--no-outbound"));
    running.wire.send(udp(4000, OUTSIDE, 123, bytes(20)));
    ByteBuffer answer = next(running);
    assertThat(answer.getShort(34)).as("prohibited").isEqualTo((short) 0x030d);
    running.wire.send(ip(1, GUEST, OUTSIDE, 0, new byte[] {8, 0, -9, -1, 0, 0, 0, 0}));
    assertThat(next(running).getShort(34)).isEqualTo((short) 0x030d);
    running.wire.send(udp(4000, DNS, 53, DnsMessageTest.query("localhost", 1)));
    assertThat(udpPayload(next(running))[3] & 15).as("refused").isEqualTo(5);
    running.wire.send(ip(6, GUEST, OUTSIDE, 0, syn(OUTSIDE, 4001, 80)));
    ByteBuffer reset = next(running);
    assertThat(reset.get(23)).isEqualTo((byte) 6);
    assertThat(reset.get(47)).as("RST, ACK").isEqualTo((byte) 0x14);
    assertThat(reset.getInt(42)).as("acknowledges the SYN").isEqualTo(1000);
    assertThat(reset.getInt(26)).isEqualTo(OUTSIDE);
    long sum = pseudo(OUTSIDE, GUEST, 6, 20);
    assertThat(Packets.fold(Packets.sum(sum, reset, 34, 20))).isEqualTo(0xffff);
  }

  private static byte[] syn(int destination, int sourcePort, int port) {
    ByteBuffer tcp = ByteBuffer.allocate(20);
    tcp.putShort((short) sourcePort).putShort((short) port).putInt(999).putInt(0);
    tcp.putInt(0x5002_2000).putInt(0);
    long sum = pseudo(GUEST, destination, 6, 20);
    tcp.putShort(16, (short) ~Packets.fold(Packets.sum(sum, tcp, 0, 20)));
    return tcp.array();
  }

  @Test
  void givesTheGuestItsAddress() throws Exception {
    RunningGateway running = opened(new RunningGateway());
    ByteBuffer discover = ByteBuffer.allocate(244);
    discover.put(0, (byte) 1).put(1, (byte) 1).put(2, (byte) 6).putInt(4, 99);
    discover.putInt(236, 0x63825363).putInt(240, 53 << 24 | 1 << 16 | 1 << 8 | 255);
    running.wire.send(ip(17, 0, -1, 0, udpDatagram(68, 67, discover.array())));
    ByteBuffer offer = next(running);
    assertThat(offer.getInt(26)).isEqualTo(GATEWAY);
    assertThat(Packets.mac(offer, 0)).isEqualTo(MAC);
    ByteBuffer message = ByteBuffer.wrap(udpPayload(offer));
    assertThat(message.getInt(4)).isEqualTo(99);
    assertThat(message.getInt(16)).isEqualTo(GUEST);
  }

  @Test
  void asksTheHostsNameServer() throws Exception {
    // Servers of resolv.conf are asked at port 53: this one is nobody's.
    Path file = folder.resolve("resolv.conf");
    Files.writeString(file, "nameserver 127.255.255.253\n");
    RunningGateway running = opened(new RunningGateway(file.toFile()));
    running.wire.send(udp(4000, DNS, 53, DnsMessageTest.query("a.example", 1)));
    byte[] answer = udpPayload(next(running));
    assertThat(answer[0] << 8 | answer[1]).isEqualTo(0x1234);
    assertThat(answer[3] & 15).as("server failure").isEqualTo(2);
  }

  @Test
  void asksTheHostItselfWithoutANameServer() throws Exception {
    RunningGateway running = opened(new RunningGateway());
    running.wire.send(udp(4000, DNS, 53, DnsMessageTest.query("localhost", 1)));
    ByteBuffer frame = next(running);
    assertThat(frame.getInt(26)).isEqualTo(DNS);
    byte[] answer = udpPayload(frame);
    assertThat(answer[3] & 15).isZero();
    assertThat(answer[7]).isPositive();
    assertThat(Arrays.copyOfRange(answer, answer.length - 4, answer.length))
        .containsExactly(127, 0, 0, 1);
  }

  @Test
  void forwardsAPortOfTheHost() throws Exception {
    RunningGateway running = opened(new RunningGateway());
    InetSocketAddress port = running.forwardUdp(5353);
    // The guest shows itself.
    running.wire.send(udp(4000, GATEWAY, 9, bytes(1)));
    next(running);
    DatagramSocket client = opened(new DatagramSocket(0, InetAddress.getLoopbackAddress()));
    client.setSoTimeout(10_000);
    client.send(new DatagramPacket(bytes(50), 50, port));
    ByteBuffer request = next(running);
    assertThat(request.getInt(26)).isEqualTo(GATEWAY);
    assertThat(Packets.unsignedShort(request, 36)).isEqualTo(5353);
    assertThat(udpPayload(request)).isEqualTo(bytes(50));
    int from = Packets.unsignedShort(request, 34);
    running.wire.send(udp(5353, GATEWAY, from, bytes(60)));
    DatagramPacket answer = new DatagramPacket(new byte[2000], 2000);
    client.receive(answer);
    assertThat(answer.getSocketAddress()).isEqualTo(port);
    assertThat(answer.getLength()).isEqualTo(60);
  }

  @Test
  void holdsNoMoreFlowsThanItsLimit() throws Exception {
    RunningGateway running = opened(new RunningGateway("--allow-host"));
    DatagramSocket host = opened(new DatagramSocket(0, InetAddress.getLoopbackAddress()));
    host.setSoTimeout(10_000);
    DatagramPacket packet = new DatagramPacket(new byte[100], 100);
    for (int i = 0; i < UdpRelay.FLOWS_MAX + 50; i++) {
      running.wire.send(udp(2000 + i, GATEWAY, host.getLocalPort(), bytes(4)));
      host.receive(packet);
    }
    assertThat(running.gateway.udp().flowCount()).isEqualTo(UdpRelay.FLOWS_MAX);
  }

  @Test
  void forgetsFlowsThatAreIdle() throws Exception {
    RunningGateway running = opened(new RunningGateway("--allow-host"));
    DatagramSocket host = opened(new DatagramSocket(0, InetAddress.getLoopbackAddress()));
    host.setSoTimeout(10_000);
    DatagramPacket packet = new DatagramPacket(new byte[100], 100);
    for (int i = 0; i < 10; i++) {
      running.wire.send(udp(2000 + i, GATEWAY, host.getLocalPort(), bytes(4)));
      host.receive(packet);
    }
    running.ahead.addAndGet(UdpRelay.IDLE_NANOS / 2);
    running.wire.send(udp(2000, GATEWAY, host.getLocalPort(), bytes(4)));
    host.receive(packet);
    running.ahead.addAndGet(UdpRelay.IDLE_NANOS / 2 + UdpRelay.IDLE_NANOS / 8);
    // An answer of the host wakes the gateway, which then sees what time it is.
    host.send(packet);
    assertThat(udpPayload(next(running))).isEqualTo(bytes(4));
    for (int i = 0; i < 500 && running.gateway.udp().flowCount() > 1; i++) {
      Thread.sleep(10);
    }
    assertThat(running.gateway.udp().flowCount()).isEqualTo(1);
  }

  @Test
  void endsWithTheWire() throws Exception {
    RunningGateway running = opened(new RunningGateway());
    running.wire.end();
    assertThat(running.awaitEnd()).isTrue();
  }
}

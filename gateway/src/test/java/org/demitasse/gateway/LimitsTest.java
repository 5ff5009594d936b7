package org.demitasse.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.demitasse.net.ip.InternetChecksum;
import org.demitasse.net.ip.IpAddress;
import org.demitasse.net.socket.TcpListener;
import org.demitasse.net.socket.TcpSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a guest cannot use up. */
@Timeout(60)
class LimitsTest extends ClosingTest {
  private static final int GUEST = 0x0a00020f;
  private static final int GATEWAY = 0x0a000202;
  private static final int DNS = 0x0a000203;
  private static final long MAC = 0x525400000001L;

  /** A port of the host at which attempts to connect stay attempts: its backlog is full. */
  private int silentPort() throws IOException {
    ServerSocket server = opened(new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1")));
    InetSocketAddress address = (InetSocketAddress) server.getLocalSocketAddress();
    boolean pending = false;
    for (int i = 0; i < 20 && !pending; i++) {
      SocketChannel channel = opened(SocketChannel.open());
      channel.configureBlocking(false);
      channel.connect(address);
      long end = System.nanoTime() + 200_000_000L;
      while (!channel.finishConnect() && System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      pending = !channel.isConnected();
    }
    assumeThat(pending).as("this host leaves attempts pending when a backlog is full").isTrue();
    return address.getPort();
  }

  private static byte[] packet(int protocol, int destination, int summedAt, ByteBuffer payload) {
    int length = payload.capacity();
    ByteBuffer frame = ByteBuffer.allocate(34 + length);
    Packets.putMac(frame, 0, Network.MAC);
    Packets.putMac(frame, 6, MAC);
    frame.putShort(12, (short) Packets.TYPE_IPV4);
    Packets.putIpv4(frame, 14, 20 + length, 77, 0, protocol, GUEST, destination);
    frame.put(34, payload.array());
    long pseudo =
        InternetChecksum.pseudo(
            0, IpAddress.v4(GUEST), 0, IpAddress.v4(destination), protocol, length);
    int sum = InternetChecksum.finish(Packets.sum(pseudo, frame, 34, length));
    frame.putShort(34 + summedAt, (short) sum);
    return frame.array();
  }

  private static byte[] fragment(int identification, int offset, boolean more, byte[] payload) {
    ByteBuffer frame = ByteBuffer.wrap(packet(Packets.UDP, GATEWAY, 6, ByteBuffer.wrap(payload)));
    int place = offset / 8 | (more ? 0x2000 : 0);
    Packets.putIpv4(
        frame, 14, 20 + payload.length, identification, place, Packets.UDP, GUEST, GATEWAY);
    // A piece has no sum of its own.
    frame.put(34, payload);
    return frame.array();
  }

  private static byte[] tcp(int sourcePort, int port, int flags) {
    ByteBuffer tcp = ByteBuffer.allocate(20);
    tcp.putShort(0, (short) sourcePort).putShort(2, (short) port).putInt(4, 999);
    tcp.putInt(12, 5 << 28 | flags << 16 | 0x2000);
    return packet(Packets.TCP, GATEWAY, 16, tcp);
  }

  private static byte[] udp(int sourcePort, int destination, int port, byte[] payload) {
    ByteBuffer udp = ByteBuffer.allocate(8 + payload.length);
    udp.putShort(0, (short) sourcePort).putShort(2, (short) port);
    udp.putShort(4, (short) udp.capacity()).put(8, payload);
    return packet(Packets.UDP, destination, 6, udp);
  }

  /** Waits for an echo reply, so that everything sent before has been worked on. */
  private static void settle(RunningGateway running) throws Exception {
    ByteBuffer echo = ByteBuffer.allocate(8).put(0, (byte) 8);
    byte[] frame = packet(Packets.ICMP, GATEWAY, 2, echo);
    // ICMP's checksum has no pseudo header.
    ByteBuffer bytes = ByteBuffer.wrap(frame);
    bytes.putShort(36, (short) 0);
    bytes.putShort(36, (short) InternetChecksum.finish(Packets.sum(0, bytes, 34, 8)));
    running.wire.send(frame);
    while (true) {
      byte[] answer = running.wire.receive();
      assertThat(answer).as("an echo reply").isNotNull();
      if (answer.length >= 42 && answer[23] == 1 && answer[34] == 0) {
        return;
      }
    }
  }

  @Test
  void attemptsThatNobodyAnswersAreBounded() throws Exception {
    int port = silentPort();
    RunningGateway running = opened(new RunningGateway("--allow-host"));
    int more = 50;
    for (int i = 0; i < Gateway.CONNECTIONS_ONE_WAY_MAX + more; i++) {
      running.wire.send(tcp(1_024 + i, port, 0x02));
    }
    int resets = 0;
    while (resets < more) {
      byte[] answer = running.wire.receive();
      assertThat(answer).as("a refusal").isNotNull();
      boolean reset = answer.length == 54 && answer[23] == 6 && answer[47] == 0x14;
      resets += reset ? 1 : 0;
    }
    assertThat(running.gateway.relayCount()).isEqualTo(Gateway.CONNECTIONS_ONE_WAY_MAX);
    // The guest gives them up: there is room again at once.
    for (int i = 0; i < Gateway.CONNECTIONS_ONE_WAY_MAX; i++) {
      running.wire.send(tcp(1_024 + i, port, 0x04));
    }
    settle(running);
    assertThat(running.gateway.relayCount()).isZero();
    assertThat(running.gateway.outbound().connectionCount()).isZero();
  }

  @Test
  void aGuestThatOpensWhatItCanStillHasItsOwnClients() throws Exception {
    int port = silentPort();
    RunningGateway running = opened(new RunningGateway("--allow-host"));
    TestGuest guest = opened(new TestGuest(running.wire, false));
    for (int i = 0; i < Gateway.CONNECTIONS_ONE_WAY_MAX; i++) {
      running.wire.send(tcp(1_024 + i, port, 0x02));
    }
    for (int i = 0; running.gateway.relayCount() < Gateway.CONNECTIONS_ONE_WAY_MAX; i++) {
      assertThat(i).as("turns of waiting for the attempts").isLessThan(2_000);
      Thread.sleep(5);
    }
    assertThatThrownBy(() -> guest.connect("10.0.2.2", port)).isInstanceOf(ConnectException.class);
    TcpListener listener = guest.listen(80);
    InetSocketAddress forwarded = running.forwardTcp(80);
    try (Socket client = new Socket(forwarded.getAddress(), forwarded.getPort())) {
      TcpSocket accepted = TestGuest.accept(listener);
      TestGuest.write(accepted, ByteBuffer.wrap(new byte[] {7}));
      assertThat(client.getInputStream().read()).isEqualTo(7);
      accepted.close();
    }
  }

  /** Connections that are counted, and do nothing. */
  private static final class Idle extends TcpRelay {
    Idle(Gateway gateway) {
      super(gateway, false);
      gateway.connectionStarted(this);
    }

    @Override
    void progress() {}

    @Override
    void timedOut() {}

    @Override
    void ended() {
      gateway.connectionEnded(this);
    }
  }

  @Test
  void clientsThatComeInLeaveTheWayOut() throws Exception {
    RunningGateway running = opened(new RunningGateway("--allow-host"));
    TestGuest guest = opened(new TestGuest(running.wire, false));
    ServerSocket server = opened(new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1")));
    TcpListener listener = guest.listen(80);
    InetSocketAddress forwarded = running.forwardTcp(80);
    List<Idle> clients = new ArrayList<>();
    synchronized (running.gateway.lock()) {
      for (int i = 0; i < Gateway.CONNECTIONS_ONE_WAY_MAX; i++) {
        clients.add(new Idle(running.gateway));
      }
    }
    try (Socket waiting = new Socket(forwarded.getAddress(), forwarded.getPort())) {
      TcpSocket out = guest.connect("10.0.2.2", server.getLocalPort());
      opened(server.accept());
      assertThat(listener.accept()).as("one client too many").isNull();
      out.close();
      synchronized (running.gateway.lock()) {
        clients.removeLast().close();
      }
      TcpSocket accepted = TestGuest.accept(listener);
      TestGuest.write(accepted, ByteBuffer.wrap(new byte[] {7}));
      assertThat(waiting.getInputStream().read()).isEqualTo(7);
      accepted.close();
    }
    synchronized (running.gateway.lock()) {
      clients.forEach(Idle::close);
    }
  }

  @Test
  void attemptsEndWhenTheirTimeIsOver() throws Exception {
    int port = silentPort();
    RunningGateway running = opened(new RunningGateway("--allow-host"));
    running.wire.send(tcp(4_000, port, 0x02));
    settle(running);
    assertThat(running.gateway.relayCount()).isEqualTo(1);
    running.ahead.addAndGet(130_000_000_000L);
    // Something on the host wakes the gateway, which then sees what time it is.
    InetSocketAddress forwarded = running.forwardUdp(9);
    try (DatagramSocket waker = new DatagramSocket()) {
      waker.send(new DatagramPacket(new byte[1], 1, forwarded));
    }
    for (int i = 0; i < 500 && running.gateway.relayCount() > 0; i++) {
      Thread.sleep(10);
    }
    assertThat(running.gateway.relayCount()).isZero();
  }

  @Test
  void questionsThatAreNoneAreAnsweredOrDropped() throws Exception {
    RunningGateway running = opened(new RunningGateway());
    java.util.Random random = new java.util.Random(5);
    for (int i = 0; i < 2_000; i++) {
      byte[] question = new byte[random.nextInt(600)];
      random.nextBytes(question);
      if (question.length > 11 && random.nextBoolean()) {
        // It says that it is one question.
        question[2] = 1;
        question[4] = 0;
        question[5] = 1;
      }
      running.wire.send(udp(1_024 + i, DNS, 53, question));
    }
    settle(running);
    assertThat(running.gateway.errorsTold()).isZero();
    running.wire.send(udp(1_000, DNS, 53, DnsMessageTest.query("localhost", 1)));
    while (true) {
      byte[] answer = running.wire.receive();
      assertThat(answer).as("an answer").isNotNull();
      ByteBuffer frame = ByteBuffer.wrap(answer);
      if (answer.length > 42 && answer[23] == 17 && frame.getShort(36) == 1_000) {
        assertThat(answer[45] & 15).isZero();
        break;
      }
    }
  }

  /** RFC 791, section 3.2: fragments reach up to byte 65,535. */
  @Test
  void theVeryLastBytesOfADatagramAreTaken() throws Exception {
    RunningGateway running = opened(new RunningGateway("--allow-host"));
    DatagramSocket host = opened(new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1")));
    host.setSoTimeout(10_000);
    for (int end = 65_500; end <= 65_540; end++) {
      running.wire.send(fragment(end, 65_480, false, new byte[end - 65_480]));
    }
    byte[] udp =
        java.util.Arrays.copyOfRange(udp(9, GATEWAY, host.getLocalPort(), new byte[32]), 34, 74);
    udp[6] = 0;
    udp[7] = 0;
    running.wire.send(fragment(1, 0, true, java.util.Arrays.copyOf(udp, 16)));
    running.wire.send(fragment(1, 16, false, java.util.Arrays.copyOfRange(udp, 16, 40)));
    DatagramPacket got = new DatagramPacket(new byte[100], 100);
    host.receive(got);
    assertThat(got.getLength()).isEqualTo(32);
    assertThat(running.gateway.errorsTold()).isZero();
  }

  /**
   * A guest that calls itself somebody else each time gets an answer, and leaves nothing behind.
   */
  @Test
  void guestsOfManyAddressesAreServedAlike() throws Exception {
    RunningGateway running = opened(new RunningGateway("--allow-host"));
    DatagramSocket host = opened(new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1")));
    host.setSoTimeout(10_000);
    DatagramPacket got = new DatagramPacket(new byte[10], 10);
    int count = 3 * UdpRelay.FLOWS_MAX;
    for (int i = 0; i < count; i++) {
      byte[] question = new byte[244];
      ByteBuffer discover = ByteBuffer.wrap(question);
      discover.put(0, (byte) 1).put(1, (byte) 1).put(2, (byte) 6).putInt(4, i);
      discover.putInt(28, 0x52540000).putShort(32, (short) i);
      discover.putInt(236, 0x63825363).putInt(240, 53 << 24 | 1 << 16 | 1 << 8 | 255);
      ByteBuffer frame = ByteBuffer.wrap(udp(68, -1, 67, question));
      Packets.putMac(frame, 6, 0x520000000000L + i);
      Packets.putIpv4(frame, 14, 20 + 8 + 244, 0, 0, Packets.UDP, 0, -1);
      frame.putShort(40, (short) 0);
      running.wire.send(frame.array());
      frame = ByteBuffer.wrap(udp(2_000 + i, GATEWAY, host.getLocalPort(), new byte[4]));
      // Another address of the wire's network, but for those that are taken.
      int source = 0x0a000210 + i % 200;
      Packets.putIpv4(frame, 14, 32, 0, 0, Packets.UDP, source, GATEWAY);
      frame.putShort(40, (short) 0);
      running.wire.send(frame.array());
      host.receive(got);
    }
    int offers = 0;
    while (offers < count) {
      byte[] answer = running.wire.receive();
      assertThat(answer).as("an offer").isNotNull();
      ByteBuffer frame = ByteBuffer.wrap(answer);
      if (answer.length > 300 && frame.getShort(34) == 67) {
        assertThat(frame.getInt(42 + 16)).as("the one address").isEqualTo(GUEST);
        offers++;
      }
    }
    assertThat(running.gateway.udp().flowCount()).isEqualTo(UdpRelay.FLOWS_MAX);
    assertThat(running.gateway.errorsTold()).isZero();
  }

  @Test
  void pingsOfOneGuestMakeRoomForEachOther() throws Exception {
    RunningGateway running = opened(new RunningGateway());
    List<byte[]> sent = new ArrayList<>();
    Pings host =
        new Pings() {
          @Override
          public boolean send(InetAddress address, ByteBuffer message) {
            byte[] bytes = new byte[message.remaining()];
            message.get(message.position(), bytes);
            return sent.add(bytes);
          }

          @Override
          public InetAddress receive(ByteBuffer target) {
            return null;
          }

          @Override
          public void close() {}
        };
    EchoRelay relay = new EchoRelay(running.gateway, true, () -> host);
    int far = 0xc0000207;
    FlowKey flow = new FlowKey(GUEST, 0, far, 0);
    int count = EchoRelay.REQUESTS_MAX + 10;
    synchronized (running.gateway.lock()) {
      for (int i = 0; i < count; i++) {
        ByteBuffer echo = ByteBuffer.allocate(8).put(0, (byte) 8).putShort(6, (short) i);
        echo.putShort(2, (short) InternetChecksum.finish(Packets.sum(0, echo, 0, 8)));
        assertThat(relay.fromGuest(MAC, flow, echo)).isNull();
      }
      for (int i : new int[] {0, count - 1}) {
        ByteBuffer answer = ByteBuffer.wrap(sent.get(i)).put(0, (byte) 0);
        relay.toGuest(Network.toAddress(far), answer);
      }
    }
    byte[] only = running.wire.receive();
    while (only[12] != 8 || only[13] != 0) {
      only = running.wire.receive(); // the gateway announces itself (RFC 5227)
    }
    assertThat(ByteBuffer.wrap(only).getShort(40))
        .as("the last one")
        .isEqualTo((short) (count - 1));
    assertThat(running.wire.poll()).isNull();
  }

  @Test
  void whatNobodyReadsIsHeldWithinBounds() throws Exception {
    RunningGateway running = opened(new RunningGateway("--allow-host"));
    TestGuest guest = opened(new TestGuest(running.wire, false));
    ServerSocket server = opened(new ServerSocket(0, 300, InetAddress.ofLiteral("127.0.0.1")));
    int count = 150;
    List<TcpSocket> sockets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sockets.add(guest.connect("10.0.2.2", server.getLocalPort()));
      Socket host = opened(server.accept());
      assertThat(host.isConnected()).isTrue();
      // Another thread each, because they block until somebody reads.
      Thread.ofVirtual().start(() -> send(host));
    }
    long most = 0;
    long before = -1;
    for (int still = 0; still < 20; ) {
      Thread.sleep(10);
      long held;
      synchronized (running.gateway.lock()) {
        held = running.gateway.held();
      }
      most = Math.max(most, held);
      still = held == before ? still + 1 : 0;
      before = held;
    }
    assertThat(most).as("bytes held").isPositive().isLessThan((16 << 20) + count * (4 << 10) + 1);
    for (TcpSocket socket : sockets) {
      socket.close();
    }
    for (int i = 0; i < 500 && running.gateway.relayCount() > 0; i++) {
      Thread.sleep(10);
    }
    assertThat(running.gateway.relayCount()).isZero();
    synchronized (running.gateway.lock()) {
      assertThat(running.gateway.held()).as("nothing is held any more").isZero();
    }
  }

  private static void send(Socket host) {
    try {
      byte[] bytes = new byte[1 << 20];
      for (int i = 0; i < 8; i++) {
        host.getOutputStream().write(bytes);
      }
    } catch (IOException e) {
      // The guest has ended it.
    }
  }

  @Test
  void aReaderThatIsLateGetsEverything() throws Exception {
    RunningGateway running = opened(new RunningGateway("--allow-host"));
    TestGuest guest = opened(new TestGuest(running.wire, false));
    ServerSocket server = opened(new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1")));
    TcpSocket socket = guest.connect("10.0.2.2", server.getLocalPort());
    Socket host = opened(server.accept());
    byte[] bytes = new byte[12 << 20];
    new java.util.Random(3).nextBytes(bytes);
    Thread sender =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    host.getOutputStream().write(bytes);
                    host.shutdownOutput();
                  } catch (IOException e) {
                    throw new AssertionError(e);
                  }
                });
    Thread.sleep(200);
    ByteBuffer got = ByteBuffer.allocate(bytes.length + 1);
    while (TestGuest.read(socket, got) > 0) {
      // More comes.
    }
    sender.join();
    assertThat(java.util.Arrays.copyOf(got.array(), got.position())).isEqualTo(bytes);
    socket.close();
    assertThatThrownBy(() -> sendUntilReset(host)).isInstanceOf(SocketException.class);
  }

  private static void sendUntilReset(Socket host) throws Exception {
    host.setSoTimeout(5_000);
    if (host.getInputStream().read() < 0) {
      throw new SocketException("ended in order");
    }
  }
}

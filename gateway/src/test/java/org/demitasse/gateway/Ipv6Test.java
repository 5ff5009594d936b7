package org.demitasse.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.demitasse.net.ip.InternetChecksum;
import org.demitasse.net.ip.IpAddress;
import org.demitasse.net.socket.Resolver;
import org.demitasse.net.socket.TcpListener;
import org.demitasse.net.socket.TcpSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** IPv6 through the gateway: with our own stack as the guest, and with raw packets. */
@Timeout(60)
class Ipv6Test extends ClosingTest {
  private static final long MAC = 0x525400000001L;
  private static final String GUEST = "fd64:656d:6900::1234";
  private static final String GATEWAY = "fd64:656d:6900::2";
  private static final String OUTSIDE = "2001:db8::7";

  @TempDir Path folder;

  private TestGuest guest(RunningGateway running) throws Exception {
    TestGuest guest = opened(new TestGuest(running.wire, false));
    guest.awaitAddress6();
    return guest;
  }

  /** A server on the host's own loopback; the test is for hosts that have one of IPv6. */
  private ServerSocket loopbackServer() {
    try {
      return opened(new ServerSocket(0, 50, InetAddress.ofLiteral("::1")));
    } catch (IOException e) {
      assumeThat(e).as("::1 on this host").isNull();
      throw new AssertionError(e);
    }
  }

  private static byte[] noise(int count, long seed) {
    byte[] bytes = new byte[count];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  // ---- as a guest with a stack ------------------------------------------------------------------

  @Test
  void theGuestMakesItselfAnAddressAndFindsTheNameServer() throws Exception {
    RunningGateway running = gateway();
    TestGuest guest = guest(running);
    assertThat(guest.addresses())
        .contains(InetAddress.ofLiteral("fd64:656d:6900::5054:ff:fe12:3456"));
    assertThat(guest.stack.ping(InetAddress.ofLiteral("fd64:656d:6900::2"), 0, 5_000)).isTrue();
    assertThat(guest.stack.ping(InetAddress.ofLiteral("fd64:656d:6900::3"), 0, 5_000)).isTrue();
  }

  @Test
  void hasItsAddressNoLaterThanByDhcp() throws Exception {
    RunningGateway running = gateway();
    TestGuest guest = opened(new TestGuest(running.wire, true));
    assertThat(guest.stack.awaitConfigured(10_000_000_000L)).isTrue();
    assertThat(guest.addresses())
        .contains(
            InetAddress.ofLiteral("10.0.2.15"),
            InetAddress.ofLiteral("fd64:656d:6900::5054:ff:fe12:3456"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, FrameHeader.BYTES})
  void movesMegabytes(int header) throws Exception {
    RunningGateway running =
        opened(new RunningGateway(new MemoryWire(header), new File("none"), "--allow-host"));
    TestGuest guest = guest(running);
    ServerSocket server = loopbackServer();
    byte[] bytes = noise(3 << 20, 1);
    TcpSocket socket = guest.connect(GATEWAY, server.getLocalPort());
    try (Socket host = server.accept()) {
      Thread sender =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      TestGuest.write(socket, ByteBuffer.wrap(bytes));
                      socket.shutdownOutput();
                    } catch (Exception e) {
                      throw new AssertionError(e);
                    }
                  });
      assertThat(host.getInputStream().readAllBytes()).isEqualTo(bytes);
      sender.join();
      host.getOutputStream().write(bytes);
      host.shutdownOutput();
      ByteBuffer back = ByteBuffer.allocate(bytes.length + 1);
      while (TestGuest.read(socket, back) > 0) {
        // More comes.
      }
      assertThat(Arrays.copyOf(back.array(), back.position())).isEqualTo(bytes);
    }
    if (header == 0) {
      assertThat(guest.largest).as("a frame").isLessThanOrEqualTo(Packets.ETHERNET + Network.MTU);
    } else {
      assertThat(guest.largest).as("segments came joined").isGreaterThan(Network.MTU * 4);
    }
    socket.close();
  }

  @Test
  void keepsTheHostsLoopbackToItself() throws Exception {
    RunningGateway running = gateway();
    TestGuest guest = guest(running);
    ServerSocket server = loopbackServer();
    assertThatThrownBy(() -> guest.connect(GATEWAY, server.getLocalPort()))
        .isInstanceOf(ConnectException.class);
  }

  @Test
  void refusesWhatTheHostCannotReach() throws Exception {
    RunningGateway running = gateway();
    TestGuest guest = guest(running);
    // A multicast address is nobody's, and discard-only has no route (RFC 6666) but the default
    // one.
    int port = 9;
    assumeThat(canReach("100::1")).as("a way to everywhere").isFalse();
    assertThatThrownBy(() -> guest.connect("100::1", port)).isInstanceOf(ConnectException.class);
  }

  private static boolean canReach(String address) {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(InetAddress.ofLiteral(address), 9);
      return true;
    } catch (SocketException | java.io.UncheckedIOException e) {
      return false;
    }
  }

  @Test
  void reachesAddressesOutside() throws Exception {
    InetAddress address =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(a -> a instanceof Inet6Address && !a.isLinkLocalAddress())
            .filter(a -> Network.DEFAULT.isOutside(IpAddress.high(a), IpAddress.low(a)))
            .findFirst()
            .orElse(null);
    assumeThat(address).as("an IPv6 address of this host besides its loopback").isNotNull();
    RunningGateway running = gateway();
    TestGuest guest = guest(running);
    ServerSocket server = opened(new ServerSocket(0, 50, address));
    TcpSocket socket = guest.connect(address.getHostAddress(), server.getLocalPort());
    try (Socket host = server.accept()) {
      TestGuest.write(socket, ByteBuffer.wrap(noise(5_000, 4)));
      socket.shutdownOutput();
      assertThat(host.getInputStream().readAllBytes()).isEqualTo(noise(5_000, 4));
    }
    socket.close();
  }

  @Test
  void resolvesNamesOverIpv6() throws Exception {
    RunningGateway running = gateway();
    TestGuest guest = opened(new TestGuest(running.wire, TestGuest.Setup.IPV6_ONLY));
    guest.awaitAddress6();
    InetAddress host = InetAddress.getLocalHost();
    assumeThat(host.getHostName()).as("a name of this host").isNotEqualTo("localhost");
    assertThat(guest.stack.resolver().lookup(host.getHostName(), Resolver.Family.ANY)).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"[::1]", "[::]"})
  void forwardsAPortOfTheHost(String address) throws Exception {
    loopbackServer();
    RunningGateway running = gateway();
    TestGuest guest = guest(running);
    TcpListener listener = guest.listen(80);
    ServerSocketChannel port = HostPorts.listen(Forward.parse("tcp:" + address + ":0:80"));
    int number = ((InetSocketAddress) port.getLocalAddress()).getPort();
    running.gateway.forward(port, 80);
    try (Socket client = new Socket(InetAddress.ofLiteral("::1"), number)) {
      client.getOutputStream().write(42);
      TcpSocket socket = TestGuest.accept(listener);
      ByteBuffer one = ByteBuffer.allocate(1);
      assertThat(TestGuest.read(socket, one)).isEqualTo(1);
      assertThat(one.get(0)).isEqualTo((byte) 42);
      socket.close();
    }
  }

  // ---- as a guest of raw packets ----------------------------------------------------------------

  private static ByteBuffer packet(
      String source, String destination, int next, int hops, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(54 + payload.length);
    Packets.putMac(frame, 0, Network.MAC);
    Packets.putMac(frame, 6, MAC);
    frame.putShort(12, (short) 0x86dd);
    InetAddress from = InetAddress.ofLiteral(source);
    InetAddress to = InetAddress.ofLiteral(destination);
    Packets.putIpv6(
        frame,
        14,
        payload.length,
        next,
        hops,
        IpAddress.high(from),
        IpAddress.low(from),
        IpAddress.high(to),
        IpAddress.low(to));
    frame.put(54, payload);
    return frame;
  }

  private static long pseudo(ByteBuffer frame, int protocol, int length) {
    return InternetChecksum.pseudo(
        frame.getLong(22),
        frame.getLong(30),
        frame.getLong(38),
        frame.getLong(46),
        protocol,
        length);
  }

  private static byte[] summed(
      String source, String destination, int protocol, int hops, int at, ByteBuffer payload) {
    ByteBuffer frame = packet(source, destination, protocol, hops, payload.array());
    int length = payload.capacity();
    frame.putShort(54 + at, (short) 0);
    long sum = Packets.sum(pseudo(frame, protocol, length), frame, 54, length);
    frame.putShort(54 + at, (short) InternetChecksum.finish(sum));
    return frame.array();
  }

  private static byte[] icmp(String source, String destination, int hops, ByteBuffer message) {
    return summed(source, destination, 58, hops, 2, message);
  }

  private static byte[] udp(int sourcePort, String destination, int port, byte[] payload) {
    ByteBuffer udp = ByteBuffer.allocate(8 + payload.length);
    udp.putShort(0, (short) sourcePort).putShort(2, (short) port);
    udp.putShort(4, (short) udp.capacity()).put(8, payload);
    return summed(GUEST, destination, 17, 64, 6, udp);
  }

  /** The next IPv6 packet but those of the stack's own discovery; its length is checked. */
  private static ByteBuffer next(RunningGateway running) throws Exception {
    while (true) {
      byte[] bytes = running.wire.receive();
      assertThat(bytes).as("an answer").isNotNull();
      ByteBuffer frame = ByteBuffer.wrap(bytes);
      if (Packets.unsignedShort(frame, 12) == 0x86dd) {
        assertThat(Packets.unsignedShort(frame, 18)).isEqualTo(bytes.length - 54);
        int type = frame.get(54) & 0xff;
        if (frame.get(20) != 58 || type != 135 && type != 136) {
          return frame;
        }
      }
    }
  }

  private static void assertSummed(ByteBuffer frame) {
    int length = frame.capacity() - 54;
    long sum = Packets.sum(pseudo(frame, frame.get(20), length), frame, 54, length);
    assertThat(Packets.fold(sum)).as("checksum").isEqualTo(0xffff);
  }

  private static InetAddress address(ByteBuffer frame, int at) {
    return IpAddress.toInetAddress(frame.getLong(at), frame.getLong(at + 8));
  }

  private static ByteBuffer message(int type, int length) {
    return ByteBuffer.allocate(length).put(0, (byte) type);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fe80::1", "::"})
  void advertisesItself(String source) throws Exception {
    RunningGateway running = gateway();
    running.wire.send(icmp(source, "ff02::2", 255, message(133, 8)));
    ByteBuffer answer = next(running);
    assertSummed(answer);
    assertThat(answer.get(54) & 0xff).isEqualTo(134);
    assertThat(answer.get(21) & 0xff).as("hop limit").isEqualTo(255);
    assertThat(address(answer, 22)).isEqualTo(InetAddress.ofLiteral("fe80::5055:aff:fe00:202"));
    boolean unicast = source.startsWith("fe80");
    assertThat(address(answer, 38)).isEqualTo(InetAddress.ofLiteral(unicast ? source : "ff02::1"));
    assertThat(Packets.mac(answer, 0)).isEqualTo(unicast ? MAC : 0x333300000001L);
    assertThat(answer.get(59)).as("no DHCPv6").isZero();
    assertThat(Packets.unsignedShort(answer, 60)).as("router for seconds").isEqualTo(1_800);
    int prefix = 54 + 16 + 16;
    assertThat(answer.getInt(prefix)).isEqualTo(0x0304_40c0);
    assertThat(address(answer, prefix + 16)).isEqualTo(InetAddress.ofLiteral("fd64:656d:6900::"));
    assertThat(answer.getInt(prefix + 32)).isEqualTo(0x1903_0000);
    assertThat(address(answer, prefix + 40)).isEqualTo(InetAddress.ofLiteral("fd64:656d:6900::3"));
    // What has passed a router is forged.
    running.wire.send(icmp(source, "ff02::2", 64, message(133, 8)));
    running.wire.send(icmp(GUEST, GATEWAY, 64, message(128, 8)));
    assertThat(next(running).get(54) & 0xff).as("echo reply").isEqualTo(129);
  }

  @Test
  void advertisesAgainBeforeItExpires() throws Exception {
    RunningGateway running = gateway();
    running.wire.send(icmp("fe80::1", "ff02::2", 255, message(133, 8)));
    assertThat(next(running).get(54) & 0xff).isEqualTo(134);
    running.ahead.addAndGet(900_000_000_000L);
    // A port that opens wakes the gateway, which then sees what time it is.
    running.forwardTcp(80);
    assertThat(next(running).get(54) & 0xff).isEqualTo(134);
  }

  @Test
  void doesNotGiveItsAddressUp() throws Exception {
    RunningGateway running = gateway();
    for (String ours : new String[] {GATEWAY, "fd64:656d:6900::3", "fe80::5055:aff:fe00:202"}) {
      InetAddress target = InetAddress.ofLiteral(ours);
      ByteBuffer claim = message(136, 32);
      claim.putInt(4, 0x2000_0000);
      claim.putLong(8, IpAddress.high(target)).putLong(16, IpAddress.low(target));
      claim.putShort(24, (short) 0x0201);
      Packets.putMac(claim, 26, MAC);
      running.wire.send(icmp(GUEST, "ff02::1", 255, claim));
      // The same in one fragment that is all, and in a fragment of several (RFC 6980).
      for (int more = 0; more < 2; more++) {
        ByteBuffer inside = ByteBuffer.wrap(icmp(GUEST, GATEWAY, 255, claim.duplicate()));
        byte[] fragment = new byte[8 + 32];
        fragment[0] = 58;
        fragment[3] = (byte) more;
        fragment[7] = (byte) more;
        inside.get(54, fragment, 8, 32);
        running.wire.send(packet(GUEST, GATEWAY, 44, 255, fragment).array());
      }
      byte[] last = {58, 0, 0, 32, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0};
      running.wire.send(packet(GUEST, GATEWAY, 44, 255, last).array());
      running.wire.send(icmp(GUEST, ours, 64, message(128, 8)));
      ByteBuffer answer = next(running);
      assertThat(answer.get(54) & 0xff).as("echo reply of " + ours).isEqualTo(129);
    }
  }

  @Test
  void relaysDatagramsInOnePieceAndInSeveral() throws Exception {
    RunningGateway running = gateway("--allow-host");
    loopbackServer();
    DatagramSocket host = opened(new DatagramSocket(0, InetAddress.ofLiteral("::1")));
    host.setSoTimeout(10_000);
    byte[] payload = noise(1_000, 1);
    running.wire.send(udp(4000, GATEWAY, host.getLocalPort(), payload));
    DatagramPacket packet = new DatagramPacket(new byte[9000], 9000);
    host.receive(packet);
    assertThat(Arrays.copyOf(packet.getData(), packet.getLength())).isEqualTo(payload);
    host.send(packet);
    ByteBuffer answer = next(running);
    assertSummed(answer);
    assertThat(address(answer, 22)).isEqualTo(InetAddress.ofLiteral(GATEWAY));
    assertThat(address(answer, 38)).isEqualTo(InetAddress.ofLiteral(GUEST));
    assertThat(Packets.unsignedShort(answer, 56)).isEqualTo(4000);

    byte[] large = noise(4_000, 2);
    byte[] whole = udp(4000, GATEWAY, host.getLocalPort(), large);
    for (int at = 0; at < 4_008; at += 1_448) {
      int part = Math.min(1_448, 4_008 - at);
      byte[] fragment = new byte[8 + part];
      fragment[0] = 17;
      ByteBuffer.wrap(fragment).putShort(2, (short) (at | (at + part < 4_008 ? 1 : 0)));
      fragment[7] = 77;
      System.arraycopy(whole, 54 + at, fragment, 8, part);
      running.wire.send(packet(GUEST, GATEWAY, 44, 64, fragment).array());
    }
    host.receive(packet);
    assertThat(Arrays.copyOf(packet.getData(), packet.getLength())).isEqualTo(large);
    host.send(packet);
    byte[] got = new byte[4_008];
    int pieces = 0;
    for (int count = 0; count < got.length; pieces++) {
      ByteBuffer piece = next(running);
      assertThat(piece.get(20)).as("fragment header").isEqualTo((byte) 44);
      int length = piece.capacity() - 62;
      piece.get(62, got, piece.getShort(56) & 0xfff8, length);
      count += length;
    }
    assertThat(pieces).isEqualTo(3);
    assertThat(Arrays.copyOfRange(got, 8, got.length)).isEqualTo(large);
  }

  @Test
  void saysWhatCannotBeReached() throws Exception {
    RunningGateway running = gateway("--no-outbound");
    running.wire.send(udp(4000, GATEWAY, 9, new byte[20]));
    ByteBuffer closed = next(running);
    assertSummed(closed);
    assertThat(closed.getShort(54)).as("port unreachable").isEqualTo((short) 0x0104);
    assertThat(address(closed, 54 + 8 + 8)).as("quoted").isEqualTo(InetAddress.ofLiteral(GUEST));
    running.wire.send(udp(4000, OUTSIDE, 9, new byte[3_000 / 3]));
    ByteBuffer prohibited = next(running);
    assertSummed(prohibited);
    assertThat(prohibited.getShort(54)).as("prohibited").isEqualTo((short) 0x0101);
    assertThat(address(prohibited, 22)).isEqualTo(InetAddress.ofLiteral(GATEWAY));
    running.wire.send(icmp(GUEST, OUTSIDE, 64, message(128, 8)));
    assertThat(next(running).getShort(54)).isEqualTo((short) 0x0101);
    // No error about an error, whatever it is about.
    running.wire.send(icmp(GUEST, OUTSIDE, 64, message(1, 60)));
    ByteBuffer syn = ByteBuffer.allocate(20);
    syn.putShort(0, (short) 4001).putShort(2, (short) 80).putInt(4, 999).putInt(12, 0x5002_2000);
    running.wire.send(summed(GUEST, OUTSIDE, 6, 64, 16, syn));
    ByteBuffer reset = next(running);
    assertSummed(reset);
    assertThat(reset.get(20)).isEqualTo((byte) 6);
    assertThat(reset.get(67)).as("RST, ACK").isEqualTo((byte) 0x14);
    assertThat(reset.getInt(62)).isEqualTo(1000);
    assertThat(address(reset, 22)).isEqualTo(InetAddress.ofLiteral(OUTSIDE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "::1",
        "::",
        "::127.0.0.1",
        "::ffff:0:127.0.0.1",
        "fe80::9",
        "ff02::1",
        "fd64:656d:6900::9"
      })
  void nothingOfTheHostsOwnIsOutside(String text) {
    InetAddress address = InetAddress.ofLiteral(text);
    assertThat(Network.DEFAULT.isOutside(IpAddress.high(address), IpAddress.low(address)))
        .isFalse();
  }

  @Test
  void ipv4InDisguiseGoesNowhere() throws Exception {
    RunningGateway running = gateway();
    ByteBuffer udp = ByteBuffer.wrap(udp(4000, OUTSIDE, 9, new byte[20]));
    udp.putLong(38, 0).putLong(46, IpAddress.LOOPBACK4);
    running.wire.send(udp.array());
    running.wire.send(icmp(GUEST, GATEWAY, 64, message(128, 8)));
    assertThat(next(running).get(54) & 0xff).isEqualTo(129);
    assertThat(running.gateway.udp().flowCount()).isZero();
  }

  @Test
  void answersQuestionsForNames() throws Exception {
    Path file = folder.resolve("resolv.conf");
    Files.writeString(file, "nameserver 127.255.255.253\n");
    RunningGateway running = opened(new RunningGateway(file.toFile()));
    running.wire.send(udp(4000, "fd64:656d:6900::3", 53, DnsMessageTest.query("a.example", 28)));
    ByteBuffer answer = next(running);
    assertSummed(answer);
    assertThat(address(answer, 22)).isEqualTo(InetAddress.ofLiteral("fd64:656d:6900::3"));
    assertThat(answer.get(54 + 8 + 3) & 15).as("server failure").isEqualTo(2);
  }
}

package org.demitasse.gateway;

import com.code_intelligence.jazzer.api.BugDetectors;
import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import org.demitasse.net.ip.InternetChecksum;
import org.demitasse.net.ip.IpAddress;

/**
 * Frames from a fuzzer in a guest's place: the gateway finds no mistake of its own, and answers a
 * ping afterwards. Addresses and ports are those of the wire and of a server here, so that nothing
 * gets out. Checksums are made right or declared unmade where the input asks for it. Run by {@code
 * scripts/fuzz}.
 */
class GuestInputTest {
  private static final int INPUTS_MAX = 500;
  private static final int FRAMES_MAX = 48;
  private static final int PAYLOAD_MAX = 1600;
  private static final int HEAD = FrameHeader.BYTES + Packets.ETHERNET;
  private static final long MAC = 0x525400000001L;
  private static final int GUEST = 0x0a00020f;
  private static final int GATEWAY = 0x0a000202;
  private static final int[] ADDRESSES = {
    GUEST, GATEWAY, 0x0a000203, 0x0a000210, 0x0a0002ff, 0x7f000001, 0, -1, 0xe0000001, 0xe0000016
  };
  private static final String[] ADDRESSES6 = {
    "fd64:656d:6900::1234",
    "fd64:656d:6900::2",
    "fd64:656d:6900::3",
    "fe80::1",
    "fe80::5055:aff:fe00:202",
    "ff02::1",
    "ff02::2",
    "ff02::1:ff00:2",
    "ff02::16",
    "::1",
    "::"
  };
  private static final int[] EXTENSIONS = {0, 43, 44, 60};
  private static final int NO_NEXT_HEADER = 59;
  private static final int[] PROTOCOLS = {0, 1, 2, 6, 6, 6, 17, 17, 43, 44, 58, 58, 60};
  private static final ServerSocket SERVER = server();
  private static RunningGateway running;
  private static int inputs;
  private static int pings;

  private static ServerSocket server() {
    try {
      ServerSocket server = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
      Thread.ofVirtual().start(() -> greetAll(server));
      return server;
    } catch (IOException e) {
      throw new IllegalStateException("no port on this host's loopback", e);
    }
  }

  private static void greetAll(ServerSocket server) {
    while (true) {
      try (var peer = server.accept()) {
        peer.getOutputStream().write(7);
      } catch (IOException e) {
        // It is gone already.
      }
    }
  }

  @FuzzTest(maxDuration = "")
  void framesAreSurvived(FuzzedDataProvider input) throws Exception {
    // To connect is what a gateway is for; but only the server here.
    BugDetectors.allowNetworkConnections((host, port) -> port == SERVER.getLocalPort());
    RunningGateway used = gateway();
    for (int i = 0; i < FRAMES_MAX && input.remainingBytes() > 0; i++) {
      switch (input.consumeInt(0, 9)) {
        case 0 -> used.wire.sendWhole(noise(input));
        case 1 -> used.wire.sendWhole(arp(input));
        case 2, 3, 4 -> used.wire.sendWhole(packet6(input));
        case 5 -> used.ahead.addAndGet(1L << input.consumeInt(0, 43));
        default -> used.wire.sendWhole(packet4(input));
      }
    }
    ping(used);
    if (used.gateway.errorsTold() > 0) {
      throw new AssertionError("the gateway found a mistake of its own, at input " + inputs);
    }
  }

  /** One gateway has many inputs: to start one takes longer than to work on them. */
  private static RunningGateway gateway() throws Exception {
    if (running != null && inputs == INPUTS_MAX) {
      running.wire.end();
      if (!running.awaitEnd()) {
        throw new AssertionError("the gateway outlives its wire");
      }
      running.close();
      running = null;
    }
    if (running == null) {
      running = new RunningGateway("--allow-host");
      inputs = 0;
    }
    inputs++;
    return running;
  }

  private static void ping(RunningGateway running) throws InterruptedException {
    // It may have forgotten by now where the guest is.
    ByteBuffer request = frame(0x0806, 28);
    request.putLong(HEAD, 0x0001_0800_0604_0001L);
    Packets.putMac(request, HEAD + 8, MAC);
    request.putInt(HEAD + 14, GUEST).putInt(HEAD + 24, GATEWAY);
    ByteBuffer echo = frame(0x0800, 28);
    echo.put(HEAD + 20, (byte) 8).putInt(HEAD + 24, ++pings);
    Packets.putIpv4(echo, HEAD, 28, 9, 0, Packets.ICMP, GUEST, GATEWAY);
    sum(echo, HEAD + 20, 2, 0);
    running.wire.sendWhole(request.array());
    running.wire.sendWhole(echo.array());
    while (true) {
      byte[] answer = running.wire.receive();
      if (answer == null) {
        throw new AssertionError("no answer to a ping, at input " + inputs);
      }
      ByteBuffer got = ByteBuffer.wrap(answer);
      if (answer.length >= 42 && got.getShort(34) == 0 && got.getInt(38) == pings) {
        return;
      }
    }
  }

  private static ByteBuffer frame(int type, int length) {
    ByteBuffer frame = ByteBuffer.allocate(HEAD + length);
    Packets.putMac(frame, FrameHeader.BYTES, Network.MAC);
    Packets.putMac(frame, FrameHeader.BYTES + 6, MAC);
    return frame.putShort(FrameHeader.BYTES + 12, (short) type);
  }

  /** Any bytes but those of an IP packet. */
  private static byte[] noise(FuzzedDataProvider input) {
    byte[] bytes = input.consumeBytes(input.consumeInt(0, 100));
    if (bytes.length >= HEAD && bytes[HEAD - 2] != 0x42) {
      bytes[HEAD - 2] = 0x42;
    }
    return bytes;
  }

  private static byte[] arp(FuzzedDataProvider input) {
    ByteBuffer frame = frame(0x0806, 28);
    frame.putLong(HEAD, 0x0001_0800_0604_0000L | input.consumeInt(0, 3));
    Packets.putMac(frame, HEAD + 8, input.consumeBoolean() ? MAC : input.consumeLong());
    frame.putInt(HEAD + 14, input.pickValue(ADDRESSES));
    frame.putInt(HEAD + 24, input.pickValue(ADDRESSES));
    return spoiled(input, frame);
  }

  private static byte[] packet4(FuzzedDataProvider input) {
    int protocol = input.pickValue(PROTOCOLS);
    int source = input.consumeInt(0, 3) > 0 ? GUEST : input.pickValue(ADDRESSES);
    int destination = input.consumeBoolean() ? GATEWAY : input.pickValue(ADDRESSES);
    int fragment = input.consumeInt(0, 3) > 0 ? 0 : input.consumeInt(0, 0x3fff);
    int identification = input.consumeInt(0, 3);
    byte[] payload = input.consumeBytes(input.consumeInt(0, PAYLOAD_MAX));
    ByteBuffer frame = frame(0x0800, 20 + payload.length);
    frame.put(HEAD + 20, payload);
    Packets.putIpv4(
        frame, HEAD, 20 + payload.length, identification, fragment, protocol, source, destination);
    if ((fragment & 0x1fff) == 0) {
      long pseudo =
          InternetChecksum.pseudo(
              0, IpAddress.v4(source), 0, IpAddress.v4(destination), protocol, payload.length);
      transport(input, frame, HEAD + 20, protocol, pseudo);
    }
    return spoiled(input, frame);
  }

  private static byte[] packet6(FuzzedDataProvider input) {
    InetAddress source = InetAddress.ofLiteral(input.pickValue(ADDRESSES6));
    InetAddress destination = InetAddress.ofLiteral(input.pickValue(ADDRESSES6));
    int headers = input.consumeInt(0, 4) * 8;
    int first = input.pickValue(headers > 0 ? EXTENSIONS : PROTOCOLS);
    int hops = input.consumeInt(0, 3) > 0 ? 255 : input.consumeInt(0, 255);
    byte[] payload = input.consumeBytes(input.consumeInt(0, PAYLOAD_MAX));
    ByteBuffer frame = frame(0x86dd, 40 + headers + payload.length);
    int at = HEAD + 40;
    int protocol = first;
    for (int end = at + headers; at < end; at += 8) {
      frame.putLong(at, input.consumeLong());
      int next = input.pickValue(at + 8 < end ? EXTENSIONS : PROTOCOLS);
      frame.put(at, (byte) next);
      frame.put(at + 1, (byte) 0);
      protocol = next;
    }
    frame.put(at, payload);
    if (payload.length > 0
        && (protocol == 0 || protocol == 43 || protocol == 44 || protocol == 60)) {
      frame.put(at, (byte) NO_NEXT_HEADER); // else it may lead anywhere
    }
    Packets.putIpv6(
        frame,
        HEAD,
        headers + payload.length,
        first,
        hops,
        IpAddress.high(source),
        IpAddress.low(source),
        IpAddress.high(destination),
        IpAddress.low(destination));
    long pseudo =
        InternetChecksum.pseudo(
            IpAddress.high(source),
            IpAddress.low(source),
            IpAddress.high(destination),
            IpAddress.low(destination),
            protocol,
            payload.length);
    transport(input, frame, at, protocol, pseudo);
    return spoiled(input, frame);
  }

  /** Leads ports to the server here or to the gateway, and makes checksums right. */
  private static void transport(
      FuzzedDataProvider input, ByteBuffer frame, int at, int protocol, long pseudo) {
    int length = frame.capacity() - at;
    if ((protocol == Packets.TCP || protocol == Packets.UDP) && length >= 4) {
      int port = input.pickValue(new int[] {SERVER.getLocalPort(), 53, 67, 546, 547, 9});
      frame.putShort(at + 2, (short) (protocol == Packets.TCP ? SERVER.getLocalPort() : port));
      if (protocol == Packets.UDP && length >= 6 && input.consumeBoolean()) {
        frame.putShort(at + 4, (short) length);
      }
    }
    if (!input.consumeBoolean()) {
      return;
    }
    switch (protocol) {
      case Packets.TCP -> sum(frame, at, 16, pseudo);
      case Packets.UDP -> sum(frame, at, 6, pseudo);
      case Packets.ICMP -> sum(frame, at, 2, 0);
      case Packets.ICMPV6 -> sum(frame, at, 2, pseudo);
      default -> {}
    }
  }

  private static void sum(ByteBuffer frame, int at, int offset, long pseudo) {
    int length = frame.capacity() - at;
    if (length >= offset + 2) {
      frame.putShort(at + offset, (short) 0);
      long sum = Packets.sum(pseudo, frame, at, length);
      frame.putShort(at + offset, (short) InternetChecksum.finish(sum));
    }
  }

  /** The frame as it is, with its sum declared unmade, or cut. */
  private static byte[] spoiled(FuzzedDataProvider input, ByteBuffer frame) {
    byte[] bytes = frame.array();
    switch (input.consumeInt(0, 7)) {
      case 0 -> bytes[0] = 1;
      case 1 -> {
        bytes[0] = (byte) input.consumeInt(0, 3);
        bytes[1] = (byte) input.consumeInt(0, 5);
      }
      case 2 -> {
        return java.util.Arrays.copyOf(bytes, input.consumeInt(0, bytes.length));
      }
      default -> {}
    }
    return bytes;
  }
}

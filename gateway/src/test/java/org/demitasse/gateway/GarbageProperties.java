package org.demitasse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.demitasse.net.ip.InternetChecksum;
import org.demitasse.net.ip.IpAddress;
import org.demitasse.net.socket.TcpSocket;

/**
 * Whatever a guest puts on the wire, the gateway goes on to serve it. {@code main} tries new seeds
 * for as long as it is told, in a network namespace of its own: frames get through to sockets.
 */
class GarbageProperties {
  private static final int FRAMES = 300;

  private static final String[] SOURCES6 = {
    "fd64:656d:6900::1234",
    "fd64:656d:6900::1234",
    "fd64:656d:6900::5678",
    "fe80::1",
    "::",
    "fd64:656d:6900::2",
    "::1",
    "2001:db8::9"
  };
  private static final String[] DESTINATIONS6 = {
    "fd64:656d:6900::2",
    "fd64:656d:6900::2",
    "fd64:656d:6900::3",
    "fe80::5055:aff:fe00:202",
    "ff02::1",
    "ff02::2",
    "ff02::1:ff00:2",
    "::1",
    "::",
    "2001:db8::7",
    "fd64:656d:6900::99"
  };
  private static final int[] PROTOCOLS6 = {58, 58, 58, 6, 6, 17, 17, 0, 44, 43, 60, 59, 1};
  private static final int[] ICMPV6_TYPES = {
    1, 2, 3, 4, 128, 129, 130, 133, 134, 135, 136, 137, 143
  };

  /** Arguments: seconds, and the first seed when it is not to be a new one. */
  public static void main(String[] arguments) throws Exception {
    long end = System.nanoTime() + Long.parseLong(arguments[0]) * 1_000_000_000L;
    long seed = arguments.length > 1 ? Long.parseLong(arguments[1]) : new Random().nextLong();
    long first = seed;
    for (; System.nanoTime() - end < 0; seed++) {
      try {
        new GarbageProperties().survivesGarbage(seed);
      } catch (Exception | AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    System.out.println(seed - first + " networks of " + FRAMES + " frames are well");
  }

  @Property(tries = 60)
  void survivesGarbage(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    try (RunningGateway running = new RunningGateway("--allow-host");
        ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      for (int i = 0; i < FRAMES; i++) {
        running.wire.sendWhole(frame(random, server.getLocalPort()));
      }
      try (TestGuest guest = new TestGuest(running.wire, false)) {
        TcpSocket socket = guest.connect("10.0.2.2", server.getLocalPort());
        TestGuest.write(socket, ByteBuffer.wrap(new byte[] {42}));
        // Connections that the garbage opened may come first: they bring no bytes.
        int got = -1;
        while (got != 42) {
          try (Socket host = server.accept()) {
            host.setSoTimeout(100);
            got = host.getInputStream().read();
          } catch (java.io.IOException e) {
            got = -1;
          }
        }
        socket.close();
        guest.awaitAddress6();
        assertThat(guest.stack.ping(InetAddress.ofLiteral("fd64:656d:6900::2"), 0, 5_000)).isTrue();
        assertThat(guest.stack.ping(InetAddress.ofLiteral("fd64:656d:6900::3"), 0, 5_000)).isTrue();
      }
      running.wire.end();
      assertThat(running.awaitEnd()).isTrue();
      assertThat(running.gateway.errorsTold()).as("internal errors").isZero();
    }
  }

  /** From noise to a packet with one wrong bit, behind a header of all kinds. */
  private static byte[] frame(Random random, int port) {
    int length = random.nextInt(8) == 0 ? random.nextInt(3_000) : 14 + random.nextInt(120);
    if (random.nextInt(50) == 0) {
      length = random.nextInt(80_000);
    }
    byte[] bytes = new byte[FrameHeader.BYTES + length];
    random.nextBytes(bytes);
    if (random.nextInt(4) != 0) {
      FrameHeader.clear(ByteBuffer.wrap(bytes), 0);
    } else if (random.nextInt(4) != 0) {
      bytes[0] = (byte) random.nextInt(4);
      bytes[1] = (byte) (random.nextBoolean() ? 1 : 4);
    }
    ByteBuffer frame = ByteBuffer.wrap(bytes, FrameHeader.BYTES, length).slice();
    if (random.nextInt(4) != 0 && length >= 54) {
      Packets.putMac(frame, 0, random.nextBoolean() ? Network.MAC : Packets.BROADCAST_MAC);
      Packets.putMac(frame, 6, 0x525400000000L | random.nextInt(4));
      if (random.nextBoolean()) {
        putV4(random, frame, port);
      } else {
        putV6(random, frame, port);
      }
      if (random.nextInt(8) == 0) {
        bytes[FrameHeader.BYTES + random.nextInt(length)] ^= (byte) (1 << random.nextInt(8));
      }
    }
    return random.nextInt(30) == 0
        ? java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length))
        : bytes;
  }

  private static void putV4(Random random, ByteBuffer frame, int port) {
    int length = frame.capacity();
    int[] types = {0x0800, 0x0800, 0x0800, 0x0806};
    frame.putShort(12, (short) types[random.nextInt(types.length)]);
    int[] protocols = {1, 6, 6, 6, 17, 17, 2, 50, 58};
    int protocol = protocols[random.nextInt(protocols.length)];
    int[] sources = {0x0a00020f, 0x0a00020f, 0x0a000210, 0, 0x0a000202, 0x7f000001};
    int[] destinations = {
      0x0a000202, 0x0a000202, 0x0a000203, -1, 0x0a0002ff, 0x7f000001, 0, 0xc0000207
    };
    int source = sources[random.nextInt(sources.length)];
    int destination = destinations[random.nextInt(destinations.length)];
    int fragment = random.nextInt(4) == 0 ? random.nextInt(0x4000) : 0;
    int total = random.nextInt(10) == 0 ? random.nextInt(0x10000) : length - 14;
    Packets.putIpv4(frame, 14, total, random.nextInt(4), fragment, protocol, source, destination);
    long pseudo =
        InternetChecksum.pseudo(
            0, IpAddress.v4(source), 0, IpAddress.v4(destination), protocol, length - 34);
    putTransport(random, frame, 34, protocol, port, pseudo);
  }

  private static void putV6(Random random, ByteBuffer frame, int port) {
    int length = frame.capacity();
    InetAddress source = InetAddress.ofLiteral(SOURCES6[random.nextInt(SOURCES6.length)]);
    InetAddress destination =
        InetAddress.ofLiteral(DESTINATIONS6[random.nextInt(DESTINATIONS6.length)]);
    int protocol = PROTOCOLS6[random.nextInt(PROTOCOLS6.length)];
    frame.putShort(12, (short) 0x86dd);
    Packets.putIpv6(
        frame,
        14,
        random.nextInt(10) == 0 ? random.nextInt(0x10000) : length - 54,
        protocol,
        random.nextInt(4) == 0 ? random.nextInt(256) : 255,
        IpAddress.high(source),
        IpAddress.low(source),
        IpAddress.high(destination),
        IpAddress.low(destination));
    int at = 54;
    // Extension headers, honest ones and others.
    while ((protocol == 0 || protocol == 44 || protocol == 60) && at + 16 < length) {
      int next = PROTOCOLS6[random.nextInt(PROTOCOLS6.length)];
      frame.put(at, (byte) next);
      frame.put(at + 1, (byte) (random.nextInt(8) == 0 ? random.nextInt() : 0));
      if (protocol == 44) {
        int place = random.nextBoolean() ? 0 : random.nextInt(0x10000);
        frame.putShort(at + 2, (short) place).putInt(at + 4, random.nextInt(4));
      } else {
        frame.putInt(at + 2, 0x0104_0000).putShort(at + 6, (short) 0);
      }
      at += 8;
      protocol = next;
    }
    long pseudo =
        InternetChecksum.pseudo(
            IpAddress.high(source),
            IpAddress.low(source),
            IpAddress.high(destination),
            IpAddress.low(destination),
            protocol,
            length - at);
    putTransport(random, frame, at, protocol, port, pseudo);
  }

  private static void putTransport(
      Random random, ByteBuffer frame, int at, int protocol, int port, long pseudo) {
    int payload = frame.capacity() - at;
    int checksum =
        switch (protocol) {
          case Packets.TCP -> 16;
          case Packets.UDP -> 6;
          case Packets.ICMPV6 -> 2;
          default -> -1;
        };
    if (checksum < 0 || payload < 20) {
      return;
    }
    int[] ports = {port, 53, 67, 0, 9};
    if (protocol == Packets.TCP) {
      frame.putShort(at + 2, (short) ports[random.nextInt(ports.length)]);
      frame.put(at + 12, (byte) (random.nextBoolean() ? 0x50 : random.nextInt()));
      frame.put(at + 13, (byte) (random.nextBoolean() ? 2 : random.nextInt()));
    } else if (protocol == Packets.UDP) {
      frame.putShort(at + 2, (short) ports[random.nextInt(ports.length)]);
      frame.putShort(at + 4, (short) (random.nextInt(4) == 0 ? random.nextInt() : payload));
    } else {
      frame.put(at, (byte) ICMPV6_TYPES[random.nextInt(ICMPV6_TYPES.length)]);
      frame.put(at + 1, (byte) (random.nextInt(4) == 0 ? random.nextInt() : 0));
      if (random.nextBoolean() && payload >= 24) {
        // What neighbour discovery asks for, and what a guest would like to have.
        frame.putLong(at + 8, Network.PREFIX6).putLong(at + 16, 2 + random.nextInt(2));
      }
      if (random.nextBoolean() && payload >= 32) {
        frame.putShort(at + 24, (short) (random.nextBoolean() ? 0x0101 : 0x0201));
      }
    }
    frame.putShort(at + checksum, (short) 0);
    long sum = Packets.sum(pseudo, frame, at, payload);
    frame.putShort(at + checksum, (short) InternetChecksum.finish(sum));
  }
}

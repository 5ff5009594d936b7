package org.demitasse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.demitasse.net.socket.TcpSocket;

/** Whatever a guest puts on the wire, the gateway goes on to serve it. */
class GarbageProperties {
  private static final int FRAMES = 300;

  @Property(tries = 60)
  void survivesGarbage(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    try (RunningGateway running = new RunningGateway("--allow-host");
        ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      for (int i = 0; i < FRAMES; i++) {
        running.wire.send(frame(random, server.getLocalPort()));
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
      }
      running.wire.end();
      assertThat(running.awaitEnd()).isTrue();
      assertThat(running.gateway.errorsTold()).as("internal errors").isZero();
    }
  }

  /** From noise to a packet with one wrong bit. */
  private static byte[] frame(Random random, int port) {
    int length = random.nextInt(8) == 0 ? random.nextInt(3_000) : 14 + random.nextInt(120);
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    if (random.nextInt(4) == 0 || length < 54) {
      return bytes;
    }
    ByteBuffer frame = ByteBuffer.wrap(bytes);
    Packets.putMac(frame, 0, random.nextBoolean() ? Network.MAC : Packets.BROADCAST_MAC);
    Packets.putMac(frame, 6, 0x525400000000L | random.nextInt(4));
    int[] types = {0x0800, 0x0800, 0x0800, 0x0806, 0x86dd};
    frame.putShort(12, (short) types[random.nextInt(types.length)]);
    int[] protocols = {1, 6, 6, 6, 17, 17, 2, 50};
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
    int[] ports = {port, 53, 67, 0, 9};
    if (protocol == Packets.TCP || protocol == Packets.UDP) {
      frame.putShort(36, (short) ports[random.nextInt(ports.length)]);
      int payload = length - 34;
      int checksum = protocol == Packets.TCP ? 50 : 40;
      if (protocol == Packets.TCP) {
        frame.put(46, (byte) (random.nextBoolean() ? 0x50 : random.nextInt()));
        frame.put(47, (byte) (random.nextBoolean() ? 2 : random.nextInt()));
      } else {
        frame.putShort(38, (short) (random.nextInt(4) == 0 ? random.nextInt() : payload));
      }
      frame.putShort(checksum, (short) 0);
      long sum = Packets.pseudoHeader(source, destination, protocol, payload);
      frame.putShort(checksum, (short) ~Packets.fold(Packets.sum(sum, frame, 34, payload)));
    }
    if (random.nextInt(8) == 0) {
      bytes[random.nextInt(length)] ^= (byte) (1 << random.nextInt(8));
    }
    return bytes;
  }
}

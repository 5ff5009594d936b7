package org.demitasse.net.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.demitasse.core.PacketBuffer;
import org.demitasse.net.ip.InternetChecksum;
import org.demitasse.net.ip.IpAddress;
import org.demitasse.net.ip.Ipv4Header;
import org.demitasse.net.ip.Ipv6Header;
import org.demitasse.net.socket.TcpListener;
import org.demitasse.net.socket.TcpSocket;
import org.demitasse.net.socket.UdpSocket;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Frames that nobody should send: the stack neither breaks nor keeps their buffers. */
class StackFuzzTest {
  /** {@code -Dfuzz.seeds=N} runs more. */
  static LongStream seeds() {
    return LongStream.rangeClosed(1, Long.getLong("fuzz.seeds", 8));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void garbageIsSurvived(long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    WirePeer wire = new WirePeer();
    TcpListener listener = wire.listen(16);
    UdpSocket udp = wire.stack().openUdp();
    udp.bind(new InetSocketAddress(SimNetwork.address(1), 53));
    TcpSocket socket = wire.accept(listener, (byte) 3, (byte) 3, (byte) 7, (byte) 1);
    ByteBuffer bytes = ByteBuffer.allocate(3000);
    byte[] recent = new byte[0];
    for (int i = 0; i < 20_000; i++) {
      byte[] frame =
          switch (random.nextInt(6)) {
            case 0, 1, 2 -> likely(random, wire);
            case 3 -> likely6(random, wire);
            default -> mutate(random, recent);
          };
      recent = frame;
      wire.host().device().arrive(frame);
      wire.host().wake();
      if (random.nextInt(16) == 0) {
        wire.run(random.nextLong(1L << random.nextInt(34)));
        wire.frames().clear();
        udp.receive(bytes.clear());
        try {
          socket.read(bytes.clear());
          socket.write(bytes.clear().limit(random.nextInt(3000)));
        } catch (IOException e) {
          socket.close();
          TcpSocket next = listener.accept();
          socket = next == null ? socket : next;
        }
      }
    }
    socket.close();
    listener.close();
    udp.close();
    wire.run(3_000_000 * WirePeer.MILLI);
    assertThat(wire.stack().tcp().connectionCount()).isZero();
    assertThat(wire.stack().tcp().chunks().used()).isZero();
    assertThat(wire.host().device().pool().outstanding()).isZero();
    assertThat(wire.stack().ip().largePool().outstanding()).isZero();
  }

  /** Plausible headers with fields at their limits. */
  private static byte[] likely(SplittableRandom random, WirePeer wire) {
    var p = wire.pool().allocate();
    int protocol = new int[] {6, 6, 6, 6, 17, 1, 2, random.nextInt(256)}[random.nextInt(8)];
    int length = random.nextInt(random.nextBoolean() ? 64 : 1400);
    p.append(length);
    for (int i = 0; i < length; i++) {
      p.putByte(i, random.nextInt(256));
    }
    if (length >= 20 && protocol == 6) {
      p.putInt(0, (random.nextInt(3) == 0 ? random.nextInt(65536) : wire.port) << 16 | 80);
      p.putInt(4, wire.seq + random.nextInt(-10, 3000));
      p.putInt(8, wire.ack + random.nextInt(-10, 3000));
      p.putByte(12, random.nextInt(2) == 0 ? 0x50 : random.nextInt(256));
      p.putByte(13, random.nextInt(2) == 0 ? 16 : random.nextInt(256));
    } else if (length >= 8 && protocol == 17) {
      p.putInt(0, random.nextInt(65536) << 16 | (random.nextBoolean() ? 53 : 68));
      p.putInt(4, random.nextInt(4) == 0 ? random.nextInt() : length << 16);
    } else if (length >= 8 && protocol == 1) {
      p.putShort(0, random.nextInt(14) << 8 | random.nextInt(5));
    }
    p.setChecksumGood(true);
    int fragment = random.nextInt(6) == 0 ? random.nextInt(65536) & 0x3fff : 0;
    Ipv4Header.prepend(
        p,
        random.nextInt(256),
        random.nextInt(20),
        fragment,
        64,
        protocol,
        random.nextInt(8) == 0 ? random.nextInt() : WirePeer.REMOTE,
        random.nextInt(8) == 0 ? random.nextInt() : WirePeer.LOCAL);
    fixChecksum(p, protocol);
    p.prepend(14);
    p.putMac(0, random.nextInt(8) == 0 ? 0xffff_ffff_ffffL : WirePeer.LOCAL_MAC);
    p.putMac(6, WirePeer.REMOTE_MAC);
    p.putShort(12, random.nextInt(16) == 0 ? 0x0806 : 0x0800);
    byte[] frame = new byte[p.length()];
    p.get(0, frame, 0, frame.length);
    p.release();
    return frame;
  }

  /** IPv6 with extension headers, neighbour discovery and fragments. */
  private static byte[] likely6(SplittableRandom random, WirePeer wire) {
    var p = wire.pool().allocate();
    int length = random.nextInt(random.nextBoolean() ? 80 : 1300);
    p.append(length);
    for (int i = 0; i < length; i++) {
      p.putByte(i, random.nextInt(4) == 0 ? random.nextInt(256) : random.nextInt(3));
    }
    int next =
        new int[] {58, 58, 58, 6, 17, 44, 0, 60, 43, random.nextInt(256)}[random.nextInt(10)];
    long sourceHigh = random.nextInt(3) == 0 ? 0xfe80L << 48 : 0x20010db8L << 32;
    long high = random.nextInt(3) == 0 ? 0xff02L << 48 : 0x20010db8L << 32;
    if (next == 58 && length >= 4) {
      p.putShort(0, (random.nextBoolean() ? 128 : 0) + random.nextInt(16) << 8);
      p.putShort(2, 0);
      long sum = InternetChecksum.pseudo(sourceHigh, 2, high, 1, 58, length);
      p.putShort(2, InternetChecksum.finish(InternetChecksum.add(sum, p, 0, length)));
    }
    Ipv6Header.prepend(p, 0, 0, next, 255, sourceHigh, 2, high, 1);
    p.prepend(14);
    p.putMac(0, WirePeer.LOCAL_MAC);
    p.putMac(6, WirePeer.REMOTE_MAC);
    p.putShort(12, 0x86dd);
    byte[] frame = new byte[p.length()];
    p.get(0, frame, 0, frame.length);
    p.release();
    return frame;
  }

  private static void fixChecksum(PacketBuffer p, int protocol) {
    int at = protocol == 6 ? 36 : protocol == 17 ? 26 : protocol == 1 ? 22 : -1;
    int length = p.length() - 20;
    if (at < 0 || p.length() < at + 2) {
      return;
    }
    p.putShort(at, 0);
    long sum =
        protocol == 1
            ? 0
            : InternetChecksum.pseudo(
                0, IpAddress.v4(p.getInt(12)), 0, IpAddress.v4(p.getInt(16)), protocol, length);
    p.putShort(at, InternetChecksum.finish(InternetChecksum.add(sum, p, 20, length)));
  }

  private static byte[] mutate(SplittableRandom random, byte[] frame) {
    byte[] copy = java.util.Arrays.copyOf(frame, Math.max(random.nextInt(frame.length + 20), 0));
    for (int i = 0; i < 4 && copy.length > 0; i++) {
      copy[random.nextInt(copy.length)] = (byte) random.nextInt(256);
    }
    return copy;
  }
}

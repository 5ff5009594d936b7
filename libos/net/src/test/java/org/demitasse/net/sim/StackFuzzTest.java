package org.demitasse.net.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.demitasse.net.ip.Ipv4Header;
import org.demitasse.net.socket.TcpListener;
import org.demitasse.net.socket.TcpSocket;
import org.demitasse.net.socket.UdpSocket;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames that nobody should send: the stack neither breaks nor keeps their buffers. */
class StackFuzzTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
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
      byte[] frame = random.nextInt(3) > 0 ? likely(random, wire) : mutate(random, recent);
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

  private static void fixChecksum(org.demitasse.core.PacketBuffer p, int protocol) {
    int at = protocol == 6 ? 36 : protocol == 17 ? 26 : protocol == 1 ? 22 : -1;
    int length = p.length() - 20;
    if (at < 0 || p.length() < at + 2) {
      return;
    }
    p.putShort(at, 0);
    long sum =
        protocol == 1
            ? 0
            : org.demitasse.net.ip.InternetChecksum.pseudo(
                0,
                org.demitasse.net.ip.IpAddress.v4(p.getInt(12)),
                0,
                org.demitasse.net.ip.IpAddress.v4(p.getInt(16)),
                protocol,
                length);
    p.putShort(
        at,
        org.demitasse.net.ip.InternetChecksum.finish(
            org.demitasse.net.ip.InternetChecksum.add(sum, p, 20, length)));
  }

  private static byte[] mutate(SplittableRandom random, byte[] frame) {
    byte[] copy = java.util.Arrays.copyOf(frame, Math.max(random.nextInt(frame.length + 20), 0));
    for (int i = 0; i < 4 && copy.length > 0; i++) {
      copy[random.nextInt(copy.length)] = (byte) random.nextInt(256);
    }
    return copy;
  }
}

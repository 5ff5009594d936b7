package org.demitasse.net.ip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.demitasse.core.PacketBuffer;
import org.demitasse.core.PacketPool;
import org.demitasse.net.link.Ethernet;
import org.demitasse.net.sim.SimNetwork;
import org.demitasse.net.sim.WirePeer;
import org.demitasse.net.socket.UdpSocket;
import org.junit.jupiter.api.Test;

/** RFC 791, section 3.2, seen from a UDP socket. */
class ReassemblyTest {
  private final WirePeer wire = new WirePeer();
  private final PacketPool pool = PacketPool.heap(65535, 4);
  private UdpSocket socket;

  private UdpSocket open() throws IOException {
    socket = wire.stack().openUdp();
    socket.bind(new InetSocketAddress(SimNetwork.address(1), 5000));
    return socket;
  }

  private PacketBuffer datagram(int size) {
    PacketBuffer p = pool.allocate();
    p.append(8 + size);
    p.putInt(0, 6000 << 16 | 5000);
    p.putInt(4, 8 + size << 16);
    for (int i = 0; i < size; i++) {
      p.putByte(8 + i, i * 7);
    }
    long sum =
        InternetChecksum.pseudo(
            0, IpAddress.v4(WirePeer.REMOTE), 0, IpAddress.v4(WirePeer.LOCAL), 17, 8 + size);
    p.putShort(6, InternetChecksum.finish(InternetChecksum.add(sum, p, 0, 8 + size)));
    return p;
  }

  private void fragment(PacketBuffer whole, int id, int from, int to, boolean more) {
    PacketBuffer p = pool.allocate();
    p.append(to - from);
    p.put(0, whole, from, to - from);
    int fragment = (more ? Ipv4Header.MORE_FRAGMENTS : 0) | from / 8;
    Ipv4Header.prepend(p, 0, id, fragment, 64, 17, WirePeer.REMOTE, WirePeer.LOCAL);
    p.prepend(14);
    p.putMac(0, WirePeer.LOCAL_MAC);
    p.putMac(6, WirePeer.REMOTE_MAC);
    p.putShort(12, Ethernet.TYPE_IPV4);
    byte[] frame = new byte[p.length()];
    p.get(0, frame, 0, frame.length);
    p.release();
    wire.arrive(frame);
  }

  private int received() throws IOException {
    ByteBuffer in = ByteBuffer.allocate(70000);
    if (socket.receive(in) == null) {
      return -1;
    }
    for (int i = 0; i < in.position(); i++) {
      assertThat(in.get(i)).isEqualTo((byte) (i * 7));
    }
    return in.position();
  }

  @Test
  void fragmentsInAnyOrderAndTwice() throws IOException {
    open();
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      int size = random.nextInt(1, 20_000);
      PacketBuffer whole = datagram(size);
      List<int[]> pieces = new ArrayList<>();
      int step = 8 * random.nextInt(40, 180);
      for (int from = 0; from < whole.length(); from += step) {
        int[] piece = {from, Math.min(from + step, whole.length())};
        pieces.add(piece);
        if (random.nextInt(4) == 0 && whole.length() > step) {
          pieces.add(piece);
        }
      }
      Collections.shuffle(pieces, random);
      for (int[] piece : pieces) {
        fragment(whole, seed, piece[0], piece[1], piece[1] < whole.length());
      }
      whole.release();
      assertThat(received()).as("seed %d", seed).isEqualTo(size);
    }
    wire.run(60_000 * WirePeer.MILLI);
    assertThat(wire.stack().ip().largePool().outstanding()).isZero();
  }
}

package org.demitasse.net.sim;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.demitasse.core.PacketBuffer;
import org.demitasse.core.PacketPool;
import org.demitasse.net.ip.InternetChecksum;
import org.demitasse.net.ip.IpAddress;
import org.demitasse.net.ip.Ipv4Header;
import org.demitasse.net.ip.Ipv6Header;
import org.demitasse.net.socket.TcpListener;
import org.demitasse.net.socket.TcpSocket;
import org.demitasse.net.socket.UdpSocket;

/**
 * Frames from a fuzzer, to a stack with an established connection, a listener and a UDP socket: it
 * neither breaks nor keeps buffers. Checksums are made right where the input asks for it, or
 * nothing would come past them. Run by {@code scripts/fuzz}.
 */
class StackInputTest {
  private static final int FRAMES_MAX = 64;
  private static final int PAYLOAD_MAX = 1400;
  private static final int[] PROTOCOLS = {1, 2, 6, 6, 6, 17, 44, 58, 58};

  private final PacketPool pool = PacketPool.heap(1500, 4);

  @FuzzTest(maxDuration = "")
  void framesAreSurvived(FuzzedDataProvider input) throws IOException {
    WirePeer wire = new WirePeer();
    TcpListener listener = wire.listen(4);
    UdpSocket udp = wire.stack().openUdp();
    udp.bind(new InetSocketAddress(SimNetwork.address(1), 53));
    TcpSocket socket = wire.accept(listener, (byte) 3, (byte) 3, (byte) 7, (byte) 1);
    ByteBuffer bytes = ByteBuffer.allocate(3000);
    for (int i = 0; i < FRAMES_MAX && input.remainingBytes() > 0; i++) {
      switch (input.consumeInt(0, 7)) {
        case 0 -> arrive(wire, input.consumeBytes(input.consumeInt(0, PAYLOAD_MAX)));
        case 1, 2, 3 -> arrive(wire, packet4(input, wire));
        case 4 -> arrive(wire, packet6(input));
        case 5 -> wire.run(1L << input.consumeInt(0, 33));
        default -> use(socket, udp, bytes, input);
      }
    }
    socket.close();
    listener.close();
    udp.close();
    wire.run(3_000_000 * WirePeer.MILLI);
    wire.frames().clear();
    boolean clean =
        wire.stack().tcp().connectionCount() == 0
            && wire.stack().tcp().chunks().used() == 0
            && wire.host().device().pool().outstanding() == 0
            && wire.stack().ip().largePool().outstanding() == 0;
    if (!clean) {
      throw new AssertionError("connections or buffers are left over");
    }
  }

  private static void arrive(WirePeer wire, byte[] frame) {
    wire.host().device().arrive(frame);
    wire.host().wake();
  }

  private static void use(TcpSocket socket, UdpSocket udp, ByteBuffer bytes, FuzzedDataProvider in)
      throws IOException {
    udp.receive(bytes.clear());
    try {
      socket.read(bytes.clear());
      socket.write(bytes.clear().limit(in.consumeInt(0, 3000)));
    } catch (IOException e) {
      socket.close(); // reset by one of the frames, which is their right
    }
  }

  /** An IPv4 packet to the stack; TCP is near what the connection expects. */
  private byte[] packet4(FuzzedDataProvider input, WirePeer wire) {
    int protocol = input.pickValue(PROTOCOLS);
    int fragment = input.consumeBoolean() ? 0 : input.consumeInt(0, 0x3fff);
    int identification = input.consumeInt(0, 3);
    boolean near = input.consumeBoolean();
    int source = input.consumeInt(0, 7) == 0 ? input.consumeInt() : WirePeer.REMOTE;
    int sequence = wire.seq + input.consumeInt(-10, 3000);
    int acknowledgment = wire.ack + input.consumeInt(-10, 3000);
    PacketBuffer p = payload(input);
    if (near && protocol == 6 && p.length() >= 20) {
      p.putInt(0, wire.port << 16 | 80);
      p.putInt(4, sequence);
      p.putInt(8, acknowledgment);
    } else if (near && protocol == 17 && p.length() >= 8) {
      p.putShort(2, 53);
      p.putShort(4, p.length());
    }
    int at = protocol == 6 ? 16 : protocol == 17 ? 6 : protocol == 1 ? 2 : -1;
    if (near && at >= 0 && p.length() >= at + 2) {
      p.putShort(at, 0);
      long pseudo =
          protocol == 1
              ? 0
              : InternetChecksum.pseudo(
                  0, IpAddress.v4(source), 0, IpAddress.v4(WirePeer.LOCAL), protocol, p.length());
      p.putShort(at, InternetChecksum.finish(InternetChecksum.add(pseudo, p, 0, p.length())));
    }
    Ipv4Header.prepend(p, 0, identification, fragment, 64, protocol, source, WirePeer.LOCAL);
    return frame(p, 0x0800);
  }

  /** An IPv6 packet to the stack or one of its groups. */
  private byte[] packet6(FuzzedDataProvider input) {
    int next = input.pickValue(PROTOCOLS);
    boolean near = input.consumeBoolean();
    long sourceHigh = input.consumeBoolean() ? 0xfe80L << 48 : 0x20010db8L << 32;
    long high = input.consumeBoolean() ? 0xff02L << 48 : 0x20010db8L << 32;
    PacketBuffer p = payload(input);
    if (near && next == 58 && p.length() >= 4) {
      p.putShort(2, 0);
      long sum = InternetChecksum.pseudo(sourceHigh, 2, high, 1, 58, p.length());
      p.putShort(2, InternetChecksum.finish(InternetChecksum.add(sum, p, 0, p.length())));
    }
    Ipv6Header.prepend(p, 0, 0, next, 255, sourceHigh, 2, high, 1);
    return frame(p, 0x86dd);
  }

  private PacketBuffer payload(FuzzedDataProvider input) {
    byte[] bytes = input.consumeBytes(input.consumeInt(0, PAYLOAD_MAX));
    PacketBuffer p = pool.allocate();
    p.append(bytes.length);
    p.put(0, bytes, 0, bytes.length);
    return p;
  }

  private static byte[] frame(PacketBuffer p, int type) {
    p.prepend(14);
    p.putMac(0, WirePeer.LOCAL_MAC);
    p.putMac(6, WirePeer.REMOTE_MAC);
    p.putShort(12, type);
    byte[] frame = new byte[p.length()];
    p.get(0, frame, 0, frame.length);
    p.release();
    return frame;
  }
}

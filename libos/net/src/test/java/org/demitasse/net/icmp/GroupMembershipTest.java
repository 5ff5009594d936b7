package org.demitasse.net.icmp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.demitasse.core.PacketBuffer;
import org.demitasse.net.ip.InternetChecksum;
import org.demitasse.net.sim.SimNetwork;
import org.demitasse.net.sim.WirePeer;
import org.demitasse.net.socket.SocketSetting;
import org.demitasse.net.socket.UdpSocket;
import org.junit.jupiter.api.Test;

class GroupMembershipTest {
  private static final InetAddress GROUP = InetAddress.ofLiteral("239.1.2.3");
  private final WirePeer wire = new WirePeer();

  /** Types of the IGMP messages sent since the last call. */
  private List<Integer> igmp() {
    List<Integer> types = new ArrayList<>();
    for (byte[] f = wire.frames().poll(); f != null; f = wire.frames().poll()) {
      if (f[12] == 8 && f[13] == 0 && f[23] == 2) {
        assertThat(f[14]).isEqualTo((byte) 0x46);
        assertThat(f[22]).as("time to live").isEqualTo((byte) 1);
        PacketBuffer p = wire.pool().allocate();
        p.append(f.length);
        p.put(0, f, 0, f.length);
        assertThat(InternetChecksum.fold(InternetChecksum.add(0, p, 14, 24))).isEqualTo(0xffff);
        assertThat(InternetChecksum.fold(InternetChecksum.add(0, p, 38, 8))).isEqualTo(0xffff);
        p.release();
        types.add((int) f[38]);
      }
    }
    return types;
  }

  @Test
  void rfc2236_3_joiningIsReportedTwiceAndLeavingOnce() throws IOException {
    UdpSocket socket = wire.stack().openUdp();
    socket.bind(new InetSocketAddress(5000));
    socket.join(GROUP, 2, null);
    wire.run(5_000 * WirePeer.MILLI);
    assertThat(igmp()).containsExactly(0x16, 0x16);
    socket.leave(GROUP, 2, null);
    assertThat(igmp()).containsExactly(0x17);
  }

  @Test
  void rfc2236_3_queriesAreAnsweredInTime() throws IOException {
    UdpSocket socket = wire.stack().openUdp();
    socket.bind(new InetSocketAddress(5000));
    socket.join(GROUP, 2, null);
    wire.run(5_000 * WirePeer.MILLI);
    igmp();
    PacketBuffer p = wire.pool().allocate();
    p.append(8);
    p.putInt(0, 0x110a0000);
    p.putInt(4, 0);
    p.putShort(2, InternetChecksum.finish(InternetChecksum.add(0, p, 0, 8)));
    wire.arriveIp(p, 2);
    wire.run(1_100 * WirePeer.MILLI);
    assertThat(igmp()).containsExactly(0x16);
  }

  @Test
  void rfc1112_6_1_membersOnThisHostHearTheirOwnHost() throws IOException {
    UdpSocket receiver = wire.stack().openUdp();
    receiver.bind(new InetSocketAddress(5000));
    receiver.join(GROUP, 2, null);
    UdpSocket sender = wire.stack().openUdp();
    sender.send(ByteBuffer.wrap(new byte[] {1, 2, 3}), new InetSocketAddress(GROUP, 5000));
    ByteBuffer in = ByteBuffer.allocate(10);
    InetSocketAddress from = receiver.receive(in);
    assertThat(from).isNotNull();
    assertThat(from.getAddress()).isEqualTo(SimNetwork.address(1));
    sender.setOption(SocketSetting.MULTICAST_LOOP, false);
    sender.send(ByteBuffer.wrap(new byte[] {1}), new InetSocketAddress(GROUP, 5000));
    assertThat(receiver.receive(in.clear())).isNull();
  }
}

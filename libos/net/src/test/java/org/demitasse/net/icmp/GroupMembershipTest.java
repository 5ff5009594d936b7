package org.demitasse.net.icmp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.demitasse.net.sim.SimNetwork;
import org.demitasse.net.sim.WirePeer;
import org.demitasse.net.socket.SocketSetting;
import org.demitasse.net.socket.UdpSocket;
import org.junit.jupiter.api.Test;

class GroupMembershipTest {
  private static final InetAddress GROUP = InetAddress.ofLiteral("239.1.2.3");
  private final WirePeer wire = new WirePeer();

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

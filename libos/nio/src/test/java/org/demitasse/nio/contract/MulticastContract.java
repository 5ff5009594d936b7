package org.demitasse.nio.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.MembershipKey;
import java.util.function.Supplier;
import org.demitasse.nio.net.InterfaceTable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Multicast over the loopback interface. Ours alone: on Linux that interface is not one for
 * multicast.
 */
abstract class MulticastContract extends NetworkContract {
  private InetAddress group;
  private NetworkInterface lo;

  MulticastContract(Supplier<Platform> platforms) {
    super(platforms);
  }

  @BeforeEach
  void chooseGroup() throws Exception {
    group = InetAddress.getByAddress(new byte[] {(byte) 239, 1, 2, 3});
    lo = InterfaceTable.getByName("lo");
  }

  @Test
  void membersHearTheGroup() throws Exception {
    MulticastSocket first = closing(platform.multicastSocket(new InetSocketAddress(0)));
    InetSocketAddress target = new InetSocketAddress(group, first.getLocalPort());
    MulticastSocket second =
        closing(platform.multicastSocket(new InetSocketAddress(first.getLocalPort())));
    first.joinGroup(target, lo);
    second.joinGroup(target, lo);
    assertThatThrownBy(() -> first.joinGroup(target, lo))
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Already a member of group");
    MulticastSocket sender = closing(platform.multicastSocket(loopback(0)));
    sender.setOption(StandardSocketOptions.IP_MULTICAST_IF, lo);
    sender.send(new DatagramPacket("hi".getBytes(), 2, target));
    for (MulticastSocket member : new MulticastSocket[] {first, second}) {
      DatagramPacket received = new DatagramPacket(new byte[4], 4);
      member.setSoTimeout(10_000);
      member.receive(received);
      assertThat(received.getLength()).isEqualTo(2);
      assertThat(received.getPort()).isEqualTo(sender.getLocalPort());
    }
    second.leaveGroup(target, lo);
    sender.send(new DatagramPacket("again".getBytes(), 5, target));
    first.receive(new DatagramPacket(new byte[8], 8));
    second.setSoTimeout(20);
    assertThatThrownBy(() -> second.receive(new DatagramPacket(new byte[8], 8)))
        .isExactlyInstanceOf(SocketTimeoutException.class);
  }

  @Test
  void channelsKeepTheirKeys() throws Exception {
    DatagramChannel channel =
        closing(platform.provider().openDatagramChannel(StandardProtocolFamily.INET));
    channel.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[4]), 0));
    assertThatThrownBy(() -> channel.join(loopback(), lo))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("Group not a multicast address");
    MembershipKey key = channel.join(group, lo);
    assertThat(key.isValid()).isTrue();
    assertThat(key.group()).isEqualTo(group);
    assertThat(key.networkInterface()).isEqualTo(lo);
    assertThat(key.channel()).isSameAs(channel);
    assertThat(key.sourceAddress()).isNull();
    assertThat(key).hasToString("<239.1.2.3,lo>");
    assertThat(channel.join(group, lo)).isSameAs(key);
    assertThatThrownBy(() -> channel.join(group, lo, loopback()))
        .isExactlyInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> key.block(loopback()))
        .isExactlyInstanceOf(UnsupportedOperationException.class);
    channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, lo);
    int port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
    channel.send(bytes("self"), new InetSocketAddress(group, port));
    ByteBuffer target = ByteBuffer.allocate(8);
    channel.receive(target);
    assertThat(text(target)).isEqualTo("self");
    key.drop();
    assertThat(key.isValid()).isFalse();
    key.drop();
    MembershipKey second = channel.join(group, lo);
    assertThat(second).isNotSameAs(key);
    channel.close();
    assertThat(second.isValid()).isFalse();
  }
}

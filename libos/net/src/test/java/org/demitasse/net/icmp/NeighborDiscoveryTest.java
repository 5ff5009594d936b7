package org.demitasse.net.icmp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.demitasse.net.NetworkConfig;
import org.demitasse.net.sim.Impairment;
import org.demitasse.net.sim.SimDevice;
import org.demitasse.net.sim.SimHost;
import org.demitasse.net.sim.SimNetwork;
import org.demitasse.net.socket.TcpListener;
import org.demitasse.net.socket.TcpSocket;
import org.demitasse.net.socket.UdpSocket;
import org.junit.jupiter.api.Test;

/** Between two hosts; the scripts {@code rfc/link/4861-4862-*.pkt} try each rule by itself. */
class NeighborDiscoveryTest {
  private static final long SECOND = 1_000_000_000L;

  private final SimNetwork network = new SimNetwork(1, Impairment.delay(1_000_000));

  private SimHost host(int number) {
    SimDevice device = new SimDevice(network, 0x02_00_00_00_00_00L | number, 1500);
    return network.host(
        device,
        new NetworkConfig()
            .address("eth0", device, SimNetwork.address(number), 24, null)
            .ipv6(true));
  }

  @Test
  void rfc4861_neighboursFindEachOther() throws IOException {
    SimHost one = host(1);
    SimHost two = host(2);
    network.run(SECOND);
    UdpSocket server = two.stack().openUdp();
    server.bind(new InetSocketAddress("::", 5000));
    UdpSocket client = one.stack().openUdp();
    InetAddress to = InetAddress.ofLiteral("fe80::ff:fe00:2");
    client.send(ByteBuffer.allocate(4000), new InetSocketAddress(to, 5000));
    network.run(SECOND);
    ByteBuffer in = ByteBuffer.allocate(5000);
    InetSocketAddress from = server.receive(in);
    assertThat(from).isNotNull();
    assertThat(from.getAddress()).isEqualTo(InetAddress.ofLiteral("fe80::ff:fe00:1"));
    assertThat(in.position()).isEqualTo(4000);
  }

  /** An address that is good on one link alone says which link that is. */
  @Test
  void rfc4007_s6_linkLocalAddressesNameTheirZone() throws IOException {
    SimHost one = host(1);
    SimHost two = host(2);
    network.run(SECOND);
    TcpListener listener = two.stack().openTcpListener();
    listener.listen(new InetSocketAddress("::", 80), 1);
    TcpSocket client = one.stack().openTcp();
    client.connect(new InetSocketAddress(InetAddress.ofLiteral("fe80::ff:fe00:2"), 80));
    network.run(SECOND);
    TcpSocket accepted = listener.accept();
    assertThat(accepted.remoteAddress().getAddress().getHostAddress())
        .isEqualTo("fe80:0:0:0:0:ff:fe00:1%2");
    assertThat(accepted.localAddress().getAddress().getHostAddress())
        .isEqualTo("fe80:0:0:0:0:ff:fe00:2%2");
    UdpSocket server = two.stack().openUdp();
    server.bind(new InetSocketAddress("::", 5000));
    UdpSocket asking = one.stack().openUdp();
    asking.send(
        ByteBuffer.allocate(1),
        new InetSocketAddress(InetAddress.ofLiteral("fe80::ff:fe00:2"), 5000));
    network.run(SECOND);
    assertThat(server.receive(ByteBuffer.allocate(1)).getAddress().getHostAddress())
        .isEqualTo("fe80:0:0:0:0:ff:fe00:1%2");
  }

  @Test
  void rfc4443_portUnreachableReachesTheSocket() throws IOException {
    SimHost one = host(1);
    host(2);
    network.run(SECOND);
    UdpSocket client = one.stack().openUdp();
    client.connect(new InetSocketAddress(InetAddress.ofLiteral("fe80::ff:fe00:2"), 5001));
    client.send(ByteBuffer.allocate(10), null);
    network.run(SECOND);
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> client.receive(ByteBuffer.allocate(10)))
        .isInstanceOf(java.net.PortUnreachableException.class);
  }

  @Test
  void pingOverBothFamilies() throws Exception {
    SimHost one = host(1);
    SimHost two = host(2);
    network.run(SECOND);
    for (String target : new String[] {"10.0.0.2", "fe80::ff:fe00:2"}) {
      Thread pinger =
          new Thread(
              () -> {
                try {
                  one.stack().ping(InetAddress.ofLiteral(target), 0, 1);
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      pinger.start();
      pinger.join();
      network.run(SECOND);
    }
    assertThat(two.stack().icmp().counters().echoesAnswered).isEqualTo(2);
  }
}

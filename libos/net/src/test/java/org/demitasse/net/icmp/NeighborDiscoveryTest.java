package org.demitasse.net.icmp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.demitasse.core.PacketBuffer;
import org.demitasse.core.PacketPool;
import org.demitasse.net.NetworkConfig;
import org.demitasse.net.ip.InternetChecksum;
import org.demitasse.net.ip.IpAddress;
import org.demitasse.net.ip.Ipv6Header;
import org.demitasse.net.ip.Route;
import org.demitasse.net.sim.Impairment;
import org.demitasse.net.sim.SimDevice;
import org.demitasse.net.sim.SimHost;
import org.demitasse.net.sim.SimNetwork;
import org.demitasse.net.socket.UdpSocket;
import org.junit.jupiter.api.Test;

class NeighborDiscoveryTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long ROUTER_HIGH = 0xfe80L << 48;
  private static final long ALL_NODES = 0xff02L << 48;

  private final SimNetwork network = new SimNetwork(1, Impairment.delay(1_000_000));
  private final PacketPool pool = PacketPool.heap(1500, 8);

  private SimHost host(int number) {
    SimDevice device = new SimDevice(network, 0x02_00_00_00_00_00L | number, 1500);
    return network.host(
        device,
        new NetworkConfig()
            .address("eth0", device, SimNetwork.address(number), 24, null)
            .ipv6(true));
  }

  private static List<String> addresses(SimHost host) {
    return host.stack().interfaces().get(1).addresses().stream()
        .map(a -> a.address().getHostAddress() + "/" + a.prefixLength())
        .filter(a -> a.contains(":"))
        .toList();
  }

  private void message(SimHost to, PacketBuffer p, long high, long low, int hopLimit) {
    long sum = InternetChecksum.pseudo(ROUTER_HIGH, 1, high, low, 58, p.length());
    p.putShort(2, InternetChecksum.finish(InternetChecksum.add(sum, p, 0, p.length())));
    Ipv6Header.prepend(p, 0, 0, 58, hopLimit, ROUTER_HIGH, 1, high, low);
    p.prepend(14);
    p.putMac(0, 0x3333_0000_0001L);
    p.putMac(6, 0x02_00_00_00_00_99L);
    p.putShort(12, 0x86dd);
    byte[] frame = new byte[p.length()];
    p.get(0, frame, 0, frame.length);
    p.release();
    network.after(0, () -> to.device().arrive(frame));
    network.run(1);
    to.stack().poll();
  }

  private PacketBuffer advertisement(int lifetime, int valid) {
    PacketBuffer p = pool.allocate();
    p.append(16 + 8 + 32);
    p.zero(0, p.length());
    p.putByte(0, 134);
    p.putShort(6, lifetime);
    p.putShort(16, 0x0101);
    p.putMac(18, 0x02_00_00_00_00_99L);
    p.putShort(24, 0x0304);
    p.putShort(26, 64 << 8 | 0xc0);
    p.putInt(28, valid);
    p.putInt(32, valid);
    p.putLong(40, 0x20010db8_00050000L);
    return p;
  }

  @Test
  void rfc4862_linkLocalAddressOfTheHardwareAddress() {
    assertThat(addresses(host(1))).containsExactly("fe80:0:0:0:0:ff:fe00:1/64");
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
  void rfc4862_5_5_prefixesBecomeAddressesAndExpire() {
    SimHost host = host(1);
    network.run(SECOND);
    message(host, advertisement(1800, 600), ALL_NODES, 1, 255);
    network.run(SECOND);
    assertThat(addresses(host)).contains("2001:db8:5:0:0:ff:fe00:1/64");
    Route route = host.stack().ip().routes().find(0x20014860L << 32, 1);
    assertThat(route.gatewayHigh()).isEqualTo(ROUTER_HIGH);
    network.run(700 * SECOND);
    assertThat(addresses(host)).hasSize(1);
    network.run(1800 * SECOND);
    assertThat(host.stack().ip().routes().find(0x20014860L << 32, 1)).isNull();
  }

  @Test
  void rfc4861_6_1_2_advertisementsFromFarAreIgnored() {
    SimHost host = host(1);
    network.run(SECOND);
    message(host, advertisement(1800, 600), ALL_NODES, 1, 64);
    network.run(SECOND);
    assertThat(addresses(host)).hasSize(1);
  }

  @Test
  void rfc4862_5_4_addressInUseIsGivenUp() {
    SimHost host = host(1);
    network.run(SECOND);
    PacketBuffer p = pool.allocate();
    p.append(32);
    p.putLong(0, 136L << 56 | 0x2000_0000L);
    p.putLong(8, ROUTER_HIGH);
    p.putLong(16, 0x0000_00ff_fe00_0001L);
    p.putShort(24, 0x0201);
    p.putMac(26, 0x02_00_00_00_00_99L);
    message(host, p, ALL_NODES, 1, 255);
    assertThat(addresses(host)).isEmpty();
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
    assertThat(IpAddress.isLinkLocal(ROUTER_HIGH, 1)).isTrue();
  }
}

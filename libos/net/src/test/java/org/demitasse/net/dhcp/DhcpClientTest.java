package org.demitasse.net.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.demitasse.net.NetworkConfig;
import org.demitasse.net.sim.Impairment;
import org.demitasse.net.sim.SimDevice;
import org.demitasse.net.sim.SimHost;
import org.demitasse.net.sim.SimNetwork;
import org.demitasse.net.socket.InterfaceInfo;
import org.demitasse.net.socket.SocketSetting;
import org.demitasse.net.socket.UdpSocket;
import org.junit.jupiter.api.Test;

/** RFC 2131 against a small server on another simulated host. */
class DhcpClientTest {
  private static final long SECOND = 1_000_000_000L;

  private final List<Integer> types = new ArrayList<>();
  private final SimNetwork network = new SimNetwork(1, Impairment.delay(1_000_000));
  private boolean silent;
  private boolean refuse;
  private boolean rapid;
  private int given = 100;
  private int mask = 0xffffff00;
  private byte[] more = {};

  private SimHost start() throws IOException {
    SimHost server = network.host(1);
    UdpSocket udp = server.stack().openUdp();
    udp.setOption(SocketSetting.BROADCAST, true);
    udp.bind(new InetSocketAddress(67));
    ByteBuffer in = ByteBuffer.allocate(1500);
    udp.addListener(
        () -> {
          try {
            while (udp.receive(in.clear()) != null) {
              answer(udp, in.flip());
            }
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
    SimDevice device = new SimDevice(network, 0x020000000063L, 1500);
    return network.host(device, new NetworkConfig().dhcp("eth0", device).hostName("guest"));
  }

  private void answer(UdpSocket udp, ByteBuffer in) throws IOException {
    int type = 0;
    boolean wantsRapid = false;
    for (int i = 240; in.get(i) != -1; i += in.get(i) == 0 ? 1 : 2 + in.get(i + 1)) {
      type = in.get(i) == 53 ? in.get(i + 2) : type;
      wantsRapid |= in.get(i) == 80;
    }
    types.add(type);
    if (silent || type == 4) {
      return;
    }
    boolean commit = rapid && wantsRapid && type == 1;
    ByteBuffer out = ByteBuffer.allocate(400);
    out.put(in.slice(0, 240)).put(0, (byte) 2);
    out.putInt(16, 0x0a000000 | given);
    out.put(new byte[] {53, 1, (byte) (refuse && type == 3 ? 6 : type == 1 && !commit ? 2 : 5)});
    out.put(new byte[] {54, 4, 10, 0, 0, 1, 51, 4, 0, 0, 0, 100, 1, 4}).putInt(mask);
    out.put(more);
    out.put(new byte[] {3, 4, 10, 0, 0, 1, 6, 8, 10, 0, 0, 1, 8, 8, 8, 8});
    out.put(new byte[] {15, 5, 'l', 'o', 'c', 'a', 'l'});
    if (commit) {
      out.put(new byte[] {80, 0});
    }
    out.put((byte) -1).flip();
    InetAddress to =
        in.getInt(12) == 0
            ? InetAddress.ofLiteral("255.255.255.255")
            : InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) in.getInt(12)});
    udp.send(out, new InetSocketAddress(to, 68));
  }

  private static List<String> addresses(SimHost host) {
    List<InterfaceInfo.Address> all = host.stack().interfaces().get(1).addresses();
    return all.stream().map(a -> a.address().getHostAddress() + "/" + a.prefixLength()).toList();
  }

  @Test
  void s3_1_discoverOfferRequestAck() throws IOException {
    SimHost client = start();
    network.run(SECOND);
    assertThat(types).containsExactly(1, 3);
    assertThat(addresses(client)).containsExactly("10.0.0.100/24");
    assertThat(client.stack().awaitConfigured(0)).isTrue();
    assertThat(client.stack().ip().routes().find(0, 0xffff_0808_0808L).gatewayLow())
        .isEqualTo(0xffff_0a00_0001L);
  }

  @Test
  void rfc4039_rapidCommitSavesARoundTrip() throws IOException {
    rapid = true;
    SimHost client = start();
    network.run(SECOND);
    assertThat(types).containsExactly(1);
    assertThat(addresses(client)).containsExactly("10.0.0.100/24");
  }

  @Test
  void s4_1_retriesWithBackoff() throws IOException {
    silent = true;
    SimHost client = start();
    network.run(40 * SECOND);
    assertThat(types).hasSizeBetween(4, 8);
    silent = false;
    network.run(80 * SECOND);
    assertThat(addresses(client)).containsExactly("10.0.0.100/24");
  }

  @Test
  void s4_4_5_renewsAtHalfTime() throws IOException {
    SimHost client = start();
    network.run(SECOND);
    types.clear();
    network.run(60 * SECOND);
    assertThat(types).containsExactly(3);
    network.run(1000 * SECOND);
    assertThat(addresses(client)).containsExactly("10.0.0.100/24");
  }

  @Test
  void s4_4_5_addressIsGivenUpWhenTheLeaseEnds() throws IOException {
    SimHost client = start();
    network.run(SECOND);
    silent = true;
    network.run(110 * SECOND);
    assertThat(addresses(client)).isEmpty();
    assertThat(client.stack().ip().routes().find(0, 0xffff_0808_0808L)).isNull();
    assertThat(types.get(types.size() - 1)).isEqualTo(1);
  }

  @Test
  void s3_1_5_nakStartsAnew() throws IOException {
    SimHost client = start();
    network.run(SECOND);
    refuse = true;
    network.run(52 * SECOND);
    assertThat(addresses(client)).isEmpty();
    refuse = false;
    given = 101;
    network.run(100 * SECOND);
    assertThat(addresses(client)).containsExactly("10.0.0.101/24");
  }

  @Test
  void s3_1_5_aServerThatOffersWhatItRefusesIsAskedLessAndLessOften() throws IOException {
    refuse = true;
    SimHost client = start();
    network.run(100 * SECOND);
    assertThat(types).hasSizeBetween(6, 16);
    refuse = false;
    network.run(70 * SECOND);
    assertThat(addresses(client)).containsExactly("10.0.0.100/24");
  }

  @Test
  void s4_4_5_aRenewalMayChangeTheNetwork() throws IOException {
    SimHost client = start();
    network.run(SECOND);
    mask = 0xffff0000;
    more = new byte[] {121, 7, 16, 10, 9, 10, 0, 0, 7};
    network.run(60 * SECOND);
    assertThat(addresses(client)).containsExactly("10.0.0.100/16");
    assertThat(client.stack().ip().routes().find(0, 0xffff_0a09_0808L).gatewayLow())
        .isEqualTo(0xffff_0a00_0007L);
    assertThat(client.stack().ip().routes().find(0, 0xffff_0808_0808L)).isNull();
  }

  @Test
  void rfc2132_5_1_theLinksMtuIsUsedForAsLongAsTheLease() throws IOException {
    more = new byte[] {26, 2, 5, 0x78};
    SimHost client = start();
    network.run(SECOND);
    assertThat(client.stack().interfaces().get(1).mtu()).isEqualTo(1400);
    silent = true;
    network.run(110 * SECOND);
    assertThat(client.stack().interfaces().get(1).mtu()).isEqualTo(1500);
  }

  @Test
  void rfc2132_5_1_anMtuThatNoHostMayHaveIsNotUsed() throws IOException {
    more = new byte[] {26, 2, 0, 68};
    SimHost client = start();
    network.run(SECOND);
    assertThat(client.stack().interfaces().get(1).mtu()).isEqualTo(1500);
  }

  @Test
  void rfc3396_7_aLongOptionComesInSeveral() throws IOException {
    more = new byte[] {121, 3, 0, 10, 0, 121, 2, 0, 9, 119, 4, 3, 'l', 'a', 'b', 119, 1, 0};
    SimHost client = start();
    network.run(SECOND);
    assertThat(client.stack().ip().routes().find(0, 0xffff_0808_0808L).gatewayLow())
        .isEqualTo(0xffff_0a00_0009L);
  }

  @Test
  void s4_4_1_anAddressThatAnotherUsesIsDeclined() throws IOException {
    network.host(100);
    SimHost client = start();
    given = 100;
    network.run(5 * SECOND);
    assertThat(types).containsExactly(1, 3, 4);
    assertThat(addresses(client)).isEmpty();
    assertThat(client.stack().awaitConfigured(0)).isFalse();
    given = 101;
    network.run(20 * SECOND);
    assertThat(types).containsExactly(1, 3, 4, 1, 3);
    assertThat(addresses(client)).containsExactly("10.0.0.101/24");
  }

  @Test
  void rfc5227_2_4_afterTheProbesAnAddressIsDefendedAndKept() throws IOException {
    SimHost client = start();
    network.run(20 * SECOND);
    network.host(100);
    network.run(5 * SECOND);
    assertThat(types).containsExactly(1, 3);
    assertThat(addresses(client)).containsExactly("10.0.0.100/24");
  }

  @Test
  void aNetworkOfIpv6AloneIsNotWaitedForToTheEnd() {
    for (boolean ipv6 : new boolean[] {false, true}) {
      SimDevice device = new SimDevice(network, 0x020000000063L, 1500);
      NetworkConfig config = new NetworkConfig().dhcp("eth0", device).ipv6(true);
      if (ipv6) {
        config.moreAddress(SimNetwork.address6(9), 64);
      }
      assertThat(network.host(device, config).stack().awaitConfigured(8_000_000)).isEqualTo(ipv6);
    }
  }

  @Test
  void aBadWireOnlyTakesLonger() throws IOException {
    network.impair(Impairment.delay(5_000_000).withLoss(0.4));
    SimHost client = start();
    network.run(300 * SECOND);
    assertThat(client.stack().awaitConfigured(0) || !types.isEmpty()).isTrue();
    network.impair(Impairment.delay(5_000_000));
    network.run(200 * SECOND);
    assertThat(addresses(client)).containsExactly("10.0.0.100/24");
  }
}

package org.demitasse.nio.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver.LookupPolicy;
import java.util.List;
import org.demitasse.net.socket.InterfaceInfo;
import org.demitasse.net.socket.SocketStack;
import org.demitasse.nio.fake.FakeStack;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NameServiceTest {
  private static final int BOTH = LookupPolicy.IPV4 | LookupPolicy.IPV6;

  private final NameService names = NameService.get();
  private InetAddress v4;
  private InetAddress v6;

  @BeforeEach
  void installStack() throws Exception {
    FakeStack stack = new FakeStack();
    v4 = InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 1});
    byte[] bytes = new byte[16];
    bytes[0] = 0x20;
    bytes[15] = 1;
    v6 = InetAddress.getByAddress(bytes);
    stack.name("mixed.example", List.of(v6, v4));
    stack.name("six.example", List.of(v6));
    Network.install(stack);
    Network.install(new OpenedJdkAccess());
  }

  @AfterEach
  void removeStack() {
    Network.install((SocketStack) null);
  }

  private InetAddress[] lookup(String name, int policy) throws UnknownHostException {
    return names.lookupAllHostAddr(name, LookupPolicy.of(policy));
  }

  @Test
  void policyChoosesAndOrdersFamilies() throws Exception {
    assertThat(lookup("mixed.example", BOTH)).containsExactly(v6, v4);
    assertThat(lookup("mixed.example", BOTH | LookupPolicy.IPV4_FIRST)).containsExactly(v4, v6);
    assertThat(lookup("mixed.example", BOTH | LookupPolicy.IPV6_FIRST)).containsExactly(v6, v4);
    assertThat(lookup("mixed.example", LookupPolicy.IPV4)).containsExactly(v4);
    assertThat(lookup("mixed.example", LookupPolicy.IPV6)).containsExactly(v6);
    assertThat(lookup("mixed.example", LookupPolicy.IPV4)[0].getHostName())
        .isEqualTo("mixed.example");
    assertThat(names.lookupByName("six.example", LookupPolicy.of(BOTH))).containsExactly(v6);
  }

  @Test
  void unknownNamesSaySo() {
    assertThatThrownBy(() -> lookup("nowhere.example", BOTH))
        .isExactlyInstanceOf(UnknownHostException.class)
        .hasMessageContaining("nowhere.example");
    assertThatThrownBy(() -> lookup("six.example", LookupPolicy.IPV4))
        .isExactlyInstanceOf(UnknownHostException.class);
  }

  @Test
  void addressesHaveNames() throws Exception {
    assertThat(names.getHostByAddr(v6.getAddress())).isIn("mixed.example", "six.example");
    assertThat(names.lookupByAddress(new byte[] {127, 0, 0, 1})).isEqualTo("localhost");
    assertThat(names.getLocalHostName()).isEqualTo("localhost");
    assertThat(names.anyLocalAddress().getHostAddress()).isEqualTo("0.0.0.0");
    assertThat(names.loopbackAddress()).hasToString("localhost/127.0.0.1");
  }

  @Test
  void reachabilityAsksTheStack() throws Exception {
    NetworkInterface lo = InterfaceTable.getByName("lo");
    assertThat(names.isReachable(names.loopbackAddress(), 100, null, 0)).isTrue();
    assertThat(names.isReachable(names.loopbackAddress(), 100, lo, 0)).isTrue();
    assertThat(names.isReachable(InetAddress.ofLiteral("0.0.0.0"), 100, null, 0)).isTrue();
    assertThat(names.isReachable(InetAddress.ofLiteral("::"), 100, null, 0)).isTrue();
    assertThat(names.isReachable(v6, 100, lo, 0)).isFalse();
    assertThat(names.isReachable(v4, 100, null, 0)).isFalse();
  }

  @Test
  void interfacesAreTold() throws Exception {
    NetworkInterface[] all = InterfaceTable.getAll();
    assertThat(all).hasSize(1);
    assertThat(all[0].getName()).isEqualTo("lo");
    assertThat(all[0].getDisplayName()).isEqualTo("lo");
    assertThat(all[0].getIndex()).isEqualTo(1);
    assertThat(all[0].inetAddresses()).containsExactly(InetAddress.getLoopbackAddress());
    assertThat(all[0].subInterfaces()).isEmpty();
    assertThat(all[0].getInterfaceAddresses()).hasSize(1);
    assertThat(all[0].getInterfaceAddresses().get(0).getNetworkPrefixLength()).isEqualTo((short) 8);
    assertThat(InterfaceTable.getByIndex(1)).isEqualTo(all[0]);
    assertThat(InterfaceTable.getByIndex(2)).isNull();
    assertThat(InterfaceTable.getByName("eth0")).isNull();
    assertThat(InterfaceTable.getByInetAddress(InetAddress.getLoopbackAddress())).isEqualTo(all[0]);
    assertThat(InterfaceTable.boundInetAddress(v4)).isFalse();
    assertThat(InterfaceTable.isUp("lo", 1)).isTrue();
    assertThat(InterfaceTable.isLoopback("lo", 1)).isTrue();
    assertThat(InterfaceTable.supportsMulticast("lo", 1)).isTrue();
    assertThat(InterfaceTable.isPointToPoint("lo", 1)).isFalse();
    assertThat(InterfaceTable.getHardwareAddress("lo", 1)).isNull();
    assertThat(InterfaceTable.getMtu("lo", 1)).isEqualTo(65536);
    assertThatThrownBy(() -> InterfaceTable.getMtu("eth7", 7))
        .isExactlyInstanceOf(java.net.SocketException.class)
        .hasMessageContaining("eth7");
  }

  @Test
  void linkLocalAddressesNameTheirInterface() throws Exception {
    InterfaceInfo.Address own =
        new InterfaceInfo.Address(InetAddress.ofLiteral("fe80::1"), 64, null);
    Network.install(
        new FakeStack() {
          @Override
          public List<InterfaceInfo> interfaces() {
            return List.of(
                new InterfaceInfo("eth0", 2, 1500, new byte[6], true, false, true, List.of(own)));
          }
        });
    NetworkInterface eth0 = InterfaceTable.getByName("eth0");
    Inet6Address address = (Inet6Address) eth0.getInetAddresses().nextElement();
    assertThat(address.getScopedInterface()).isSameAs(eth0);
    assertThat(address.getScopeId()).isEqualTo(2);
    assertThat(address.getHostAddress()).isEqualTo("fe80:0:0:0:0:0:0:1%eth0");
    assertThat(eth0.getInterfaceAddresses().get(0).getAddress()).isSameAs(address);
    System.setProperty("java.net.preferIPv4Stack", "true");
    try {
      assertThat(InterfaceTable.getByName("eth0").inetAddresses()).isEmpty();
      assertThat(InterfaceTable.getByName("eth0").getInterfaceAddresses()).isEmpty();
    } finally {
      System.clearProperty("java.net.preferIPv4Stack");
    }
  }

  @Test
  void withoutAStackTheErrorSaysWhatToDo() {
    Network.install((SocketStack) null);
    assertThatThrownBy(Network::stack)
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Network.install");
  }
}

package org.demitasse.net.ip;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import org.demitasse.net.NetworkConfig;
import org.demitasse.net.NetworkStack;
import org.demitasse.net.device.NetInterface;
import org.demitasse.net.sim.Impairment;
import org.demitasse.net.sim.SimDevice;
import org.demitasse.net.sim.SimNetwork;
import org.junit.jupiter.api.Test;

/** RFC 6724, each test named by section and rule; most are the examples of section 10. */
class AddressSelectionTest {
  private NetworkStack stack;
  private NetInterface eth;

  /** Makes a host with these addresses ({@code address/prefix}) and ways to everywhere. */
  private void host(String... addresses) {
    SimNetwork network = new SimNetwork(1, Impairment.NONE);
    SimDevice device = new SimDevice(network, 0x02_00_00_00_00_01L, 1500);
    NetworkConfig config = new NetworkConfig();
    for (int i = 0; i < addresses.length; i++) {
      String[] parts = addresses[i].split("/");
      InetAddress address = InetAddress.ofLiteral(parts[0]);
      int prefix = Integer.parseInt(parts[1]);
      if (i == 0) {
        config.address("eth0", device, address, prefix, null);
      } else {
        config.moreAddress(address, prefix);
      }
    }
    stack = network.host(device, config).stack();
    eth = stack.ip().interfaceByIndex(2);
    for (String address : addresses) {
      boolean v4 = address.contains(".");
      stack.ip().routes().add(new Route(0, v4 ? IpAddress.v4(0) : 0, 0, 0, 0, eth));
    }
  }

  private String source(String destination) {
    InetAddress to = InetAddress.ofLiteral(destination);
    long high = IpAddress.high(to);
    long low = IpAddress.low(to);
    int index = stack.ip().selectSource(stack.ip().route(high, low), high, low);
    return index < 0
        ? "none"
        : IpAddress.toInetAddress(eth.addressHigh(index), eth.addressLow(index)).getHostAddress();
  }

  private List<InetAddress> order(String... destinations) {
    return stack.ip().order(addresses(destinations));
  }

  private static List<InetAddress> addresses(String... texts) {
    return Arrays.stream(texts).map(InetAddress::ofLiteral).toList();
  }

  private static String full(String text) {
    return InetAddress.ofLiteral(text).getHostAddress();
  }

  private void deprecate(String text) {
    InetAddress address = InetAddress.ofLiteral(text);
    eth.setDeprecated(IpAddress.high(address), IpAddress.low(address), true);
  }

  @Test
  void s5_rule1_theDestinationItself() {
    host("2001:db8:2::1/64", "2001:db8:1::1/64");
    long high = eth.addressHigh(1);
    long low = eth.addressLow(1);
    assertThat(stack.ip().selectSource(IpLayer.onLink(eth), high, low)).isEqualTo(1);
  }

  @Test
  void s5_rule2_aScopeThatReaches() {
    host("fe80::1/64", "2001:db8:3::1/64");
    assertThat(source("2001:db8:1::1")).isEqualTo(full("2001:db8:3::1"));
    assertThat(source("ff05::1")).isEqualTo(full("2001:db8:3::1"));
    assertThat(source("fe80::9")).isEqualTo(full("fe80::1"));
    assertThat(source("ff02::1")).isEqualTo(full("fe80::1"));
  }

  @Test
  void s5_rule2_linkLocalIpv4() {
    host("169.254.1.1/16", "192.0.2.1/24");
    assertThat(source("198.51.100.1")).isEqualTo("192.0.2.1");
    assertThat(source("169.254.9.9")).isEqualTo("169.254.1.1");
    assertThat(source("224.0.0.251")).isEqualTo("169.254.1.1");
  }

  @Test
  void s5_rule3_deprecatedAddressesOnlyWhenThereIsNoOther() {
    host("2001:db8:1::1/64", "2001:db8:1::2/64");
    deprecate("2001:db8:1::1");
    assertThat(source("2001:db8:1::9")).isEqualTo(full("2001:db8:1::2"));
    deprecate("2001:db8:1::2");
    assertThat(source("2001:db8:1::9")).isEqualTo(full("2001:db8:1::1"));
  }

  @Test
  void s5_rule3_scopeCountsMore() {
    host("fe80::1/64", "2001:db8:1::1/64");
    deprecate("2001:db8:1::1");
    assertThat(source("2001:db8:2::1")).isEqualTo(full("2001:db8:1::1"));
  }

  @Test
  void s5_rule6_matchingLabels() {
    host("2001:db8:1::2/64", "fd00::2/64", "2002:c633:6401::d5e3:7953:13eb:22e8/64");
    assertThat(source("2002:c633:6401::1")).startsWith("2002:");
    assertThat(source("fd11::1")).isEqualTo(full("fd00::2"));
    assertThat(source("2001:db8:9::1")).isEqualTo(full("2001:db8:1::2"));
  }

  @Test
  void s5_rule8_theLongestPrefix() {
    host("2001:db8:3::2/64", "2001:db8:1::2/64");
    assertThat(source("2001:db8:1::1")).isEqualTo(full("2001:db8:1::2"));
    host("10.0.0.1/8", "192.168.1.1/24");
    assertThat(source("192.168.1.7")).isEqualTo("192.168.1.1");
  }

  @Test
  void s5_noAddressOfTheFamily() {
    host("192.0.2.1/24");
    stack.ip().routes().add(new Route(0, 0, 0, 0, 0, eth));
    assertThat(source("2001:db8::1")).isEqualTo("none");
  }

  @Test
  void s6_rule1_whatCannotBeReachedIsLast() {
    host("192.0.2.1/24");
    assertThat(order("2001:db8:1::1", "198.51.100.121"))
        .isEqualTo(addresses("198.51.100.121", "2001:db8:1::1"));
  }

  @Test
  void s6_rule2_matchingScope() {
    host("2001:db8:1::2/64", "169.254.13.78/16");
    assertThat(order("198.51.100.121", "2001:db8:1::1"))
        .isEqualTo(addresses("2001:db8:1::1", "198.51.100.121"));
    host("fe80::1/64", "198.51.100.117/24");
    assertThat(order("2001:db8:1::1", "198.51.100.121"))
        .isEqualTo(addresses("198.51.100.121", "2001:db8:1::1"));
  }

  @Test
  void s6_rule3_deprecatedSources() {
    host("2001:db8:1::2/64", "192.0.2.1/24");
    deprecate("2001:db8:1::2");
    assertThat(order("2001:db8:1::1", "198.51.100.1"))
        .isEqualTo(addresses("198.51.100.1", "2001:db8:1::1"));
  }

  @Test
  void s6_rule5_matchingLabel() {
    host("2002:c633:6401::2/64", "fe80::2/64");
    assertThat(order("2001:db8:1::1", "2002:c633:6401::1"))
        .isEqualTo(addresses("2002:c633:6401::1", "2001:db8:1::1"));
  }

  @Test
  void s6_rule6_precedence() {
    host("2001:db8:1::2/64", "10.1.2.4/8", "fe80::2/64");
    assertThat(order("10.1.2.3", "2001:db8:1::1"))
        .isEqualTo(addresses("2001:db8:1::1", "10.1.2.3"));
    host("2001:db8:1::2/64", "2002:c633:6401::2/64", "fe80::2/64");
    assertThat(order("2002:c633:6401::1", "2001:db8:1::1"))
        .isEqualTo(addresses("2001:db8:1::1", "2002:c633:6401::1"));
  }

  @Test
  void s6_rule8_smallerScope() {
    host("2001:db8:1::2/64", "fe80::2/64");
    assertThat(order("2001:db8:1::1", "fe80::1")).isEqualTo(addresses("fe80::1", "2001:db8:1::1"));
  }

  @Test
  void s6_rule9_longestPrefixWithinAFamily() {
    host("2001:db8:3::2/64", "2001:db8:1::2/64", "fe80::2/64");
    // Both have a source of their own prefix: as long as each other.
    assertThat(order("2001:db8:1::1", "2001:db8:3::1"))
        .isEqualTo(addresses("2001:db8:1::1", "2001:db8:3::1"));
    assertThat(order("2001:db9::1", "2001:db8:3::1"))
        .isEqualTo(addresses("2001:db8:3::1", "2001:db9::1"));
  }

  @Test
  void s6_rule10_otherwiseTheOrderStays() {
    host("192.0.2.1/24");
    List<InetAddress> given = addresses("198.51.100.1", "198.51.100.2", "198.51.100.3");
    assertThat(stack.ip().order(given)).isEqualTo(given);
  }
}

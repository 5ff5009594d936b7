package org.demitasse.net.ip;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class IpAddressTest {
  @Test
  void dottedDecimal() {
    assertThat(IpAddress.parseV4("10.0.2.15")).isEqualTo(IpAddress.v4(0x0a00020f));
    assertThat(IpAddress.parseV4("0.0.0.0")).isEqualTo(IpAddress.v4(0));
    for (String wrong :
        new String[] {
          "", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1..2.3", "a.b.c.d", "1.2.3.4."
        }) {
      assertThat(IpAddress.parseV4(wrong)).as(wrong).isEqualTo(-1);
    }
  }

  @Test
  void inetAddressesThereAndBack() {
    for (String text :
        new String[] {"192.0.2.1", "2001:db8::1", "fe80::1", "::1", "255.255.255.255"}) {
      InetAddress address = InetAddress.ofLiteral(text);
      long high = IpAddress.high(address);
      long low = IpAddress.low(address);
      assertThat(IpAddress.toInetAddress(high, low)).isEqualTo(address);
      assertThat(IpAddress.isV4(high, low)).isEqualTo(text.indexOf('.') > 0);
    }
  }

  @Test
  void prefixesOfBothFamilies() {
    long net = IpAddress.v4(0x0a000000);
    assertThat(IpAddress.samePrefix(0, net, 0, IpAddress.v4(0x0a0000ff), 24)).isTrue();
    assertThat(IpAddress.samePrefix(0, net, 0, IpAddress.v4(0x0a000100), 24)).isFalse();
    assertThat(IpAddress.samePrefix(0, IpAddress.v4(0), 0, IpAddress.v4(-1), 0)).isTrue();
    assertThat(IpAddress.samePrefix(0x20010db8L << 32, 1, 0x20010db8L << 32, 2, 64)).isTrue();
    assertThat(IpAddress.samePrefix(0x20010db8L << 32, 1, 0x20010db8L << 32, 2, 128)).isFalse();
    assertThat(IpAddress.samePrefix(0, 0, 0, net, 0)).isFalse();
  }

  @Test
  void rfc3021_pointToPointNetworksHaveNoBroadcast() {
    assertThat(IpAddress.broadcast(0x0a000001, 31)).isZero();
    assertThat(IpAddress.broadcast(0x0a000001, 24)).isEqualTo(0x0a0000ff);
  }
}

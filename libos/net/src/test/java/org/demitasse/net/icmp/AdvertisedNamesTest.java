package org.demitasse.net.icmp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import org.demitasse.core.PacketBuffer;
import org.demitasse.core.PacketPool;
import org.demitasse.net.ip.IpAddress;
import org.junit.jupiter.api.Test;

/** RFC 8106, section 5. */
class AdvertisedNamesTest {
  private static final long SECOND = 1_000_000_000L;
  private static final InetAddress ONE = InetAddress.ofLiteral("2001:db8::53");
  private static final InetAddress TWO = InetAddress.ofLiteral("fe80::1");

  private final PacketPool pool = PacketPool.heap(1500, 4);
  private final AdvertisedNames names = new AdvertisedNames();

  private boolean read(int kind, long lifetime, byte[] content, long now) {
    PacketBuffer p = pool.allocate();
    int length = 8 + (content.length + 7) / 8 * 8;
    p.append(length);
    p.zero(0, length);
    p.putShort(0, kind << 8 | length / 8);
    p.putInt(4, (int) lifetime);
    p.put(8, content, 0, content.length);
    try {
      return names.read(p, 0, length, now);
    } finally {
      p.release();
    }
  }

  private boolean servers(long lifetime, long now, InetAddress... addresses) {
    byte[] bytes = new byte[16 * addresses.length];
    for (int i = 0; i < addresses.length; i++) {
      byte[] one = IpAddress.bytes(IpAddress.high(addresses[i]), IpAddress.low(addresses[i]));
      System.arraycopy(one, 0, bytes, 16 * i, 16);
    }
    return read(AdvertisedNames.OPTION_SERVERS, lifetime, bytes, now);
  }

  private boolean domains(long lifetime, long now, String wire) {
    return read(
        AdvertisedNames.OPTION_DOMAINS, lifetime, wire.getBytes(StandardCharsets.ISO_8859_1), now);
  }

  @Test
  void s5_1_serversAreKeptForTheirLifetime() {
    assertThat(servers(100, 0, ONE, TWO)).isTrue();
    assertThat(servers(200, 0, TWO)).isFalse();
    assertThat(names.servers()).containsExactly(ONE, TWO);
    assertThat(names.nextChange()).isEqualTo(100 * SECOND);
    assertThat(names.forgetExpired(100 * SECOND)).isTrue();
    assertThat(names.servers()).containsExactly(TWO);
    assertThat(names.forgetExpired(150 * SECOND)).isFalse();
  }

  @Test
  void s5_1_aLifetimeOfZeroTakesAServerAway() {
    servers(0xffffffffL, 0, ONE, TWO);
    assertThat(servers(0, SECOND, ONE)).isTrue();
    assertThat(servers(0, SECOND, ONE)).isFalse();
    assertThat(names.servers()).containsExactly(TWO);
  }

  @Test
  void s5_2_domainsAreReadUpToThePadding() {
    assertThat(domains(100, 0, "\3lab\7example\3org\0\7example\3com\0\0\0")).isTrue();
    assertThat(names.domains()).containsExactly("lab.example.org", "example.com");
    names.forgetExpired(100 * SECOND);
    assertThat(names.domains()).isEmpty();
    assertThat(names.nextChange()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void s5_2_whatIsNoNameIsNotRead() {
    domains(100, 0, "\77abc");
    domains(100, 0, "\300\2ab");
    domains(100, 0, "\3a b\0");
    domains(100, 0, "\3abc\3abc");
    assertThat(names.domains()).isEmpty();
  }

  @Test
  void s5_3_1_anAttackerDoesNotFillTheMemory() {
    for (int i = 0; i < 100; i++) {
      servers(100, 0, InetAddress.ofLiteral("2001:db8::" + Integer.toHexString(i + 1)));
      domains(100, 0, "\3d" + i / 10 + i % 10 + "\0");
    }
    assertThat(names.servers()).hasSize(4);
    assertThat(names.domains()).hasSize(4);
  }
}

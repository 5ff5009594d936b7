package org.demitasse.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
  @Test
  void readsForwards() throws Exception {
    Options options =
        Options.parse(
            new String[] {
              "--forward",
              "tcp:0.0.0.0:8080:80",
              "--forward",
              "udp:[::1]:53:5353",
              "--forward",
              "tcp:9000:9001"
            });
    assertThat(options.forwards()).hasSize(3);
    Forward first = options.forwards().get(0);
    assertThat(first.udp()).isFalse();
    assertThat(first.address().getHostAddress()).isEqualTo("0.0.0.0");
    assertThat(first.hostPort()).isEqualTo(8080);
    assertThat(first.guestPort()).isEqualTo(80);
    Forward second = options.forwards().get(1);
    assertThat(second.udp()).isTrue();
    assertThat(second.address().getHostAddress()).isEqualTo("0:0:0:0:0:0:0:1");
    assertThat(options.forwards().get(2).address().isLoopbackAddress()).isTrue();
    assertThat(options.outbound()).isTrue();
    assertThat(options.allowHost()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "tcp",
        "tcp:80",
        "sctp:1.2.3.4:1:2",
        "tcp:1.2.3.4:1:0",
        "tcp:1.2.3.4:70000:1",
        "tcp:host.example:1:2",
        "tcp:::1:1:2",
        "tcp:[1.2.3.4]:1:2",
        "tcp:1.2.3.4:x:2",
        "tcp:1.2.3.4::2"
      })
  void refusesOtherForwards(String text) {
    assertThatThrownBy(() -> Forward.parse(text))
        .isInstanceOf(GatewayException.class)
        .hasMessageContaining("--forward wants");
  }

  @Test
  void readsTheNetwork() throws Exception {
    Options options =
        Options.parse(
            new String[] {"--address", "192.168.7.100/24", "--no-outbound", "--allow-host"});
    Network network = options.network();
    assertThat(Network.toAddress(network.guest()).getHostAddress()).isEqualTo("192.168.7.100");
    assertThat(Network.toAddress(network.gateway()).getHostAddress()).isEqualTo("192.168.7.2");
    assertThat(Network.toAddress(network.dns()).getHostAddress()).isEqualTo("192.168.7.3");
    assertThat(Network.toAddress(network.mask()).getHostAddress()).isEqualTo("255.255.255.0");
    assertThat(Network.toAddress(network.broadcast()).getHostAddress()).isEqualTo("192.168.7.255");
    assertThat(options.outbound()).isFalse();
    assertThat(options.allowHost()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.2.15",
        "10.0.2.2/24",
        "10.0.2.3/24",
        "10.0.2.255/24",
        "10.0.2.15/30",
        "::1/24",
        "10.0.2.15/x"
      })
  void refusesOtherNetworks(String text) {
    assertThatThrownBy(() -> Network.parse(text)).hasMessageContaining("--address wants");
  }

  @Test
  void refusesUnknownOptions() {
    assertThatThrownBy(() -> Options.parse(new String[] {"--what"}))
        .hasMessageContaining("no such option: --what");
    assertThatThrownBy(() -> Options.parse(new String[] {"--forward"}))
        .hasMessageContaining("--forward wants a value");
  }
}

package org.demitasse.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortForwardTest {

  @Test
  void shortFormOpensTheLoopbackAddress() {
    assertThat(PortForward.parse("8080:80"))
        .isEqualTo(new PortForward(PortForward.Protocol.TCP, "127.0.0.1", 8080, 80));
  }

  @Test
  void fullFormsOfBothFamilies() {
    assertThat(PortForward.parse("0.0.0.0:5353:53/udp"))
        .isEqualTo(new PortForward(PortForward.Protocol.UDP, "0.0.0.0", 5353, 53));
    assertThat(PortForward.parse("[::1]:1:65535/tcp"))
        .isEqualTo(new PortForward(PortForward.Protocol.TCP, "::1", 1, 65535));
  }

  @ParameterizedTest
  @ValueSource(strings = {"8080:80", "10.1.2.3:8080:80/udp", "[fe80::1]:1:2"})
  void textReadsBackAsTheSame(String text) {
    PortForward port = PortForward.parse(text);
    assertThat(PortForward.parse(port.toString())).isEqualTo(port);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "80",
        ":80",
        "80:",
        "0:80",
        "80:65536",
        "1.2.3.256:1:2",
        "1.2.3:1:2",
        "1:2/icmp",
        "a:b",
        "1.2.3.4.5:1:2",
        "-1:2",
        "999999:1",
        "::1:80:80"
      })
  void otherFormsAreRefused(String text) {
    assertThatThrownBy(() -> PortForward.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}

package org.demitasse.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTest {

  @Test
  void tapKeepsDeviceAndSettingsApart() {
    assertThat(Network.parse("tap=tap0,address=10.0.0.2/24,mac=02:00:00:00:00:01,dns=1.1.1.1"))
        .isEqualTo(
            new Network.Tap(
                "tap0",
                List.of("mac=02:00:00:00:00:01"),
                List.of("address=10.0.0.2/24", "dns=1.1.1.1")));
  }

  @Test
  void plainNames() {
    assertThat(Network.parse("none")).isInstanceOf(Network.None.class);
    assertThat(Network.parse("user")).isInstanceOf(Network.User.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "tap",
        "tap=",
        "tap=a/b",
        "tap=sixteen-letters-x",
        "tap=t,=x",
        "tap=t,color=1"
      })
  void otherFormsAreRefused(String text) {
    assertThatThrownBy(() -> Network.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}

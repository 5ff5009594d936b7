package org.demitasse.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostPortsTest {

  @Test
  void takenPortIsNamed() throws IOException {
    try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = holder.getLocalPort();
      assertThatThrownBy(() -> HostPorts.check(List.of(PortForward.parse(port + ":80"))))
          .isInstanceOfSatisfying(
              MachineException.class,
              e -> assertThat(e.kind()).isEqualTo(MachineException.Kind.PORT_TAKEN))
          .hasMessageContaining(String.valueOf(port));
    }
  }

  @Test
  void freePortPasses() throws IOException {
    int port;
    try (ServerSocket holder = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = holder.getLocalPort();
    }
    assertThatCode(() -> HostPorts.check(List.of(PortForward.parse(port + ":80"))))
        .doesNotThrowAnyException();
  }
}

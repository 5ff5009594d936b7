package org.demitasse.nio.net;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.SocketException;
import org.demitasse.net.socket.SocketStack;
import org.demitasse.nio.fake.FakeStack;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@code java.net.preferIPv4Stack} forbids. */
class Ipv4OnlyTest {
  private static final InetAddress LOOPBACK6 = InetAddress.ofLiteral("::1");

  @BeforeEach
  void installStack() {
    System.setProperty("java.net.preferIPv4Stack", "true");
    Network.install(new FakeStack());
    Network.install(new OpenedJdkAccess());
  }

  @AfterEach
  void remove() {
    System.clearProperty("java.net.preferIPv4Stack");
    Network.install((SocketStack) null);
  }

  @Test
  void socketsRefuseAddressesOfTheOtherFamily() throws Exception {
    DemitasseSocketImpl client = new DemitasseSocketImpl(false);
    client.create(true);
    assertThatThrownBy(() -> client.connect(LOOPBACK6, 80))
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Protocol family unavailable");
    DemitasseSocketImpl server = new DemitasseSocketImpl(true);
    server.create(true);
    assertThatThrownBy(() -> server.bind(LOOPBACK6, 0))
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Protocol family unavailable");
    server.close();
  }
}

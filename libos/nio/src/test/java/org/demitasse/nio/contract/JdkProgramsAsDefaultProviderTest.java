package org.demitasse.nio.contract;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import org.demitasse.nio.fake.FakeStack;
import org.demitasse.nio.net.DemitasseSocketImpl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The JDK's own network programs on our sockets. The JVM has to be started with our selector
 * provider as the default one, and gets our {@code SocketImpl}s here.
 */
@EnabledIfSystemProperty(
    named = "java.nio.channels.spi.SelectorProvider",
    matches = "org\\.demitasse\\..*",
    disabledReason = "this JVM was started with the JDK's own provider")
class JdkProgramsAsDefaultProviderTest {
  @BeforeAll
  @SuppressWarnings("deprecation")
  static void useOurSockets() throws IOException {
    Socket.setSocketImplFactory(() -> new DemitasseSocketImpl(false));
    ServerSocket.setSocketFactory(() -> new DemitasseSocketImpl(true));
  }

  @Nested
  class OnFakeStack extends JdkPrograms {
    private Platform platform;

    @BeforeEach
    void open() {
      platform = new DemitassePlatform(new FakeStack());
    }

    @AfterEach
    void close() {
      platform.close();
    }
  }

  @Nested
  class OnOurStack extends JdkPrograms {
    private Platform platform;

    @BeforeEach
    void open() {
      platform = StackPlatform.open();
    }

    @AfterEach
    void close() {
      platform.close();
    }
  }
}

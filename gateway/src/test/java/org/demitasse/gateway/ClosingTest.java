package org.demitasse.gateway;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/** A test whose gateways, guests and sockets end with it, the last first. */
abstract class ClosingTest {
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  final <T extends AutoCloseable> T opened(T closeable) {
    open.add(closeable);
    return closeable;
  }

  final RunningGateway gateway(String... options) throws Exception {
    return opened(new RunningGateway(options));
  }
}

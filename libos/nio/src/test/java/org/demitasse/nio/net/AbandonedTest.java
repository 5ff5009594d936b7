package org.demitasse.nio.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.demitasse.net.socket.SocketStack;
import org.demitasse.nio.channels.DemitasseSelectorProvider;
import org.demitasse.nio.fake.FakeStack;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sockets that nobody closed and nobody can reach leave the stack. */
class AbandonedTest {
  private final FakeStack stack = new FakeStack();

  @BeforeEach
  void installStack() {
    Network.install(stack);
    Network.install(new OpenedJdkAccess());
  }

  @AfterEach
  void removeStack() {
    Network.install((SocketStack) null);
  }

  private static void abandon() throws Exception {
    DemitasseSelectorProvider provider = DemitasseSelectorProvider.get();
    provider.openDatagramChannel().bind(null);
    provider.openDatagramSocketDelegate();
    try (var listener = provider.openServerSocketChannel()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      connect(listener.getLocalAddress());
      listener.accept().close();
    }
  }

  @SuppressWarnings("resource")
  private static void connect(java.net.SocketAddress address) throws Exception {
    new Socket(new DemitasseSocketImpl(false)) {}.connect(address);
  }

  @Test
  void theyAreClosed() throws Exception {
    abandon();
    assertThat(stack.openSockets()).isBetween(0, 3);
    for (int i = 0; i < 200 && stack.openSockets() > 0; i++) {
      System.gc();
      Thread.sleep(10);
    }
    assertThat(stack.openSockets()).isZero();
  }
}

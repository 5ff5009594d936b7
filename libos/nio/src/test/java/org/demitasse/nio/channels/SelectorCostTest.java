package org.demitasse.nio.channels;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.demitasse.net.socket.SocketStack;
import org.demitasse.nio.fake.FakeStack;
import org.demitasse.nio.net.Network;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A selection looks at ready channels alone, however many are registered; all goes away in the end.
 */
class SelectorCostTest {
  private static final int IDLE = 3000;

  private final FakeStack stack = new FakeStack();
  private final List<SocketChannel> clients = new ArrayList<>();
  private final List<SocketChannel> servers = new ArrayList<>();
  private Selector selector;

  @BeforeEach
  void registerMany() throws Exception {
    Network.install(stack);
    DemitasseSelectorProvider provider = DemitasseSelectorProvider.get();
    selector = provider.openSelector();
    try (ServerSocketChannel listener = provider.openServerSocketChannel()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      for (int i = 0; i < IDLE; i++) {
        SocketChannel client = provider.openSocketChannel();
        client.connect(listener.getLocalAddress());
        clients.add(client);
        SocketChannel server = listener.accept();
        servers.add(server);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_READ, i);
      }
    }
    selector.selectNow();
  }

  @AfterEach
  void closeAll() throws Exception {
    for (SocketChannel client : clients) {
      client.close();
    }
    for (SocketChannel server : servers) {
      server.close();
    }
    selector.selectNow();
    assertThat(selector.keys()).isEmpty();
    selector.close();
    assertThat(stack.openSockets()).isZero();
    Network.install((SocketStack) null);
  }

  @Test
  void idleKeysCostNothing() throws Exception {
    ByteBuffer one = ByteBuffer.allocate(1);
    for (int i = 0; i < 100; i++) {
      clients.get(7 * i).write(one.clear());
      long before = stack.readinessCalls();
      assertThat(selector.select()).isEqualTo(1);
      assertThat(stack.readinessCalls() - before).isLessThan(10);
      SelectionKey key = selector.selectedKeys().iterator().next();
      assertThat(key.attachment()).isEqualTo(7 * i);
      selector.selectedKeys().clear();
      ((SocketChannel) key.channel()).read(one.clear());
    }
    long before = stack.readinessCalls();
    assertThat(selector.selectNow()).isZero();
    assertThat(stack.readinessCalls() - before).isLessThan(10);
  }

  @Test
  void allCanBeReadyAtOnceAndAreServedInTheirOrder() throws Exception {
    ByteBuffer one = ByteBuffer.allocate(1);
    for (int i = IDLE - 1; i >= 0; i--) {
      clients.get(i).write(one.clear());
    }
    List<Object> order = new ArrayList<>();
    assertThat(selector.select(key -> order.add(key.attachment()))).isEqualTo(IDLE);
    assertThat(order.get(0)).isEqualTo(IDLE - 1);
    assertThat(order.get(IDLE - 1)).isEqualTo(0);
    for (SocketChannel server : servers) {
      server.read(one.clear());
    }
    assertThat(selector.selectNow()).isZero();
  }
}

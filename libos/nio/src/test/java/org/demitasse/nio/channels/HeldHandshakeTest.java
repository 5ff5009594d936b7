package org.demitasse.nio.channels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.demitasse.net.socket.SocketStack;
import org.demitasse.nio.fake.FakeStack;
import org.demitasse.nio.net.DemitasseSocketImpl;
import org.demitasse.nio.net.Network;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connecting while the handshake takes its time. */
class HeldHandshakeTest {
  private final FakeStack stack = new FakeStack();
  private final DemitasseSelectorProvider provider = DemitasseSelectorProvider.get();
  private ServerSocketChannel listener;
  private InetSocketAddress address;

  @BeforeEach
  void listen() throws Exception {
    Network.install(stack);
    listener = provider.openServerSocketChannel();
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    address = (InetSocketAddress) listener.getLocalAddress();
    stack.holdHandshakes(true);
  }

  @AfterEach
  void close() throws Exception {
    listener.close();
    Network.install((SocketStack) null);
  }

  private static <T> FutureTask<T> start(boolean virtual, java.util.concurrent.Callable<T> action)
      throws Exception {
    FutureTask<T> task = new FutureTask<>(action);
    Thread thread =
        virtual ? Thread.ofVirtual().start(task) : Thread.ofPlatform().daemon().start(task);
    while (thread.getState() != Thread.State.WAITING
        && thread.getState() != Thread.State.TIMED_WAITING) {
      Thread.sleep(1);
    }
    return task;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void blockingConnectWaitsForIt(boolean virtual) throws Exception {
    try (SocketChannel client = provider.openSocketChannel()) {
      FutureTask<Boolean> connecting = start(virtual, () -> client.connect(address));
      assertThat(client.isConnectionPending()).isTrue();
      stack.holdHandshakes(false);
      assertThat(connecting.get(20, TimeUnit.SECONDS)).isTrue();
      assertThat(client.isConnected()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void socketConnectWaitsForIt(boolean virtual) throws Exception {
    try (Socket client = new Socket(new DemitasseSocketImpl(false)) {}) {
      FutureTask<Void> connecting =
          start(
              virtual,
              () -> {
                client.connect(address, 20_000);
                return null;
              });
      stack.holdHandshakes(false);
      connecting.get(20, TimeUnit.SECONDS);
      assertThat(client.isConnected()).isTrue();
    }
  }

  @Test
  void socketConnectGivesUpInTime() throws Exception {
    try (Socket client = new Socket(new DemitasseSocketImpl(false)) {}) {
      assertThatThrownBy(() -> client.connect(address, 20))
          .isExactlyInstanceOf(SocketTimeoutException.class)
          .hasMessage("Connect timed out");
    }
    assertThat(stack.openSockets()).isEqualTo(1);
  }

  @Test
  void interruptsEndVirtualConnectsAndChannelConnects() throws Exception {
    Socket socket = new Socket(new DemitasseSocketImpl(false)) {};
    SocketChannel channel = provider.openSocketChannel();
    Throwable[] failures = new Throwable[2];
    Thread first =
        Thread.ofVirtual().start(() -> failures[0] = catching(() -> socket.connect(address)));
    Thread second =
        Thread.ofPlatform().start(() -> failures[1] = catching(() -> channel.connect(address)));
    while (first.getState() != Thread.State.WAITING || second.getState() != Thread.State.WAITING) {
      Thread.sleep(1);
    }
    first.interrupt();
    second.interrupt();
    first.join();
    second.join();
    assertThat(failures[0])
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Closed by interrupt");
    assertThat(failures[1]).isExactlyInstanceOf(ClosedByInterruptException.class);
    assertThat(stack.openSockets()).isEqualTo(1);
  }

  private interface Action {
    void run() throws Exception;
  }

  private static Throwable catching(Action action) {
    try {
      action.run();
      return null;
    } catch (Exception e) {
      return e;
    }
  }

  @Test
  void selectorTellsOfItsEnd() throws Exception {
    try (SocketChannel client = provider.openSocketChannel();
        Selector selector = provider.openSelector()) {
      client.configureBlocking(false);
      assertThat(client.connect(address)).isFalse();
      SelectionKey key = client.register(selector, SelectionKey.OP_CONNECT);
      assertThat(selector.selectNow()).isZero();
      FutureTask<Integer> selecting = start(false, selector::select);
      stack.holdHandshakes(false);
      assertThat(selecting.get(20, TimeUnit.SECONDS)).isEqualTo(1);
      assertThat(key.isConnectable()).isTrue();
      assertThat(client.finishConnect()).isTrue();
      key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
      selector.selectedKeys().clear();
      assertThat(selector.select()).isEqualTo(1);
      assertThat(key.readyOps()).isEqualTo(SelectionKey.OP_WRITE);
    }
  }
}

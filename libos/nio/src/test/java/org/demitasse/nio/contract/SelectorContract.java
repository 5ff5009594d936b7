package org.demitasse.nio.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ConnectException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Selectors and their keys. */
abstract class SelectorContract extends NetworkContract {
  private static final long LONG = 20_000;

  private Selector selector;
  private volatile boolean stopped;

  SelectorContract(Supplier<Platform> platforms) {
    super(platforms);
  }

  @BeforeEach
  void openSelector() throws Exception {
    selector = closing(platform.provider().openSelector());
  }

  private SelectionKey register(SocketChannel channel, int ops) throws Exception {
    channel.configureBlocking(false);
    return channel.register(selector, ops);
  }

  /** A server whose connections echo what they get, in one selector loop. */
  @Test
  void oneThreadServesMany() throws Exception {
    ServerSocketChannel listener = listenChannel();
    listener.configureBlocking(false);
    listener.register(selector, SelectionKey.OP_ACCEPT);
    Background<Void> server = Background.platform(() -> serve(listener));
    List<SocketChannel> clients = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      SocketChannel client = socketChannel();
      client.connect(listener.getLocalAddress());
      clients.add(client);
    }
    for (int round = 0; round < 5; round++) {
      for (SocketChannel client : clients) {
        client.write(bytes("round" + round));
      }
      for (SocketChannel client : clients) {
        ByteBuffer reply = ByteBuffer.allocate(6);
        readFully(client, reply);
        assertThat(text(reply)).isEqualTo("round" + round);
      }
    }
    stopped = true;
    selector.wakeup();
    server.get();
  }

  private Void serve(ServerSocketChannel listener) throws Exception {
    ByteBuffer buffer = ByteBuffer.allocate(1024);
    List<SocketChannel> accepted = new ArrayList<>();
    while (!stopped) {
      selector.select();
      for (SelectionKey key : selector.selectedKeys()) {
        if (key.isAcceptable()) {
          SocketChannel channel = listener.accept();
          accepted.add(channel);
          register(channel, SelectionKey.OP_READ);
        } else if (key.isReadable()) {
          SocketChannel channel = (SocketChannel) key.channel();
          buffer.clear();
          channel.read(buffer);
          buffer.flip();
          channel.write(buffer);
        }
      }
      selector.selectedKeys().clear();
    }
    for (SocketChannel channel : accepted) {
      channel.close();
    }
    return null;
  }

  @Test
  void readinessIsLevelTriggered() throws Exception {
    ChannelPair pair = channelPair();
    SelectionKey key = register(pair.client(), SelectionKey.OP_READ);
    assertThat(selector.selectNow()).isZero();
    pair.server().write(bytes("ab"));
    assertThat(selector.select(LONG)).isEqualTo(1);
    assertThat(selector.selectedKeys()).containsExactly(key);
    assertThat(key.isReadable()).isTrue();
    // Still selected and still ready: nothing changes, and the selection does not wait.
    assertThat(selector.select(LONG)).isZero();
    selector.selectedKeys().clear();
    pair.client().read(ByteBuffer.allocate(1));
    assertThat(selector.select(LONG)).isEqualTo(1);
    selector.selectedKeys().clear();
    pair.client().read(ByteBuffer.allocate(1));
    assertThat(selector.selectNow()).isZero();
    pair.server().write(bytes("c"));
    assertThat(selector.select(LONG)).isEqualTo(1);
  }

  @Test
  void readySetOfASelectedKeyGrows() throws Exception {
    ChannelPair pair = channelPair();
    SelectionKey key = register(pair.client(), SelectionKey.OP_READ | SelectionKey.OP_WRITE);
    assertThat(selector.select(LONG)).isEqualTo(1);
    assertThat(key.readyOps()).isEqualTo(SelectionKey.OP_WRITE);
    pair.server().write(bytes("a"));
    int updated = 0;
    while (updated == 0) {
      updated = selector.select(LONG);
    }
    assertThat(key.readyOps()).isEqualTo(SelectionKey.OP_WRITE | SelectionKey.OP_READ);
    pair.client().read(ByteBuffer.allocate(1));
    assertThat(selector.selectNow()).isZero();
    assertThat(key.readyOps()).isEqualTo(SelectionKey.OP_WRITE | SelectionKey.OP_READ);
    selector.selectedKeys().clear();
    assertThat(selector.selectNow()).isEqualTo(1);
    assertThat(key.readyOps()).isEqualTo(SelectionKey.OP_WRITE);
  }

  @Test
  void interestDecides() throws Exception {
    ChannelPair pair = channelPair();
    SelectionKey key = register(pair.client(), SelectionKey.OP_WRITE);
    pair.server().write(bytes("a"));
    assertThat(selector.select(LONG)).isEqualTo(1);
    selector.selectedKeys().clear();
    assertThat(key.interestOps(0)).isSameAs(key);
    assertThat(selector.selectNow()).isZero();
    assertThat(key.interestOpsOr(SelectionKey.OP_READ)).isZero();
    assertThat(selector.select(LONG)).isEqualTo(1);
    assertThat(key.readyOps()).isEqualTo(SelectionKey.OP_READ);
    assertThat(key.interestOpsAnd(SelectionKey.OP_WRITE)).isEqualTo(SelectionKey.OP_READ);
    assertThat(key.interestOps()).isZero();
    assertThatThrownBy(() -> key.interestOps(SelectionKey.OP_ACCEPT))
        .isExactlyInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> key.interestOpsOr(SelectionKey.OP_ACCEPT))
        .isExactlyInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void interestSetDuringASelectionCountsAfterAWakeup() throws Exception {
    ChannelPair pair = channelPair();
    SelectionKey key = register(pair.client(), SelectionKey.OP_READ);
    Background<Integer> selecting = Background.platform(() -> selector.select()).settle();
    key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
    Thread.sleep(10);
    assertThat(selecting.isDone()).isFalse();
    selector.wakeup();
    assertThat(selecting.get()).isZero();
    assertThat(selector.select(LONG)).isEqualTo(1);
    assertThat(key.readyOps()).isEqualTo(SelectionKey.OP_WRITE);
  }

  @Test
  void connectingBecomesConnectable() throws Exception {
    ServerSocketChannel listener = listenChannel();
    SocketChannel client = socketChannel();
    client.configureBlocking(false);
    if (!client.connect(listener.getLocalAddress())) {
      SelectionKey key = client.register(selector, SelectionKey.OP_CONNECT);
      assertThat(selector.select(LONG)).isEqualTo(1);
      assertThat(key.isConnectable()).isTrue();
      assertThat(client.finishConnect()).isTrue();
      selector.selectedKeys().clear();
      assertThat(selector.selectNow()).isZero();
    }
    assertThat(client.isConnected()).isTrue();
  }

  @Test
  void refusedConnectionIsConnectableAndFails() throws Exception {
    SocketChannel client = socketChannel();
    ServerSocketChannel listener = listenChannel();
    java.net.SocketAddress nobody = listener.getLocalAddress();
    listener.close();
    client.configureBlocking(false);
    assertThatThrownBy(
            () -> {
              client.connect(nobody);
              client.register(selector, SelectionKey.OP_CONNECT);
              assertThat(selector.select(LONG)).isEqualTo(1);
              client.finishConnect();
            })
        .isExactlyInstanceOf(ConnectException.class)
        .hasMessage("Connection refused");
  }

  @Test
  void endOfInputAndResetAreReadable() throws Exception {
    ChannelPair closed = channelPair();
    SelectionKey key = register(closed.client(), SelectionKey.OP_READ);
    closed.server().close();
    assertThat(selector.select(LONG)).isEqualTo(1);
    assertThat(key.isReadable()).isTrue();
    assertThat(closed.client().read(ByteBuffer.allocate(1))).isEqualTo(-1);
    key.cancel();
    selector.selectNow();
    ChannelPair reset = channelPair();
    SelectionKey other = register(reset.client(), SelectionKey.OP_READ);
    reset.server().setOption(StandardSocketOptions.SO_LINGER, 0);
    reset.server().close();
    assertThat(selector.select(LONG)).isEqualTo(1);
    assertThat(other.isReadable()).isTrue();
  }

  @Test
  void fullBufferIsNotWritableUntilThePeerReads() throws Exception {
    ChannelPair pair = channelPair();
    long written = fill(pair.client());
    SelectionKey key = register(pair.client(), SelectionKey.OP_WRITE);
    assertThat(selector.selectNow()).isZero();
    Background<Integer> selecting = Background.platform(() -> selector.select()).settle();
    ByteBuffer target = ByteBuffer.allocate((int) written);
    readFully(pair.server(), target);
    assertThat(selecting.get()).isEqualTo(1);
    assertThat(key.isWritable()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void wakeupEndsTheSelectionOrTheNextOne(boolean virtual) throws Exception {
    Background<Integer> selecting = Background.of(virtual, () -> selector.select()).settle();
    selector.wakeup();
    assertThat(selecting.get()).isZero();
    selector.wakeup();
    selector.wakeup();
    assertThat(selector.select()).isZero();
    selector.wakeup();
    assertThat(selector.selectNow()).isZero();
    assertThat(selector.select(20)).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void interruptEndsTheSelectionAndStaysSet(boolean virtual) throws Exception {
    Background<Boolean> selecting =
        Background.of(
                virtual,
                () -> {
                  selector.select();
                  return Thread.currentThread().isInterrupted();
                })
            .settle();
    selecting.thread.interrupt();
    assertThat(selecting.get()).isTrue();
    assertThat(selector.isOpen()).isTrue();
    Background<Integer> again =
        Background.of(
            virtual,
            () -> {
              Thread.currentThread().interrupt();
              return selector.select();
            });
    assertThat(again.get()).isZero();
  }

  @Test
  void cancelledKeysGoWithTheNextSelection() throws Exception {
    ChannelPair pair = channelPair();
    SelectionKey key = register(pair.client(), SelectionKey.OP_READ);
    pair.server().write(bytes("a"));
    assertThat(selector.select(LONG)).isEqualTo(1);
    key.cancel();
    assertThat(key.isValid()).isFalse();
    assertThat(selector.keys()).contains(key);
    assertThatThrownBy(key::interestOps).isExactlyInstanceOf(CancelledKeyException.class);
    assertThatThrownBy(key::readyOps).isExactlyInstanceOf(CancelledKeyException.class);
    assertThatThrownBy(() -> pair.client().register(selector, SelectionKey.OP_READ))
        .isExactlyInstanceOf(CancelledKeyException.class);
    assertThat(selector.selectNow()).isZero();
    assertThat(selector.keys()).isEmpty();
    assertThat(selector.selectedKeys()).isEmpty();
    SelectionKey fresh = pair.client().register(selector, SelectionKey.OP_READ);
    assertThat(fresh).isNotSameAs(key);
    assertThat(selector.selectNow()).isEqualTo(1);
    selector.selectedKeys().clear();
    fresh.cancel();
    selector.selectNow();
    pair.client().configureBlocking(true);
  }

  @Test
  void closedChannelsLeave() throws Exception {
    ChannelPair pair = channelPair();
    SelectionKey key = register(pair.client(), SelectionKey.OP_READ);
    selector.selectNow();
    pair.client().close();
    assertThat(key.isValid()).isFalse();
    assertThat(selector.keys()).hasSize(1);
    assertThat(selector.selectNow()).isZero();
    assertThat(selector.keys()).isEmpty();
    ByteBuffer target = ByteBuffer.allocate(1);
    assertThat(pair.server().read(target)).isEqualTo(-1);
  }

  @Test
  void closingTheSelectorEndsAll() throws Exception {
    ChannelPair pair = channelPair();
    SelectionKey key = register(pair.client(), SelectionKey.OP_READ);
    Background<Integer> selecting = Background.platform(() -> selector.select()).settle();
    selector.close();
    assertThat(selecting.get()).isZero();
    assertThat(key.isValid()).isFalse();
    assertThatThrownBy(() -> selector.select()).isExactlyInstanceOf(ClosedSelectorException.class);
    assertThatThrownBy(() -> selector.keys()).isExactlyInstanceOf(ClosedSelectorException.class);
    assertThatThrownBy(() -> selector.selectedKeys())
        .isExactlyInstanceOf(ClosedSelectorException.class);
    assertThatThrownBy(() -> pair.client().register(selector, SelectionKey.OP_READ))
        .isExactlyInstanceOf(ClosedSelectorException.class);
    selector.wakeup();
    selector.close();
    pair.client().configureBlocking(true);
  }

  @Test
  void actionsGetTheReadyKeys() throws Exception {
    ChannelPair first = channelPair();
    ChannelPair second = channelPair();
    SelectionKey firstKey = register(first.client(), SelectionKey.OP_READ);
    register(second.client(), SelectionKey.OP_READ);
    first.server().write(bytes("a"));
    List<SelectionKey> seen = new ArrayList<>();
    assertThat(selector.select(seen::add, LONG)).isEqualTo(1);
    assertThat(seen).containsExactly(firstKey);
    assertThat(selector.selectedKeys()).isEmpty();
    assertThat(selector.select(seen::add)).isEqualTo(1);
    first.client().read(ByteBuffer.allocate(1));
    assertThat(selector.selectNow(seen::add)).isZero();
    second.server().write(bytes("b"));
    assertThatThrownBy(
            () ->
                selector.select(
                    key -> {
                      closeQuietlySelector();
                    }))
        .isExactlyInstanceOf(ClosedSelectorException.class);
  }

  private void closeQuietlySelector() {
    try {
      selector.close();
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void selectionsDoNotNest() throws Exception {
    ChannelPair pair = channelPair();
    register(pair.client(), SelectionKey.OP_WRITE);
    assertThatThrownBy(
            () ->
                selector.select(
                    key -> {
                      try {
                        selector.selectNow();
                      } catch (java.io.IOException e) {
                        throw new AssertionError(e);
                      }
                    }))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("select in progress");
    assertThat(selector.selectNow()).isEqualTo(1);
  }

  @Test
  void keySetsProtectThemselves() throws Exception {
    ChannelPair pair = channelPair();
    SelectionKey key = register(pair.client(), SelectionKey.OP_READ);
    assertThatThrownBy(() -> selector.keys().remove(key))
        .isExactlyInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> selector.selectedKeys().add(key))
        .isExactlyInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> selector.select(-1))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("Negative timeout");
    Object attachment = new Object();
    key.attach(attachment);
    assertThat(key.attachment()).isSameAs(attachment);
    assertThat(pair.client().register(selector, SelectionKey.OP_WRITE, "x")).isSameAs(key);
    assertThat(key.attachment()).isEqualTo("x");
    assertThat(pair.client().keyFor(selector)).isSameAs(key);
  }

  @Test
  void oneChannelInTwoSelectors() throws Exception {
    ChannelPair pair = channelPair();
    Selector other = closing(platform.provider().openSelector());
    register(pair.client(), SelectionKey.OP_READ);
    pair.client().register(other, SelectionKey.OP_READ);
    Background<Integer> first = Background.platform(() -> selector.select()).settle();
    Background<Integer> second = Background.virtual(() -> other.select()).settle();
    pair.server().write(bytes("a"));
    assertThat(first.get()).isEqualTo(1);
    assertThat(second.get()).isEqualTo(1);
  }

  @Test
  void pipesWakeSelectors() throws Exception {
    Pipe pipe = platform.provider().openPipe();
    closing(pipe.source());
    closing(pipe.sink());
    pipe.source().configureBlocking(false);
    SelectionKey key = pipe.source().register(selector, SelectionKey.OP_READ);
    Background<Integer> selecting = Background.platform(() -> selector.select()).settle();
    pipe.sink().write(bytes("!"));
    assertThat(selecting.get()).isEqualTo(1);
    assertThat(key.isReadable()).isTrue();
    selector.selectedKeys().clear();
    ByteBuffer target = ByteBuffer.allocate(4);
    assertThat(pipe.source().read(target)).isEqualTo(1);
    assertThat(pipe.source().read(target)).isZero();
    assertThat(selector.selectNow()).isZero();
    pipe.sink().close();
    assertThat(selector.select(LONG)).isEqualTo(1);
    assertThat(pipe.source().read(target)).isEqualTo(-1);
  }
}

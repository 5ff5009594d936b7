package org.demitasse.nio.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.NoConnectionPendingException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code SocketChannel} and {@code ServerSocketChannel}. */
abstract class ChannelContract extends NetworkContract {
  ChannelContract(Supplier<Platform> platforms) {
    super(platforms);
  }

  @Test
  void blockingChannelsTalk() throws Exception {
    ChannelPair pair = channelPair();
    assertThat(pair.client().write(bytes("hello"))).isEqualTo(5);
    ByteBuffer target = ByteBuffer.allocate(5);
    readFully(pair.server(), target);
    assertThat(text(target)).isEqualTo("hello");
    assertThat(pair.client().getRemoteAddress()).isEqualTo(pair.server().getLocalAddress());
    assertThat(pair.server().getRemoteAddress()).isEqualTo(pair.client().getLocalAddress());
    pair.client().close();
    target.clear();
    assertThat(pair.server().read(target)).isEqualTo(-1);
    assertThat(pair.server().read(target)).isEqualTo(-1);
  }

  @Test
  void nonBlockingReadHasNothingAndEmptyBuffersReadNothing() throws Exception {
    ChannelPair pair = channelPair();
    assertThat(pair.client().read(ByteBuffer.allocate(0))).isZero();
    assertThat(pair.client().write(ByteBuffer.allocate(0))).isZero();
    pair.client().configureBlocking(false);
    assertThat(pair.client().read(ByteBuffer.allocate(1))).isZero();
    assertThat(pair.client().read(new ByteBuffer[] {ByteBuffer.allocate(1)})).isZero();
    assertThatThrownBy(() -> pair.client().read(ByteBuffer.allocate(1).asReadOnlyBuffer()))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("Read-only buffer");
  }

  @Test
  void scatterAndGather() throws Exception {
    ChannelPair pair = channelPair();
    ByteBuffer[] sources = {bytes("skip"), bytes("ab"), bytes(""), bytes("cdef"), bytes("no")};
    assertThat(pair.client().write(sources, 1, 3)).isEqualTo(6);
    assertThat(sources[0].remaining()).isEqualTo(4);
    assertThat(sources[3].remaining()).isZero();
    Thread.sleep(5);
    ByteBuffer first = ByteBuffer.allocate(1);
    ByteBuffer second = ByteBuffer.allocateDirect(3);
    ByteBuffer third = ByteBuffer.allocate(10);
    assertThat(pair.server().read(new ByteBuffer[] {first, second, third})).isEqualTo(6);
    assertThat(text(first) + text(second) + text(third)).isEqualTo("abcdef");
    pair.client().close();
    assertThat(pair.server().read(new ByteBuffer[] {ByteBuffer.allocate(1)})).isEqualTo(-1);
  }

  @Test
  void nonBlockingConnectFinishes() throws Exception {
    ServerSocketChannel listener = listenChannel();
    SocketChannel client = socketChannel();
    client.configureBlocking(false);
    boolean connected = client.connect(listener.getLocalAddress());
    while (!connected) {
      connected = client.finishConnect();
    }
    assertThat(client.isConnected()).isTrue();
    assertThat(client.isConnectionPending()).isFalse();
    assertThat(client.finishConnect()).isTrue();
    assertThat(client.getLocalAddress()).isNotNull();
  }

  @Test
  void pendingConnectionHasItsOwnRules() throws Exception {
    SocketChannel pending = pendingChannel();
    assertThat(pending.isConnectionPending()).isTrue();
    assertThat(pending.isConnected()).isFalse();
    assertThat(pending.finishConnect()).isFalse();
    assertThatThrownBy(() -> pending.connect(loopback(1)))
        .isExactlyInstanceOf(ConnectionPendingException.class);
    assertThatThrownBy(() -> pending.bind(null))
        .isInstanceOfAny(ConnectionPendingException.class, ClosedChannelException.class);
    SocketChannel other = pendingChannel();
    assertThatThrownBy(() -> other.read(ByteBuffer.allocate(1)))
        .isExactlyInstanceOf(NotYetConnectedException.class);
    assertThatThrownBy(() -> other.write(ByteBuffer.allocate(1)))
        .isExactlyInstanceOf(NotYetConnectedException.class);
  }

  @Test
  void refusedConnectionClosesTheChannel() throws Exception {
    SocketAddress nobody;
    try (ServerSocketChannel listener = listenChannel()) {
      nobody = listener.getLocalAddress();
    }
    SocketChannel blocking = socketChannel();
    assertThatThrownBy(() -> blocking.connect(nobody))
        .isExactlyInstanceOf(ConnectException.class)
        .hasMessage("Connection refused");
    assertThat(blocking.isOpen()).isFalse();
    SocketChannel polled = socketChannel();
    polled.configureBlocking(false);
    assertThatThrownBy(
            () -> {
              polled.connect(nobody);
              while (!polled.finishConnect()) {
                Thread.sleep(1);
              }
            })
        .isExactlyInstanceOf(ConnectException.class)
        .hasMessage("Connection refused");
    assertThat(polled.isOpen()).isFalse();
  }

  @Test
  void statesAreChecked() throws Exception {
    SocketChannel fresh = socketChannel();
    assertThatThrownBy(() -> fresh.read(ByteBuffer.allocate(1)))
        .isExactlyInstanceOf(NotYetConnectedException.class);
    assertThatThrownBy(() -> fresh.write(ByteBuffer.allocate(1)))
        .isExactlyInstanceOf(NotYetConnectedException.class);
    assertThatThrownBy(fresh::finishConnect)
        .isExactlyInstanceOf(NoConnectionPendingException.class);
    assertThatThrownBy(fresh::shutdownInput).isExactlyInstanceOf(NotYetConnectedException.class);
    assertThatThrownBy(fresh::shutdownOutput).isExactlyInstanceOf(NotYetConnectedException.class);
    assertThat(fresh.getLocalAddress()).isNull();
    assertThat(fresh.getRemoteAddress()).isNull();
    assertThatThrownBy(() -> fresh.connect(InetSocketAddress.createUnresolved("nowhere", 1)))
        .isExactlyInstanceOf(UnresolvedAddressException.class);
    assertThatThrownBy(() -> fresh.connect(new SocketAddress() {}))
        .isExactlyInstanceOf(UnsupportedAddressTypeException.class);
    assertThat(fresh.isOpen()).isTrue();

    ServerSocketChannel unbound = closing(platform.provider().openServerSocketChannel());
    assertThatThrownBy(unbound::accept).isExactlyInstanceOf(NotYetBoundException.class);
    ServerSocketChannel bound = listenChannel();
    assertThatThrownBy(() -> bound.bind(null)).isExactlyInstanceOf(AlreadyBoundException.class);
    assertThatThrownBy(() -> unbound.bind(bound.getLocalAddress()))
        .isExactlyInstanceOf(BindException.class)
        .hasMessage("Address already in use");
    bound.configureBlocking(false);
    assertThat(bound.accept()).isNull();

    ChannelPair pair = channelPair();
    assertThatThrownBy(() -> pair.client().connect(loopback(1)))
        .isExactlyInstanceOf(AlreadyConnectedException.class);
    pair.client().close();
    pair.client().close();
    assertThatThrownBy(() -> pair.client().read(ByteBuffer.allocate(1)))
        .isExactlyInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> pair.client().write(ByteBuffer.allocate(1)))
        .isExactlyInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> pair.client().getLocalAddress())
        .isExactlyInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> pair.client().configureBlocking(false))
        .isExactlyInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> pair.client().getOption(StandardSocketOptions.TCP_NODELAY))
        .isExactlyInstanceOf(ClosedChannelException.class);
  }

  @Test
  void familyOfIpv4RefusesIpv6Addresses() throws Exception {
    SocketChannel channel =
        closing(platform.provider().openSocketChannel(StandardProtocolFamily.INET));
    byte[] address = new byte[16];
    address[15] = 1;
    InetSocketAddress ipv6 = new InetSocketAddress(java.net.InetAddress.getByAddress(address), 80);
    assertThatThrownBy(() -> channel.connect(ipv6))
        .isExactlyInstanceOf(UnsupportedAddressTypeException.class);
    assertThatThrownBy(() -> channel.bind(ipv6))
        .isExactlyInstanceOf(UnsupportedAddressTypeException.class);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void closingWakesTheReader(boolean virtual) throws Exception {
    SocketChannel client = channelPair().client();
    Background<Integer> reader =
        Background.of(virtual, () -> client.read(ByteBuffer.allocate(1))).settle();
    client.close();
    assertThatThrownBy(reader::get).isExactlyInstanceOf(AsynchronousCloseException.class);
  }

  /**
   * A thread that writes until it fails. Linux grows its buffers: full ones may take more at first.
   */
  private static Background<Void> blockedWriter(boolean virtual, SocketChannel channel)
      throws Exception {
    Background<Void> writer =
        Background.of(
            virtual,
            () -> {
              while (true) {
                channel.write(ByteBuffer.allocate(1 << 20));
              }
            });
    Thread.sleep(50);
    return writer.settle();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void closingWakesTheWriter(boolean virtual) throws Exception {
    SocketChannel client = channelPair().client();
    fill(client);
    Background<Void> writer = blockedWriter(virtual, client);
    client.close();
    // AsynchronousCloseException, or its superclass when the close comes between two writes
    assertThatThrownBy(writer::get).isInstanceOf(ClosedChannelException.class);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void closingWakesWhoAccepts(boolean virtual) throws Exception {
    ServerSocketChannel listener = listenChannel();
    Background<SocketChannel> acceptor = Background.of(virtual, listener::accept).settle();
    listener.close();
    assertThatThrownBy(acceptor::get).isExactlyInstanceOf(AsynchronousCloseException.class);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void closingWakesWhoConnects(boolean virtual) throws Exception {
    ServerSocketChannel listener = closing(platform.provider().openServerSocketChannel());
    listener.bind(loopback(0), 1);
    fillBacklog((InetSocketAddress) listener.getLocalAddress());
    SocketChannel client = socketChannel();
    Background<Boolean> connecting =
        Background.of(virtual, () -> client.connect(listener.getLocalAddress())).settle();
    client.close();
    assertThatThrownBy(connecting::get).isExactlyInstanceOf(AsynchronousCloseException.class);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void interruptClosesTheChannelOfAReader(boolean virtual) throws Exception {
    SocketChannel client = channelPair().client();
    AtomicBoolean interrupted = new AtomicBoolean();
    Background<Integer> reader =
        Background.of(
                virtual,
                () -> {
                  try {
                    return client.read(ByteBuffer.allocate(1));
                  } finally {
                    interrupted.set(Thread.currentThread().isInterrupted());
                  }
                })
            .settle();
    reader.thread.interrupt();
    assertThatThrownBy(reader::get).isExactlyInstanceOf(ClosedByInterruptException.class);
    assertThat(interrupted).isTrue();
    assertThat(client.isOpen()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void interruptClosesTheChannelOfAnAcceptor(boolean virtual) throws Exception {
    ServerSocketChannel listener = listenChannel();
    Background<SocketChannel> acceptor = Background.of(virtual, listener::accept).settle();
    acceptor.thread.interrupt();
    assertThatThrownBy(acceptor::get).isExactlyInstanceOf(ClosedByInterruptException.class);
    assertThat(listener.isOpen()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void pendingInterruptClosesAtOnce(boolean virtual) throws Exception {
    ChannelPair pair = channelPair();
    pair.server().write(bytes("x"));
    Background<Integer> reader =
        Background.of(
            virtual,
            () -> {
              Thread.currentThread().interrupt();
              return pair.client().read(ByteBuffer.allocate(1));
            });
    assertThatThrownBy(reader::get).isExactlyInstanceOf(ClosedByInterruptException.class);
    assertThat(pair.client().isOpen()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shutdownInputEndsTheReader(boolean virtual) throws Exception {
    SocketChannel client = channelPair().client();
    Background<Integer> reader =
        Background.of(virtual, () -> client.read(ByteBuffer.allocate(1))).settle();
    client.shutdownInput();
    assertThat(reader.get()).isEqualTo(-1);
    assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    assertThat(client.isOpen()).isTrue();
    client.shutdownInput();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shutdownOutputEndsTheWriter(boolean virtual) throws Exception {
    ChannelPair pair = channelPair();
    SocketChannel client = pair.client();
    fill(client);
    Background<Void> writer = blockedWriter(virtual, client);
    client.shutdownOutput();
    assertThatThrownBy(writer::get).isExactlyInstanceOf(AsynchronousCloseException.class);
    assertThatThrownBy(() -> client.write(bytes("x")))
        .isExactlyInstanceOf(AsynchronousCloseException.class);
    client.configureBlocking(false);
    assertThatThrownBy(() -> client.write(bytes("x")))
        .isExactlyInstanceOf(AsynchronousCloseException.class);
    client.configureBlocking(true);
    pair.server().write(bytes("y"));
    ByteBuffer target = ByteBuffer.allocate(1);
    assertThat(client.read(target)).isEqualTo(1);
  }

  @Test
  void resetIsToldToEachReader() throws Exception {
    ChannelPair pair = channelPair();
    pair.server().setOption(StandardSocketOptions.SO_LINGER, 0);
    pair.server().close();
    Thread.sleep(20);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> pair.client().read(ByteBuffer.allocate(1)))
          .isExactlyInstanceOf(SocketException.class)
          .hasMessage("Connection reset");
    }
    assertThat(pair.client().isOpen()).isTrue();
  }

  @Test
  void writingAfterAResetFails() throws Exception {
    ChannelPair pair = channelPair();
    pair.server().setOption(StandardSocketOptions.SO_LINGER, 0);
    pair.server().close();
    Thread.sleep(20);
    assertThatThrownBy(() -> pair.client().write(bytes("x")))
        .isExactlyInstanceOf(IOException.class)
        .hasMessage("Connection reset by peer");
    assertThatThrownBy(() -> pair.client().write(bytes("x")))
        .isExactlyInstanceOf(IOException.class)
        .hasMessage("Broken pipe");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void closingWithUnreadBytesResetsAfterWhatWasSent(boolean blocking) throws Exception {
    ChannelPair pair = channelPair();
    leaveUnread(pair);
    pair.server().configureBlocking(blocking);
    pair.server().close();
    Thread.sleep(20);
    ByteBuffer target = ByteBuffer.allocate(4);
    readFully(pair.client(), target);
    assertThat(text(target)).isEqualTo("last");
    assertThatThrownBy(() -> pair.client().read(ByteBuffer.allocate(1)))
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Connection reset");
  }

  @Test
  void closingARegisteredChannelWithUnreadBytesEndsThePeersInputFirst() throws Exception {
    ChannelPair pair = channelPair();
    leaveUnread(pair);
    pair.server().configureBlocking(false);
    Selector selector = closing(platform.provider().openSelector());
    pair.server().register(selector, SelectionKey.OP_READ);
    pair.server().close();
    selector.selectNow();
    Thread.sleep(20);
    ByteBuffer target = ByteBuffer.allocate(4);
    readFully(pair.client(), target);
    assertThat(text(target)).isEqualTo("last");
    assertThat(pair.client().read(ByteBuffer.allocate(1))).isEqualTo(-1);
  }

  private static void leaveUnread(ChannelPair pair) throws Exception {
    pair.client().write(bytes("unread"));
    pair.server().write(bytes("last"));
    Thread.sleep(10);
  }

  @Test
  void writingToAClosedPeerBreaksThePipe() throws Exception {
    ChannelPair pair = channelPair();
    pair.server().close();
    assertThatThrownBy(
            () -> {
              while (true) {
                pair.client().write(bytes("x"));
                Thread.sleep(5);
              }
            })
        .isExactlyInstanceOf(IOException.class)
        .hasMessage("Broken pipe");
  }

  @Test
  void nonBlockingWriteTakesWhatFits() throws Exception {
    ChannelPair pair = channelPair();
    long written = fill(pair.client());
    pair.client().configureBlocking(false);
    ByteBuffer more = ByteBuffer.allocate(1 << 20);
    assertThat(pair.client().write(more)).isZero();
    assertThat(more.position()).isZero();
    ByteBuffer target = ByteBuffer.allocate((int) written);
    readFully(pair.server(), target);
    assertThat(target.position()).isEqualTo((int) written);
    Thread.sleep(5);
    assertThat(pair.client().write(more)).isPositive();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void readerAndWriterWorkAtOnce(boolean virtual) throws Exception {
    ChannelPair pair = channelPair();
    byte[] data = new byte[1 << 20];
    new Random(3).nextBytes(data);
    Background<Void> echo =
        Background.of(
            virtual,
            () -> {
              ByteBuffer buffer = ByteBuffer.allocate(8192);
              while (pair.server().read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                  pair.server().write(buffer);
                }
                buffer.clear();
              }
              pair.server().shutdownOutput();
              return null;
            });
    Background<Void> writer =
        Background.of(
            virtual,
            () -> {
              ByteBuffer source = ByteBuffer.wrap(data);
              while (source.hasRemaining()) {
                pair.client().write(source);
              }
              pair.client().shutdownOutput();
              return null;
            });
    ByteBuffer target = ByteBuffer.allocate(data.length);
    readFully(pair.client(), target);
    assertThat(target.array()).isEqualTo(data);
    assertThat(pair.client().read(ByteBuffer.allocate(1))).isEqualTo(-1);
    writer.get();
    echo.get();
  }

  @Test
  void blockingModeRules() throws Exception {
    SocketChannel client = channelPair().client();
    Selector selector = closing(platform.provider().openSelector());
    assertThatThrownBy(() -> client.register(selector, SelectionKey.OP_READ))
        .isExactlyInstanceOf(IllegalBlockingModeException.class);
    client.configureBlocking(false);
    assertThatThrownBy(() -> client.register(selector, SelectionKey.OP_ACCEPT))
        .isExactlyInstanceOf(IllegalArgumentException.class);
    client.register(selector, SelectionKey.OP_READ);
    assertThatThrownBy(() -> client.configureBlocking(true))
        .isExactlyInstanceOf(IllegalBlockingModeException.class);
    assertThatThrownBy(() -> client.socket().getInputStream().read())
        .isExactlyInstanceOf(IllegalBlockingModeException.class);
    assertThatThrownBy(() -> client.socket().getOutputStream().write(1))
        .isExactlyInstanceOf(IllegalBlockingModeException.class);
  }

  @Test
  void optionsAreKept() throws Exception {
    SocketChannel client = channelPair().client();
    client.setOption(StandardSocketOptions.TCP_NODELAY, true);
    assertThat(client.getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
    client.setOption(StandardSocketOptions.SO_LINGER, 70_000);
    assertThat(client.getOption(StandardSocketOptions.SO_LINGER)).isEqualTo(65_535);
    client.setOption(StandardSocketOptions.SO_LINGER, -5);
    assertThat(client.getOption(StandardSocketOptions.SO_LINGER)).isEqualTo(-1);
    assertThatThrownBy(() -> client.setOption(StandardSocketOptions.IP_TOS, 256))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("Invalid IP_TOS value");
    assertThatThrownBy(() -> client.setOption(StandardSocketOptions.SO_SNDBUF, -1))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("Invalid send/receive buffer size");
    assertThatThrownBy(() -> client.setOption(StandardSocketOptions.SO_BROADCAST, true))
        .isExactlyInstanceOf(UnsupportedOperationException.class)
        .hasMessage("'SO_BROADCAST' not supported");
    ServerSocketChannel server = listenChannel();
    assertThat(server.getOption(StandardSocketOptions.SO_REUSEADDR)).isTrue();
    assertThatThrownBy(() -> server.getOption(StandardSocketOptions.TCP_NODELAY))
        .isExactlyInstanceOf(UnsupportedOperationException.class)
        .hasMessage("'TCP_NODELAY' not supported");
  }

  @Test
  void toStringTellsTheState() throws Exception {
    SocketChannel fresh = socketChannel();
    assertThat(fresh).hasToString("java.nio.channels.SocketChannel[unconnected]");
    SocketChannel client = channelPair().client();
    assertThat(client.toString())
        .isEqualTo(
            "java.nio.channels.SocketChannel[connected local="
                + client.getLocalAddress()
                + " remote="
                + client.getRemoteAddress()
                + "]");
    client.close();
    assertThat(client).hasToString("java.nio.channels.SocketChannel[closed]");
  }
}

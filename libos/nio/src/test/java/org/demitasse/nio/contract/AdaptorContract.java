package org.demitasse.nio.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The {@code socket()} views of channels. */
abstract class AdaptorContract extends NetworkContract {
  AdaptorContract(Supplier<Platform> platforms) {
    super(platforms);
  }

  @Test
  void viewsTalk() throws Exception {
    ServerSocket server = closing(platform.provider().openServerSocketChannel()).socket();
    assertThat(server.isBound()).isFalse();
    assertThat(server.getInetAddress()).isNull();
    assertThat(server.getLocalPort()).isEqualTo(-1);
    server.bind(loopback(0));
    Socket client = socketChannel().socket();
    assertThat(client.isConnected()).isFalse();
    client.connect(server.getLocalSocketAddress());
    Socket accepted = closing(server.accept());
    client.getOutputStream().write("ping".getBytes());
    assertThat(new String(accepted.getInputStream().readNBytes(4))).isEqualTo("ping");
    assertThat(client.getPort()).isEqualTo(server.getLocalPort());
    assertThat(accepted.getPort()).isEqualTo(client.getLocalPort());
    assertThat(client.getChannel()).isNotNull();
    assertThat(accepted.getChannel().socket()).isSameAs(accepted);
    assertThat(client.getInetAddress()).isEqualTo(loopback());
    client.close();
    assertThat(accepted.getInputStream().read()).isEqualTo(-1);
    assertThat(client.isClosed()).isTrue();
    assertThat(client.getChannel().isOpen()).isFalse();
  }

  @Test
  void timeoutsAreKept() throws Exception {
    ChannelPair pair = channelPair();
    Socket client = pair.client().socket();
    client.setSoTimeout(30);
    assertThatThrownBy(() -> client.getInputStream().read())
        .isExactlyInstanceOf(SocketTimeoutException.class)
        .hasMessage("Read timed out");
    pair.server().write(bytes("A"));
    assertThat(client.getInputStream().read()).isEqualTo('A');
    ServerSocket server = listenChannel().socket();
    server.setSoTimeout(30);
    assertThatThrownBy(server::accept)
        .isExactlyInstanceOf(SocketTimeoutException.class)
        .hasMessage("Accept timed out");
    assertThat(server.isClosed()).isFalse();
  }

  @Test
  void connectTimesOut() throws Exception {
    ServerSocketChannel listener = closing(platform.provider().openServerSocketChannel());
    listener.bind(loopback(0), 1);
    fillBacklog((InetSocketAddress) listener.getLocalAddress());
    Socket client = socketChannel().socket();
    assertThatThrownBy(() -> client.connect(listener.getLocalAddress(), 50))
        .isExactlyInstanceOf(SocketTimeoutException.class)
        .hasMessage("Connect timed out");
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void failuresHaveTheSocketsWords() throws Exception {
    Socket fresh = socketChannel().socket();
    assertThatThrownBy(fresh::getInputStream)
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Socket is not connected");
    assertThatThrownBy(fresh::shutdownOutput)
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Socket is not connected");
    assertThatThrownBy(() -> fresh.connect(null))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("connect: The address can't be null");
    InetSocketAddress unknown = InetSocketAddress.createUnresolved("nowhere", 80);
    assertThatThrownBy(() -> fresh.connect(unknown))
        .isExactlyInstanceOf(UnknownHostException.class);
    assertThat(fresh.isClosed()).isTrue();
    assertThatThrownBy(() -> fresh.setSoTimeout(1))
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Socket is closed");
    assertThatThrownBy(() -> fresh.setTcpNoDelay(true))
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Socket is closed");

    Socket connected = channelPair().client().socket();
    assertThatThrownBy(() -> connected.connect(loopback(1)))
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Already connected");
    assertThatThrownBy(() -> connected.bind(null))
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Already bound");
    connected.shutdownInput();
    assertThat(connected.isInputShutdown()).isTrue();
    assertThatThrownBy(connected::getInputStream)
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Socket input is shutdown");

    ServerSocket unbound = closing(platform.provider().openServerSocketChannel()).socket();
    assertThatThrownBy(unbound::accept)
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Socket is not bound yet");
    ServerSocketChannel listener = listenChannel();
    listener.configureBlocking(false);
    assertThatThrownBy(() -> listener.socket().accept())
        .isExactlyInstanceOf(IllegalBlockingModeException.class);
    SocketChannel client = socketChannel();
    client.configureBlocking(false);
    assertThatThrownBy(() -> client.socket().connect(listener.getLocalAddress()))
        .isExactlyInstanceOf(IllegalBlockingModeException.class);
  }

  @Test
  void refusalClosesTheSocket() throws Exception {
    int port;
    try (ServerSocketChannel listener = listenChannel()) {
      port = listener.socket().getLocalPort();
    }
    Socket client = socketChannel().socket();
    assertThatThrownBy(() -> client.connect(loopback(port), 5000))
        .isExactlyInstanceOf(ConnectException.class)
        .hasMessage("Connection refused");
    assertThat(client.isClosed()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void closingAndInterruptingWakeTheStream(boolean virtual) throws Exception {
    Socket closed = channelPair().client().socket();
    InputStream in = closed.getInputStream();
    Background<Integer> reader = Background.of(virtual, in::read).settle();
    closed.close();
    assertThatThrownBy(reader::get).isExactlyInstanceOf(AsynchronousCloseException.class);
    assertThatThrownBy(in::read).isExactlyInstanceOf(ClosedChannelException.class);
    Socket interrupted = channelPair().client().socket();
    InputStream other = interrupted.getInputStream();
    Background<Integer> second = Background.of(virtual, other::read).settle();
    second.thread.interrupt();
    assertThatThrownBy(second::get).isExactlyInstanceOf(ClosedByInterruptException.class);
  }

  @Test
  void optionsGoToTheChannel() throws Exception {
    Socket socket = channelPair().client().socket();
    socket.setTcpNoDelay(true);
    assertThat(socket.getTcpNoDelay()).isTrue();
    socket.setKeepAlive(true);
    assertThat(socket.getKeepAlive()).isTrue();
    socket.setSoLinger(true, 3);
    assertThat(socket.getSoLinger()).isEqualTo(3);
    socket.setSoLinger(false, 3);
    assertThat(socket.getSoLinger()).isEqualTo(-1);
    assertThatThrownBy(() -> socket.setSendBufferSize(0))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("Invalid send size");
    assertThat(socket.toString()).startsWith("Socket[addr=").contains("localport=");
  }
}

package org.demitasse.nio.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What options there are, what they are at first, and that each can be read and written back. */
abstract class OptionContract extends NetworkContract {
  OptionContract(Supplier<Platform> platforms) {
    super(platforms);
  }

  private interface Getter {
    <T> T get(SocketOption<T> option) throws Exception;
  }

  private interface Setter {
    <T> void set(SocketOption<T> option, T value) throws Exception;
  }

  private static void checkAll(Set<SocketOption<?>> options, Getter getter, Setter setter) {
    assertThat(options).isNotEmpty();
    for (SocketOption<?> option : options) {
      // Of the extended ones only those that keep connections alive are everybody's.
      if (isStandard(option) || option.name().startsWith("TCP_KEEP")) {
        assertThatCode(() -> check(option, getter, setter))
            .as(option.name())
            .doesNotThrowAnyException();
      }
    }
  }

  private static boolean isStandard(SocketOption<?> option) {
    return option.getClass().getName().startsWith("java.net.StandardSocketOptions");
  }

  private static <T> void check(SocketOption<T> option, Getter getter, Setter setter)
      throws Exception {
    T value = getter.get(option);
    if (value != null) {
      setter.set(option, value);
    }
  }

  private static void checkAll(NetworkChannel channel) {
    checkAll(
        channel.supportedOptions(),
        new Getter() {
          @Override
          public <T> T get(SocketOption<T> option) throws Exception {
            return channel.getOption(option);
          }
        },
        new Setter() {
          @Override
          public <T> void set(SocketOption<T> option, T value) throws Exception {
            channel.setOption(option, value);
          }
        });
  }

  @Test
  void allOptionsOfChannelsWork() throws Exception {
    checkAll(socketChannel());
    ChannelPair pair = channelPair();
    checkAll(pair.client());
    checkAll(pair.server());
    checkAll(closing(platform.provider().openServerSocketChannel()));
    checkAll(listenChannel());
    checkAll(closing(platform.provider().openDatagramChannel()));
    checkAll(closing(platform.asynchronousProvider().openAsynchronousSocketChannel(null)));
    checkAll(closing(platform.asynchronousProvider().openAsynchronousServerSocketChannel(null)));
  }

  @Test
  void allOptionsOfSocketsWork() throws Exception {
    for (Socket socket : new Socket[] {socket(), socketPair().client(), socketPair().server()}) {
      checkAll(
          socket.supportedOptions(),
          new Getter() {
            @Override
            public <T> T get(SocketOption<T> option) throws Exception {
              return socket.getOption(option);
            }
          },
          new Setter() {
            @Override
            public <T> void set(SocketOption<T> option, T value) throws Exception {
              socket.setOption(option, value);
            }
          });
    }
    for (ServerSocket server : new ServerSocket[] {closing(platform.serverSocket()), listen()}) {
      checkAll(
          server.supportedOptions(),
          new Getter() {
            @Override
            public <T> T get(SocketOption<T> option) throws Exception {
              return server.getOption(option);
            }
          },
          new Setter() {
            @Override
            public <T> void set(SocketOption<T> option, T value) throws Exception {
              server.setOption(option, value);
            }
          });
    }
  }

  @Test
  void valuesAreTheUsualOnesAtFirst() throws Exception {
    SocketChannel channel = socketChannel();
    assertThat(channel.getOption(StandardSocketOptions.TCP_NODELAY)).isFalse();
    assertThat(channel.getOption(StandardSocketOptions.SO_KEEPALIVE)).isFalse();
    assertThat(channel.getOption(StandardSocketOptions.SO_REUSEADDR)).isFalse();
    assertThat(channel.getOption(StandardSocketOptions.SO_LINGER)).isEqualTo(-1);
    assertThat(channel.getOption(StandardSocketOptions.IP_TOS)).isZero();
    assertThat(channel.getOption(StandardSocketOptions.SO_RCVBUF)).isPositive();
    assertThat(channel.getOption(StandardSocketOptions.SO_SNDBUF)).isPositive();
    ServerSocketChannel server = closing(platform.provider().openServerSocketChannel());
    assertThat(server.getOption(StandardSocketOptions.SO_REUSEADDR)).isTrue();
    assertThat(closing(platform.serverSocket()).getReuseAddress()).isTrue();
    Socket socket = socket();
    assertThat(socket.getTcpNoDelay()).isFalse();
    assertThat(socket.getSoTimeout()).isZero();
    assertThat(socket.getReuseAddress()).isFalse();
    assertThat(socket.getTrafficClass()).isZero();
    DatagramChannel datagrams = closing(platform.provider().openDatagramChannel());
    assertThat(datagrams.getOption(StandardSocketOptions.SO_BROADCAST)).isFalse();
    assertThat(datagrams.getOption(StandardSocketOptions.SO_REUSEADDR)).isFalse();
    assertThat(datagrams.getOption(StandardSocketOptions.IP_MULTICAST_TTL)).isEqualTo(1);
    assertThat(datagrams.getOption(StandardSocketOptions.IP_MULTICAST_LOOP)).isTrue();
    assertThat(datagrams.getOption(StandardSocketOptions.IP_MULTICAST_IF)).isNull();
    DatagramSocket datagramSocket = closing(platform.datagramSocket(loopback(0)));
    assertThat(datagramSocket.getBroadcast()).isTrue();
    assertThat(datagramSocket.getSoTimeout()).isZero();
    MulticastSocket multicast = closing(platform.multicastSocket(new InetSocketAddress(0)));
    assertThat(multicast.getTimeToLive()).isEqualTo(1);
    assertThat(multicast.getReuseAddress()).isTrue();
  }

  @Test
  void acceptedSocketsTakeTheListenersBuffer() throws Exception {
    ServerSocketChannel listener = closing(platform.provider().openServerSocketChannel());
    listener.setOption(StandardSocketOptions.SO_RCVBUF, 8192);
    listener.bind(loopback(0));
    SocketChannel client = socketChannel();
    client.connect(listener.getLocalAddress());
    SocketChannel server = closing(listener.accept());
    assertThat(server.getOption(StandardSocketOptions.SO_RCVBUF))
        .isEqualTo(listener.getOption(StandardSocketOptions.SO_RCVBUF));
  }
}

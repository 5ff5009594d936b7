package org.demitasse.nio.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code DatagramSocket}, {@code MulticastSocket} and {@code DatagramChannel}. */
abstract class DatagramContract extends NetworkContract {
  DatagramContract(Supplier<Platform> platforms) {
    super(platforms);
  }

  private DatagramSocket datagramSocket() throws IOException {
    return closing(platform.datagramSocket(loopback(0)));
  }

  private DatagramChannel datagramChannel() throws IOException {
    DatagramChannel channel = closing(platform.provider().openDatagramChannel());
    return channel.bind(loopback(0));
  }

  private static DatagramPacket packet(String text, InetSocketAddress target) {
    return new DatagramPacket(text.getBytes(), text.length(), target);
  }

  private static String text(DatagramPacket packet) {
    return new String(packet.getData(), packet.getOffset(), packet.getLength());
  }

  private static InetSocketAddress address(DatagramSocket socket) {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  @Test
  void packetsCarryTheirSender() throws Exception {
    DatagramSocket client = datagramSocket();
    DatagramSocket server = datagramSocket();
    client.send(packet("ping", address(server)));
    DatagramPacket received = new DatagramPacket(new byte[10], 2, 8);
    server.receive(received);
    assertThat(text(received)).isEqualTo("ping");
    assertThat(received.getSocketAddress()).isEqualTo(address(client));
    received.setData("pong".getBytes());
    server.send(received);
    DatagramPacket answer = new DatagramPacket(new byte[10], 10);
    client.receive(answer);
    assertThat(text(answer)).isEqualTo("pong");
  }

  @Test
  void oneReceivedPacketCanBeUsedForALongerOne() throws Exception {
    DatagramSocket socket = datagramSocket();
    DatagramPacket received = new DatagramPacket(new byte[8], 8);
    socket.send(packet("a", address(socket)));
    socket.receive(received);
    assertThat(received.getLength()).isEqualTo(1);
    socket.send(packet("abcdefghijkl", address(socket)));
    socket.receive(received);
    assertThat(text(received)).isEqualTo("abcdefgh");
    socket.send(packet("", address(socket)));
    socket.receive(received);
    assertThat(received.getLength()).isZero();
  }

  @Test
  void receiveTimesOut() throws Exception {
    DatagramSocket socket = datagramSocket();
    socket.setSoTimeout(30);
    assertThat(socket.getSoTimeout()).isEqualTo(30);
    assertThatThrownBy(() -> socket.receive(new DatagramPacket(new byte[1], 1)))
        .isExactlyInstanceOf(SocketTimeoutException.class)
        .hasMessage("Receive timed out");
    socket.send(packet("x", address(socket)));
    socket.receive(new DatagramPacket(new byte[1], 1));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void closingWakesTheReceiver(boolean virtual) throws Exception {
    DatagramSocket socket = datagramSocket();
    Background<Void> receiver = receive(socket, virtual).settle();
    socket.close();
    assertThatThrownBy(receiver::get)
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Socket closed");
    assertThatThrownBy(() -> socket.send(packet("x", loopback(1))))
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Socket closed");
    assertThat(socket.isClosed()).isTrue();
    assertThat(socket.getLocalPort()).isEqualTo(-1);
  }

  private static Background<Void> receive(DatagramSocket socket, boolean virtual) {
    return Background.of(
        virtual,
        () -> {
          socket.receive(new DatagramPacket(new byte[1], 1));
          return null;
        });
  }

  @Test
  void interruptClosesTheSocketOfAVirtualReceiver() throws Exception {
    DatagramSocket socket = datagramSocket();
    Background<Void> receiver = receive(socket, true).settle();
    receiver.thread.interrupt();
    assertThatThrownBy(receiver::get)
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Closed by interrupt");
    assertThat(socket.isClosed()).isTrue();
  }

  @Test
  void interruptDoesNotDisturbAPlatformReceiver() throws Exception {
    DatagramSocket socket = datagramSocket();
    AtomicBoolean interrupted = new AtomicBoolean();
    Background<Void> receiver =
        Background.<Void>platform(
                () -> {
                  socket.receive(new DatagramPacket(new byte[1], 1));
                  interrupted.set(Thread.currentThread().isInterrupted());
                  return null;
                })
            .settle();
    receiver.thread.interrupt();
    Thread.sleep(10);
    assertThat(receiver.isDone()).isFalse();
    socket.send(packet("x", address(socket)));
    receiver.get();
    assertThat(interrupted).isTrue();
    assertThat(socket.isClosed()).isFalse();
  }

  @Test
  void connectedSocketHearsItsPeerOnly() throws Exception {
    DatagramSocket socket = datagramSocket();
    DatagramSocket peer = datagramSocket();
    DatagramSocket stranger = datagramSocket();
    socket.connect(address(peer));
    assertThat(socket.isConnected()).isTrue();
    assertThat(socket.getPort()).isEqualTo(peer.getLocalPort());
    assertThat(socket.getRemoteSocketAddress()).isEqualTo(address(peer));
    stranger.send(packet("no", address(socket)));
    peer.send(packet("yes", address(socket)));
    DatagramPacket received = new DatagramPacket(new byte[8], 8);
    socket.receive(received);
    assertThat(text(received)).isEqualTo("yes");
    assertThatThrownBy(() -> socket.send(packet("x", address(stranger))))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("Connected and packet address differ");
    DatagramPacket toPeer = new DatagramPacket("z".getBytes(), 1);
    socket.send(toPeer);
    assertThat(toPeer.getPort()).isEqualTo(peer.getLocalPort());
    socket.disconnect();
    assertThat(socket.isConnected()).isFalse();
    assertThat(socket.getPort()).isEqualTo(-1);
    stranger.send(packet("now", address(socket)));
    socket.receive(received);
    assertThat(text(received)).isEqualTo("now");
  }

  @Test
  void refusalReachesAConnectedSocket() throws Exception {
    DatagramSocket gone = datagramSocket();
    InetSocketAddress nobody = address(gone);
    gone.close();
    DatagramSocket socket = datagramSocket();
    socket.connect(nobody);
    socket.send(packet("x", nobody));
    socket.setSoTimeout(5000);
    assertThatThrownBy(() -> socket.receive(new DatagramPacket(new byte[1], 1)))
        .isExactlyInstanceOf(PortUnreachableException.class);
    DatagramSocket unconnected = datagramSocket();
    unconnected.send(packet("x", nobody));
    unconnected.send(packet("x", nobody));
  }

  @Test
  void bindFailuresSayWhy() throws Exception {
    DatagramSocket first = datagramSocket();
    assertThatThrownBy(() -> platform.datagramSocket(address(first)))
        .isExactlyInstanceOf(BindException.class)
        .hasMessage("Address already in use");
    assertThatThrownBy(() -> first.bind(loopback(0)))
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Already bound");
    DatagramSocket unbound = closing(platform.datagramSocket(null));
    assertThat(unbound.isBound()).isFalse();
    assertThat(unbound.getLocalPort()).isZero();
    assertThatThrownBy(() -> unbound.connect(InetSocketAddress.createUnresolved("nowhere", 1)))
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Unresolved address");
  }

  @Test
  void socketOptionsAreKept() throws Exception {
    DatagramSocket socket = datagramSocket();
    socket.setBroadcast(true);
    assertThat(socket.getBroadcast()).isTrue();
    socket.setReuseAddress(true);
    assertThat(socket.getReuseAddress()).isTrue();
    socket.setReceiveBufferSize(32 * 1024);
    assertThat(socket.getReceiveBufferSize()).isPositive();
    assertThat(socket.supportedOptions()).contains(ExtendedSocketOptions.IP_DONTFRAGMENT);
    assertThat(socket.getOption(ExtendedSocketOptions.IP_DONTFRAGMENT)).isFalse();
    socket.setOption(ExtendedSocketOptions.IP_DONTFRAGMENT, true);
    assertThat(socket.getOption(ExtendedSocketOptions.IP_DONTFRAGMENT)).isTrue();
    assertThatThrownBy(() -> socket.setSendBufferSize(0))
        .isExactlyInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> socket.setOption(StandardSocketOptions.TCP_NODELAY, true))
        .isExactlyInstanceOf(UnsupportedOperationException.class)
        .hasMessage("'TCP_NODELAY' not supported");
  }

  @Test
  void multicastSocketsCheckTheirGroups() throws Exception {
    MulticastSocket socket = closing(platform.multicastSocket(new InetSocketAddress(0)));
    InetAddress group = InetAddress.getByAddress(new byte[] {(byte) 239, 1, 2, 3});
    assertThatThrownBy(() -> socket.joinGroup(loopback(0), null))
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Not a multicast address");
    assertThatThrownBy(() -> socket.leaveGroup(new InetSocketAddress(group, 0), null))
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Not a member of group");
    socket.setTimeToLive(5);
    assertThat(socket.getTimeToLive()).isEqualTo(5);
    assertThatThrownBy(() -> socket.setTimeToLive(256))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("Invalid TTL/hop value");
    socket.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, false);
    assertThat(socket.getOption(StandardSocketOptions.IP_MULTICAST_LOOP)).isFalse();
    assertThat(socket.getNetworkInterface().getIndex()).isZero();
    assertThat(socket.getOption(StandardSocketOptions.IP_MULTICAST_IF)).isNull();
    socket.close();
    assertThatThrownBy(() -> socket.setTimeToLive(1))
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Socket is closed");
    assertThatThrownBy(() -> socket.joinGroup(new InetSocketAddress(group, 0), null))
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Socket is closed");
  }

  @Test
  void channelsSendAndReceive() throws Exception {
    DatagramChannel client = datagramChannel();
    DatagramChannel server = datagramChannel();
    assertThat(client.send(bytes("ping"), server.getLocalAddress())).isEqualTo(4);
    ByteBuffer target = ByteBuffer.allocate(10);
    assertThat(server.receive(target)).isEqualTo(client.getLocalAddress());
    assertThat(text(target)).isEqualTo("ping");
    client.send(bytes("too long"), server.getLocalAddress());
    ByteBuffer small = ByteBuffer.allocateDirect(3);
    server.receive(small);
    assertThat(text(small)).isEqualTo("too");
    server.configureBlocking(false);
    assertThat(server.receive(ByteBuffer.allocate(1))).isNull();
    assertThatThrownBy(() -> server.socket().receive(new DatagramPacket(new byte[1], 1)))
        .isExactlyInstanceOf(IllegalBlockingModeException.class);
    assertThatThrownBy(() -> server.receive(ByteBuffer.allocate(1).asReadOnlyBuffer()))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("Read-only buffer");
  }

  @Test
  void connectedChannelsReadAndWrite() throws Exception {
    DatagramChannel client = datagramChannel();
    DatagramChannel server = datagramChannel();
    assertThatThrownBy(() -> client.read(ByteBuffer.allocate(1)))
        .isExactlyInstanceOf(NotYetConnectedException.class);
    assertThatThrownBy(() -> client.write(bytes("x")))
        .isExactlyInstanceOf(NotYetConnectedException.class);
    client.connect(server.getLocalAddress());
    server.connect(client.getLocalAddress());
    assertThatThrownBy(() -> client.connect(server.getLocalAddress()))
        .isExactlyInstanceOf(AlreadyConnectedException.class);
    assertThatThrownBy(() -> client.send(bytes("x"), loopback(9)))
        .isExactlyInstanceOf(AlreadyConnectedException.class);
    assertThat(client.write(new ByteBuffer[] {bytes("ab"), bytes("cd")})).isEqualTo(4);
    ByteBuffer first = ByteBuffer.allocate(1);
    ByteBuffer second = ByteBuffer.allocate(9);
    assertThat(server.read(new ByteBuffer[] {first, second})).isEqualTo(4);
    assertThat(text(first) + text(second)).isEqualTo("abcd");
    assertThat(server.send(bytes("back"), client.getLocalAddress())).isEqualTo(4);
    ByteBuffer target = ByteBuffer.allocate(9);
    assertThat(client.read(target)).isEqualTo(4);
    client.disconnect();
    assertThat(client.isConnected()).isFalse();
    assertThat(client.getRemoteAddress()).isNull();
  }

  @Test
  void connectingDropsWhatOthersSent() throws Exception {
    DatagramChannel client = datagramChannel();
    DatagramChannel server = datagramChannel();
    DatagramChannel stranger = datagramChannel();
    stranger.send(bytes("old"), client.getLocalAddress());
    Thread.sleep(5);
    client.connect(server.getLocalAddress());
    server.send(bytes("new"), client.getLocalAddress());
    ByteBuffer target = ByteBuffer.allocate(9);
    client.read(target);
    assertThat(text(target)).isEqualTo("new");
  }

  @Test
  void channelStatesAreChecked() throws Exception {
    DatagramChannel channel = closing(platform.provider().openDatagramChannel());
    assertThat(channel.getLocalAddress()).isNull();
    assertThatThrownBy(
            () -> channel.send(bytes("x"), InetSocketAddress.createUnresolved("nowhere", 1)))
        .isExactlyInstanceOf(UnresolvedAddressException.class);
    assertThatThrownBy(() -> channel.send(bytes("x"), loopback(0)))
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Can't send to port 0");
    assertThatThrownBy(() -> channel.connect(loopback(0)))
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Can't connect to port 0");
    assertThat(channel.getLocalAddress()).isNotNull();
    assertThatThrownBy(() -> channel.bind(null)).isExactlyInstanceOf(AlreadyBoundException.class);
    channel.close();
    assertThatThrownBy(() -> channel.receive(ByteBuffer.allocate(1)))
        .isExactlyInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> channel.send(bytes("x"), loopback(1)))
        .isExactlyInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(channel::getLocalAddress).isExactlyInstanceOf(ClosedChannelException.class);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void closingAndInterruptingWakeTheChannel(boolean virtual) throws Exception {
    DatagramChannel closed = datagramChannel();
    Background<?> receiver =
        Background.of(virtual, () -> closed.receive(ByteBuffer.allocate(1))).settle();
    closed.close();
    assertThatThrownBy(receiver::get).isExactlyInstanceOf(AsynchronousCloseException.class);
    DatagramChannel interrupted = datagramChannel();
    Background<?> second =
        Background.of(virtual, () -> interrupted.receive(ByteBuffer.allocate(1))).settle();
    second.thread.interrupt();
    assertThatThrownBy(second::get).isExactlyInstanceOf(ClosedByInterruptException.class);
    assertThat(interrupted.isOpen()).isFalse();
  }

  @Test
  void selectorsWatchDatagrams() throws Exception {
    Selector selector = closing(platform.provider().openSelector());
    DatagramChannel channel = datagramChannel();
    channel.configureBlocking(false);
    SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
    assertThat(selector.selectNow()).isZero();
    Background<Integer> selecting = Background.platform(() -> selector.select()).settle();
    datagramChannel().send(bytes("x"), channel.getLocalAddress());
    assertThat(selecting.get()).isEqualTo(1);
    assertThat(key.isReadable()).isTrue();
    channel.receive(ByteBuffer.allocate(1));
    selector.selectedKeys().clear();
    assertThat(selector.selectNow()).isZero();
    key.interestOps(SelectionKey.OP_WRITE);
    assertThat(selector.selectNow()).isEqualTo(1);
  }
}

package org.demitasse.nio.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code java.net.Socket} and {@code ServerSocket}. */
abstract class SocketContract extends NetworkContract {
  SocketContract(Supplier<Platform> platforms) {
    super(platforms);
  }

  @Test
  void bytesArriveBothWaysAndTheEndIsSeen() throws Exception {
    SocketPair pair = socketPair();
    pair.client().getOutputStream().write("ping".getBytes());
    assertThat(new String(pair.server().getInputStream().readNBytes(4))).isEqualTo("ping");
    pair.server().getOutputStream().write("pong".getBytes());
    assertThat(new String(pair.client().getInputStream().readNBytes(4))).isEqualTo("pong");
    pair.client().close();
    assertThat(pair.server().getInputStream().read()).isEqualTo(-1);
    assertThat(pair.server().getInputStream().read()).isEqualTo(-1);
  }

  @Test
  void addressesOfBothEndsMatch() throws Exception {
    SocketPair pair = socketPair();
    assertThat(pair.client().getRemoteSocketAddress())
        .isEqualTo(pair.server().getLocalSocketAddress());
    assertThat(pair.server().getRemoteSocketAddress())
        .isEqualTo(pair.client().getLocalSocketAddress());
    assertThat(pair.client().isConnected()).isTrue();
    assertThat(pair.client().isBound()).isTrue();
    assertThat(pair.client().getInetAddress()).isEqualTo(loopback());
  }

  @Test
  void readTimesOutAndTheSocketStaysUsable() throws Exception {
    SocketPair pair = socketPair();
    pair.client().setSoTimeout(30);
    assertThat(pair.client().getSoTimeout()).isEqualTo(30);
    assertThatThrownBy(() -> pair.client().getInputStream().read())
        .isExactlyInstanceOf(SocketTimeoutException.class)
        .hasMessage("Read timed out");
    pair.server().getOutputStream().write(7);
    assertThat(pair.client().getInputStream().read()).isEqualTo(7);
  }

  @Test
  void acceptTimesOutAndTheServerStaysUsable() throws Exception {
    ServerSocket server = listen();
    server.setSoTimeout(30);
    assertThatThrownBy(server::accept)
        .isExactlyInstanceOf(SocketTimeoutException.class)
        .hasMessage("Accept timed out");
    Socket client = socket();
    client.connect(server.getLocalSocketAddress());
    assertThat(closing(server.accept()).isConnected()).isTrue();
  }

  @Test
  void connectTimesOutAndClosesTheSocket() throws Exception {
    ServerSocket server = closing(platform.serverSocket());
    server.bind(loopback(0), 1);
    fillBacklog((InetSocketAddress) server.getLocalSocketAddress());
    Socket client = socket();
    assertThatThrownBy(() -> client.connect(server.getLocalSocketAddress(), 50))
        .isExactlyInstanceOf(SocketTimeoutException.class)
        .hasMessage("Connect timed out");
    assertThat(client.isClosed()).isTrue();
  }

  @Test
  void connectionToNobodyIsRefused() throws Exception {
    int port;
    try (ServerSocket server = platform.serverSocket()) {
      server.bind(loopback(0));
      port = server.getLocalPort();
    }
    Socket client = socket();
    assertThatThrownBy(() -> client.connect(loopback(port)))
        .isExactlyInstanceOf(ConnectException.class)
        .hasMessage("Connection refused");
    assertThat(client.isClosed()).isTrue();
    Socket timed = socket();
    assertThatThrownBy(() -> timed.connect(loopback(port), 5000))
        .isExactlyInstanceOf(ConnectException.class)
        .hasMessage("Connection refused");
  }

  @Test
  void unresolvedAddressIsAnUnknownHost() throws Exception {
    Socket client = socket();
    InetSocketAddress nowhere = InetSocketAddress.createUnresolved("nowhere.invalid", 80);
    assertThatThrownBy(() -> client.connect(nowhere))
        .isExactlyInstanceOf(UnknownHostException.class)
        .hasMessage("nowhere.invalid");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void closingWakesTheReader(boolean virtual) throws Exception {
    SocketPair pair = socketPair();
    InputStream in = pair.client().getInputStream();
    Background<Integer> reader = Background.of(virtual, in::read).settle();
    pair.client().close();
    assertThatThrownBy(reader::get)
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Socket closed");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void closingWakesTheTimedReader(boolean virtual) throws Exception {
    SocketPair pair = socketPair();
    pair.client().setSoTimeout(60_000);
    InputStream in = pair.client().getInputStream();
    Background<Integer> reader = Background.of(virtual, in::read).settle();
    pair.client().close();
    assertThatThrownBy(reader::get)
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Socket closed");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void closingWakesTheWriter(boolean virtual) throws Exception {
    SocketPair pair = socketPair();
    OutputStream out = pair.client().getOutputStream();
    byte[] block = new byte[64 * 1024];
    Background<Void> writer =
        Background.of(
            virtual,
            () -> {
              while (true) {
                out.write(block);
              }
            });
    Thread.sleep(50);
    writer.settle();
    pair.client().close();
    assertThatThrownBy(writer::get)
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Socket closed");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void closingWakesWhoAccepts(boolean virtual) throws Exception {
    ServerSocket server = listen();
    Background<Socket> acceptor = Background.of(virtual, server::accept).settle();
    server.close();
    assertThatThrownBy(acceptor::get)
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Socket closed");
    assertThatThrownBy(server::accept)
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Socket is closed");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void closingWakesWhoConnects(boolean virtual) throws Exception {
    ServerSocket server = closing(platform.serverSocket());
    server.bind(loopback(0), 1);
    fillBacklog((InetSocketAddress) server.getLocalSocketAddress());
    Socket client = socket();
    Background<Void> connecting =
        Background.<Void>of(
                virtual,
                () -> {
                  client.connect(server.getLocalSocketAddress());
                  return null;
                })
            .settle();
    client.close();
    assertThatThrownBy(connecting::get)
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Socket closed");
  }

  @Test
  void interruptClosesTheSocketOfAVirtualReader() throws Exception {
    SocketPair pair = socketPair();
    InputStream in = pair.client().getInputStream();
    AtomicBoolean interrupted = new AtomicBoolean();
    Background<Integer> reader =
        Background.virtual(
                () -> {
                  try {
                    return in.read();
                  } finally {
                    interrupted.set(Thread.currentThread().isInterrupted());
                  }
                })
            .settle();
    reader.thread.interrupt();
    assertThatThrownBy(reader::get)
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Closed by interrupt");
    assertThat(interrupted).isTrue();
    assertThat(pair.client().isClosed()).isTrue();
  }

  @Test
  void interruptClosesTheServerOfAVirtualAcceptor() throws Exception {
    ServerSocket server = listen();
    Background<Socket> acceptor = Background.virtual(server::accept).settle();
    acceptor.thread.interrupt();
    assertThatThrownBy(acceptor::get)
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Closed by interrupt");
    assertThat(server.isClosed()).isTrue();
  }

  @Test
  void interruptDoesNotDisturbAPlatformReader() throws Exception {
    SocketPair pair = socketPair();
    InputStream in = pair.client().getInputStream();
    AtomicBoolean interrupted = new AtomicBoolean();
    Background<Integer> reader =
        Background.platform(
                () -> {
                  int value = in.read();
                  interrupted.set(Thread.currentThread().isInterrupted());
                  return value;
                })
            .settle();
    reader.thread.interrupt();
    Thread.sleep(10);
    assertThat(reader.isDone()).isFalse();
    pair.server().getOutputStream().write(42);
    assertThat(reader.get()).isEqualTo(42);
    assertThat(interrupted).isTrue();
    assertThat(pair.client().isClosed()).isFalse();
  }

  @Test
  void shutdownOutputEndsThePeersInputOnly() throws Exception {
    SocketPair pair = socketPair();
    pair.client().getOutputStream().write(1);
    pair.client().shutdownOutput();
    assertThat(pair.client().isOutputShutdown()).isTrue();
    assertThat(pair.server().getInputStream().readAllBytes()).containsExactly(1);
    pair.server().getOutputStream().write(2);
    assertThat(pair.client().getInputStream().read()).isEqualTo(2);
    assertThatThrownBy(() -> pair.client().getOutputStream())
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Socket output is shutdown");
    assertThatThrownBy(() -> pair.client().shutdownOutput())
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Socket output is already shutdown");
  }

  @Test
  void writingAfterShutdownOutputBreaksThePipe() throws Exception {
    SocketPair pair = socketPair();
    OutputStream out = pair.client().getOutputStream();
    pair.client().shutdownOutput();
    assertThatThrownBy(() -> out.write(1))
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Broken pipe");
  }

  @Test
  void shutdownInputEndsReading() throws Exception {
    SocketPair pair = socketPair();
    InputStream in = pair.client().getInputStream();
    Background<Integer> reader = Background.virtual(in::read).settle();
    pair.client().shutdownInput();
    assertThat(reader.get()).isEqualTo(-1);
    assertThat(in.read()).isEqualTo(-1);
    assertThat(in.available()).isZero();
    assertThatThrownBy(() -> pair.client().getInputStream())
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Socket input is shutdown");
  }

  @Test
  void resetIsToldToEachReader() throws Exception {
    SocketPair pair = socketPair();
    pair.server().setSoLinger(true, 0);
    pair.server().close();
    Thread.sleep(20);
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> pair.client().getInputStream().read())
          .isExactlyInstanceOf(SocketException.class)
          .hasMessage("Connection reset");
    }
  }

  @Test
  void closingWithUnreadBytesEndsThePeersInputFirst() throws Exception {
    SocketPair pair = socketPair();
    pair.client().getOutputStream().write(1);
    pair.server().getInputStream().read();
    pair.client().getOutputStream().write(2);
    while (pair.server().getInputStream().available() == 0) {
      Thread.sleep(1);
    }
    pair.server().getOutputStream().write(3);
    pair.server().close();
    Thread.sleep(20);
    assertThat(pair.client().getInputStream().read()).isEqualTo(3);
    assertThat(pair.client().getInputStream().read()).isEqualTo(-1);
  }

  @Test
  void writingToAClosedPeerBreaksThePipe() throws Exception {
    SocketPair pair = socketPair();
    pair.server().close();
    OutputStream out = pair.client().getOutputStream();
    assertThatThrownBy(
            () -> {
              while (true) {
                out.write(1);
                Thread.sleep(5);
              }
            })
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Broken pipe");
  }

  @Test
  void statesAreChecked() throws Exception {
    Socket fresh = socket();
    assertThatThrownBy(fresh::getInputStream)
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Socket is not connected");
    assertThat(fresh.getPort()).isZero();
    assertThat(fresh.getLocalPort()).isEqualTo(-1);
    assertThat(fresh.getInetAddress()).isNull();
    ServerSocket unbound = closing(platform.serverSocket());
    assertThatThrownBy(unbound::accept)
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Socket is not bound yet");
    SocketPair pair = socketPair();
    assertThatThrownBy(() -> pair.client().connect(loopback(1)))
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Already connected");
    assertThatThrownBy(() -> pair.client().bind(loopback(0)))
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Already bound");
    OutputStream out = pair.client().getOutputStream();
    InputStream in = pair.client().getInputStream();
    pair.client().close();
    pair.client().close();
    assertThatThrownBy(() -> out.write(1))
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Socket closed");
    assertThatThrownBy(in::read)
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Socket closed");
    assertThatThrownBy(() -> pair.client().getInputStream())
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Socket is closed");
    assertThatThrownBy(() -> pair.client().connect(loopback(1)))
        .isExactlyInstanceOf(SocketException.class)
        .hasMessage("Socket is closed");
  }

  @Test
  void clientCanBindFirst() throws Exception {
    ServerSocket server = listen();
    Socket client = socket();
    client.bind(loopback(0));
    int port = client.getLocalPort();
    assertThat(port).isPositive();
    client.connect(server.getLocalSocketAddress());
    assertThat(client.getLocalPort()).isEqualTo(port);
    assertThat(closing(server.accept()).getPort()).isEqualTo(port);
  }

  @Test
  void bindFailuresSayWhy() throws Exception {
    ServerSocket first = listen();
    ServerSocket second = closing(platform.serverSocket());
    assertThatThrownBy(() -> second.bind(first.getLocalSocketAddress()))
        .isExactlyInstanceOf(BindException.class)
        .hasMessage("Address already in use");
    InetAddress foreign = InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 77});
    ServerSocket third = closing(platform.serverSocket());
    assertThatThrownBy(() -> third.bind(new InetSocketAddress(foreign, 0)))
        .isExactlyInstanceOf(BindException.class)
        .hasMessage("Cannot assign requested address");
    second.bind(loopback(0));
    assertThat(second.getLocalPort()).isPositive();
  }

  @Test
  void optionsAreKept() throws Exception {
    Socket socket = socketPair().client();
    socket.setTcpNoDelay(true);
    assertThat(socket.getTcpNoDelay()).isTrue();
    socket.setTcpNoDelay(false);
    assertThat(socket.getTcpNoDelay()).isFalse();
    socket.setKeepAlive(true);
    assertThat(socket.getKeepAlive()).isTrue();
    assertThat(socket.getSoLinger()).isEqualTo(-1);
    socket.setSoLinger(true, 5);
    assertThat(socket.getSoLinger()).isEqualTo(5);
    socket.setSoLinger(false, 0);
    assertThat(socket.getSoLinger()).isEqualTo(-1);
    socket.setReuseAddress(true);
    assertThat(socket.getReuseAddress()).isTrue();
    socket.setSendBufferSize(32 * 1024);
    assertThat(socket.getSendBufferSize()).isPositive();
    socket.setReceiveBufferSize(32 * 1024);
    assertThat(socket.getReceiveBufferSize()).isPositive();
    socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 33);
    assertThat(socket.getOption(ExtendedSocketOptions.TCP_KEEPIDLE)).isEqualTo(33);
    assertThat(socket.supportedOptions())
        .contains(StandardSocketOptions.TCP_NODELAY, ExtendedSocketOptions.TCP_KEEPINTERVAL);
    assertThatThrownBy(() -> socket.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, true))
        .isExactlyInstanceOf(UnsupportedOperationException.class)
        .hasMessage("'IP_MULTICAST_LOOP' not supported");
    assertThatThrownBy(() -> socket.setSoTimeout(-1))
        .isExactlyInstanceOf(IllegalArgumentException.class);
    ServerSocket server = listen();
    assertThat(server.getReuseAddress()).isTrue();
    server.setReceiveBufferSize(32 * 1024);
    assertThat(server.getReceiveBufferSize()).isPositive();
    assertThat(server.getSoTimeout()).isZero();
    assertThat(server.supportedOptions()).contains(StandardSocketOptions.SO_REUSEADDR);
  }

  @Test
  void availableCountsWhatHasArrived() throws Exception {
    SocketPair pair = socketPair();
    assertThat(pair.client().getInputStream().available()).isZero();
    pair.server().getOutputStream().write(new byte[5]);
    while (pair.client().getInputStream().available() < 5) {
      Thread.sleep(1);
    }
    assertThat(pair.client().getInputStream().available()).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void muchDataArrivesWholeBothWaysAtOnce(boolean virtual) throws Exception {
    SocketPair pair = socketPair();
    byte[] up = new byte[1 << 20];
    byte[] down = new byte[1 << 20];
    new Random(1).nextBytes(up);
    new Random(2).nextBytes(down);
    Background<Void> sender = send(pair.client(), up, virtual);
    Background<Void> replier = send(pair.server(), down, virtual);
    Background<byte[]> receiver =
        Background.of(virtual, () -> pair.server().getInputStream().readNBytes(up.length));
    assertThat(pair.client().getInputStream().readNBytes(down.length)).isEqualTo(down);
    assertThat(receiver.get()).isEqualTo(up);
    sender.get();
    replier.get();
  }

  private static Background<Void> send(Socket socket, byte[] data, boolean virtual) {
    return Background.of(
        virtual,
        () -> {
          socket.getOutputStream().write(data);
          return null;
        });
  }

  @Test
  void manyVirtualThreadsTalkAtOnce() throws Exception {
    int connections = 100;
    ServerSocket server = closing(platform.serverSocket());
    server.bind(loopback(0), connections);
    Background<Void> acceptor =
        Background.virtual(
            () -> {
              for (int i = 0; i < connections; i++) {
                Socket accepted = server.accept();
                Background.virtual(() -> echo(accepted));
              }
              return null;
            });
    List<Background<Integer>> clients = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      int value = i;
      clients.add(
          Background.virtual(
              () -> {
                try (Socket client = platform.socket()) {
                  client.connect(server.getLocalSocketAddress());
                  int sum = 0;
                  for (int round = 0; round < 10; round++) {
                    client.getOutputStream().write(value);
                    sum += client.getInputStream().read();
                  }
                  return sum;
                }
              }));
    }
    for (int i = 0; i < connections; i++) {
      assertThat(clients.get(i).get()).isEqualTo(10 * i);
    }
    acceptor.get();
  }

  private static Void echo(Socket accepted) throws IOException {
    try (accepted) {
      accepted.getInputStream().transferTo(accepted.getOutputStream());
      return null;
    }
  }
}

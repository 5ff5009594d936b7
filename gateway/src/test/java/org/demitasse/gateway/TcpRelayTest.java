package org.demitasse.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.demitasse.net.ip.IpAddress;
import org.demitasse.net.socket.Resolver;
import org.demitasse.net.socket.SocketSetting;
import org.demitasse.net.socket.TcpListener;
import org.demitasse.net.socket.TcpSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.TestAbortedException;

/** TCP through the gateway, both ways, with our own stack as the guest and the host's sockets. */
@Timeout(60)
class TcpRelayTest extends ClosingTest {
  @TempDir Path folder;

  private TestGuest guest(RunningGateway running) {
    return opened(new TestGuest(running.wire, false));
  }

  private ServerSocket hostServer() throws IOException {
    return opened(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
  }

  private static byte[] noise(int count, long seed) {
    byte[] bytes = new byte[count];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static byte[] readAll(TcpSocket socket) throws Exception {
    java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
    ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
    while (TestGuest.read(socket, buffer) > 0) {
      all.write(buffer.array(), 0, buffer.position());
      buffer.clear();
    }
    return all.toByteArray();
  }

  /** Something that fails in its own way on another thread. */
  private interface Work<T> {
    T run() throws Exception;
  }

  private static <T> CompletableFuture<T> async(Work<T> work) {
    CompletableFuture<T> future = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                future.complete(work.run());
              } catch (Throwable e) {
                future.completeExceptionally(e);
              }
            });
    return future;
  }

  @Test
  void movesMegabytesBothWaysAtOnce() throws Exception {
    RunningGateway running = gateway("--allow-host");
    TestGuest guest = guest(running);
    ServerSocket server = hostServer();
    byte[] up = noise(5 << 20, 1);
    byte[] down = noise(5 << 20, 2);
    CompletableFuture<byte[]> host =
        async(
            () -> {
              try (Socket socket = server.accept()) {
                CompletableFuture<Void> sending =
                    async(
                        () -> {
                          socket.getOutputStream().write(down);
                          socket.shutdownOutput();
                          return null;
                        });
                byte[] got = socket.getInputStream().readAllBytes();
                sending.get(30, TimeUnit.SECONDS);
                return got;
              }
            });
    TcpSocket socket = guest.connect("10.0.2.2", server.getLocalPort());
    CompletableFuture<Void> sending =
        async(
            () -> {
              TestGuest.write(socket, ByteBuffer.wrap(up));
              socket.shutdownOutput();
              return null;
            });
    assertThat(readAll(socket)).isEqualTo(down);
    sending.get(30, TimeUnit.SECONDS);
    assertThat(host.get(30, TimeUnit.SECONDS)).isEqualTo(up);
    socket.close();
  }

  @Test
  void closesOneHalfAtATime() throws Exception {
    RunningGateway running = gateway("--allow-host");
    TestGuest guest = guest(running);
    ServerSocket server = hostServer();
    TcpSocket socket = guest.connect("10.0.2.2", server.getLocalPort());
    try (Socket host = server.accept()) {
      TestGuest.write(socket, ByteBuffer.wrap("question".getBytes()));
      socket.shutdownOutput();
      assertThat(host.getInputStream().readAllBytes()).asString().isEqualTo("question");
      host.getOutputStream().write("answer".getBytes());
    }
    assertThat(readAll(socket)).asString().isEqualTo("answer");
    socket.close();
  }

  @Test
  void refusesWhatTheHostRefuses() throws Exception {
    RunningGateway running = gateway("--allow-host");
    TestGuest guest = guest(running);
    int closed;
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = server.getLocalPort();
    }
    assertThatThrownBy(() -> guest.connect("10.0.2.2", closed))
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("refused");
  }

  @Test
  void refusesTheHostUnlessAllowed() throws Exception {
    RunningGateway running = gateway();
    TestGuest guest = guest(running);
    ServerSocket server = hostServer();
    assertThatThrownBy(() -> guest.connect("10.0.2.2", server.getLocalPort()))
        .isInstanceOf(ConnectException.class);
    assertThatThrownBy(() -> guest.connect("10.0.2.3", 53)).isInstanceOf(ConnectException.class);
  }

  @Test
  void passesOnAResetOfTheHost() throws Exception {
    RunningGateway running = gateway("--allow-host");
    TestGuest guest = guest(running);
    ServerSocket server = hostServer();
    TcpSocket socket = guest.connect("10.0.2.2", server.getLocalPort());
    Socket host = server.accept();
    host.setOption(StandardSocketOptions.SO_LINGER, 0);
    host.close();
    assertThatThrownBy(() -> TestGuest.read(socket, ByteBuffer.allocate(10)))
        .isInstanceOf(SocketException.class)
        .hasMessageContaining("reset");
  }

  @Test
  void passesOnAResetOfTheGuest() throws Exception {
    RunningGateway running = gateway("--allow-host");
    TestGuest guest = guest(running);
    ServerSocket server = hostServer();
    TcpSocket socket = guest.connect("10.0.2.2", server.getLocalPort());
    try (Socket host = server.accept()) {
      socket.setOption(SocketSetting.LINGER, 0);
      socket.close();
      assertThatThrownBy(() -> host.getInputStream().read())
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("reset");
    }
  }

  @Test
  void pushesBackOnAFastSender() throws Exception {
    RunningGateway running = gateway("--allow-host");
    TestGuest guest = guest(running);
    ServerSocket server = hostServer();
    TcpSocket socket = guest.connect("10.0.2.2", server.getLocalPort());
    try (Socket host = server.accept()) {
      ByteBuffer chunk = ByteBuffer.allocate(64 << 10);
      long sent = 0;
      // Nobody reads: the guest has to stop at some time, having filled the buffers between.
      int stuck = 0;
      while (stuck < 20) {
        chunk.clear();
        int count = socket.write(chunk);
        sent += count;
        stuck = count == 0 ? stuck + 1 : 0;
        if (count == 0) {
          Thread.sleep(10);
        }
      }
      assertThat(sent).isLessThan(64 << 20);
      socket.shutdownOutput();
      long got = 0;
      byte[] buffer = new byte[64 << 10];
      InputStream input = host.getInputStream();
      for (int count = input.read(buffer); count > 0; count = input.read(buffer)) {
        got += count;
      }
      assertThat(got).isEqualTo(sent);
    }
  }

  /** An address of this host that is not its loopback: for the guest it is far away. */
  private static InetAddress hostAddress() throws SocketException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(a -> a instanceof Inet4Address && !a.isLoopbackAddress() && !a.isLinkLocalAddress())
        .filter(a -> Network.DEFAULT.isOutside(0, IpAddress.low(a)))
        .findFirst()
        .orElse(null);
  }

  @Test
  void reachesAddressesOutside() throws Exception {
    InetAddress address = hostAddress();
    assumeThat(address).as("an address of this host besides its loopback").isNotNull();
    RunningGateway running = gateway();
    TestGuest guest = guest(running);
    ServerSocket server = opened(new ServerSocket(0, 50, address));
    ServerSocket other = opened(new ServerSocket(0, 50, address));
    for (int i = 0; i < 10; i++) {
      ServerSocket each = i % 2 == 0 ? server : other;
      TcpSocket socket = guest.connect(address.getHostAddress(), each.getLocalPort());
      assertThat(socket.remoteAddress().getAddress()).isEqualTo(address);
      try (Socket host = each.accept()) {
        TestGuest.write(socket, ByteBuffer.wrap(noise(5_000, i)));
        socket.shutdownOutput();
        assertThat(host.getInputStream().readAllBytes()).isEqualTo(noise(5_000, i));
      }
      assertThat(readAll(socket)).isEmpty();
      socket.close();
    }
  }

  @Test
  void manyConnectionsToOneServerAreOpenAtOnce() throws Exception {
    RunningGateway running = gateway("--allow-host");
    TestGuest guest = guest(running);
    ServerSocket server = hostServer();
    List<TcpSocket> sockets = new ArrayList<>();
    List<Socket> hosts = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      sockets.add(guest.connect("10.0.2.2", server.getLocalPort()));
      hosts.add(opened(server.accept()));
    }
    for (int i = 0; i < 20; i++) {
      TestGuest.write(sockets.get(i), ByteBuffer.wrap(new byte[] {(byte) i}));
      assertThat(hosts.get(i).getInputStream().read()).isEqualTo(i);
      sockets.get(i).close();
    }
  }

  @Test
  void resolvesNamesForTheGuest() throws Exception {
    RunningGateway running = gateway();
    TestGuest guest = guest(running);
    InetAddress host = InetAddress.getLocalHost();
    assumeThat(host).as("an IPv4 name of this host").isInstanceOf(Inet4Address.class);
    assertThat(guest.stack.resolver().lookup(host.getHostName(), Resolver.Family.IPV4))
        .contains(host);
    assertThatThrownBy(
            () -> guest.stack.resolver().lookup("no-such-name.invalid", Resolver.Family.IPV4))
        .isInstanceOf(UnknownHostException.class);
  }

  @Test
  void answersPings() throws Exception {
    RunningGateway running = gateway();
    TestGuest guest = guest(running);
    assertThat(guest.stack.ping(InetAddress.ofLiteral("10.0.2.2"), 0, 5_000)).isTrue();
    assertThat(guest.stack.ping(InetAddress.ofLiteral("10.0.2.3"), 0, 5_000)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void forwardsAPortOfTheHost(boolean dhcp) throws Exception {
    RunningGateway running = gateway();
    TestGuest guest = opened(new TestGuest(running.wire, dhcp));
    TcpListener listener = guest.listen(80);
    InetSocketAddress port = running.forwardTcp(80);
    for (int i = 0; i < 20; i++) {
      byte[] request = noise(1000 + i, i);
      try (Socket client = new Socket(port.getAddress(), port.getPort())) {
        client.getOutputStream().write(request);
        client.shutdownOutput();
        TcpSocket socket = TestGuest.accept(listener);
        assertThat(readAll(socket)).isEqualTo(request);
        TestGuest.write(socket, ByteBuffer.wrap(request));
        socket.close();
        assertThat(client.getInputStream().readAllBytes()).isEqualTo(request);
      }
    }
  }

  @Test
  void waitsForAProgramThatIsStillBooting() throws Exception {
    RunningGateway running = gateway();
    InetSocketAddress port = running.forwardTcp(80);
    try (Socket client = new Socket(port.getAddress(), port.getPort())) {
      OutputStream output = client.getOutputStream();
      output.write('?');
      // The guest comes up, and later the program opens its port.
      TestGuest guest = opened(new TestGuest(running.wire, true));
      assertThat(guest.stack.awaitConfigured(10_000_000_000L)).isTrue();
      Thread.sleep(50);
      TcpListener listener = guest.listen(80);
      TcpSocket socket = TestGuest.accept(listener);
      TestGuest.write(socket, ByteBuffer.wrap(new byte[] {'!'}));
      assertThat(client.getInputStream().read()).isEqualTo('!');
      // From now on a refusal is a refusal.
      listener.close();
      try (Socket late = new Socket(port.getAddress(), port.getPort())) {
        assertThatThrownBy(() -> late.getInputStream().read()).isInstanceOf(SocketException.class);
      }
      socket.close();
    }
  }

  @Test
  void servesCurl() throws Exception {
    RunningGateway running = gateway();
    TestGuest guest = guest(running);
    TcpListener listener = guest.listen(80);
    InetSocketAddress port = running.forwardTcp(80);
    Path page = folder.resolve("page");
    ProcessBuilder command =
        new ProcessBuilder(
            "curl", "-sS", "-m", "30", "-o", page.toString(), "http://127.0.0.1:" + port.getPort());
    Process curl;
    try {
      curl = command.redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new TestAbortedException("no curl on this machine", e);
    }
    TcpSocket socket = TestGuest.accept(listener);
    ByteBuffer request = ByteBuffer.allocate(4096);
    while (!new String(request.array(), 0, request.position()).contains("\r\n\r\n")) {
      assertThat(TestGuest.read(socket, request)).isPositive();
    }
    byte[] body = noise(3 << 20, 9);
    String head = "HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n";
    TestGuest.write(socket, ByteBuffer.wrap(head.getBytes()));
    TestGuest.write(socket, ByteBuffer.wrap(body));
    socket.close();
    assertThat(curl.waitFor()).as(new String(curl.getInputStream().readAllBytes())).isZero();
    assertThat(Files.readAllBytes(page)).isEqualTo(body);
  }

  @Test
  void servesManyConnectionsAtOnce() throws Exception {
    RunningGateway running = gateway();
    TestGuest guest = guest(running);
    TcpListener listener = guest.listen(80);
    InetSocketAddress port = running.forwardTcp(80);
    int count = 200;
    CompletableFuture<Integer> serving =
        async(
            () -> {
              for (int i = 0; i < count; i++) {
                TcpSocket socket = TestGuest.accept(listener);
                async(
                    () -> {
                      TestGuest.write(socket, ByteBuffer.wrap(readAll(socket)));
                      socket.close();
                      return null;
                    });
              }
              return count;
            });
    List<CompletableFuture<byte[]>> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int seed = i;
      clients.add(
          async(
              () -> {
                try (Socket client = new Socket(port.getAddress(), port.getPort())) {
                  client.getOutputStream().write(noise(10_000, seed));
                  client.shutdownOutput();
                  return client.getInputStream().readAllBytes();
                }
              }));
    }
    for (int i = 0; i < count; i++) {
      assertThat(clients.get(i).get(30, TimeUnit.SECONDS)).isEqualTo(noise(10_000, i));
    }
    assertThat(serving.get(30, TimeUnit.SECONDS)).isEqualTo(count);
    for (int i = 0; i < 500 && running.gateway.relayCount() > 0; i++) {
      Thread.sleep(10);
    }
    assertThat(running.gateway.relayCount()).as("all connections are forgotten").isZero();
  }

  @Test
  void deliversWhatTheGuestSentBeforeItsWireEnded() throws Exception {
    RunningGateway running = gateway("--allow-host");
    TestGuest guest = guest(running);
    ServerSocket server = hostServer();
    TcpSocket socket = guest.connect("10.0.2.2", server.getLocalPort());
    try (Socket host = server.accept()) {
      byte[] last = noise(100_000, 3);
      TestGuest.write(socket, ByteBuffer.wrap(last));
      byte[] got = host.getInputStream().readNBytes(50_000);
      for (int i = 0; i < 500 && socket.getOption(SocketSetting.SEND_BUFFER) == 0; i++) {
        Thread.sleep(1);
      }
      assertThat(got).isEqualTo(java.util.Arrays.copyOf(last, 50_000));
      running.wire.end();
      assertThat(running.awaitEnd()).isTrue();
    }
  }
}

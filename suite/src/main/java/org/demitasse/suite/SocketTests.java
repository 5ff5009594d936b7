package org.demitasse.suite;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.BindException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import jdk.net.ExtendedSocketOptions;

/** {@code java.net} sockets over loopback. */
final class SocketTests {

  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  /** What one side of a connection does. */
  @FunctionalInterface
  private interface Side {
    void run(Socket socket) throws Exception;
  }

  private SocketTests() {}

  static void addTo(TestList tests) {
    tests.add("echo", SocketTests::echo);
    tests.add("a megabyte each way at once", SocketTests::bothWays);
    tests.add("half-close", SocketTests::halfClose);
    tests.add("reset", SocketTests::reset);
    tests.add("refused", SocketTests::refused);
    tests.add("port in use", SocketTests::inUse);
    tests.add("read with a limit", SocketTests::readLimit);
    tests.add("accept with a limit", SocketTests::acceptLimit);
    tests.add("connect with a limit", SocketTests::connectLimit);
    tests.add("close while reading", SocketTests::closeWhileReading);
    tests.add("close while accepting", SocketTests::closeWhileAccepting);
    tests.add("interrupt of a virtual thread that reads", SocketTests::interruptVirtual);
    tests.add("use after close", SocketTests::afterClose);
    tests.add("options and addresses", SocketTests::options);
    tests.add("server of virtual threads, 200 clients", SocketTests::manyClients);
    tests.add("1,000 connections in turn", SocketTests::inTurn);
    tests.add("100 connections open at once", SocketTests::openAtOnce);
    tests.add("UDP", SocketTests::udp);
    tests.add("UDP with a limit and connected", SocketTests::udpLimit);
    tests.add("big UDP datagrams", SocketTests::udpBig);
    tests.add("addresses", SocketTests::addresses);
    tests.add("unknown host", SocketTests::unknownHost);
    tests.add("interfaces", SocketTests::interfaces);
  }

  private static void connected(Side server, Side client) throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 50, LOOPBACK)) {
      CompletableFuture<Void> served = new CompletableFuture<>();
      Thread thread =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try (Socket socket = listener.accept()) {
                      server.run(socket);
                      served.complete(null);
                    } catch (Throwable e) {
                      served.completeExceptionally(e);
                    }
                  });
      try (Socket socket = new Socket(LOOPBACK, listener.getLocalPort())) {
        client.run(socket);
      }
      served.get(Check.PATIENCE, TimeUnit.MILLISECONDS);
      Check.join(thread);
    }
  }

  private static void copy(Socket socket) throws IOException {
    socket.getInputStream().transferTo(socket.getOutputStream());
  }

  private static void echo() throws Exception {
    connected(
        SocketTests::copy,
        socket -> {
          BufferedReader in =
              new BufferedReader(
                  new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
          for (int i = 0; i < 100; i++) {
            socket.getOutputStream().write(("Grüße " + i + "\n").getBytes(StandardCharsets.UTF_8));
            Check.equal("Grüße " + i, in.readLine());
          }
        });
  }

  private static long sent(Socket socket, int seed, int bytes) throws IOException {
    Random random = new Random(seed);
    CRC32 crc = new CRC32();
    byte[] block = new byte[10_000];
    OutputStream out = socket.getOutputStream();
    for (int done = 0; done < bytes; done += block.length) {
      random.nextBytes(block);
      crc.update(block);
      out.write(block);
    }
    return crc.getValue();
  }

  private static long received(Socket socket) throws IOException {
    CRC32 crc = new CRC32();
    byte[] block = new byte[7_001];
    for (int n = socket.getInputStream().read(block);
        n >= 0;
        n = socket.getInputStream().read(block)) {
      crc.update(block, 0, n);
    }
    return crc.getValue();
  }

  private static void bothWays() throws Exception {
    long[] sums = new long[4];
    Side[] sides = new Side[2];
    for (int i = 0; i < 2; i++) {
      int side = i;
      sides[i] =
          socket -> {
            Thread writer =
                Thread.ofPlatform()
                    .start(
                        () -> {
                          try {
                            sums[side] = sent(socket, side, 1_000_000);
                            socket.shutdownOutput();
                          } catch (IOException e) {
                            throw new IllegalStateException(e);
                          }
                        });
            sums[2 + side] = received(socket);
            Check.join(writer);
          };
    }
    connected(sides[0], sides[1]);
    Check.equal(sums[0], sums[3]);
    Check.equal(sums[1], sums[2]);
  }

  private static void halfClose() throws Exception {
    connected(
        socket -> {
          int total = socket.getInputStream().readAllBytes().length;
          socket.getOutputStream().write(("got " + total).getBytes());
        },
        socket -> {
          socket.getOutputStream().write(new byte[5_000]);
          socket.shutdownOutput();
          Check.equal("got 5000", new String(socket.getInputStream().readAllBytes()));
          Check.that(socket.isOutputShutdown() && !socket.isInputShutdown(), "one half is shut");
          Check.thrown(SocketException.class, () -> socket.getOutputStream().write(1));
        });
  }

  private static void reset() throws Exception {
    connected(
        socket -> {
          socket.getInputStream().read();
          socket.setSoLinger(true, 0);
          socket.close();
        },
        socket -> {
          socket.getOutputStream().write(1);
          SocketException thrown =
              Check.thrown(SocketException.class, () -> socket.getInputStream().read());
          Check.equal("Connection reset", thrown.getMessage());
        });
  }

  private static void refused() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, LOOPBACK)) {
      port = closed.getLocalPort();
    }
    Check.equal(
        "Connection refused",
        Check.thrown(ConnectException.class, () -> new Socket(LOOPBACK, port).close())
            .getMessage());
  }

  private static void inUse() throws Exception {
    try (ServerSocket first = new ServerSocket(0, 1, LOOPBACK)) {
      BindException thrown =
          Check.thrown(
              BindException.class,
              () -> new ServerSocket(first.getLocalPort(), 1, LOOPBACK).close());
      Check.that(thrown.getMessage().startsWith("Address already in use"), thrown.getMessage());
    }
  }

  private static void readLimit() throws Exception {
    connected(
        socket -> Check.equal(-1, socket.getInputStream().read()),
        socket -> {
          socket.setSoTimeout(10);
          Check.equal(
              "Read timed out",
              Check.thrown(SocketTimeoutException.class, () -> socket.getInputStream().read())
                  .getMessage());
        });
  }

  private static void acceptLimit() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, LOOPBACK)) {
      listener.setSoTimeout(10);
      Check.equal(
          "Accept timed out",
          Check.thrown(SocketTimeoutException.class, () -> listener.accept().close()).getMessage());
    }
  }

  private static void connectLimit() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, LOOPBACK);
        Socket socket = new Socket()) {
      socket.connect(listener.getLocalSocketAddress(), 10_000);
      Check.that(socket.isConnected(), "connected");
      Check.thrown(
          SocketException.class, () -> socket.connect(listener.getLocalSocketAddress(), 10));
    }
  }

  private static void closeWhileReading() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, LOOPBACK)) {
      Socket socket = new Socket(LOOPBACK, listener.getLocalPort());
      Socket peer = listener.accept();
      CompletableFuture<Object> seen = new CompletableFuture<>();
      Thread reader =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      seen.complete(socket.getInputStream().read());
                    } catch (IOException e) {
                      seen.complete(e.getMessage());
                    }
                  });
      Thread.sleep(20);
      socket.close();
      Check.join(reader);
      Check.equal("Socket closed", seen.get());
      Check.equal(-1, peer.getInputStream().read());
      peer.close();
    }
  }

  private static void closeWhileAccepting() throws Exception {
    ServerSocket listener = new ServerSocket(0, 1, LOOPBACK);
    CompletableFuture<String> seen = new CompletableFuture<>();
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    listener.accept().close();
                    seen.complete("accepted");
                  } catch (IOException e) {
                    seen.complete(e.getMessage());
                  }
                });
    Thread.sleep(20);
    listener.close();
    Check.join(thread);
    Check.equal("Socket closed", seen.get());
  }

  private static void interruptVirtual() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 1, LOOPBACK);
        Socket socket = new Socket(LOOPBACK, listener.getLocalPort());
        Socket peer = listener.accept()) {
      CompletableFuture<String> seen = new CompletableFuture<>();
      Thread reader =
          Thread.startVirtualThread(
              () -> {
                try {
                  seen.complete("read " + socket.getInputStream().read());
                } catch (IOException e) {
                  seen.complete(e.getMessage());
                }
              });
      Thread.sleep(20);
      reader.interrupt();
      Check.join(reader);
      Check.equal("Closed by interrupt", seen.get());
      Check.that(socket.isClosed() && !peer.isClosed(), "one end is closed");
    }
  }

  private static void afterClose() throws Exception {
    Socket socket = new Socket();
    socket.close();
    socket.close();
    Check.equal(
        "Socket is closed",
        Check.thrown(SocketException.class, socket::getInputStream).getMessage());
    Check.thrown(SocketException.class, () -> new Socket().getOutputStream());
  }

  private static void options() throws Exception {
    connected(
        socket -> Check.equal(-1, socket.getInputStream().read()),
        socket -> {
          socket.setTcpNoDelay(true);
          Check.equal(true, socket.getTcpNoDelay());
          socket.setKeepAlive(true);
          Check.equal(true, socket.getOption(StandardSocketOptions.SO_KEEPALIVE));
          socket.setReceiveBufferSize(32_768);
          Check.that(socket.getReceiveBufferSize() > 0, "a buffer");
          Check.equal(-1, socket.getSoLinger());
          Check.that(
              socket.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPCOUNT),
              "keep-alive");
          socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 33);
          Check.equal(33, socket.getOption(ExtendedSocketOptions.TCP_KEEPIDLE));
          InetSocketAddress remote = (InetSocketAddress) socket.getRemoteSocketAddress();
          Check.that(remote.getAddress().isLoopbackAddress(), remote.toString());
          Check.that(socket.getLocalPort() > 0 && socket.getPort() == remote.getPort(), "ports");
        });
  }

  /** A server that answers each line, and what clients need to know of it. */
  private record LineServer(ServerSocket listener, Thread thread) implements AutoCloseable {
    static LineServer start() throws IOException {
      ServerSocket listener = new ServerSocket(0, 500, LOOPBACK);
      Thread thread =
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (true) {
                      try {
                        Socket socket = listener.accept();
                        Thread.startVirtualThread(() -> serve(socket));
                      } catch (IOException e) {
                        return;
                      }
                    }
                  });
      return new LineServer(listener, thread);
    }

    private static void serve(Socket socket) {
      try (socket) {
        copy(socket);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }

    void ask(int number) throws IOException {
      try (Socket socket = new Socket(LOOPBACK, listener.getLocalPort())) {
        for (int i = 0; i < 3; i++) {
          String text = number + "-" + i + "\n";
          socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
          byte[] answer = socket.getInputStream().readNBytes(text.length());
          Check.equal(text, new String(answer, StandardCharsets.US_ASCII));
        }
      }
    }

    @Override
    public void close() throws IOException {
      listener.close();
      try {
        Check.join(thread);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static void manyClients() throws Exception {
    try (LineServer server = LineServer.start();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> futures = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        int number = i;
        futures.add(
            threads.submit(
                () -> {
                  server.ask(number);
                  return null;
                }));
      }
      for (Future<?> future : futures) {
        future.get(Check.PATIENCE, TimeUnit.MILLISECONDS);
      }
    }
  }

  private static void inTurn() throws Exception {
    try (LineServer server = LineServer.start()) {
      for (int i = 0; i < 1_000; i++) {
        server.ask(i);
      }
    }
  }

  private static void openAtOnce() throws Exception {
    List<Socket> sockets = new ArrayList<>();
    try (LineServer server = LineServer.start()) {
      for (int i = 0; i < 100; i++) {
        sockets.add(new Socket(LOOPBACK, server.listener().getLocalPort()));
      }
      for (Socket socket : sockets) {
        socket.getOutputStream().write('x');
      }
      for (Socket socket : sockets) {
        Check.equal((int) 'x', socket.getInputStream().read());
      }
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  private static void udp() throws Exception {
    try (DatagramSocket a = new DatagramSocket(0, LOOPBACK);
        DatagramSocket b = new DatagramSocket(0, LOOPBACK)) {
      for (int i = 0; i < 100; i++) {
        byte[] bytes = ("datagram " + i).getBytes(StandardCharsets.US_ASCII);
        a.send(new DatagramPacket(bytes, bytes.length, LOOPBACK, b.getLocalPort()));
        DatagramPacket packet = new DatagramPacket(new byte[100], 100);
        b.receive(packet);
        Check.equal(a.getLocalPort(), packet.getPort());
        Check.equal("datagram " + i, new String(packet.getData(), 0, packet.getLength()));
      }
      DatagramPacket cut = new DatagramPacket(new byte[4], 4);
      a.send(new DatagramPacket(new byte[10], 10, LOOPBACK, b.getLocalPort()));
      b.receive(cut);
      Check.equal(4, cut.getLength(), "a datagram that is too long is cut");
    }
  }

  private static void udpLimit() throws Exception {
    try (DatagramSocket a = new DatagramSocket(0, LOOPBACK);
        DatagramSocket b = new DatagramSocket(0, LOOPBACK)) {
      a.setSoTimeout(10);
      Check.thrown(
          SocketTimeoutException.class, () -> a.receive(new DatagramPacket(new byte[1], 1)));
      a.connect(LOOPBACK, b.getLocalPort());
      a.send(new DatagramPacket(new byte[3], 3));
      DatagramPacket packet = new DatagramPacket(new byte[4], 4);
      b.receive(packet);
      Check.equal(3, packet.getLength());
      Check.equal(b.getLocalPort(), a.getPort());
    }
  }

  private static void udpBig() throws Exception {
    try (DatagramSocket a = new DatagramSocket(0, LOOPBACK);
        DatagramSocket b = new DatagramSocket(0, LOOPBACK)) {
      byte[] bytes = new byte[20_000];
      new Random(9).nextBytes(bytes);
      a.send(new DatagramPacket(bytes, bytes.length, LOOPBACK, b.getLocalPort()));
      DatagramPacket packet = new DatagramPacket(new byte[20_000], 20_000);
      b.setSoTimeout((int) Check.PATIENCE);
      b.receive(packet);
      Check.equalBytes(bytes, packet.getData(), "the datagram");
    }
  }

  private static void addresses() throws Exception {
    Check.equal("127.0.0.1", InetAddress.getByName("127.0.0.1").getHostAddress());
    Check.that(InetAddress.getByName("localhost").isLoopbackAddress(), "localhost");
    Check.equal("0:0:0:0:0:0:0:1", InetAddress.getByName("::1").getHostAddress());
    Check.equal(
        "example/1.2.3.4", InetAddress.getByAddress("example", new byte[] {1, 2, 3, 4}).toString());
    Check.that(!InetAddress.getLocalHost().getHostName().isEmpty(), "a host name");
    Check.that(new InetSocketAddress(0).getAddress().isAnyLocalAddress(), "any address");
    Check.equal(true, InetSocketAddress.createUnresolved("no.such.invalid", 1).isUnresolved());
  }

  private static void unknownHost() {
    UnknownHostException thrown =
        Check.thrown(
            UnknownHostException.class, () -> InetAddress.getByName("no-such-host.invalid"));
    Check.that(thrown.getMessage().startsWith("no-such-host.invalid"), thrown.getMessage());
    Check.thrown(UnknownHostException.class, () -> new Socket("no-such-host.invalid", 1).close());
  }

  private static void interfaces() throws Exception {
    List<NetworkInterface> all = NetworkInterface.networkInterfaces().toList();
    Check.that(
        all.stream()
            .anyMatch(
                i -> {
                  try {
                    return i.isLoopback() && i.isUp();
                  } catch (SocketException e) {
                    return false;
                  }
                }),
        "a loopback interface among " + all);
    NetworkInterface loopback = NetworkInterface.getByInetAddress(LOOPBACK);
    Check.that(loopback.inetAddresses().toList().contains(LOOPBACK), "its address");
    Check.equal(null, NetworkInterface.getByName("none9"));
  }
}

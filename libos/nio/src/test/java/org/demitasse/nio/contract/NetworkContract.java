package org.demitasse.nio.contract;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What all contracts share: a platform for each test, and sockets that are closed after it. */
abstract class NetworkContract {
  private final Supplier<Platform> platforms;
  private final Deque<AutoCloseable> toClose = new ArrayDeque<>();
  Platform platform;

  NetworkContract(Supplier<Platform> platforms) {
    this.platforms = platforms;
  }

  @BeforeEach
  void openPlatform() {
    platform = platforms.get();
  }

  @AfterEach
  void closeAll() throws Exception {
    while (!toClose.isEmpty()) {
      toClose.pop().close();
    }
    platform.close();
  }

  <T extends AutoCloseable> T closing(T resource) {
    toClose.push(resource);
    return resource;
  }

  static InetAddress loopback() {
    try {
      return InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1});
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(loopback(), port);
  }

  static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  static String text(ByteBuffer buffer) {
    buffer.flip();
    return StandardCharsets.US_ASCII.decode(buffer).toString();
  }

  Socket socket() throws IOException {
    return closing(platform.socket());
  }

  ServerSocket listen() throws IOException {
    ServerSocket server = closing(platform.serverSocket());
    server.bind(loopback(0));
    return server;
  }

  /** Two sockets that are connected. */
  record SocketPair(Socket client, Socket server) {}

  SocketPair socketPair() throws IOException {
    ServerSocket listener = listen();
    Socket client = socket();
    client.connect(listener.getLocalSocketAddress());
    Socket server = closing(listener.accept());
    return new SocketPair(client, server);
  }

  SocketChannel socketChannel() throws IOException {
    return closing(platform.provider().openSocketChannel());
  }

  ServerSocketChannel listenChannel() throws IOException {
    ServerSocketChannel server = closing(platform.provider().openServerSocketChannel());
    server.bind(loopback(0));
    return server;
  }

  /** Two channels that are connected. */
  record ChannelPair(SocketChannel client, SocketChannel server) {}

  ChannelPair channelPair() throws IOException {
    ServerSocketChannel listener = listenChannel();
    SocketChannel client = socketChannel();
    client.connect(listener.getLocalAddress());
    SocketChannel server = closing(listener.accept());
    return new ChannelPair(client, server);
  }

  /** A channel whose connecting does not end: its listener accepts nobody and its queue is full. */
  SocketChannel pendingChannel() throws IOException {
    ServerSocketChannel listener = closing(platform.provider().openServerSocketChannel());
    listener.bind(loopback(0), 1);
    fillBacklog((InetSocketAddress) listener.getLocalAddress());
    SocketChannel channel = socketChannel();
    channel.configureBlocking(false);
    channel.connect(listener.getLocalAddress());
    return channel;
  }

  /** Fills a listener's queue; how many a backlog of 1 lets in differs from stack to stack. */
  void fillBacklog(InetSocketAddress listener) throws IOException {
    for (int i = 0; i < 4; i++) {
      SocketChannel filler = socketChannel();
      filler.configureBlocking(false);
      filler.connect(listener);
    }
    try {
      Thread.sleep(10);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Writes until nothing more is taken; leaves the channel in the mode it had. A kernel may take
   * more when its buffers have moved on, hence the pauses.
   */
  static long fill(SocketChannel channel) throws IOException, InterruptedException {
    boolean blocking = channel.isBlocking();
    channel.configureBlocking(false);
    ByteBuffer block = ByteBuffer.allocate(64 * 1024);
    long total = 0;
    int idle = 0;
    while (idle < 5) {
      block.clear();
      int n = channel.write(block);
      total += n;
      idle = n == 0 ? idle + 1 : 0;
      if (n == 0) {
        Thread.sleep(2);
      }
    }
    channel.configureBlocking(blocking);
    return total;
  }

  static void readFully(SocketChannel channel, ByteBuffer target) throws IOException {
    while (target.hasRemaining() && channel.read(target) >= 0) {
      continue;
    }
  }

  static void closeQuietly(Channel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}

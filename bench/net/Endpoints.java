import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/**
 * The other end of bench/net: a plain Java program that takes bytes (TCP port 5001), gives bytes
 * (5002), returns datagrams (UDP port 5003), greets (5004, one line), echoes (5005, a virtual
 * thread a connection), serves iperf3 (5201), and HTTP (8080): {@code /}, {@code /bytes/N}, {@code
 * /resolve/NAME} and {@code /addresses}.
 */
public final class Endpoints {
  private static final int CHUNK = 256 << 10;

  private Endpoints() {}

  public static void main(String[] arguments) throws Exception {
    serve(5001, Thread.ofPlatform(), Endpoints::take);
    serve(5002, Thread.ofPlatform(), Endpoints::give);
    serve(5004, Thread.ofPlatform(), Endpoints::greet);
    serve(5005, Thread.ofVirtual(), Endpoints::echo);
    Thread.ofPlatform().name("datagrams").start(Endpoints::returnDatagrams);
    Thread.ofPlatform().name("iperf3").start(Endpoints::iperf3);
    HttpServer http = HttpServer.create(new InetSocketAddress(8080), 0);
    http.createContext("/", Endpoints::answer);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.start();
    System.out.println("ready");
    Thread.currentThread().join();
  }

  private interface Server {
    void serve(SocketChannel peer) throws IOException;
  }

  private static void serve(int port, Thread.Builder threads, Server server) throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open();
    listener.bind(new InetSocketAddress(port));
    Thread.ofPlatform()
        .name("port " + port)
        .start(
            () -> {
              while (true) {
                try {
                  SocketChannel peer = listener.accept();
                  threads
                      .name("connection of " + port)
                      .start(
                          () -> {
                            try (peer) {
                              server.serve(peer);
                            } catch (IOException e) {
                              // The peer has had enough; the next one is served.
                            }
                          });
                } catch (IOException e) {
                  throw new IllegalStateException("cannot accept on port " + port, e);
                }
              }
            });
  }

  /** Reads until the peer ends, then answers with the number of bytes in eight bytes. */
  private static void take(SocketChannel peer) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK);
    long total = 0;
    for (int n = peer.read(buffer); n >= 0; n = peer.read(buffer.clear())) {
      total += n;
    }
    ByteBuffer answer = ByteBuffer.allocate(8).putLong(total).flip();
    while (answer.hasRemaining()) {
      peer.write(answer);
    }
  }

  /** Writes until the peer closes. */
  private static void give(SocketChannel peer) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK);
    while (true) {
      peer.write(buffer.clear());
    }
  }

  private static void greet(SocketChannel peer) throws IOException {
    peer.write(ByteBuffer.wrap("hello\n".getBytes(StandardCharsets.US_ASCII)));
  }

  private static void echo(SocketChannel peer) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(256);
    while (peer.read(buffer.clear()) >= 0) {
      buffer.flip();
      while (buffer.hasRemaining()) {
        peer.write(buffer);
      }
    }
  }

  private static void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (path.startsWith("/bytes/")) {
      long left = Long.parseLong(path.substring("/bytes/".length()));
      exchange.sendResponseHeaders(200, left);
      byte[] zeros = new byte[CHUNK];
      try (OutputStream body = exchange.getResponseBody()) {
        for (; left > 0; left -= zeros.length) {
          body.write(zeros, 0, (int) Math.min(left, zeros.length));
        }
      }
      return;
    }
    StringBuilder text = new StringBuilder();
    if (path.startsWith("/resolve/")) {
      for (InetAddress address : InetAddress.getAllByName(path.substring("/resolve/".length()))) {
        text.append(address.getHostAddress()).append('\n');
      }
    } else if (path.equals("/addresses")) {
      NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .forEach(address -> text.append(address.getHostAddress()).append('\n'));
    } else {
      text.append("hello\n");
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, bytes.length);
    try (OutputStream body = exchange.getResponseBody()) {
      body.write(bytes);
    }
  }

  private static void iperf3() {
    try {
      new Iperf3Server(5201).serve();
    } catch (IOException e) {
      throw new IllegalStateException("the port of iperf3 failed", e);
    }
  }

  private static void returnDatagrams() {
    try (DatagramChannel channel = DatagramChannel.open()) {
      channel.bind(new InetSocketAddress(5003));
      ByteBuffer buffer = ByteBuffer.allocateDirect(65_536);
      while (true) {
        InetSocketAddress from = (InetSocketAddress) channel.receive(buffer.clear());
        channel.send(buffer.flip(), from);
      }
    } catch (IOException e) {
      throw new IllegalStateException("the datagrams' port failed", e);
    }
  }
}

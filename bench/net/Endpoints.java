import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * The other end of bench/net: a plain Java program that takes bytes (TCP port 5001), gives bytes
 * (5002), returns datagrams (UDP port 5003) and says what it has received (5004, one line).
 */
public final class Endpoints {
  private static final int CHUNK = 256 << 10;

  private Endpoints() {}

  public static void main(String[] arguments) throws Exception {
    serve(5001, Endpoints::take);
    serve(5002, Endpoints::give);
    serve(5004, Endpoints::greet);
    Thread.ofPlatform().name("datagrams").start(Endpoints::returnDatagrams);
    System.out.println("ready");
    Thread.currentThread().join();
  }

  private interface Server {
    void serve(SocketChannel peer) throws IOException;
  }

  private static void serve(int port, Server server) throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open();
    listener.bind(new InetSocketAddress(port));
    Thread.ofPlatform()
        .name("port " + port)
        .start(
            () -> {
              while (true) {
                try {
                  SocketChannel peer = listener.accept();
                  Thread.ofPlatform()
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
    peer.write(ByteBuffer.wrap("hello\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
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

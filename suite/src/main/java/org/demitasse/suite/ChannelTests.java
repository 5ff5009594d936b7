package org.demitasse.suite;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** {@code java.nio.channels} over loopback. */
final class ChannelTests {

  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private ChannelTests() {}

  static void addTo(TestList tests) {
    tests.add("blocking channels", ChannelTests::blocking);
    tests.add("non-blocking connect, read, write", ChannelTests::nonBlocking);
    tests.add("an echo server by a selector", ChannelTests::selectorServer);
    tests.add("selector: wakeup, limit, close", ChannelTests::selector);
    tests.add("selector: cancelled keys", ChannelTests::cancelledKeys);
    tests.add("gathering and scattering", ChannelTests::gathering);
    tests.add("close while blocked", ChannelTests::closeWhileBlocked);
    tests.add("interrupt while blocked", ChannelTests::interruptWhileBlocked);
    tests.add("datagram channels", ChannelTests::datagrams);
    tests.add("asynchronous channels", ChannelTests::asynchronous);
    tests.add("pipes", ChannelTests::pipes);
    tests.add("streams of a channel, both ways at once", ChannelTests::streams);
    tests.add("wrong state", ChannelTests::wrongState);
  }

  private static ServerSocketChannel listen() throws Exception {
    return ServerSocketChannel.open().bind(new InetSocketAddress(LOOPBACK, 0));
  }

  private static String read(SocketChannel channel, int bytes) throws Exception {
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
      Thread.yield();
    }
    return new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static void blocking() throws Exception {
    try (ServerSocketChannel server = listen();
        SocketChannel client = SocketChannel.open(server.getLocalAddress());
        SocketChannel peer = server.accept()) {
      client.write(bytes("hello"));
      Check.equal("hello", read(peer, 5));
      ByteBuffer direct = ByteBuffer.allocateDirect(100_000);
      Thread writer =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      while (direct.hasRemaining()) {
                        peer.write(direct);
                      }
                      peer.shutdownOutput();
                    } catch (java.io.IOException e) {
                      throw new IllegalStateException(e);
                    }
                  });
      Check.equal(100_000, read(client, 200_000).length());
      Check.join(writer);
      Check.equal(client.getLocalAddress(), peer.getRemoteAddress());
      client.setOption(StandardSocketOptions.TCP_NODELAY, true);
      Check.equal(true, client.getOption(StandardSocketOptions.TCP_NODELAY));
    }
  }

  private static void nonBlocking() throws Exception {
    try (ServerSocketChannel server = listen();
        SocketChannel client = SocketChannel.open()) {
      server.configureBlocking(false);
      Check.equal(null, server.accept());
      client.configureBlocking(false);
      if (!client.connect(server.getLocalAddress())) {
        Check.await(
            () -> {
              try {
                return client.finishConnect();
              } catch (java.io.IOException e) {
                throw new IllegalStateException(e);
              }
            },
            "the connection");
      }
      server.configureBlocking(true);
      try (SocketChannel peer = server.accept()) {
        Check.equal(0, client.read(ByteBuffer.allocate(1)));
        peer.write(bytes("x"));
        Check.equal("x", read(client, 1));
        // Nobody reads: the buffers fill up, and write then takes nothing.
        int taken = 1;
        long total = 0;
        for (int i = 0; i < 10_000 && taken > 0; i++) {
          taken = client.write(ByteBuffer.allocate(64 << 10));
          total += taken;
        }
        Check.equal(0, taken, "after " + total + " bytes");
      }
    }
  }

  private static void serve(Selector selector, ServerSocketChannel server, AtomicBoolean stop)
      throws Exception {
    server.configureBlocking(false);
    server.register(selector, SelectionKey.OP_ACCEPT);
    ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
    while (!stop.get()) {
      selector.select();
      for (Iterator<SelectionKey> keys = selector.selectedKeys().iterator(); keys.hasNext(); ) {
        SelectionKey key = keys.next();
        keys.remove();
        if (key.isAcceptable()) {
          SocketChannel channel = server.accept();
          channel.configureBlocking(false);
          channel.register(selector, SelectionKey.OP_READ);
        } else if (key.isReadable()) {
          SocketChannel channel = (SocketChannel) key.channel();
          buffer.clear();
          if (channel.read(buffer) < 0) {
            channel.close();
          } else {
            buffer.flip();
            while (buffer.hasRemaining()) {
              channel.write(buffer);
            }
          }
        }
      }
    }
  }

  private static void selectorServer() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    try (Selector selector = Selector.open();
        ServerSocketChannel server = listen()) {
      CompletableFuture<Throwable> ended = new CompletableFuture<>();
      Thread thread =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      serve(selector, server, stop);
                      ended.complete(null);
                    } catch (Throwable e) {
                      ended.complete(e);
                    }
                  });
      List<SocketChannel> clients = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        clients.add(SocketChannel.open(server.getLocalAddress()));
      }
      for (int round = 0; round < 10; round++) {
        for (int i = 0; i < clients.size(); i++) {
          clients.get(i).write(bytes("c%03d".formatted(i)));
        }
        for (int i = 0; i < clients.size(); i++) {
          Check.equal("c%03d".formatted(i), read(clients.get(i), 4));
        }
      }
      for (SocketChannel client : clients) {
        client.close();
      }
      stop.set(true);
      selector.wakeup();
      Check.join(thread);
      Throwable thrown = ended.get();
      Check.that(thrown == null, "" + thrown);
    }
  }

  private static void selector() throws Exception {
    Selector selector = Selector.open();
    Check.equal(0, selector.selectNow());
    Check.equal(0, selector.select(5));
    selector.wakeup();
    Check.equal(0, selector.select());
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    selector.select();
                  } catch (java.io.IOException e) {
                    throw new IllegalStateException(e);
                  }
                });
    Thread.sleep(10);
    selector.wakeup();
    Check.join(thread);
    selector.close();
    Check.thrown(java.nio.channels.ClosedSelectorException.class, selector::selectNow);
  }

  private static void cancelledKeys() throws Exception {
    try (ServerSocketChannel server = listen();
        Selector selector = Selector.open()) {
      Check.thrown(
          IllegalBlockingModeException.class,
          () -> server.register(selector, SelectionKey.OP_ACCEPT));
      server.configureBlocking(false);
      SelectionKey key = server.register(selector, SelectionKey.OP_ACCEPT, "attached");
      Check.equal("attached", key.attachment());
      try (SocketChannel client = SocketChannel.open(server.getLocalAddress())) {
        Check.equal(1, selector.select(Check.PATIENCE));
        Check.that(client.isConnected() && key.isAcceptable(), "acceptable");
        key.cancel();
        Check.equal(false, key.isValid());
        Check.equal(0, selector.selectNow());
        Check.equal(0, selector.keys().size());
      }
    }
  }

  private static void gathering() throws Exception {
    try (ServerSocketChannel server = listen();
        SocketChannel client = SocketChannel.open(server.getLocalAddress());
        SocketChannel peer = server.accept()) {
      Check.equal(6L, client.write(new ByteBuffer[] {bytes("ab"), bytes("cdef")}));
      ByteBuffer[] parts = {ByteBuffer.allocate(1), ByteBuffer.allocate(5)};
      while (parts[1].hasRemaining()) {
        peer.read(parts);
      }
      Check.equal((byte) 'f', parts[1].get(4));
    }
  }

  private static Throwable blockedRead(SocketChannel channel, TestBody meanwhile, Thread[] reader)
      throws Exception {
    CompletableFuture<Throwable> seen = new CompletableFuture<>();
    reader[0] =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    channel.read(ByteBuffer.allocate(1));
                    seen.complete(null);
                  } catch (Throwable e) {
                    seen.complete(e);
                  }
                });
    Thread.sleep(20);
    meanwhile.run();
    return seen.get(Check.PATIENCE, TimeUnit.MILLISECONDS);
  }

  private static void closeWhileBlocked() throws Exception {
    try (ServerSocketChannel server = listen();
        SocketChannel client = SocketChannel.open(server.getLocalAddress())) {
      Throwable thrown = blockedRead(client, client::close, new Thread[1]);
      Check.equal(AsynchronousCloseException.class, thrown.getClass());
    }
  }

  private static void interruptWhileBlocked() throws Exception {
    try (ServerSocketChannel server = listen();
        SocketChannel client = SocketChannel.open(server.getLocalAddress())) {
      Thread[] reader = new Thread[1];
      Throwable thrown = blockedRead(client, () -> reader[0].interrupt(), reader);
      Check.equal(ClosedByInterruptException.class, thrown.getClass());
      Check.equal(false, client.isOpen());
    }
  }

  private static void datagrams() throws Exception {
    try (DatagramChannel a = DatagramChannel.open().bind(new InetSocketAddress(LOOPBACK, 0));
        DatagramChannel b = DatagramChannel.open().bind(new InetSocketAddress(LOOPBACK, 0))) {
      a.send(bytes("to b"), b.getLocalAddress());
      ByteBuffer buffer = ByteBuffer.allocate(10);
      Check.equal(a.getLocalAddress(), b.receive(buffer));
      Check.equal(4, buffer.position());
      b.configureBlocking(false);
      Check.equal(null, b.receive(buffer));
      b.connect(a.getLocalAddress());
      b.write(bytes("back"));
      buffer.clear();
      Check.equal(b.getLocalAddress(), a.receive(buffer));
    }
  }

  private static void asynchronous() throws Exception {
    try (AsynchronousServerSocketChannel server =
            AsynchronousServerSocketChannel.open().bind(new InetSocketAddress(LOOPBACK, 0));
        AsynchronousSocketChannel client = AsynchronousSocketChannel.open()) {
      Future<AsynchronousSocketChannel> accepted = server.accept();
      client.connect(server.getLocalAddress()).get(Check.PATIENCE, TimeUnit.MILLISECONDS);
      try (AsynchronousSocketChannel peer = accepted.get(Check.PATIENCE, TimeUnit.MILLISECONDS)) {
        Check.equal(3, client.write(bytes("abc")).get());
        ByteBuffer buffer = ByteBuffer.allocate(3);
        Check.equal(3, peer.read(buffer).get(Check.PATIENCE, TimeUnit.MILLISECONDS));
      }
    }
  }

  private static void streams() throws Exception {
    try (ServerSocketChannel server = listen();
        SocketChannel client = SocketChannel.open(server.getLocalAddress());
        SocketChannel peer = server.accept()) {
      CompletableFuture<Integer> read = new CompletableFuture<>();
      Thread reader =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      read.complete(Channels.newInputStream(client).read());
                    } catch (Exception e) {
                      read.completeExceptionally(e);
                    }
                  });
      // Long enough to block: a JVM calls a thread that waits in a read runnable all the while.
      for (int i = 0; i < 100 && reader.getState() != Thread.State.WAITING; i++) {
        Thread.sleep(1);
      }
      Channels.newOutputStream(client).write(7);
      Check.equal(7, Channels.newInputStream(peer).read());
      Channels.newOutputStream(peer).write(9);
      Check.equal(9, read.get());
      client.configureBlocking(false);
      Check.thrown(
          IllegalBlockingModeException.class, () -> Channels.newInputStream(client).read());
    }
  }

  private static void pipes() throws Exception {
    Pipe pipe = Pipe.open();
    Pipe.SinkChannel sink = pipe.sink();
    try (Pipe.SourceChannel source = pipe.source()) {
      sink.write(bytes("pipe"));
      ByteBuffer buffer = ByteBuffer.allocate(10);
      Check.equal(4, source.read(buffer));
      sink.close();
      Check.equal(-1, source.read(buffer));
    }
  }

  private static void wrongState() throws Exception {
    try (SocketChannel channel = SocketChannel.open()) {
      Check.thrown(NotYetConnectedException.class, () -> channel.read(ByteBuffer.allocate(1)));
      Check.equal(false, channel.isConnected());
    }
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      Check.thrown(java.nio.channels.NotYetBoundException.class, server::accept);
    }
  }
}

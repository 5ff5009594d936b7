package org.demitasse.nio.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AcceptPendingException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousChannelGroup;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.CompletionHandler;
import java.nio.channels.InterruptedByTimeoutException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.ReadPendingException;
import java.nio.channels.ShutdownChannelGroupException;
import java.nio.channels.WritePendingException;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Asynchronous channels. */
abstract class AsyncContract extends NetworkContract {
  private AsynchronousChannelProvider provider;

  AsyncContract(Supplier<Platform> platforms) {
    super(platforms);
  }

  @BeforeEach
  void chooseProvider() {
    provider = platform.asynchronousProvider();
  }

  /** Two channels that are connected. */
  private record Pair(AsynchronousSocketChannel client, AsynchronousSocketChannel server) {}

  private AsynchronousServerSocketChannel listenAsync() throws IOException {
    return closing(provider.openAsynchronousServerSocketChannel(null)).bind(loopback(0));
  }

  private AsynchronousSocketChannel open() throws IOException {
    return closing(provider.openAsynchronousSocketChannel(null));
  }

  private Pair pair() throws Exception {
    AsynchronousServerSocketChannel listener = listenAsync();
    Future<AsynchronousSocketChannel> accepted = listener.accept();
    AsynchronousSocketChannel client = open();
    client.connect(listener.getLocalAddress()).get(20, TimeUnit.SECONDS);
    return new Pair(client, closing(accepted.get(20, TimeUnit.SECONDS)));
  }

  private static <T> T get(Future<T> future) throws Exception {
    try {
      return future.get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  /** A handler that is a future, and remembers the thread that it ran on. */
  private static final class Told<V> extends CompletableFuture<V>
      implements CompletionHandler<V, String> {
    private volatile Thread thread;
    private volatile String attachment;

    @Override
    public void completed(V result, String attached) {
      thread = Thread.currentThread();
      attachment = attached;
      complete(result);
    }

    @Override
    public void failed(Throwable failure, String attached) {
      thread = Thread.currentThread();
      attachment = attached;
      completeExceptionally(failure);
    }
  }

  @Test
  void futuresTalk() throws Exception {
    Pair pair = pair();
    ByteBuffer target = ByteBuffer.allocate(10);
    Future<Integer> read = pair.server().read(target);
    assertThat(read.isDone()).isFalse();
    assertThat(get(pair.client().write(bytes("hello")))).isEqualTo(5);
    assertThat(get(read)).isEqualTo(5);
    assertThat(read.isDone()).isTrue();
    assertThat(text(target)).isEqualTo("hello");
    assertThat(pair.client().getRemoteAddress()).isEqualTo(pair.server().getLocalAddress());
    pair.client().shutdownOutput();
    assertThat(get(pair.server().read(ByteBuffer.allocate(1)))).isEqualTo(-1);
    assertThat(get(pair.server().read(ByteBuffer.allocate(0)))).isZero();
    pair.server().close();
    assertThat(pair.server().isOpen()).isFalse();
  }

  @Test
  void handlersAreToldOnOtherThreads() throws Exception {
    Pair pair = pair();
    ByteBuffer first = ByteBuffer.allocate(2);
    ByteBuffer second = ByteBuffer.allocate(9);
    Told<Long> read = new Told<>();
    pair.server()
        .read(new ByteBuffer[] {first, second}, 0, 2, 0, TimeUnit.SECONDS, "reading", read);
    Told<Long> written = new Told<>();
    pair.client()
        .write(
            new ByteBuffer[] {bytes("ab"), bytes("cd")}, 0, 2, 0, TimeUnit.SECONDS, "w", written);
    assertThat(get(written)).isEqualTo(4);
    assertThat(get(read)).isEqualTo(4);
    assertThat(read.attachment).isEqualTo("reading");
    assertThat(read.thread).isNotSameAs(Thread.currentThread());
    assertThat(text(first) + text(second)).isEqualTo("abcd");
  }

  /** An echo server of handlers that begin the next operation. */
  @Test
  void handlersBeginTheNextOperation() throws Exception {
    AsynchronousServerSocketChannel listener = listenAsync();
    listener.accept(
        null,
        new CompletionHandler<AsynchronousSocketChannel, Void>() {
          @Override
          public void completed(AsynchronousSocketChannel channel, Void nothing) {
            listener.accept(null, this);
            echo(channel, ByteBuffer.allocate(1000));
          }

          @Override
          public void failed(Throwable failure, Void nothing) {}
        });
    for (int client = 0; client < 5; client++) {
      AsynchronousSocketChannel channel = open();
      get(channel.connect(listener.getLocalAddress()));
      for (int round = 0; round < 50; round++) {
        get(channel.write(bytes("round" + round)));
        ByteBuffer reply = ByteBuffer.allocate(("round" + round).length());
        while (reply.hasRemaining()) {
          get(channel.read(reply));
        }
        assertThat(text(reply)).isEqualTo("round" + round);
      }
    }
  }

  private static void echo(AsynchronousSocketChannel channel, ByteBuffer buffer) {
    channel.read(
        buffer,
        null,
        new CompletionHandler<Integer, Void>() {
          @Override
          public void completed(Integer n, Void nothing) {
            if (n < 0) {
              failed(null, null);
              return;
            }
            buffer.flip();
            CompletionHandler<Integer, Void> reader = this;
            channel.write(
                buffer,
                null,
                new CompletionHandler<Integer, Void>() {
                  @Override
                  public void completed(Integer written, Void none) {
                    if (buffer.hasRemaining()) {
                      channel.write(buffer, null, this);
                    } else {
                      channel.read(buffer.clear(), null, reader);
                    }
                  }

                  @Override
                  public void failed(Throwable failure, Void none) {
                    reader.failed(failure, none);
                  }
                });
          }

          @Override
          public void failed(Throwable failure, Void nothing) {
            closeQuietly(channel);
          }
        });
  }

  @Test
  void refusedConnectionFailsAndCloses() throws Exception {
    SocketAddress nobody;
    try (AsynchronousServerSocketChannel listener = listenAsync()) {
      nobody = listener.getLocalAddress();
    }
    AsynchronousSocketChannel client = open();
    assertThatThrownBy(() -> get(client.connect(nobody)))
        .isExactlyInstanceOf(ConnectException.class)
        .hasMessage("Connection refused");
    assertThat(client.isOpen()).isFalse();
    Told<Void> told = new Told<>();
    AsynchronousSocketChannel other = open();
    other.connect(nobody, "x", told);
    assertThatThrownBy(() -> get(told)).isExactlyInstanceOf(ConnectException.class);
    assertThat(other.isOpen()).isFalse();
  }

  @Test
  void oneOperationAWay() throws Exception {
    Pair pair = pair();
    pair.client().read(ByteBuffer.allocate(1));
    assertThatThrownBy(() -> pair.client().read(ByteBuffer.allocate(1)))
        .isExactlyInstanceOf(ReadPendingException.class);
    ByteBuffer block = ByteBuffer.allocate(1 << 20);
    Future<Integer> writing;
    do {
      writing = pair.client().write(block.clear());
      Thread.sleep(1);
    } while (writing.isDone());
    assertThatThrownBy(() -> pair.client().write(ByteBuffer.allocate(1)))
        .isExactlyInstanceOf(WritePendingException.class);
    AsynchronousServerSocketChannel listener = listenAsync();
    listener.accept();
    assertThatThrownBy(listener::accept).isExactlyInstanceOf(AcceptPendingException.class);
  }

  @Test
  void closingFailsWhatIsPending() throws Exception {
    Pair pair = pair();
    Future<Integer> read = pair.client().read(ByteBuffer.allocate(1));
    Told<Integer> told = new Told<>();
    pair.server().read(ByteBuffer.allocate(1), "x", told);
    pair.client().close();
    assertThatThrownBy(() -> get(read)).isExactlyInstanceOf(AsynchronousCloseException.class);
    assertThat(get(told)).isEqualTo(-1);
    AsynchronousServerSocketChannel listener = listenAsync();
    Future<AsynchronousSocketChannel> accept = listener.accept();
    listener.close();
    assertThatThrownBy(() -> get(accept)).isExactlyInstanceOf(AsynchronousCloseException.class);
    assertThatThrownBy(() -> get(pair.client().read(ByteBuffer.allocate(1))))
        .isExactlyInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> get(pair.client().write(ByteBuffer.allocate(1))))
        .isExactlyInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> get(listener.accept()))
        .isExactlyInstanceOf(ClosedChannelException.class);
  }

  @Test
  void timeLimitsEndReadingForGood() throws Exception {
    Pair pair = pair();
    Told<Integer> told = new Told<>();
    pair.client().read(ByteBuffer.allocate(1), 20, TimeUnit.MILLISECONDS, "x", told);
    assertThatThrownBy(() -> get(told)).isExactlyInstanceOf(InterruptedByTimeoutException.class);
    assertThatThrownBy(() -> pair.client().read(ByteBuffer.allocate(1)))
        .isExactlyInstanceOf(IllegalStateException.class)
        .hasMessage("Reading not allowed due to timeout or cancellation");
    assertThat(get(pair.client().write(bytes("x")))).isEqualTo(1);
    Told<Integer> inTime = new Told<>();
    pair.server().read(ByteBuffer.allocate(1), 20, TimeUnit.SECONDS, "x", inTime);
    assertThat(get(inTime)).isEqualTo(1);
  }

  @Test
  void cancellingEndsReadingForGood() throws Exception {
    Pair pair = pair();
    Future<Integer> read = pair.client().read(ByteBuffer.allocate(1));
    assertThat(read.cancel(false)).isTrue();
    assertThat(read.isCancelled()).isTrue();
    assertThat(read.isDone()).isTrue();
    assertThat(read.cancel(false)).isFalse();
    assertThatThrownBy(read::get).isExactlyInstanceOf(CancellationException.class);
    assertThatThrownBy(() -> pair.client().read(ByteBuffer.allocate(1)))
        .isExactlyInstanceOf(IllegalStateException.class);
    assertThat(pair.client().isOpen()).isTrue();
    Future<Integer> other = pair.server().read(ByteBuffer.allocate(1));
    other.cancel(true);
    assertThat(pair.server().isOpen()).isFalse();
  }

  @Test
  void statesAreChecked() throws Exception {
    AsynchronousSocketChannel fresh = open();
    assertThatThrownBy(() -> fresh.read(ByteBuffer.allocate(1)))
        .isExactlyInstanceOf(NotYetConnectedException.class);
    assertThatThrownBy(() -> fresh.write(ByteBuffer.allocate(1)))
        .isExactlyInstanceOf(NotYetConnectedException.class);
    assertThatThrownBy(fresh::shutdownInput).isExactlyInstanceOf(NotYetConnectedException.class);
    AsynchronousServerSocketChannel unbound =
        closing(provider.openAsynchronousServerSocketChannel(null));
    assertThatThrownBy(unbound::accept).isExactlyInstanceOf(NotYetBoundException.class);
    Pair pair = pair();
    assertThatThrownBy(() -> pair.client().connect(loopback(1)))
        .isExactlyInstanceOf(AlreadyConnectedException.class);
    assertThatThrownBy(() -> pair.client().read(ByteBuffer.allocate(1).asReadOnlyBuffer()))
        .isExactlyInstanceOf(IllegalArgumentException.class)
        .hasMessage("Read-only buffer");
    pair.client().setOption(StandardSocketOptions.TCP_NODELAY, true);
    assertThat(pair.client().getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
    pair.client().shutdownOutput();
    assertThatThrownBy(() -> get(pair.client().write(ByteBuffer.allocate(1))))
        .isExactlyInstanceOf(ClosedChannelException.class);
    pair.client().shutdownInput();
    assertThat(get(pair.client().read(ByteBuffer.allocate(1)))).isEqualTo(-1);
  }

  @Test
  void groupsEndWithTheirChannels() throws Exception {
    AsynchronousChannelGroup group =
        provider.openAsynchronousChannelGroup(2, Executors.defaultThreadFactory());
    AsynchronousServerSocketChannel listener =
        closing(provider.openAsynchronousServerSocketChannel(group)).bind(loopback(0));
    AsynchronousSocketChannel client = closing(provider.openAsynchronousSocketChannel(group));
    Future<AsynchronousSocketChannel> accepted = listener.accept();
    get(client.connect(listener.getLocalAddress()));
    AsynchronousSocketChannel server = closing(get(accepted));
    group.shutdown();
    assertThat(group.isShutdown()).isTrue();
    assertThat(group.isTerminated()).isFalse();
    assertThatThrownBy(() -> provider.openAsynchronousSocketChannel(group))
        .isExactlyInstanceOf(ShutdownChannelGroupException.class);
    Told<Integer> told = new Told<>();
    server.read(ByteBuffer.allocate(1), "x", told);
    get(client.write(bytes("x")));
    assertThat(get(told)).isEqualTo(1);
    group.shutdownNow();
    assertThat(group.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    assertThat(client.isOpen()).isFalse();
    assertThat(listener.isOpen()).isFalse();
  }

  @Test
  void acceptingFailsOnceTheGroupIsShutDown() throws Exception {
    AsynchronousChannelGroup group =
        provider.openAsynchronousChannelGroup(1, Executors.defaultThreadFactory());
    AsynchronousServerSocketChannel listener =
        closing(provider.openAsynchronousServerSocketChannel(group)).bind(loopback(0));
    Future<AsynchronousSocketChannel> accepted = listener.accept();
    group.shutdown();
    AsynchronousSocketChannel client = closing(provider.openAsynchronousSocketChannel(null));
    get(client.connect(listener.getLocalAddress()));
    assertThatThrownBy(() -> get(accepted))
        .isExactlyInstanceOf(IOException.class)
        .hasCauseExactlyInstanceOf(ShutdownChannelGroupException.class);
  }
}

package org.demitasse.nio.channels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.nio.channels.AsynchronousServerSocketChannel;
import java.nio.channels.AsynchronousSocketChannel;
import java.nio.channels.CompletionHandler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.demitasse.net.socket.SocketStack;
import org.demitasse.nio.fake.FakeStack;
import org.demitasse.nio.net.Network;
import org.demitasse.nio.net.OpenedJdkAccess;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@code AsynchronousChannelGroup} says of the properties of the default group. */
class DefaultGroupTest {
  private static final String FACTORY = "java.nio.channels.DefaultThreadPool.threadFactory";
  private static final String SIZE = "java.nio.channels.DefaultThreadPool.initialSize";

  private final DemitasseAsynchronousChannelProvider provider =
      new DemitasseAsynchronousChannelProvider();

  /** Names its threads. */
  public static final class Named implements ThreadFactory {
    @Override
    public Thread newThread(Runnable task) {
      Thread thread = new Thread(task, "named by the program");
      thread.setDaemon(true);
      return thread;
    }
  }

  @BeforeEach
  void installStack() {
    Network.install(new FakeStack());
    Network.install(new OpenedJdkAccess());
  }

  @AfterEach
  void remove() {
    System.clearProperty(FACTORY);
    System.clearProperty(SIZE);
    Network.install((SocketStack) null);
  }

  @Test
  void theFactoryIsTheProgramsOwn() throws Exception {
    System.setProperty(FACTORY, Named.class.getName());
    System.setProperty(SIZE, "2");
    CompletableFuture<String> told = new CompletableFuture<>();
    try (AsynchronousServerSocketChannel listener =
            provider.openAsynchronousServerSocketChannel(null);
        AsynchronousSocketChannel client = provider.openAsynchronousSocketChannel(null)) {
      listener.bind(new InetSocketAddress("127.0.0.1", 0));
      listener.accept(
          null,
          new CompletionHandler<AsynchronousSocketChannel, Void>() {
            @Override
            public void completed(AsynchronousSocketChannel accepted, Void nothing) {
              told.complete(Thread.currentThread().getName());
            }

            @Override
            public void failed(Throwable failure, Void nothing) {
              told.completeExceptionally(failure);
            }
          });
      client.connect(listener.getLocalAddress()).get(20, TimeUnit.SECONDS);
      assertThat(told.get(20, TimeUnit.SECONDS)).isEqualTo("named by the program");
    }
  }

  @Test
  void wrongPropertiesAreErrors() {
    System.setProperty(FACTORY, "Missing");
    assertThatThrownBy(() -> provider.openAsynchronousSocketChannel(null))
        .isExactlyInstanceOf(Error.class)
        .hasMessageContaining(FACTORY)
        .hasMessageContaining("Missing");
    System.clearProperty(FACTORY);
    System.setProperty(SIZE, "NaN");
    assertThatThrownBy(() -> provider.openAsynchronousSocketChannel(null))
        .isExactlyInstanceOf(Error.class)
        .hasMessageContaining("NaN");
  }
}

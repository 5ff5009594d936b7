package org.demitasse.nio.channels;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.demitasse.net.socket.SocketStack;
import org.demitasse.nio.fake.QuietStack;
import org.demitasse.nio.net.DemitasseSocketImpl;
import org.demitasse.nio.net.Network;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reading, writing and selecting allocate nothing once they have run for a while. */
class AllocationTest {
  private static final int WARM_UP = 20_000;
  private static final int ROUNDS = 10_000;

  private final DemitasseSelectorProvider provider = DemitasseSelectorProvider.get();
  private SocketChannel channel;

  private interface Round {
    void run() throws Exception;
  }

  @BeforeEach
  void connect() throws Exception {
    Network.install(new QuietStack());
    channel = provider.openSocketChannel();
    channel.connect(new InetSocketAddress("127.0.0.1", 1));
  }

  @AfterEach
  void close() throws Exception {
    channel.close();
    Network.install((SocketStack) null);
  }

  /** Returns the bytes allocated in {@link #ROUNDS} rounds. */
  private static long allocated(Round round) throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int i = 0; i < WARM_UP; i++) {
      round.run();
    }
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < ROUNDS; i++) {
      round.run();
    }
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  @Test
  void channels() throws Exception {
    ByteBuffer buffer = ByteBuffer.allocateDirect(100);
    assertThat(
            allocated(
                () -> {
                  channel.read(buffer.clear());
                  channel.write(buffer.clear());
                }))
        .isLessThan(ROUNDS);
    ByteBuffer[] several = {ByteBuffer.allocate(10), ByteBuffer.allocate(10)};
    assertThat(
            allocated(
                () -> {
                  several[0].clear();
                  several[1].clear();
                  channel.write(several);
                }))
        .isLessThan(ROUNDS);
  }

  @Test
  void streams() throws Exception {
    byte[] bytes = new byte[100];
    Socket view = channel.socket();
    InputStream viewIn = view.getInputStream();
    OutputStream viewOut = view.getOutputStream();
    assertThat(
            allocated(
                () -> {
                  viewIn.read(bytes);
                  viewOut.write(bytes);
                }))
        .isLessThan(ROUNDS);
    try (Socket socket = new Socket(new DemitasseSocketImpl(false)) {}) {
      socket.connect(new InetSocketAddress("127.0.0.1", 1));
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      assertThat(
              allocated(
                  () -> {
                    in.read(bytes);
                    out.write(bytes);
                  }))
          .isLessThan(ROUNDS);
    }
  }

  @Test
  void selections() throws Exception {
    try (Selector selector = provider.openSelector()) {
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ);
      assertThat(allocated(() -> selector.select(key -> {}))).isLessThan(ROUNDS);
    }
  }
}

package org.demitasse.nio.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.Pipe;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pipes. */
abstract class PipeContract extends NetworkContract {
  private Pipe.SourceChannel source;
  private Pipe.SinkChannel sink;

  PipeContract(Supplier<Platform> platforms) {
    super(platforms);
  }

  @BeforeEach
  void openPipe() throws Exception {
    Pipe pipe = platform.provider().openPipe();
    source = closing(pipe.source());
    sink = closing(pipe.sink());
  }

  @Test
  void bytesComeOutInOrder() throws Exception {
    assertThat(sink.write(new ByteBuffer[] {bytes("ab"), bytes(""), bytes("cd")})).isEqualTo(4);
    ByteBuffer first = ByteBuffer.allocate(3);
    ByteBuffer second = ByteBuffer.allocate(3);
    assertThat(source.read(new ByteBuffer[] {first, second})).isEqualTo(4);
    assertThat(text(first) + text(second)).isEqualTo("abcd");
    sink.close();
    assertThat(source.read(ByteBuffer.allocate(1))).isEqualTo(-1);
  }

  @Test
  void nonBlockingEndsDoNotWait() throws Exception {
    source.configureBlocking(false);
    sink.configureBlocking(false);
    assertThat(source.read(ByteBuffer.allocate(1))).isZero();
    ByteBuffer block = ByteBuffer.allocate(1 << 20);
    int written = sink.write(block);
    assertThat(written).isPositive().isLessThan(1 << 20);
    assertThat(sink.write(block)).isZero();
    ByteBuffer target = ByteBuffer.allocate(1 << 20);
    assertThat(source.read(target)).isPositive();
    assertThat(sink.write(block)).isPositive();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void muchDataPassesWhole(boolean virtual) throws Exception {
    byte[] data = new byte[1 << 20];
    new Random(4).nextBytes(data);
    Background<Integer> writer =
        Background.of(
            virtual,
            () -> {
              ByteBuffer bytes = ByteBuffer.wrap(data);
              while (bytes.hasRemaining()) {
                sink.write(bytes);
              }
              sink.close();
              return bytes.position();
            });
    ByteBuffer target = ByteBuffer.allocate(data.length + 1);
    while (source.read(target) >= 0) {
      continue;
    }
    assertThat(target.flip()).isEqualTo(ByteBuffer.wrap(data));
    assertThat(writer.get()).isEqualTo(data.length);
  }

  @Test
  void nobodyReadsBreaksThePipe() throws Exception {
    source.close();
    assertThatThrownBy(() -> sink.write(bytes("x")))
        .isExactlyInstanceOf(IOException.class)
        .hasMessage("Broken pipe");
    assertThatThrownBy(() -> source.read(ByteBuffer.allocate(1)))
        .isExactlyInstanceOf(ClosedChannelException.class);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void closingAndInterruptingWakeTheReader(boolean virtual) throws Exception {
    Background<Integer> reader =
        Background.of(virtual, () -> source.read(ByteBuffer.allocate(1))).settle();
    source.close();
    assertThatThrownBy(reader::get).isExactlyInstanceOf(AsynchronousCloseException.class);
    Pipe other = platform.provider().openPipe();
    closing(other.sink());
    Background<Integer> second =
        Background.of(virtual, () -> other.source().read(ByteBuffer.allocate(1))).settle();
    second.thread.interrupt();
    assertThatThrownBy(second::get).isExactlyInstanceOf(ClosedByInterruptException.class);
    assertThat(other.source().isOpen()).isFalse();
  }
}

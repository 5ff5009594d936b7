package org.demitasse.nio.channels;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * The streams of a socket channel: those of its {@code socket()}, and those that {@code
 * java.nio.channels.Channels} makes of it. Reading and writing lock each other out as little as on
 * the channel itself, where the JDK's streams for channels of other providers hold the blocking
 * lock, so that a reader who waits would keep all writers out.
 */
public final class SocketStreams {
  private SocketStreams() {}

  /** Returns a stream that reads from {@code channel}, or null when it is no socket channel. */
  public static InputStream of(ReadableByteChannel channel) {
    return channel instanceof DemitasseSocketChannel socket ? input(socket, () -> 0) : null;
  }

  /** Returns a stream that writes to {@code channel}, or null when it is no socket channel. */
  public static OutputStream of(WritableByteChannel channel) {
    return channel instanceof DemitasseSocketChannel socket ? output(socket) : null;
  }

  /**
   * @param nanos how long a read may wait, asked at each; 0 for any time
   */
  static InputStream input(DemitasseSocketChannel channel, LongSupplier nanos) {
    return new Input(channel, nanos);
  }

  static OutputStream output(DemitasseSocketChannel channel) {
    return new Output(channel);
  }

  private static final class Input extends InputStream {
    private final DemitasseSocketChannel channel;
    private final LongSupplier nanos;

    Input(DemitasseSocketChannel channel, LongSupplier nanos) {
      this.channel = channel;
      this.nanos = nanos;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) > 0 ? one[0] & 0xff : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return channel.blockingRead(bytes, offset, length, nanos.getAsLong());
    }

    @Override
    public int available() throws IOException {
      return channel.available();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  private static final class Output extends OutputStream {
    private final DemitasseSocketChannel channel;

    Output(DemitasseSocketChannel channel) {
      this.channel = channel;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, bytes.length);
      channel.blockingWrite(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}

package org.demitasse.gateway;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * A stream socket as a wire: each frame stands behind its length, four bytes in network order, as
 * QEMU's networks {@code stream} and {@code socket} have it.
 */
final class StreamWire implements Wire {
  private static final int LENGTH = 4;

  /** The longest frame that QEMU passes on (its NET_BUFSIZE). */
  private static final int FRAME_MAX = (64 << 10) + 4_096;

  private final SocketChannel channel;
  private final ByteBuffer input = ByteBuffer.allocateDirect(2 * FRAME_MAX).limit(0);
  private final ByteBuffer length = ByteBuffer.allocateDirect(LENGTH); // guarded by this

  /** A wire over a connected channel in blocking mode. */
  StreamWire(SocketChannel channel) {
    this.channel = channel;
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException for a length that no frame has: what follows cannot be divided
   */
  @Override
  public int read(ByteBuffer target) throws IOException {
    if (!fill(LENGTH)) {
      return -1;
    }
    int frame = frameLength();
    input.position(input.position() + LENGTH);
    if (!fill(frame)) {
      return -1;
    }
    int taken = Math.min(frame, target.remaining());
    target.put(target.position(), input, input.position(), taken);
    target.position(target.position() + taken);
    input.position(input.position() + frame);
    return taken;
  }

  private int frameLength() {
    int frame = input.getInt(input.position());
    if (frame < 0 || frame > FRAME_MAX) {
      throw new IllegalStateException(
          "the machine announced a frame of " + Integer.toUnsignedString(frame) + " bytes");
    }
    return frame;
  }

  /** Waits until so many bytes are in the buffer; false when the stream ends before. */
  private boolean fill(int bytes) throws IOException {
    if (input.remaining() >= bytes) {
      return true;
    }
    input.compact();
    try {
      while (input.position() < bytes) {
        if (channel.read(input) < 0) {
          return false;
        }
      }
      return true;
    } finally {
      input.flip();
    }
  }

  @Override
  public boolean hasNext() {
    return input.remaining() >= LENGTH && input.remaining() >= LENGTH + frameLength();
  }

  @Override
  public synchronized void write(ByteBuffer frame) throws IOException {
    length.putInt(0, frame.remaining()).clear();
    ByteBuffer[] both = {length, frame};
    while (frame.hasRemaining()) {
      channel.write(both);
    }
  }
}

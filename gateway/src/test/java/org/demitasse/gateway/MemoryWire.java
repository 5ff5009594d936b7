package org.demitasse.gateway;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A wire in memory: the gateway's end, and for the test the guest's. */
final class MemoryWire implements Wire {
  private static final byte[] END = {};

  private final LinkedBlockingQueue<byte[]> toGateway = new LinkedBlockingQueue<>();
  private final LinkedBlockingQueue<byte[]> toGuest = new LinkedBlockingQueue<>();
  private final int header;
  volatile Runnable onFrame;

  /**
   * @param header as {@link Wire#header()} says
   */
  MemoryWire(int header) {
    this.header = header;
  }

  @Override
  public int header() {
    return header;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    try {
      byte[] frame = toGateway.take();
      if (frame == END) {
        return -1;
      }
      int length = Math.min(frame.length, target.remaining());
      target.put(frame, 0, length);
      return length;
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Override
  public boolean hasNext() {
    return !toGateway.isEmpty();
  }

  @Override
  public void write(ByteBuffer frame) {
    byte[] bytes = new byte[frame.remaining()];
    frame.get(bytes);
    toGuest.add(bytes);
    Runnable listener = onFrame;
    if (listener != null) {
      listener.run();
    }
  }

  /** Sends a frame that leaves nothing to be done. */
  void send(byte[] frame) {
    byte[] whole = new byte[header + frame.length];
    System.arraycopy(frame, 0, whole, header, frame.length);
    sendWhole(whole);
  }

  /** Sends a frame with its header in front. */
  void sendWhole(byte[] whole) {
    toGateway.add(whole);
  }

  void end() {
    toGateway.add(END);
  }

  /** The next frame for the guest with its header in front, or null when there is none now. */
  byte[] poll() {
    return toGuest.poll();
  }

  /** The next frame for the guest; null after ten seconds without one. */
  byte[] receive() throws InterruptedException {
    byte[] whole = toGuest.poll(10, TimeUnit.SECONDS);
    return whole == null ? null : Arrays.copyOfRange(whole, header, whole.length);
  }
}

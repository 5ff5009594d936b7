package org.demitasse.gateway;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The Ethernet cable to the guest. One thread reads; any thread may write. */
interface Wire {
  /**
   * Waits for the next frame and reads it to the buffer's position, which moves on; what does not
   * fit is lost.
   *
   * @return the frame's bytes, or -1 when the other end is gone
   */
  int read(ByteBuffer target) throws IOException;

  /** Whether {@link #read} would not wait; a hint. */
  boolean hasNext() throws IOException;

  /** Sends the bytes from the buffer's position to its limit as one frame. */
  void write(ByteBuffer frame) throws IOException;
}

package org.demitasse.gateway;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The Ethernet cable to the guest. One thread reads; any thread may write. */
interface Wire {
  /**
   * Bytes in front of each frame, both ways: {@link FrameHeader#BYTES}, or 0 where frames cross as
   * on a real cable, with all checksums and in the size of one.
   */
  default int header() {
    return 0;
  }

  /**
   * Waits for the next frame and reads it, its header first, to the buffer's position, which moves
   * on; what does not fit is lost.
   *
   * @return the bytes of header and frame, or -1 when the other end is gone
   */
  int read(ByteBuffer target) throws IOException;

  /** Whether {@link #read} would not wait; a hint. */
  boolean hasNext() throws IOException;

  /** Sends the bytes from the buffer's position to its limit as one frame with its header. */
  void write(ByteBuffer frame) throws IOException;
}

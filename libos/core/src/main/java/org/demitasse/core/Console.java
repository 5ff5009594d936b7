package org.demitasse.core;

import java.io.IOException;

/** The machine's standard streams. Any thread may call; one call at a time reaches the device. */
public interface Console {
  /** Standard output, for {@link #write}. */
  int OUTPUT = 1;

  /** Standard error, for {@link #write}. */
  int ERROR = 2;

  /**
   * Writes all {@code length} bytes to {@link #OUTPUT} or {@link #ERROR}.
   *
   * @throws IOException when the other end is gone
   */
  void write(int stream, byte[] bytes, int offset, int length) throws IOException;

  /**
   * Reads standard input without waiting.
   *
   * @return the bytes read, 0 when there are none now, -1 at the end
   */
  int read(byte[] bytes, int offset, int length) throws IOException;
}

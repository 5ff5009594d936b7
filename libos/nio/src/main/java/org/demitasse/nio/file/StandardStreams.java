package org.demitasse.nio.file;

import java.io.IOException;

/** Descriptors 0, 1 and 2, which are no files. Any thread may call. */
public interface StandardStreams {
  /**
   * Reads standard input, and waits for at least one byte.
   *
   * @return bytes read, or -1 at the end
   */
  int read(byte[] to, int offset, int length) throws IOException;

  /** Returns how many bytes can be read without waiting. */
  int available() throws IOException;

  /** Writes all bytes to standard output (1) or error (2). */
  void write(int stream, byte[] from, int offset, int length) throws IOException;
}

package org.demitasse.nio.file;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import org.demitasse.fs.OpenFile;

/**
 * Makes mapped buffers, which the JDK lets nobody else make: what stands in the image for {@code mmap}.
 */
@FunctionalInterface
public interface FileMapper {
  /**
   * Maps bytes of a file that are there.
   *
   * @throws UnsupportedOperationException when there is no such mapping, saying why
   */
  MappedByteBuffer map(OpenFile file, FileChannel.MapMode mode, long position, int size)
      throws IOException;
}

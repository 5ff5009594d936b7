package org.demitasse.jdk.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.demitasse.fs.PackedTreeWriter;
import org.graalvm.nativeimage.Platform;
import org.graalvm.nativeimage.Platforms;

/**
 * The folders that the image shows read-only ({@code --files DIR:/path}). The builder names them in
 * system properties of its own process: {@code demitasse.files.0=DIR}, {@code
 * demitasse.files.0.target=/path}, and so on from 0 without gaps.
 */
@Platforms(Platform.HOSTED_ONLY.class)
final class PackedFiles {
  /** All packed files carry this time (2026-01-01), so that equal folders give equal images. */
  private static final long MODIFIED_NANOS = 1_767_225_600_000_000_000L;

  private PackedFiles() {}

  /** Returns the packed tree, or null when the build names no folder. */
  static ByteBuffer fromBuild() {
    PackedTreeWriter writer = new PackedTreeWriter(MODIFIED_NANOS);
    int count = 0;
    try {
      while (true) {
        String source = System.getProperty("demitasse.files." + count);
        if (source == null) {
          break;
        }
        writer.add(Path.of(source), System.getProperty("demitasse.files." + count + ".target"));
        count++;
      }
      if (count == 0) {
        return null;
      }
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      writer.write(bytes);
      return ByteBuffer.wrap(bytes.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

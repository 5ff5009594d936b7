package org.demitasse.nio.file;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;
import java.util.Objects;
import org.demitasse.fs.FsError;
import org.demitasse.fs.FsException;
import org.demitasse.fs.OpenFile;

/** The streams of {@code Files.newInputStream} and {@code newOutputStream}. */
final class FileStreams {
  private FileStreams() {}

  private static IOException failed(FsException e, OpenFile file) {
    return e.error() == FsError.BADF && !file.isOpen()
        ? new ClosedChannelException()
        : FileErrors.ofOpen(e);
  }

  /** Reads from the file's position on. */
  static final class Input extends InputStream {
    private final OpenFile file;

    Input(OpenFile file) {
      this.file = file;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, to.length);
      try {
        return file.read(to, offset, length);
      } catch (FsException e) {
        throw failed(e, file);
      }
    }

    @Override
    public byte[] readAllBytes() throws IOException {
      byte[] bytes = new byte[available()];
      int n = readNBytes(bytes, 0, bytes.length);
      // Devices tell no size, and a file may grow meanwhile.
      byte[] rest = super.readAllBytes();
      byte[] all =
          n == bytes.length && rest.length == 0 ? bytes : Arrays.copyOf(bytes, n + rest.length);
      System.arraycopy(rest, 0, all, n, rest.length);
      return all;
    }

    @Override
    public int available() throws IOException {
      try {
        return (int) Math.min(file.available(), Integer.MAX_VALUE);
      } catch (FsException e) {
        throw failed(e, file);
      }
    }

    /** Never goes behind the end of a file; back, when {@code n} is negative. */
    @Override
    public long skip(long n) throws IOException {
      if (!file.inode().attributes().isRegular()) {
        return super.skip(n);
      }
      try {
        long position = file.position();
        long target =
            n > file.available() ? position + file.available() : Math.max(position + n, 0);
        file.seek(target);
        return target - position;
      } catch (FsException e) {
        throw failed(e, file);
      }
    }

    @Override
    public void close() {
      file.close();
    }
  }

  /** Writes at the file's position, or at its end. */
  static final class Output extends OutputStream {
    private final OpenFile file;

    Output(OpenFile file) {
      this.file = file;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, from.length);
      try {
        file.write(ByteBuffer.wrap(from, offset, length));
      } catch (FsException e) {
        throw failed(e, file);
      }
    }

    @Override
    public void close() {
      file.close();
    }
  }
}

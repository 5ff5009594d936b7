package org.demitasse.jdk.io;

import com.oracle.svm.core.SubstrateUtil;
import com.oracle.svm.core.annotate.Alias;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.SyncFailedException;

/** The native methods of {@code java.io}'s streams, on {@link Descriptors}. */
final class StreamSubstitutions {
  private StreamSubstitutions() {}

  static int number(FileDescriptor descriptor) throws IOException {
    int number = rawNumber(descriptor);
    if (number < 0) {
      throw new IOException("Stream Closed");
    }
    return number;
  }

  /** The number whatever it is; -1 when closed. */
  static int rawNumber(FileDescriptor descriptor) {
    return SubstrateUtil.cast(descriptor, Target_java_io_FileDescriptor_Io.class).fd;
  }

  static void adopt(FileDescriptor descriptor, int number) {
    SubstrateUtil.cast(descriptor, Target_java_io_FileDescriptor_Io.class).fd = number;
  }

  static int single(int fd) throws IOException {
    byte[] one = new byte[1];
    return Descriptors.read(fd, one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  static int read(int fd, byte[] bytes, int offset, int length) throws IOException {
    check(bytes, offset, length);
    return length == 0 ? 0 : Descriptors.read(fd, bytes, offset, length);
  }

  static void write(int fd, byte[] bytes, int offset, int length) throws IOException {
    check(bytes, offset, length);
    Descriptors.write(fd, bytes, offset, length);
  }

  private static void check(byte[] bytes, int offset, int length) {
    if ((offset | length) < 0 || length > bytes.length - offset) {
      throw new IndexOutOfBoundsException();
    }
  }
}

@TargetClass(FileDescriptor.class)
final class Target_java_io_FileDescriptor_Io {
  @Alias int fd;

  private Target_java_io_FileDescriptor_Io() {}

  @Substitute
  private static void initIDs() {
    // no native code, no field ids to look up
  }

  @Substitute
  private static long getHandle(int descriptor) {
    return -1; // handles are Windows'
  }

  @Substitute
  private static boolean getAppend(int descriptor) {
    return Descriptors.isAppending(descriptor);
  }

  @Substitute
  private void sync0() throws SyncFailedException {
    Descriptors.sync(fd);
  }

  @Substitute
  private void close0() throws IOException {
    int number = fd;
    fd = -1;
    if (number >= 0) {
      Descriptors.close(number);
    }
  }
}

@TargetClass(className = "java.io.FileCleanable")
final class Target_java_io_FileCleanable {
  private Target_java_io_FileCleanable() {}

  @Substitute
  private static void cleanupClose0(int fd, long handle) throws IOException {
    Descriptors.close(fd);
  }
}

@TargetClass(FileInputStream.class)
final class Target_java_io_FileInputStream_Io {
  @Alias private FileDescriptor fd;

  private Target_java_io_FileInputStream_Io() {}

  @Substitute
  private static void initIDs() {
    // no native code, no field ids to look up
  }

  @Substitute
  private void open0(String name) throws FileNotFoundException {
    StreamSubstitutions.adopt(fd, Descriptors.openForReading(name));
  }

  @Substitute
  private int read0() throws IOException {
    return StreamSubstitutions.single(StreamSubstitutions.number(fd));
  }

  @Substitute
  private int readBytes(byte[] b, int off, int len) throws IOException {
    return StreamSubstitutions.read(StreamSubstitutions.number(fd), b, off, len);
  }

  @Substitute
  private long length0() throws IOException {
    return Descriptors.length(StreamSubstitutions.number(fd));
  }

  @Substitute
  private long position0() throws IOException {
    return Descriptors.position(StreamSubstitutions.number(fd));
  }

  @Substitute
  private long skip0(long n) throws IOException {
    return Descriptors.skip(StreamSubstitutions.number(fd), n);
  }

  @Substitute
  private int available0() throws IOException {
    return Descriptors.available(StreamSubstitutions.number(fd));
  }

  @Substitute
  private boolean isRegularFile0(FileDescriptor descriptor) {
    return Descriptors.isRegular(StreamSubstitutions.rawNumber(descriptor));
  }
}

@TargetClass(FileOutputStream.class)
final class Target_java_io_FileOutputStream_Io {
  @Alias private FileDescriptor fd;

  private Target_java_io_FileOutputStream_Io() {}

  @Substitute
  private static void initIDs() {
    // no native code, no field ids to look up
  }

  @Substitute
  private void open0(String name, boolean append) throws FileNotFoundException {
    StreamSubstitutions.adopt(fd, Descriptors.openForWriting(name, append));
  }

  @Substitute
  private void write(int b, boolean append) throws IOException {
    StreamSubstitutions.write(StreamSubstitutions.number(fd), new byte[] {(byte) b}, 0, 1);
  }

  @Substitute
  private void writeBytes(byte[] b, int off, int len, boolean append) throws IOException {
    StreamSubstitutions.write(StreamSubstitutions.number(fd), b, off, len);
  }
}

@TargetClass(RandomAccessFile.class)
final class Target_java_io_RandomAccessFile_Io {
  @Alias private FileDescriptor fd;

  private Target_java_io_RandomAccessFile_Io() {}

  @Substitute
  private static void initIDs() {
    // no native code, no field ids to look up
  }

  @Substitute
  private void open0(String name, int mode) throws FileNotFoundException {
    StreamSubstitutions.adopt(fd, Descriptors.openForRandomAccess(name, mode));
  }

  @Substitute
  private int read0() throws IOException {
    return StreamSubstitutions.single(StreamSubstitutions.number(fd));
  }

  @Substitute
  private int readBytes0(byte[] b, int off, int len) throws IOException {
    return StreamSubstitutions.read(StreamSubstitutions.number(fd), b, off, len);
  }

  @Substitute
  private void write0(int b) throws IOException {
    StreamSubstitutions.write(StreamSubstitutions.number(fd), new byte[] {(byte) b}, 0, 1);
  }

  @Substitute
  private void writeBytes0(byte[] b, int off, int len) throws IOException {
    StreamSubstitutions.write(StreamSubstitutions.number(fd), b, off, len);
  }

  @Substitute
  public long getFilePointer() throws IOException {
    return Descriptors.position(StreamSubstitutions.number(fd));
  }

  @Substitute
  private void seek0(long pos) throws IOException {
    Descriptors.seek(StreamSubstitutions.number(fd), pos);
  }

  @Substitute
  private long length0() throws IOException {
    return Descriptors.length(StreamSubstitutions.number(fd));
  }

  @Substitute
  private void setLength0(long newLength) throws IOException {
    Descriptors.setLength(StreamSubstitutions.number(fd), newLength);
  }
}

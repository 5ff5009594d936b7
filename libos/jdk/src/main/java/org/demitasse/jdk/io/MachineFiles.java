package org.demitasse.jdk.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystem;
import org.demitasse.core.Clock;
import org.demitasse.fs.Vfs;
import org.demitasse.jdk.device.MachineEntropy;
import org.demitasse.nio.file.DemitasseFileSystemProvider;
import org.demitasse.nio.file.IoFiles;
import org.demitasse.nio.file.StandardStreams;

/**
 * The machine's files: the packed tree at "/", memory at "/tmp", devices at "/dev". Made when the
 * image is built, so that a program pays for them only what it uses.
 */
public final class MachineFiles {
  /** Everything belongs to the one user there is. */
  private static final int USER = 0;

  private static final String USER_NAME = "root";

  static final String WORKING_DIRECTORY = "/";

  private static final MachineFiles INSTANCE = new MachineFiles(PackedFiles.fromBuild());

  private final DemitasseFileSystemProvider provider;
  private final IoFiles ioFiles;

  private MachineFiles(ByteBuffer packed) {
    Vfs vfs =
        Vfs.ofImage(
            packed,
            WORKING_DIRECTORY,
            MachineClock.INSTANCE,
            MachineEntropy.INSTANCE,
            MachineFiles::limit,
            USER);
    provider = new DemitasseFileSystemProvider(vfs, USER, USER_NAME);
    ioFiles = new IoFiles(provider, vfs, new Streams());
  }

  /** "/tmp" lives in the Java heap: it may take half of it. */
  private static long limit() {
    return Runtime.getRuntime().maxMemory() / 2;
  }

  /** The one file system of the machine. */
  public static FileSystem fileSystem() {
    return INSTANCE.provider.theFileSystem();
  }

  public static DemitasseFileSystemProvider provider() {
    return INSTANCE.provider;
  }

  /** How many descriptors are open, the standard streams included. */
  public static int openDescriptors() {
    return INSTANCE.ioFiles.openDescriptors();
  }

  static IoFiles ioFiles() {
    return INSTANCE.ioFiles;
  }

  /** The clocks of the running machine, never those of the one that built the image. */
  private static final class MachineClock implements Clock {
    static final MachineClock INSTANCE = new MachineClock();

    @Override
    public long monotonicNanos() {
      return System.nanoTime();
    }

    @Override
    public long wallNanos() {
      return System.currentTimeMillis() * 1_000_000;
    }
  }

  /** Descriptors 0, 1 and 2. */
  private static final class Streams implements StandardStreams {
    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      return MachineConsole.read(to, offset, length);
    }

    @Override
    public int available() {
      return MachineConsole.available();
    }

    @Override
    public void write(int stream, byte[] from, int offset, int length) throws IOException {
      MachineConsole.write(stream, from, offset, length);
    }
  }
}

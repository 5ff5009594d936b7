package org.demitasse.fs;

import java.nio.ByteBuffer;
import java.util.List;
import org.demitasse.core.Clock;
import org.demitasse.core.Entropy;

/** The devices of {@code /dev} that need no hardware: null, zero, random and urandom. */
public final class DeviceVolume extends Volume {
  private static final List<String> NAMES = List.of("null", "random", "urandom", "zero");

  private final Clock clock;
  private final Entropy entropy;
  private final Root root = new Root();
  private final Device[] devices = {
    new Device(0), new Device(1), new Device(2), new Device(3),
  };

  /** Both random devices give bytes of {@code entropy}; its failure is {@link FsError#IO} there. */
  public DeviceVolume(Clock clock, Entropy entropy) {
    super("devices", "devices");
    this.clock = clock;
    this.entropy = entropy;
  }

  @Override
  public Inode root() {
    return root;
  }

  @Override
  public boolean isReadOnly() {
    return true;
  }

  @Override
  public long totalBytes() {
    return 0;
  }

  @Override
  public long freeBytes() {
    return 0;
  }

  private FileAttributes attributes(FileKind kind, long inode, int permissions, int links) {
    long now = clock.wallNanos();
    return new FileAttributes(
        kind, number(), inode, permissions, 0, 0, links, 0, now, now, now, now);
  }

  private final class Root extends Inode {
    Root() {
      super(DeviceVolume.this);
    }

    @Override
    public FileKind kind() {
      return FileKind.DIRECTORY;
    }

    @Override
    public FileAttributes attributes() {
      return DeviceVolume.this.attributes(FileKind.DIRECTORY, 1, 0755, 2);
    }

    @Override
    protected Inode find(String name) {
      int index = NAMES.indexOf(name);
      return index < 0 ? null : devices[index];
    }

    @Override
    protected List<String> names() {
      return NAMES;
    }
  }

  private final class Device extends Inode {
    private static final int NULL = 0;
    private static final int ZERO = 3;

    private final int index;

    Device(int index) {
      super(DeviceVolume.this);
      this.index = index;
    }

    @Override
    public FileKind kind() {
      return FileKind.DEVICE;
    }

    @Override
    public FileAttributes attributes() {
      return DeviceVolume.this.attributes(FileKind.DEVICE, 2 + index, 0666, 1);
    }

    @Override
    public int read(long position, byte[] to, int offset, int length) throws FsException {
      if (index == NULL) {
        return 0;
      }
      if (index == ZERO) {
        java.util.Arrays.fill(to, offset, offset + length, (byte) 0);
        return length;
      }
      try {
        entropy.fill(to, offset, length);
      } catch (IllegalStateException e) {
        throw new FsException(FsError.IO);
      }
      return length;
    }

    @Override
    public int read(long position, ByteBuffer to) throws FsException {
      if (index == NULL) {
        return 0;
      }
      int n = to.remaining();
      byte[] bytes = new byte[Math.min(n, 4096)];
      while (to.hasRemaining()) {
        int part = read(position, bytes, 0, Math.min(bytes.length, to.remaining()));
        to.put(bytes, 0, part);
      }
      return n;
    }

    @Override
    public long write(long position, boolean append, ByteBuffer from) {
      int n = from.remaining();
      from.position(from.limit());
      return position + n;
    }

    /** Opening a device to write may ask for truncation; there is nothing to cut. */
    @Override
    public void truncate(long size) {}
  }
}

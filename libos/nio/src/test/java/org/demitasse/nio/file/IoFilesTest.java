package org.demitasse.nio.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.demitasse.core.Clock;
import org.demitasse.fs.FsException;
import org.demitasse.fs.MemoryVolume;
import org.demitasse.fs.Vfs;
import org.junit.jupiter.api.Test;

/** The natives of {@code java.io} come to the same as the JDK's, for random operations. */
class IoFilesTest {
  private static final String BASE = "/p/q/r/base";

  /** One side of the comparison: {@code java.io}, or {@link IoFiles} in its place. */
  private interface Io {
    Object run(int choice, String path, String other, Random random) throws IOException;
  }

  @Property(tries = 50, seed = "2026")
  void randomOperations(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    try (Twin twin = new Twin()) {
      Vfs vfs = newVfs();
      for (String directory : List.of("/p", "/p/q", "/p/q/r", BASE)) {
        vfs.createDirectory(directory, 0777);
      }
      IoFiles files = ioFiles(vfs, null);
      List<String> history = new ArrayList<>();
      for (int i = 0; i < 80; i++) {
        int choice = random.nextInt(22);
        String path = path(random);
        String other = path(random);
        long step = random.nextLong();
        Twin.Operation jdk =
            at -> ofJdk(choice, at + "/" + path, at + "/" + other, new Random(step));
        String expected = twin.onJdk(jdk);
        String seen;
        try {
          seen =
              String.valueOf(
                  ofOurs(files, choice, BASE + "/" + path, BASE + "/" + other, new Random(step)));
        } catch (IOException e) {
          seen = e.getClass().getName() + "|" + e.getMessage();
        }
        history.add(choice + " " + path + " " + other + " -> " + expected);
        assertThat(seen).as("%s", String.join("\n", history)).isEqualTo(expected);
      }
    }
  }

  private static Vfs newVfs() {
    return new Vfs(new MemoryVolume("root", 1 << 24, Clock.system(), 0755, 1000, 1000), "/");
  }

  private static IoFiles ioFiles(Vfs vfs, StandardStreams streams) {
    return new IoFiles(new DemitasseFileSystemProvider(vfs, 1000, "user"), vfs, streams);
  }

  private static String path(Random random) {
    String[] names = {"a", "b", "c"};
    StringBuilder path = new StringBuilder(names[random.nextInt(3)]);
    for (int n = random.nextInt(3); n > 0; n--) {
      int kind = random.nextInt(12);
      path.append('/').append(kind == 0 ? ".." : kind == 1 ? "." : names[random.nextInt(3)]);
    }
    return path.toString();
  }

  private static Object ofJdk(int choice, String path, String other, Random random)
      throws IOException {
    File file = new File(path);
    switch (choice) {
      case 0, 1 -> {
        return file.createNewFile();
      }
      case 2, 3, 4 -> {
        return file.mkdir();
      }
      case 5 -> {
        return file.delete();
      }
      case 6, 7 -> {
        return file.renameTo(new File(other));
      }
      case 8 -> {
        String[] names = file.list();
        if (names != null) {
          Arrays.sort(names);
        }
        return Arrays.toString(names);
      }
      case 9 -> {
        return file.exists() + " " + file.isFile() + " " + file.isDirectory();
      }
      case 10 -> {
        return file.isFile() ? file.length() : file.exists();
      }
      case 11 -> {
        return file.getCanonicalPath();
      }
      case 12 -> {
        long time = random.nextInt(1_000_000_000);
        return file.setLastModified(time) + " " + (file.isFile() ? file.lastModified() : 0);
      }
      case 13 -> {
        return file.canRead() + " " + file.canWrite() + " " + file.setWritable(true, false);
      }
      case 14, 15 -> {
        try (FileInputStream in = new FileInputStream(file)) {
          StringBuilder seen = new StringBuilder().append(in.available());
          byte[] bytes = new byte[random.nextInt(3000)];
          seen.append(' ').append(in.read(bytes)).append(' ').append(Arrays.hashCode(bytes));
          seen.append(' ').append(in.skip(random.nextInt(100)));
          return seen.append(' ').append(in.read()).append(' ').append(in.available()).toString();
        }
      }
      case 16, 17, 18 -> {
        try (FileOutputStream out = new FileOutputStream(file, random.nextBoolean())) {
          byte[] bytes = new byte[random.nextInt(3000)];
          random.nextBytes(bytes);
          out.write(bytes);
          out.write(7);
          return out.getChannel().position();
        }
      }
      default -> {
        try (RandomAccessFile random2 =
            new RandomAccessFile(file, random.nextInt(4) == 0 ? "r" : "rw")) {
          StringBuilder seen = new StringBuilder();
          for (int i = 0; i < 10; i++) {
            int n = random.nextInt(2500);
            byte[] bytes = new byte[n];
            random.nextBytes(bytes);
            try {
              switch (random.nextInt(6)) {
                case 0 -> random2.write(bytes);
                case 1 ->
                    seen.append(random2.read(bytes)).append('#').append(Arrays.hashCode(bytes));
                case 2 -> random2.seek(n * 2L);
                case 3 -> random2.setLength(n);
                case 4 -> seen.append(random2.read());
                default -> seen.append(random2.getFilePointer());
              }
            } catch (IOException e) {
              seen.append(e.getMessage());
            }
            seen.append(' ');
          }
          return seen.append(random2.length()).toString();
        }
      }
    }
  }

  private static Object ofOurs(IoFiles io, int choice, String path, String other, Random random)
      throws IOException {
    int attributes = io.booleanAttributes(path);
    boolean isFile = (attributes & IoFiles.REGULAR) != 0;
    switch (choice) {
      case 0, 1 -> {
        return io.createExclusively(path);
      }
      case 2, 3, 4 -> {
        return io.createDirectory(path);
      }
      case 5 -> {
        return io.delete(path);
      }
      case 6, 7 -> {
        return io.rename(path, other);
      }
      case 8 -> {
        String[] names = io.list(path);
        if (names != null) {
          Arrays.sort(names);
        }
        return Arrays.toString(names);
      }
      case 9 -> {
        return ((attributes & IoFiles.EXISTS) != 0)
            + " "
            + isFile
            + " "
            + ((attributes & IoFiles.DIRECTORY) != 0);
      }
      case 10 -> {
        return isFile ? io.length(path) : (Object) (attributes != 0);
      }
      case 11 -> {
        return io.canonicalize(path);
      }
      case 12 -> {
        long time = random.nextInt(1_000_000_000);
        return io.setLastModified(path, time) + " " + (isFile ? io.lastModified(path) : 0);
      }
      case 13 -> {
        return io.checkAccess(path, Vfs.READ)
            + " "
            + io.checkAccess(path, Vfs.WRITE)
            + " "
            + io.setPermission(path, Vfs.WRITE, true, false);
      }
      case 14, 15 -> {
        int fd = io.openRead(path);
        try {
          StringBuilder seen = new StringBuilder().append(io.available(fd));
          byte[] bytes = new byte[random.nextInt(3000)];
          seen.append(' ').append(io.read(fd, bytes, 0, bytes.length));
          seen.append(' ').append(Arrays.hashCode(bytes));
          seen.append(' ').append(io.skip(fd, random.nextInt(100)));
          seen.append(' ').append(io.read(fd)).append(' ').append(io.available(fd));
          return seen.toString();
        } finally {
          io.close(fd);
        }
      }
      case 16, 17, 18 -> {
        int fd = io.openWrite(path, random.nextBoolean());
        try {
          byte[] bytes = new byte[random.nextInt(3000)];
          random.nextBytes(bytes);
          io.write(fd, bytes, 0, bytes.length);
          io.write(fd, 7);
          FileChannel channel = io.channel(fd, false, true, () -> {});
          return channel.position();
        } finally {
          io.close(fd);
        }
      }
      default -> {
        int fd = io.openRandom(path, random.nextInt(4) == 0 ? 1 : 2);
        try {
          StringBuilder seen = new StringBuilder();
          for (int i = 0; i < 10; i++) {
            int n = random.nextInt(2500);
            byte[] bytes = new byte[n];
            random.nextBytes(bytes);
            try {
              switch (random.nextInt(6)) {
                case 0 -> io.write(fd, bytes, 0, n);
                case 1 ->
                    seen.append(io.read(fd, bytes, 0, n))
                        .append('#')
                        .append(Arrays.hashCode(bytes));
                case 2 -> io.seek(fd, n * 2L);
                case 3 -> io.setLength(fd, n);
                case 4 -> seen.append(io.read(fd));
                default -> seen.append(io.position(fd));
              }
            } catch (IOException e) {
              seen.append(e.getMessage());
            }
            seen.append(' ');
          }
          return seen.append(io.length(fd)).toString();
        } finally {
          io.close(fd);
        }
      }
    }
  }

  @Test
  void canonicalPaths(@org.junit.jupiter.api.io.TempDir Path host) throws Exception {
    Vfs vfs = newVfs();
    vfs.createDirectory("/d", 0777);
    vfs.createDirectory("/d/e", 0777);
    vfs.createLink("/l", "d/e");
    vfs.createLink("/dangling", "none/x");
    Path real = host.toRealPath();
    Files.createDirectories(real.resolve("d/e"));
    Files.createSymbolicLink(real.resolve("l"), Path.of("d/e"));
    Files.createSymbolicLink(real.resolve("dangling"), Path.of("none/x"));
    IoFiles io = ioFiles(vfs, null);
    for (String path :
        List.of(
            "/d",
            "/l",
            "/l/..",
            "/l/../x",
            "/l/x/../y",
            "/x/../l",
            "/d/./e/.",
            "/x/y/../../z",
            "/dangling",
            "/dangling/..",
            "/dangling/y",
            "/l/x/y/../../../q")) {
      String expected = new File(real + path).getCanonicalPath().replace(real.toString(), "");
      assertThat(io.canonicalize(path)).as(path).isEqualTo(expected.isEmpty() ? "/" : expected);
    }
  }

  @Test
  void descriptorsAreSmallAndBounded() throws Exception {
    IoFiles io = ioFiles(newVfs(), null);
    assertThat(io.openWrite("/a", false)).isEqualTo(3);
    assertThat(io.openRead("/a")).isEqualTo(4);
    assertThat(io.openRead("/a")).isEqualTo(5);
    io.close(4);
    io.close(4);
    assertThat(io.openRead("/a")).isEqualTo(4);
    assertThatThrownBy(() -> io.read(77)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> io.read(3)).hasMessage("Bad file descriptor");
    assertThatThrownBy(
            () -> {
              for (; ; ) {
                io.openRead("/a");
              }
            })
        .isInstanceOf(FileNotFoundException.class)
        .hasMessage("/a (Too many open files)");
    io.close(1000);
    assertThat(io.openRead("/a")).isEqualTo(1000);
  }

  @Test
  void standardStreams() throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    IoFiles io =
        ioFiles(
            newVfs(),
            new StandardStreams() {
              @Override
              public int read(byte[] to, int offset, int length) {
                to[offset] = 'x';
                return 1;
              }

              @Override
              public int available() {
                return 1;
              }

              @Override
              public void write(int stream, byte[] from, int offset, int length) {
                out.write('0' + stream);
                out.write(from, offset, length);
              }
            });
    assertThat(io.read(0)).isEqualTo('x');
    assertThat(io.available(0)).isEqualTo(1);
    io.write(1, 'a');
    io.write(2, ByteBuffer.wrap(new byte[] {'b', 'c'}));
    assertThat(out.toString()).isEqualTo("1a2bc");
    assertThatThrownBy(() -> io.position(0)).hasMessage("Illegal seek");
    assertThatThrownBy(() -> io.write(0, 1)).hasMessage("Bad file descriptor");
    io.close(1);
    io.write(1, 'd');
    assertThat(io.isRegular(0)).isFalse();
  }

  @Test
  void readOnlyBindsAndSpaceIsTold() throws Exception {
    Vfs vfs = newVfs();
    IoFiles io = ioFiles(vfs, null);
    io.close(io.openWrite("/a", false));
    assertThat(io.setReadOnly("/a")).isTrue();
    assertThat(io.checkAccess("/a", Vfs.WRITE)).isFalse();
    assertThatThrownBy(() -> io.openWrite("/a", true)).hasMessage("/a (Permission denied)");
    assertThat(io.setPermission("/a", Vfs.WRITE, true, true)).isTrue();
    io.close(io.openWrite("/a", true));
    assertThat(io.space("/", 0)).isEqualTo(1 << 24);
    assertThat(io.space("/", 2)).isLessThan(1 << 24).isPositive();
    assertThat(io.space("/none", 0)).isZero();
    assertThatThrownBy(() -> io.openRead("/")).hasMessage("/ (Is a directory)");
  }

  @Test
  void channelSharesThePosition() throws IOException, FsException {
    Vfs vfs = newVfs();
    IoFiles io = ioFiles(vfs, null);
    int fd = io.openRandom("/a", 2);
    FileChannel channel = io.channel(fd, true, true, () -> io.close(fd));
    io.write(fd, new byte[] {1, 2, 3}, 0, 3);
    assertThat(channel.position()).isEqualTo(3);
    channel.position(1);
    assertThat(io.read(fd)).isEqualTo(2);
    channel.close();
    assertThatThrownBy(() -> io.read(fd)).hasMessage("Bad file descriptor");
  }
}

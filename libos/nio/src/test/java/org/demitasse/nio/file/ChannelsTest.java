package org.demitasse.nio.file;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.CompletionHandler;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.demitasse.core.Clock;
import org.demitasse.fs.Vfs;
import org.junit.jupiter.api.Test;

/** Channels, locks, mappings, stores and principals. */
class ChannelsTest {
  private static final long LIMIT = 1 << 20;

  private final Vfs vfs =
      Vfs.ofImage(null, "/tmp", Clock.system(), (bytes, offset, length) -> {}, () -> LIMIT, 1000);
  private final DemitasseFileSystemProvider provider =
      new DemitasseFileSystemProvider(vfs, 1000, "user");

  private Path path(String text) {
    return provider.theFileSystem().getPath(text);
  }

  @Test
  void transfers() throws IOException {
    byte[] bytes = new byte[100_000];
    new Random(1).nextBytes(bytes);
    Files.write(path("a"), bytes);
    try (FileChannel from = FileChannel.open(path("a"));
        FileChannel to = FileChannel.open(path("b"), READ, WRITE, CREATE)) {
      assertThat(from.transferTo(10, Long.MAX_VALUE, to)).isEqualTo(99_990);
      assertThat(to.position()).isEqualTo(99_990);
      assertThat(from.transferTo(200_000, 10, to)).isZero();
      from.position(5);
      assertThat(to.transferFrom(from, 0, 50)).isEqualTo(50);
      assertThat(from.position()).isEqualTo(55);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      assertThat(to.transferTo(0, 50, Channels.newChannel(out))).isEqualTo(50);
      assertThat(ByteBuffer.wrap(out.toByteArray())).isEqualTo(ByteBuffer.wrap(bytes, 5, 50));
      var in = Channels.newChannel(new ByteArrayInputStream(new byte[1000]));
      assertThat(to.transferFrom(in, 100, 5000)).isEqualTo(1000);
      assertThatThrownBy(() -> to.transferTo(0, 1, from))
          .isInstanceOf(NonWritableChannelException.class);
    }
    assertThat(Files.mismatch(path("a"), path("a"))).isEqualTo(-1);
    assertThat(Files.mismatch(path("a"), path("b"))).isZero();
  }

  @Test
  @SuppressWarnings("try") // closes early on purpose
  void locks() throws IOException {
    try (FileChannel one = FileChannel.open(path("a"), READ, WRITE, CREATE);
        FileChannel two = FileChannel.open(path("a"), READ, WRITE);
        FileChannel readOnly = FileChannel.open(path("a"))) {
      FileLock lock = one.lock(0, 10, false);
      assertThat(lock.isValid()).isTrue();
      assertThatThrownBy(() -> two.tryLock(5, 1, true))
          .isInstanceOf(OverlappingFileLockException.class);
      assertThatThrownBy(() -> one.lock()).isInstanceOf(OverlappingFileLockException.class);
      FileLock beside = two.tryLock(10, 0, true);
      lock.release();
      assertThat(lock.isValid()).isFalse();
      one.lock(0, 10, false);
      assertThatThrownBy(() -> readOnly.tryLock()).isInstanceOf(NonWritableChannelException.class);
      two.close();
      assertThat(beside.isValid()).isFalse();
      assertThatThrownBy(beside::release).isInstanceOf(ClosedChannelException.class);
      assertThat(readOnly.tryLock(20, 1, true)).isNotNull();
    }
  }

  @Test
  void mappings() throws IOException {
    Files.write(path("a"), new byte[] {1, 2, 3, 4});
    try (FileChannel channel = FileChannel.open(path("a"), READ, WRITE);
        Arena arena = Arena.ofConfined()) {
      assertThatThrownBy(() -> channel.map(FileChannel.MapMode.READ_WRITE, 0, 4))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("cannot be mapped");
      MappedByteBuffer buffer = channel.map(FileChannel.MapMode.READ_ONLY, 1, 3);
      assertThat(buffer).isEqualTo(ByteBuffer.wrap(new byte[] {2, 3, 4}));
      assertThat(buffer.isReadOnly()).isTrue();
      assertThat(buffer.load().force().isLoaded()).isTrue();
      assertThat(channel.map(FileChannel.MapMode.PRIVATE, 0, 2).put((byte) 7).get())
          .isEqualTo((byte) 2);
      MemorySegment segment = channel.map(FileChannel.MapMode.READ_ONLY, 1, 2, arena);
      assertThat(segment.toArray(ValueLayout.JAVA_BYTE)).containsExactly(2, 3);
      assertThat(segment.isReadOnly()).isTrue();
      channel.map(FileChannel.MapMode.PRIVATE, 0, 6, arena).set(ValueLayout.JAVA_BYTE, 0, (byte) 9);
      assertThat(channel.size()).isEqualTo(6);
      assertThat(Files.readAllBytes(path("a"))).containsExactly(1, 2, 3, 4, 0, 0);
      assertThatThrownBy(() -> channel.map(FileChannel.MapMode.READ_WRITE, 0, 4, arena))
          .isInstanceOf(UnsupportedOperationException.class);
    }
  }

  @Test
  void deleteOnClose() throws IOException {
    try (FileChannel channel = FileChannel.open(path("a"), READ, WRITE, CREATE, DELETE_ON_CLOSE)) {
      channel.write(ByteBuffer.wrap(new byte[5]));
      assertThat(channel.size()).isEqualTo(5);
    }
    assertThat(Files.exists(path("a"))).isFalse();
    assertThat(Files.getFileStore(path("/tmp")).getUsableSpace()).isGreaterThan(LIMIT - 1000);
  }

  @Test
  void interruptClosesAndCloseIsSeen() throws Exception {
    FileChannel channel = FileChannel.open(path("a"), READ, WRITE, CREATE);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1)))
        .isInstanceOf(ClosedByInterruptException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(channel.isOpen()).isFalse();
    assertThatThrownBy(channel::size).isInstanceOf(ClosedChannelException.class);
    channel.close();

    // What java.nio.file.Files stands on goes on.
    Files.writeString(path("b"), "text");
    Thread.currentThread().interrupt();
    assertThat(Files.readString(path("b"))).isEqualTo("text");
    assertThat(Files.readAllLines(path("b"))).containsExactly("text");
    Files.write(path("b"), new byte[3]);
    assertThat(Files.copy(path("b"), path("c"))).isEqualTo(path("c"));
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void streams() throws IOException {
    try (OutputStream out = Files.newOutputStream(path("a"))) {
      out.write(1);
      out.write(new byte[] {2, 3, 4, 5});
      assertThatThrownBy(() -> out.write(new byte[2], 1, 2))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
    InputStream in = Files.newInputStream(path("a"));
    assertThat(in.read()).isEqualTo(1);
    assertThat(in.skip(2)).isEqualTo(2);
    assertThat(in.skip(-1)).isEqualTo(-1);
    assertThat(in.available()).isEqualTo(3);
    assertThat(in.readAllBytes()).containsExactly(3, 4, 5);
    assertThat(in.read()).isEqualTo(-1);
    assertThat(in.skip(9)).isZero();
    in.close();
    assertThatThrownBy(in::read).isInstanceOf(ClosedChannelException.class);
    try (InputStream zeros = Files.newInputStream(path("/dev/zero"))) {
      assertThat(zeros.readNBytes(3)).containsExactly(0, 0, 0);
      assertThat(zeros.skip(5)).isEqualTo(5);
    }
    assertThat(Files.readAllBytes(path("/dev/null"))).isEmpty();
    assertThatThrownBy(() -> Files.newInputStream(path("a"), WRITE))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> Files.newOutputStream(path("a"), READ))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void zipFileSystem() throws IOException {
    URI uri = URI.create("jar:" + path("/tmp/x.zip").toUri());
    assertThat(uri.toString()).isEqualTo("jar:file:///tmp/x.zip");
    try (FileSystem zip = FileSystems.newFileSystem(path("x.zip"), Map.of("create", "true"))) {
      Files.writeString(zip.getPath("/inside"), "text ".repeat(1000));
    }
    try (FileSystem zip = FileSystems.newFileSystem(path("x.zip"))) {
      assertThat(Files.readString(zip.getPath("/inside"))).hasSize(5000);
      Files.copy(zip.getPath("/inside"), path("outside"));
    }
    assertThat(Files.size(path("outside"))).isEqualTo(5000);
  }

  @Test
  void fullVolume() throws IOException {
    try (FileChannel channel = FileChannel.open(path("a"), READ, WRITE, CREATE)) {
      int written = channel.write(ByteBuffer.allocate(2 << 20));
      assertThat(written).isBetween((int) LIMIT - 100_000, (int) LIMIT);
      assertThatThrownBy(
              () -> {
                while (channel.write(ByteBuffer.allocate(1 << 15)) >= 0) {
                  // Until there is no room at all.
                }
              })
          .isInstanceOf(IOException.class)
          .hasMessage("No space left on device");
    }
    assertThatThrownBy(() -> Files.copy(path("a"), path("b")))
        .isInstanceOf(FileSystemException.class)
        .hasMessage("/tmp/a".substring(5) + " -> b: No space left on device");
    assertThat(Files.exists(path("b"))).isFalse();
  }

  @Test
  @SuppressWarnings("try") // closes early on purpose
  void asynchronousChannel() throws Exception {
    try (AsynchronousFileChannel channel =
        AsynchronousFileChannel.open(path("a"), READ, WRITE, CREATE)) {
      assertThat(channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 2).get()).isEqualTo(3);
      assertThat(channel.size()).isEqualTo(5);
      ByteBuffer back = ByteBuffer.allocate(9);
      CompletableFuture<Integer> read = new CompletableFuture<>();
      channel.read(
          back,
          1,
          read,
          new CompletionHandler<Integer, CompletableFuture<Integer>>() {
            @Override
            public void completed(Integer result, CompletableFuture<Integer> future) {
              future.complete(result);
            }

            @Override
            public void failed(Throwable e, CompletableFuture<Integer> future) {
              future.completeExceptionally(e);
            }
          });
      assertThat(read.get()).isEqualTo(4);
      assertThat(channel.read(back, 100).get()).isEqualTo(-1);
      FileLock lock = channel.lock().get();
      assertThatThrownBy(channel::lock).isInstanceOf(OverlappingFileLockException.class);
      assertThat(lock.acquiredBy()).isSameAs(channel);
      channel.close();
      assertThat(lock.isValid()).isFalse();
      assertThatThrownBy(() -> channel.read(back, 0).get())
          .hasCauseInstanceOf(ClosedChannelException.class);
    }
  }

  @Test
  void permissionsAndReadOnlyVolumes() throws IOException {
    Files.write(path("a"), new byte[1]);
    Files.setPosixFilePermissions(path("a"), PosixFilePermissions.fromString("r--r--r--"));
    assertThat(Files.isWritable(path("a"))).isFalse();
    assertThatThrownBy(() -> Files.write(path("a"), new byte[1]))
        .isInstanceOf(AccessDeniedException.class)
        .hasMessage("a");
    assertThatThrownBy(() -> Files.createFile(path("/x")))
        .isInstanceOf(FileSystemException.class)
        .hasMessage("/x: Read-only file system");
    assertThatThrownBy(() -> Files.delete(path("/dev/null")))
        .hasMessage("/dev/null: Read-only file system");
    assertThat(Files.isWritable(path("/"))).isFalse();
    assertThat(Files.isWritable(path("/dev/null"))).isTrue();
  }

  @Test
  void storesAndPrincipals() throws IOException {
    var stores = provider.theFileSystem().getFileStores();
    assertThat(stores)
        .extracting(Object::toString)
        .containsExactly("/ (files)", "/tmp (tmp)", "/dev (devices)");
    var tmp = Files.getFileStore(path("/tmp"));
    assertThat(tmp.getTotalSpace()).isEqualTo(LIMIT);
    assertThat(tmp.getAttribute("totalSpace")).isEqualTo(LIMIT);
    assertThat(tmp.supportsFileAttributeView("posix")).isTrue();
    assertThat(tmp.supportsFileAttributeView(FileOwnerAttributeView.class)).isTrue();
    assertThat(Files.getFileStore(path("/")).isReadOnly()).isTrue();
    Files.createFile(path("a"));
    assertThat(Files.getOwner(path("a")).getName()).isEqualTo("user");
    var lookup = provider.theFileSystem().getUserPrincipalLookupService();
    Files.setOwner(path("a"), lookup.lookupPrincipalByName("root"));
    assertThat(Files.getAttribute(path("a"), "unix:uid")).isEqualTo(0);
    Files.getFileAttributeView(path("a"), PosixFileAttributeView.class)
        .setGroup(lookup.lookupPrincipalByGroupName("7"));
    assertThat(Files.getAttribute(path("a"), "unix:gid")).isEqualTo(7);
    assertThatThrownBy(() -> lookup.lookupPrincipalByName("nobody else"))
        .isInstanceOf(java.nio.file.attribute.UserPrincipalNotFoundException.class);
  }

  @Test
  void otherProvidersPathsAreRefused() {
    Path foreign = FileSystems.getDefault().getPath("x");
    assertThatThrownBy(() -> path("a").resolve(foreign))
        .isInstanceOf(ProviderMismatchException.class);
    assertThatThrownBy(() -> provider.delete(foreign))
        .isInstanceOf(ProviderMismatchException.class);
    assertThat(path("x").equals(foreign)).isFalse();
  }

  @Test
  void tempFiles() throws IOException {
    Path directory = Files.createTempDirectory(path("/tmp"), "x");
    Path file = Files.createTempFile(directory, "y", null);
    assertThat(file.getFileName().toString()).matches("y[0-9]+\\.tmp");
    try (var lines = Files.lines(Files.writeString(file, "one\ntwo\n"))) {
      assertThat(lines).containsExactly("one", "two");
    }
  }
}

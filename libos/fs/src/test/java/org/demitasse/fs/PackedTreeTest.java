package org.demitasse.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.demitasse.core.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackedTreeTest {
  private static byte[] pack(PackedTreeWriter writer) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writer.write(out);
    return out.toByteArray();
  }

  private static Vfs mount(byte[] bytes) {
    return Vfs.ofImage(ByteBuffer.wrap(bytes), "/", Clock.system(), null, () -> 1 << 20, 0);
  }

  private static String read(Vfs vfs, String path) throws FsException {
    try (OpenFile file = vfs.open(path, OpenFile.READ, 0)) {
      ByteBuffer bytes = ByteBuffer.allocate((int) file.size());
      file.read(bytes);
      return new String(bytes.array());
    }
  }

  private static void fill(Path directory) throws IOException {
    Files.createDirectories(directory.resolve("sub/deeper"));
    Files.createDirectories(directory.resolve("empty"));
    for (int i = 0; i < 300; i++) {
      Files.writeString(directory.resolve("sub/file-" + i), "content " + i);
    }
    Files.writeString(directory.resolve("sub/deeper/\u00e9\ud83d\ude00.txt"), "unicode");
    Files.createSymbolicLink(directory.resolve("link"), Path.of("sub/../sub/file-7"));
    Files.writeString(directory.resolve("run.sh"), "#!");
    assertThat(directory.resolve("run.sh").toFile().setExecutable(true)).isTrue();
  }

  @Test
  void roundTrip(@TempDir Path host) throws Exception {
    fill(host);
    PackedTreeWriter writer = new PackedTreeWriter(1_700_000_000_000_000_000L);
    writer.add(host, "/srv/www");
    writer.add(host.resolve("sub"), "/srv/extra/");
    byte[] bytes = pack(writer);
    PackedTree.open(ByteBuffer.wrap(bytes)).verify();

    Vfs vfs = mount(bytes);
    assertThat(vfs.list("/")).containsExactlyInAnyOrder("srv", "tmp", "dev");
    assertThat(vfs.list("/srv")).containsExactly("extra", "www");
    assertThat(vfs.list("/srv/www")).containsExactly("empty", "link", "run.sh", "sub");
    assertThat(vfs.list("/srv/www/empty")).isEmpty();
    for (int i = 0; i < 300; i++) {
      assertThat(read(vfs, "/srv/www/sub/file-" + i)).isEqualTo("content " + i);
    }
    assertThat(read(vfs, "/srv/extra/deeper/\u00e9\ud83d\ude00.txt")).isEqualTo("unicode");
    assertThat(read(vfs, "/srv/www/link")).isEqualTo("content 7");
    assertThat(vfs.readLink("/srv/www/link")).isEqualTo("sub/../sub/file-7");
    FileAttributes attributes = vfs.attributes("/srv/www/run.sh", true);
    assertThat(attributes.permissions()).isEqualTo(0555);
    assertThat(attributes.modified()).isEqualTo(1_700_000_000_000_000_000L);
    assertThat(vfs.attributes("/srv/www/sub/file-1", true).permissions()).isEqualTo(0444);
    assertThatThrownBy(() -> vfs.open("/srv/www/none", OpenFile.READ, 0))
        .hasMessage("No such file or directory");
    assertThatThrownBy(() -> vfs.open("/srv/www/run.sh", OpenFile.WRITE, 0))
        .hasMessage("Read-only file system");
    assertThatThrownBy(() -> vfs.unlink("/srv/www/run.sh")).hasMessage("Read-only file system");
  }

  @Test
  void sameInputSameBytes(@TempDir Path one, @TempDir Path two) throws Exception {
    fill(one);
    fill(two);
    Files.setLastModifiedTime(two.resolve("sub/file-1"), FileTime.fromMillis(5));
    PackedTreeWriter first = new PackedTreeWriter(0);
    first.add(one, "/");
    PackedTreeWriter second = new PackedTreeWriter(0);
    second.add(two, "/");
    assertThat(pack(first)).isEqualTo(pack(second));
  }

  @Test
  void whatCannotBePacked(@TempDir Path host) throws Exception {
    PackedTreeWriter writer = new PackedTreeWriter(0);
    assertThatThrownBy(() -> writer.add(host.resolve("none"), "/"))
        .isInstanceOf(java.nio.file.NoSuchFileException.class);
    assertThatThrownBy(() -> writer.add(host, "relative")).hasMessageContaining("start with '/'");
    Files.writeString(host.resolve("f"), "f");
    writer.add(host, "/x");
    assertThatThrownBy(() -> writer.add(host, "/x")).hasMessageContaining("same name");
    assertThatThrownBy(() -> writer.add(host, "/x/f")).hasMessageContaining("same name");
    Files.createSymbolicLink(host.resolve("out"), Path.of("../../etc/passwd"));
    assertThatThrownBy(() -> writer.add(host, "/y")).hasMessageContaining("leads out of");
  }

  @Test
  void cutOrForeignBytesAreRefused() throws Exception {
    byte[] bytes = pack(new PackedTreeWriter(0));
    for (int length = 0; length < bytes.length; length++) {
      ByteBuffer cut = ByteBuffer.wrap(bytes, 0, length);
      assertThatThrownBy(() -> PackedTree.open(cut)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> PackedTree.open(ByteBuffer.wrap("text ".repeat(99).getBytes())))
        .hasMessageContaining("not a usable packed tree");
  }

  /** Changed bytes whose checksum was made to fit: errors, but never anything worse. */
  @Property(tries = 500)
  void hostileIndex(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    byte[] bytes = SAMPLE.clone();
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    int dataStart = (int) buffer.getLong(32);
    for (int i = 1 + random.nextInt(4); i > 0; i--) {
      int at = PackedTree.HEADER_BYTES + random.nextInt(dataStart - PackedTree.HEADER_BYTES);
      bytes[at] = (byte) (random.nextBoolean() ? bytes[at] ^ 1 << random.nextInt(8) : -1);
    }
    buffer.putInt(PackedTree.CRC_AT, PackedTree.crc(buffer, dataStart));
    PackedTree tree;
    try {
      tree = PackedTree.open(ByteBuffer.wrap(bytes));
    } catch (IllegalArgumentException refused) {
      return;
    }
    try {
      tree.verify();
    } catch (IllegalArgumentException refused) {
      assertThat(refused).hasMessageContaining("not a usable packed tree");
    }
    visit(new Vfs(new PackedVolume("hostile", tree), "/"), "", 0);
  }

  private static void visit(Vfs vfs, String path, int depth) {
    try {
      for (String name : vfs.list(path + "/")) {
        String child = path + "/" + name;
        try {
          FileAttributes attributes = vfs.attributes(child, false);
          if (attributes.isDirectory() && depth < 5) {
            visit(vfs, child, depth + 1);
          } else if (attributes.isRegular() && attributes.size() < 1 << 20) {
            read(vfs, child);
          } else {
            vfs.realPath(child);
          }
        } catch (FsException expected) {
          assertThat(expected.error()).isNotNull();
        }
      }
    } catch (FsException expected) {
      assertThat(expected.error()).isNotNull();
    }
  }

  private static final byte[] SAMPLE = sample();

  private static byte[] sample() {
    try {
      Path directory = Files.createTempDirectory("packed");
      Files.createDirectories(directory.resolve("d/e"));
      Files.writeString(directory.resolve("d/e/file"), "content");
      Files.writeString(directory.resolve("d/file"), "content 2");
      Files.createSymbolicLink(directory.resolve("link"), Path.of("d/file"));
      PackedTreeWriter writer = new PackedTreeWriter(0);
      writer.add(directory, "/");
      byte[] bytes = pack(writer);
      for (String name : new String[] {"d/e/file", "d/e", "d/file", "d", "link", ""}) {
        Files.delete(directory.resolve(name));
      }
      return bytes;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}

package org.demitasse.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.demitasse.core.Clock;
import org.junit.jupiter.api.Test;

class VfsTest {
  private static final long LIMIT = 4 << 20;

  private final Vfs vfs =
      Vfs.ofImage(
          null,
          "/tmp",
          Clock.system(),
          (bytes, offset, length) -> bytes[offset] = 7,
          () -> LIMIT,
          1000);
  private final Volume tmp = vfs.volumes().get(1);

  private static void assertError(FsError error, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(FsException.class, e -> assertThat(e.error()).isEqualTo(error));
  }

  private void write(String path, String text) throws FsException {
    try (OpenFile file =
        vfs.open(path, OpenFile.WRITE | OpenFile.CREATE | OpenFile.TRUNCATE, 0666)) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      file.write(bytes, 0, bytes.length);
    }
  }

  private String read(String path) throws FsException {
    try (OpenFile file = vfs.open(path, OpenFile.READ, 0)) {
      byte[] bytes = new byte[(int) file.size()];
      int n = file.read(bytes, 0, bytes.length);
      return new String(bytes, 0, Math.max(n, 0), StandardCharsets.UTF_8);
    }
  }

  @Test
  void rootIsReadOnlyAndListsMounts() throws Exception {
    assertThat(vfs.list("/")).containsExactlyInAnyOrder("tmp", "dev");
    assertError(FsError.ROFS, () -> vfs.createDirectory("/x", 0777));
    assertError(FsError.EXIST, () -> vfs.createDirectory("/tmp", 0777));
    assertError(FsError.BUSY, () -> vfs.removeDirectory("/tmp"));
    assertError(FsError.BUSY, () -> vfs.mount("/tmp", tmp));
    assertThat(vfs.realPath("/tmp/../dev/./null")).isEqualTo("/dev/null");
    assertThat(vfs.realPath("..")).isEqualTo("/");
    assertThat(vfs.mountPoint(tmp)).isEqualTo("/tmp");
  }

  @Test
  void filesCreateReadAppendTruncate() throws Exception {
    write("a", "hello");
    assertThat(read("/tmp/a")).isEqualTo("hello");
    try (OpenFile file = vfs.open("a", OpenFile.WRITE | OpenFile.APPEND, 0)) {
      file.seek(1);
      file.write("!!".getBytes(), 0, 2);
      assertThat(file.position()).isEqualTo(7);
      assertError(FsError.BADF, () -> file.read(new byte[1], 0, 1));
    }
    assertThat(read("a")).isEqualTo("hello!!");
    assertError(
        FsError.EXIST,
        () -> vfs.open("a", OpenFile.WRITE | OpenFile.CREATE | OpenFile.EXCLUSIVE, 0));
    assertError(FsError.NOENT, () -> vfs.open("b", OpenFile.READ, 0));
    assertError(FsError.NOTDIR, () -> vfs.open("a/b", OpenFile.READ, 0));
    assertError(FsError.NOTDIR, () -> vfs.open("a/", OpenFile.READ, 0));
    assertError(FsError.ISDIR, () -> vfs.open("/tmp", OpenFile.WRITE, 0));
    FileAttributes attributes = vfs.attributes("a", true);
    assertThat(attributes.mode()).isEqualTo(0100644);
    assertThat(attributes.owner()).isEqualTo(1000);
  }

  @Test
  void contentLivesUntilTheLastUse() throws Exception {
    long free = tmp.freeBytes();
    write("a", "x".repeat(100_000));
    OpenFile open = vfs.open("a", OpenFile.READ, 0);
    vfs.link("b", "a");
    assertThat(vfs.attributes("b", true).links()).isEqualTo(2);
    vfs.unlink("a");
    vfs.unlink("b");
    assertThat(tmp.freeBytes()).isLessThan(free - 90_000);
    byte[] bytes = new byte[100_000];
    assertThat(open.read(bytes, 0, bytes.length)).isEqualTo(100_000);
    assertThat(bytes[99_999]).isEqualTo((byte) 'x');
    open.close();
    open.close();
    assertThat(tmp.freeBytes()).isEqualTo(free);
    assertError(FsError.BADF, open::size);
  }

  @Test
  void volumeFillsUp() throws Exception {
    long free = tmp.freeBytes();
    try (OpenFile file = vfs.open("big", OpenFile.WRITE | OpenFile.CREATE, 0666)) {
      byte[] block = new byte[100_000];
      assertError(
          FsError.NOSPC,
          () -> {
            for (; ; ) {
              file.write(block, 0, block.length);
            }
          });
      assertThat(file.size()).isBetween(LIMIT - 200_000, LIMIT).isEqualTo(file.position());
    }
    assertError(FsError.NOSPC, () -> write("more", "x".repeat(50_000)));
    vfs.unlink("big");
    vfs.unlink("more");
    assertThat(tmp.freeBytes()).isEqualTo(free);
    assertError(
        FsError.NOSPC,
        () -> {
          for (int i = 0; ; i++) {
            vfs.createDirectory("d" + i, 0777);
          }
        });
  }

  @Test
  void sparseFilesTakeNoSpace() throws Exception {
    try (OpenFile file = vfs.open("s", OpenFile.READ | OpenFile.WRITE | OpenFile.CREATE, 0666)) {
      file.truncate(1L << 38);
      assertThat(file.size()).isEqualTo(1L << 38);
      file.seek(3_000_000_000L);
      assertThat(file.read(new byte[10], 0, 10)).isEqualTo(10);
      file.write(5_000_000_000L, ByteBuffer.wrap(new byte[] {1, 2, 3}));
      ByteBuffer back = ByteBuffer.allocateDirect(5);
      file.read(4_999_999_999L, back);
      assertThat(back.flip()).isEqualTo(ByteBuffer.wrap(new byte[] {0, 1, 2, 3, 0}));
      assertError(FsError.FBIG, () -> file.truncate(Long.MAX_VALUE));
      assertError(FsError.FBIG, () -> file.write(Long.MAX_VALUE - 5, ByteBuffer.allocate(1)));
      assertError(FsError.INVAL, () -> file.seek(-1));
    }
  }

  @Test
  void links() throws Exception {
    vfs.createDirectory("d", 0777);
    write("d/f", "f");
    vfs.createLink("l", "d");
    vfs.createLink("d/up", "../l/f");
    vfs.createLink("abs", "/tmp/d/up");
    assertThat(read("abs")).isEqualTo("f");
    assertThat(vfs.realPath("abs")).isEqualTo("/tmp/d/f");
    assertThat(vfs.readLink("abs")).isEqualTo("/tmp/d/up");
    assertThat(vfs.attributes("abs", false).isSymbolicLink()).isTrue();
    assertError(FsError.INVAL, () -> vfs.readLink("d"));
    vfs.createLink("loop", "loop");
    assertError(FsError.LOOP, () -> read("loop"));
    assertError(FsError.LOOP, () -> vfs.open("abs", OpenFile.READ | OpenFile.NO_FOLLOW, 0));
    vfs.createLink("dangling", "made");
    assertError(FsError.NOENT, () -> read("dangling"));
    write("dangling", "through the link");
    assertThat(read("made")).isEqualTo("through the link");
    assertError(
        FsError.EXIST,
        () -> vfs.open("abs", OpenFile.WRITE | OpenFile.CREATE | OpenFile.EXCLUSIVE, 0));
    assertError(FsError.PERM, () -> vfs.link("hard", "d"));
    vfs.unlink("l");
    assertThat(read("d/f")).isEqualTo("f");
  }

  @Test
  void rename() throws Exception {
    vfs.createDirectory("a", 0777);
    vfs.createDirectory("a/b", 0777);
    write("f", "f");
    write("g", "g");
    vfs.rename("f", "g");
    assertThat(read("g")).isEqualTo("f");
    assertError(FsError.NOENT, () -> vfs.rename("f", "g"));
    assertError(FsError.INVAL, () -> vfs.rename("a", "a/b/c"));
    assertError(FsError.NOTEMPTY, () -> vfs.rename("a/b", "a"));
    assertError(FsError.ISDIR, () -> vfs.rename("g", "a"));
    assertError(FsError.NOTDIR, () -> vfs.rename("a", "g"));
    assertError(FsError.XDEV, () -> vfs.rename("g", "/g"));
    assertError(FsError.ROFS, () -> vfs.rename("/tmp", "/dev"));
    assertError(FsError.BUSY, () -> vfs.rename("/tmp/.", "/tmp/x"));
    vfs.rename("a/b", "c");
    assertThat(vfs.list("a")).isEmpty();
    vfs.rename("c", "a");
    assertThat(vfs.list(".")).containsExactlyInAnyOrder("a", "g");
    vfs.link("h", "g");
    vfs.rename("g", "h");
    assertThat(vfs.list("/tmp")).contains("g", "h");
  }

  @Test
  void permissionsBindTheOwner() throws Exception {
    write("f", "f");
    vfs.lookup("f", true).setPermissions(0444);
    assertError(FsError.ACCES, () -> write("f", "g"));
    vfs.access("f", Vfs.READ);
    assertError(FsError.ACCES, () -> vfs.access("f", Vfs.WRITE));
    vfs.createDirectory("d", 0777);
    write("d/f", "f");
    vfs.lookup("d", true).setPermissions(0555);
    assertError(FsError.ACCES, () -> vfs.unlink("d/f"));
    vfs.lookup("d", true).setPermissions(0444);
    assertError(FsError.ACCES, () -> read("d/f"));
    assertError(FsError.ROFS, () -> vfs.access("/", Vfs.WRITE));
  }

  @Test
  void namesAreBounded() throws Exception {
    write("x".repeat(255), "");
    assertError(FsError.NAMETOOLONG, () -> write("x".repeat(256), ""));
    assertError(FsError.NAMETOOLONG, () -> write("\u20ac".repeat(86), ""));
    assertError(FsError.NAMETOOLONG, () -> read("/" + "a/".repeat(2100)));
    assertError(FsError.NOENT, () -> read(""));
  }

  @Test
  void devices() throws Exception {
    byte[] bytes = {1, 2};
    try (OpenFile nothing = vfs.open("/dev/null", OpenFile.READ | OpenFile.WRITE, 0)) {
      nothing.write(bytes, 0, 2);
      assertThat(nothing.read(bytes, 0, 2)).isEqualTo(-1);
    }
    try (OpenFile zero = vfs.open("/dev/zero", OpenFile.READ, 0)) {
      assertThat(zero.read(bytes, 0, 2)).isEqualTo(2);
      assertThat(bytes).containsExactly(0, 0);
    }
    try (OpenFile random = vfs.open("/dev/urandom", OpenFile.READ, 0)) {
      assertThat(random.read(ByteBuffer.wrap(bytes))).isEqualTo(2);
      assertThat(bytes).containsExactly(7, 0);
    }
    assertThat(vfs.attributes("/dev/random", true).kind()).isEqualTo(FileKind.DEVICE);
    assertError(FsError.ROFS, () -> vfs.unlink("/dev/null"));
  }

  @Test
  void threadsChangeOneDirectoryAtOnce() throws Exception {
    CountDownLatch done = new CountDownLatch(8);
    for (int t = 0; t < 8; t++) {
      String prefix = "t" + t;
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  for (int i = 0; i < 100; i++) {
                    write(prefix, "text " + i);
                    vfs.rename(prefix, prefix + "-" + i);
                    if (i > 0) {
                      vfs.unlink(prefix + "-" + (i - 1));
                    }
                  }
                  done.countDown();
                } catch (FsException e) {
                  throw new AssertionError(e);
                }
              });
    }
    done.await();
    assertThat(vfs.list("/tmp")).hasSize(8);
  }
}

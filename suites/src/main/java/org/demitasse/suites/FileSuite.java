package org.demitasse.suites;

import static org.demitasse.suites.Checks.check;
import static org.demitasse.suites.Checks.same;

import java.io.BufferedReader;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** Files and resources. */
final class FileSuite {

  private FileSuite() {}

  static void run(Checks checks) {
    checks.test("a resource of the class path", FileSuite::resource);
    checks.test("java.nio.file: write, read, list, move, delete", FileSuite::nioFiles);
    checks.test("java.io: streams, random access, File", FileSuite::ioFiles);
    checks.test("file channels: position, truncate, transfer", FileSuite::channels);
    checks.test("what is missing or in the way is the right exception", FileSuite::mistakes);
  }

  private static void resource() throws IOException {
    try (InputStream in = FileSuite.class.getResourceAsStream("greeting.txt")) {
      check(in != null, "the resource is there");
      same(
          "Hello from a resource.",
          new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).readLine(),
          "its text");
    }
    check(FileSuite.class.getResource("missing.txt") == null, "another one is not");
  }

  private static void nioFiles() throws IOException {
    Path folder = Files.createTempDirectory("suite");
    Path file = folder.resolve("a.txt");
    Files.writeString(file, "one\ntwo\n");
    Files.writeString(file, "three\n", StandardOpenOption.APPEND);
    same(List.of("one", "two", "three"), Files.readAllLines(file), "lines");
    same(14L, Files.size(file), "size");
    Files.copy(file, folder.resolve("b.txt"));
    Files.move(folder.resolve("b.txt"), folder.resolve("c.txt"), StandardCopyOption.ATOMIC_MOVE);
    Files.createDirectories(folder.resolve("d/e"));
    try (Stream<Path> all = Files.walk(folder)) {
      same(
          List.of("", "a.txt", "c.txt", "d", "d/e"),
          all.map(path -> folder.relativize(path).toString()).sorted().toList(),
          "tree");
    }
    check(Files.getLastModifiedTime(file).toMillis() > 1_700_000_000_000L, "time of change");
    for (String name : List.of("a.txt", "c.txt", "d/e", "d", "")) {
      Files.delete(folder.resolve(name));
    }
    check(!Files.exists(folder), "all gone");
  }

  private static void ioFiles() throws IOException {
    File file = File.createTempFile("suite", ".bin");
    try (FileOutputStream out = new FileOutputStream(file)) {
      for (int i = 0; i < 1000; i++) {
        out.write(i);
      }
    }
    same(1000L, file.length(), "length");
    try (RandomAccessFile random = new RandomAccessFile(file, "rw")) {
      random.seek(500);
      same(500 & 0xff, random.read(), "byte in the middle");
      random.seek(2000);
      random.writeInt(0x01020304);
      same(2004L, random.length(), "length after writing behind the end");
    }
    try (FileInputStream in = new FileInputStream(file)) {
      byte[] bytes = in.readAllBytes();
      same(2004, bytes.length, "bytes read");
      same((byte) 0, bytes[1500], "the gap is zero");
    }
    check(file.delete() && !file.exists(), "deleted");
  }

  private static void channels() throws IOException {
    Path file = Files.createTempFile("suite", ".dat");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap("0123456789".getBytes(StandardCharsets.US_ASCII)));
      ByteBuffer three = ByteBuffer.allocate(3);
      channel.read(three, 4);
      same("456", new String(three.array(), StandardCharsets.US_ASCII), "positioned read");
      channel.truncate(5);
      same(5L, channel.size(), "size after truncation");
      same(5L, channel.position(), "position after truncation");
    }
    Files.delete(file);
  }

  private static void mistakes() throws IOException {
    Path folder = Files.createTempDirectory("suite");
    expect(NoSuchFileException.class, () -> Files.readString(folder.resolve("none")));
    expect(FileAlreadyExistsException.class, () -> Files.createDirectory(folder));
    Files.createFile(folder.resolve("x"));
    expect(DirectoryNotEmptyException.class, () -> Files.delete(folder));
    expect(FileNotFoundException.class, () -> new FileInputStream("/none/such").close());
    Files.delete(folder.resolve("x"));
    Files.delete(folder);
  }

  private static void expect(Class<? extends IOException> type, Checks.Body body) {
    try {
      body.run();
    } catch (Exception e) {
      same(type, e.getClass(), "type");
      return;
    }
    throw new AssertionError("expected " + type.getName());
  }
}

package org.demitasse.suite;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.FileReader;
import java.io.FileWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** {@code java.io} and {@code java.nio.file} on {@code /tmp}. */
final class FileTests {

  /** A test with a folder of its own, which is removed afterwards. */
  @FunctionalInterface
  private interface InFolder {
    void run(Path folder) throws Exception;
  }

  private FileTests() {}

  static void addTo(TestList tests) {
    add(tests, "write, append, read", FileTests::writeAndRead);
    add(tests, "copy, move, replace", FileTests::copyAndMove);
    add(tests, "walk, list, glob, visit", FileTests::walk);
    add(tests, "attributes and times", FileTests::attributes);
    add(tests, "permissions", FileTests::permissions);
    add(tests, "links", FileTests::links);
    add(tests, "open options", FileTests::openOptions);
    add(tests, "errors of java.nio.file", FileTests::nioErrors);
    add(tests, "errors of java.io", FileTests::ioErrors);
    add(tests, "streams of java.io", FileTests::ioStreams);
    add(tests, "File", FileTests::file);
    add(tests, "RandomAccessFile", FileTests::randomAccess);
    add(tests, "FileChannel", FileTests::channel);
    add(tests, "FileChannel transfers", FileTests::transfers);
    add(tests, "FileChannel maps", FileTests::mapped);
    add(tests, "FileChannel locks", FileTests::locks);
    add(tests, "asynchronous file channel", FileTests::asynchronous);
    add(tests, "a big file", FileTests::bigFile);
    add(tests, "many files", FileTests::manyFiles);
    add(tests, "several threads", FileTests::severalThreads);
    add(tests, "temporary files", FileTests::temporary);
    add(tests, "a deleted file that is open", FileTests::deletedOpen);
    tests.add("paths", FileTests::paths);
    tests.add("names with other letters", FileTests::names);
    tests.addForMachine("the root has /tmp", FileTests::root);
    tests.addForMachine("/tmp is bounded", FileTests::bounded);
    tests.addForMachine("console", FileTests::console);
  }

  private static void add(TestList tests, String name, InFolder body) {
    tests.add(
        name,
        () -> {
          Path folder = Files.createTempDirectory("suite");
          try {
            body.run(folder);
          } finally {
            removeTree(folder);
          }
          Check.that(!Files.exists(folder), "the folder is gone");
        });
  }

  private static void removeTree(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException e)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private static void writeAndRead(Path folder) throws Exception {
    Path file = folder.resolve("a.txt");
    Files.writeString(file, "one\ntwo\n");
    Files.writeString(file, "three ü\n", StandardOpenOption.APPEND);
    Check.equal(List.of("one", "two", "three ü"), Files.readAllLines(file));
    Check.equal(17L, Files.size(file));
    Files.write(file, List.of("x", "y"));
    try (Stream<String> lines = Files.lines(file)) {
      Check.equal(2L, lines.count());
    }
    try (BufferedWriter writer = Files.newBufferedWriter(file);
        BufferedReader reader = Files.newBufferedReader(file)) {
      writer.write("flushed");
      writer.flush();
      Check.equal("flushed", reader.readLine());
    }
    Check.equal(-1L, Files.mismatch(file, Files.writeString(folder.resolve("b"), "flushed")));
  }

  private static void copyAndMove(Path folder) throws Exception {
    Path a = Files.writeString(folder.resolve("a"), "aaa");
    Path b = folder.resolve("b");
    Files.copy(a, b);
    Check.thrown(FileAlreadyExistsException.class, () -> Files.copy(a, b));
    Files.writeString(a, "new");
    Files.copy(a, b, StandardCopyOption.REPLACE_EXISTING);
    Check.equal("new", Files.readString(b));
    Files.move(b, folder.resolve("c"), StandardCopyOption.ATOMIC_MOVE);
    Check.that(Files.notExists(b), "moved away");
    Path d = Files.createDirectory(folder.resolve("d"));
    Files.move(folder.resolve("c"), d.resolve("e"));
    Files.move(d, folder.resolve("moved"));
    Check.equal("new", Files.readString(folder.resolve("moved/e")));
    Files.copy(new java.io.ByteArrayInputStream(new byte[1000]), folder.resolve("f"));
    Check.equal(1000L, Files.size(folder.resolve("f")));
  }

  private static void walk(Path folder) throws Exception {
    Files.createDirectories(folder.resolve("d/e/f"));
    Files.createFile(folder.resolve("d/1.txt"));
    Files.createFile(folder.resolve("d/e/2.txt"));
    Files.createFile(folder.resolve("3.md"));
    try (Stream<Path> all = Files.walk(folder)) {
      Check.equal(
          List.of("", "3.md", "d", "d/1.txt", "d/e", "d/e/2.txt", "d/e/f"),
          all.map(path -> folder.relativize(path).toString()).sorted().toList());
    }
    try (Stream<Path> some = Files.find(folder, 2, (p, a) -> a.isRegularFile())) {
      Check.equal(2L, some.count());
    }
    try (Stream<Path> list = Files.list(folder)) {
      Check.equal(2L, list.count());
    }
    try (DirectoryStream<Path> glob = Files.newDirectoryStream(folder, "*.{md,txt}")) {
      for (Path path : glob) {
        Check.equal("3.md", path.getFileName().toString());
      }
    }
  }

  private static void attributes(Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("a"), "abc");
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    Check.equal(3L, attributes.size());
    Check.that(attributes.isRegularFile() && !attributes.isDirectory(), "a regular file");
    long age = System.currentTimeMillis() - attributes.lastModifiedTime().toMillis();
    Check.that(Math.abs(age) < 600_000, "it was modified just now: " + age);
    FileTime time = FileTime.fromMillis(1_000_000_000_000L);
    Files.setLastModifiedTime(file, time);
    Check.equal(time, Files.getLastModifiedTime(file));
    Check.equal(time, Files.getAttribute(file, "lastModifiedTime"));
    Check.equal(3L, Files.readAttributes(file, "size,isDirectory").get("size"));
    Check.that(Files.getFileStore(file).getTotalSpace() > 0, "space");
    Check.that(Files.isSameFile(file, folder.resolve("../" + folder.getFileName() + "/a")), "same");
  }

  private static void permissions(Path folder) throws Exception {
    Path file = Files.createFile(folder.resolve("a"));
    Check.that(Files.isReadable(file) && Files.isWritable(file), "readable and writable");
    Check.that(!Files.isHidden(file), "not hidden");
    Check.that(Files.isHidden(Files.createFile(folder.resolve(".b"))), "hidden");
  }

  private static void links(Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("a"), "target");
    Path link = folder.resolve("link");
    Files.createSymbolicLink(link, Path.of("a"));
    Check.equal("target", Files.readString(link));
    Check.that(Files.isSymbolicLink(link), "a link");
    Check.equal(Path.of("a"), Files.readSymbolicLink(link));
    Check.equal(file.toRealPath(), link.toRealPath());
    Files.delete(link);
    Check.that(Files.exists(file), "the target stays");
  }

  private static void openOptions(Path folder) throws Exception {
    Path file = folder.resolve("a");
    Check.thrown(
        NoSuchFileException.class, () -> Files.newByteChannel(file, StandardOpenOption.WRITE));
    try (SeekableByteChannel channel =
        Files.newByteChannel(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[10]));
      Check.thrown(NonReadableChannelException.class, () -> channel.read(ByteBuffer.allocate(1)));
    }
    Check.thrown(
        FileAlreadyExistsException.class,
        () -> Files.newOutputStream(file, StandardOpenOption.CREATE_NEW));
    Files.newOutputStream(file, StandardOpenOption.TRUNCATE_EXISTING).close();
    Check.equal(0L, Files.size(file));
    Files.newOutputStream(file, StandardOpenOption.DELETE_ON_CLOSE).close();
    Check.that(!Files.exists(file), "deleted when closed");
    Check.thrown(
        IllegalArgumentException.class,
        () -> Files.newByteChannel(file, StandardOpenOption.READ, StandardOpenOption.APPEND));
  }

  private static void nioErrors(Path folder) throws Exception {
    Path none = folder.resolve("none");
    Check.equal(
        none.toString(),
        Check.thrown(NoSuchFileException.class, () -> Files.readString(none)).getMessage());
    Check.equal(
        none.toString(),
        Check.thrown(NoSuchFileException.class, () -> Files.delete(none)).getMessage());
    Check.equal(false, Files.deleteIfExists(none));
    Check.equal(
        folder.toString(),
        Check.thrown(FileAlreadyExistsException.class, () -> Files.createDirectory(folder))
            .getMessage());
    Files.createFile(folder.resolve("x"));
    Check.equal(
        folder.toString(),
        Check.thrown(DirectoryNotEmptyException.class, () -> Files.delete(folder)).getMessage());
    Check.thrown(NotDirectoryException.class, () -> Files.list(folder.resolve("x")).close());
    Check.thrown(
        NoSuchFileException.class, () -> Files.writeString(folder.resolve("no/such"), "x"));
    Check.equal(
        "Is a directory",
        Check.thrown(IOException.class, () -> Files.readAllBytes(folder)).getMessage());
    java.nio.file.FileSystemException below =
        Check.thrown(
            java.nio.file.FileSystemException.class,
            () -> Files.createFile(folder.resolve("x/below")));
    Check.equal(folder.resolve("x/below") + ": Not a directory", below.getMessage());
  }

  private static void ioErrors(Path folder) throws Exception {
    Check.equal(
        "/none/such (No such file or directory)",
        Check.thrown(FileNotFoundException.class, () -> new FileInputStream("/none/such").close())
            .getMessage());
    Check.equal(
        folder + " (Is a directory)",
        Check.thrown(
                FileNotFoundException.class, () -> new FileInputStream(folder.toFile()).close())
            .getMessage());
    Check.equal(
        folder + " (Is a directory)",
        Check.thrown(
                FileNotFoundException.class, () -> new FileOutputStream(folder.toFile()).close())
            .getMessage());
    File file = folder.resolve("f").toFile();
    FileOutputStream out = new FileOutputStream(file);
    out.close();
    Check.equal("Stream Closed", Check.thrown(IOException.class, () -> out.write(1)).getMessage());
    Check.equal(
        "No such file or directory",
        Check.thrown(IOException.class, () -> new File("/none/such").createNewFile()).getMessage());
  }

  private static void ioStreams(Path folder) throws Exception {
    File file = folder.resolve("s").toFile();
    try (PrintStream out = new PrintStream(new FileOutputStream(file), false, "UTF-8")) {
      out.printf("%s%n", "Grüße");
      out.println(42);
    }
    try (BufferedReader reader = new BufferedReader(new FileReader(file, StandardCharsets.UTF_8))) {
      Check.equal("Grüße", reader.readLine());
      Check.equal("42", reader.readLine());
      Check.equal(null, reader.readLine());
    }
    try (FileWriter writer = new FileWriter(file, true)) {
      writer.write("more");
    }
    try (FileInputStream in = new FileInputStream(file)) {
      Check.equal(15, in.available());
      Check.equal(8L, in.skip(8));
      Check.equal("42\nmore", new String(in.readAllBytes(), StandardCharsets.UTF_8));
      Check.equal(-1, in.read());
      Check.that(in.getFD().valid(), "a valid descriptor");
      in.getFD().sync();
    }
  }

  private static void file(Path folder) throws Exception {
    File file = new File(folder.toFile(), "f");
    Check.equal(true, file.createNewFile());
    Check.equal(false, file.createNewFile());
    Check.that(file.isFile() && !file.isDirectory() && file.canRead() && file.canWrite(), "a file");
    Check.equal(true, file.setLastModified(1_000_000_000_000L));
    Check.equal(1_000_000_000_000L, file.lastModified());
    File renamed = new File(folder.toFile(), "g");
    Check.equal(true, file.renameTo(renamed));
    Check.equal(List.of("g"), Arrays.asList(folder.toFile().list()));
    Check.equal(true, new File(folder.toFile(), "x/y/z").mkdirs());
    Check.equal(false, new File(folder.toFile(), "x").delete());
    Check.equal(2, folder.toFile().listFiles().length);
    Check.equal(null, renamed.listFiles());
    Check.equal(renamed, new File(folder.toFile(), "x/../g").getCanonicalFile());
    Check.that(folder.toFile().getUsableSpace() > 0, "usable space");
    Check.equal(true, renamed.setReadOnly());
    Check.equal(true, renamed.setWritable(true));
    Check.equal(true, renamed.delete());
  }

  private static void randomAccess(Path folder) throws Exception {
    File file = folder.resolve("r").toFile();
    try (RandomAccessFile random = new RandomAccessFile(file, "rw")) {
      random.writeInt(0x01020304);
      random.writeUTF("text ü");
      random.writeDouble(Math.PI);
      random.seek(4);
      Check.equal("text ü", random.readUTF());
      Check.equal(Math.PI, random.readDouble());
      random.seek(100);
      random.writeByte(1);
      Check.equal(101L, random.length());
      random.setLength(50);
      Check.equal(50L, random.getFilePointer());
      Check.equal(-1, random.read());
      random.seek(0);
      Check.equal(1, random.read());
      Check.thrown(java.io.EOFException.class, () -> random.readFully(new byte[60]));
    }
    Check.thrown(
        FileNotFoundException.class, () -> new RandomAccessFile("/none/such", "r").close());
    Check.thrown(IllegalArgumentException.class, () -> new RandomAccessFile(file, "x").close());
    try (RandomAccessFile random = new RandomAccessFile(file, "r")) {
      Check.thrown(IOException.class, () -> random.write(1));
    }
  }

  private static void channel(Path folder) throws Exception {
    Path file = folder.resolve("c");
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    channel.write(ByteBuffer.wrap("0123456789".getBytes(StandardCharsets.US_ASCII)));
    ByteBuffer three = ByteBuffer.allocateDirect(3);
    Check.equal(3, channel.read(three, 4));
    Check.equal((byte) '4', three.get(0));
    Check.equal(10L, channel.position());
    ByteBuffer[] parts = {ByteBuffer.allocate(4), ByteBuffer.allocate(100)};
    channel.position(0);
    Check.equal(10L, channel.read(parts));
    Check.equal(6, parts[1].position());
    Check.equal(-1L, channel.read(parts));
    channel.truncate(5);
    Check.equal(5L, channel.size());
    Check.equal(5L, channel.position());
    channel.write(new ByteBuffer[] {ByteBuffer.wrap(new byte[3]), ByteBuffer.wrap(new byte[4])});
    Check.equal(12L, channel.size());
    channel.force(true);
    channel.close();
    Check.thrown(ClosedChannelException.class, () -> channel.position());
    Check.equal(false, channel.isOpen());
  }

  private static void transfers(Path folder) throws Exception {
    byte[] bytes = new byte[300_000];
    new Random(2).nextBytes(bytes);
    Path a = Files.write(folder.resolve("a"), bytes);
    Path b = folder.resolve("b");
    try (FileChannel from = FileChannel.open(a);
        FileChannel to = FileChannel.open(b, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      long done = 0;
      while (done < bytes.length) {
        done += from.transferTo(done, bytes.length - done, to);
      }
      Check.equal(
          10L, to.transferFrom(Channels.newChannel(new FileInputStream(a.toFile())), 0, 10));
    }
    Check.equalBytes(bytes, Files.readAllBytes(b), "the copy");
  }

  private static void mapped(Path folder) throws Exception {
    byte[] bytes = new byte[10_000];
    new Random(3).nextBytes(bytes);
    Path file = Files.write(folder.resolve("m"), bytes);
    try (FileChannel channel = FileChannel.open(file)) {
      MappedByteBuffer map = channel.map(FileChannel.MapMode.READ_ONLY, 100, 9_000);
      byte[] seen = new byte[9_000];
      map.get(seen);
      Check.equalBytes(Arrays.copyOfRange(bytes, 100, 9_100), seen, "the mapping");
      Check.thrown(java.nio.ReadOnlyBufferException.class, () -> map.put(0, (byte) 1));
    }
  }

  private static void locks(Path folder) throws Exception {
    try (FileChannel channel =
            FileChannel.open(
                folder.resolve("l"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      Check.that(lock.isValid() && !lock.isShared(), "an exclusive lock");
      Check.thrown(java.nio.channels.OverlappingFileLockException.class, () -> channel.tryLock());
    }
  }

  private static void asynchronous(Path folder) throws Exception {
    try (java.nio.channels.AsynchronousFileChannel channel =
        java.nio.channels.AsynchronousFileChannel.open(
            folder.resolve("async"),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      Check.equal(5, channel.write(ByteBuffer.wrap("async".getBytes()), 0).get());
      ByteBuffer buffer = ByteBuffer.allocate(10);
      Check.equal(5, channel.read(buffer, 0).get());
      Check.equal("async", new String(buffer.array(), 0, 5, StandardCharsets.US_ASCII));
    }
  }

  private static void bigFile(Path folder) throws Exception {
    Path file = folder.resolve("big");
    byte[] block = new byte[64 << 10];
    try (var out = Files.newOutputStream(file)) {
      for (int i = 0; i < 128; i++) {
        Arrays.fill(block, (byte) i);
        out.write(block);
      }
    }
    Check.equal(8L << 20, Files.size(file));
    long sum = 0;
    try (var in = new java.io.BufferedInputStream(Files.newInputStream(file))) {
      for (int b = in.read(); b >= 0; b = in.read()) {
        sum += b;
      }
    }
    Check.equal(128L * 127 / 2 * (64 << 10), sum);
  }

  private static void manyFiles(Path folder) throws Exception {
    for (int i = 0; i < 1_000; i++) {
      Files.writeString(folder.resolve("file-" + i), "content " + i);
    }
    try (Stream<Path> list = Files.list(folder)) {
      Check.equal(1_000L, list.count());
    }
    Check.equal("content 512", Files.readString(folder.resolve("file-512")));
  }

  private static void severalThreads(Path folder) throws Exception {
    List<Future<Long>> futures = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        Path own = folder.resolve("thread-" + i);
        futures.add(
            threads.submit(
                () -> {
                  for (int n = 0; n < 50; n++) {
                    Files.writeString(
                        own,
                        "line " + n + "\n",
                        StandardOpenOption.CREATE,
                        StandardOpenOption.APPEND);
                  }
                  try (Stream<String> lines = Files.lines(own)) {
                    return lines.count();
                  }
                }));
      }
      for (Future<Long> future : futures) {
        Check.equal(50L, future.get());
      }
    }
  }

  private static void temporary(Path folder) throws Exception {
    Path a = Files.createTempFile("suite", ".tmp");
    File b = File.createTempFile("suite", null);
    Check.that(!a.equals(b.toPath()), "different names");
    Check.that(a.startsWith(System.getProperty("java.io.tmpdir")), a.toString());
    Check.that(b.getName().endsWith(".tmp"), b.toString());
    Files.delete(a);
    Check.equal(true, b.delete());
    Check.that(Files.createTempDirectory(folder, "in").startsWith(folder), "inside");
  }

  private static void deletedOpen(Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("open"), "still here");
    try (FileInputStream in = new FileInputStream(file.toFile())) {
      Files.delete(file);
      Check.equal("still here", new String(in.readAllBytes(), StandardCharsets.US_ASCII));
    }
  }

  private static void paths() {
    Path path = Path.of("/a/b/../c/./d.txt");
    Check.equal("/a/c/d.txt", path.normalize().toString());
    Check.equal("d.txt", path.getFileName().toString());
    Check.equal(6, path.getNameCount());
    Check.equal("../../x", Path.of("/a/b").relativize(Path.of("/x")).toString());
    Check.equal("/a/e", Path.of("/a/b").resolveSibling("e").toString());
    Check.that(Path.of("/a/b").startsWith("/a") && Path.of("/a/b").endsWith("b"), "parts");
    Check.equal("file:///a/b%20c", Path.of("/a/b c").toUri().toString());
    Check.equal(Path.of("/a/b"), Path.of(java.net.URI.create("file:///a/b")));
    Check.that(
        FileSystems.getDefault().getPathMatcher("glob:**/*.{java,txt}").matches(path), "a glob");
    Check.thrown(java.nio.file.InvalidPathException.class, () -> Path.of("a\0b"));
    Check.equal("/", FileSystems.getDefault().getSeparator());
  }

  private static void names() throws Exception {
    Path file = Files.createTempDirectory("suite").resolve("Zürich 東京 🍵");
    Files.writeString(file, "x");
    try (Stream<Path> list = Files.list(file.getParent())) {
      Check.equal("Zürich 東京 🍵", list.findFirst().orElseThrow().getFileName().toString());
    }
    removeTree(file.getParent());
  }

  private static void root() throws Exception {
    try (Stream<Path> list = Files.list(Path.of("/"))) {
      Check.that(list.map(Path::toString).toList().contains("/tmp"), "/tmp is there");
    }
    Check.equal(Path.of("/"), Path.of("").toAbsolutePath());
    Check.equal(Path.of("/x"), Path.of("x").toAbsolutePath());
  }

  /** A full /tmp is an error of the write, and the machine goes on. */
  private static void bounded() throws Exception {
    Path file = Files.createTempFile("suite", ".full");
    byte[] block = new byte[1 << 20];
    String message = null;
    try (var out = Files.newOutputStream(file)) {
      for (int i = 0; i < 4096; i++) {
        out.write(block);
      }
    } catch (IOException e) {
      message = String.valueOf(e.getMessage());
    } finally {
      Files.delete(file);
    }
    Check.that(message != null && message.contains("No space left on device"), message);
    Files.writeString(file, "room again");
    Files.delete(file);
  }

  /** There may be one or not, and a serial line counts as a terminal; but what is there works. */
  private static void console() {
    java.io.Console console = System.console();
    if (console != null) {
      Check.that(console.writer() != null && console.reader() != null, "both directions");
      Check.equal(StandardCharsets.UTF_8, console.charset());
    }
  }
}

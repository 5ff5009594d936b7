package org.demitasse.nio.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Random operations of {@code java.nio.file.Files} come to the same as on the JDK's file system.
 */
class FilesTest {
  @Property(tries = 60, seed = "2026")
  void randomOperations(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    try (Twin twin = new Twin()) {
      List<String> history = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        long step = random.nextLong();
        String[] what = new String[1];
        Twin.Operation operation = directory -> operate(directory, new Random(step), what);
        String jdk = twin.onJdk(operation);
        String ours = twin.onOurs(operation);
        history.add(what[0] + " -> " + jdk);
        assertThat(ours).as("%s", String.join("\n", history)).isEqualTo(jdk);
      }
    }
  }

  private static Path path(Path directory, Random random) {
    String[] names = {"a", "b", "c", "d"};
    Path path = directory;
    int depth = 1 + random.nextInt(2) + random.nextInt(2);
    for (int i = 0; i < depth; i++) {
      int kind = random.nextInt(30);
      path = path.resolve(kind == 0 && i > 0 ? ".." : kind == 1 ? "." : names[random.nextInt(4)]);
    }
    return path;
  }

  private static <E extends Enum<E>> List<E> some(Class<E> type, Random random, int oneIn) {
    List<E> some = new ArrayList<>();
    for (E constant : EnumSet.allOf(type)) {
      if (random.nextInt(oneIn) == 0) {
        some.add(constant);
      }
    }
    return some;
  }

  private static Object operate(Path directory, Random random, String[] what) throws Exception {
    Path p = path(directory, random);
    int choice = random.nextInt(34);
    what[0] = choice + " " + p;
    switch (choice) {
      case 0, 1 -> {
        return Files.createFile(p);
      }
      case 2, 3, 4 -> {
        return Files.createDirectory(p);
      }
      case 5 -> {
        return Files.createDirectories(p);
      }
      case 6, 7 -> {
        Path target = path(directory, random);
        target = random.nextBoolean() ? target : directory.relativize(target);
        what[0] += " link to " + target;
        return Files.createSymbolicLink(p, target);
      }
      case 8 -> {
        Path existing = path(directory, random);
        what[0] += " hard link to " + existing;
        return Files.createLink(p, existing);
      }
      case 9 -> {
        Files.delete(p);
        return "deleted";
      }
      case 10 -> {
        return Files.deleteIfExists(p);
      }
      case 11 -> {
        LinkOption[] options = linkOptions(random);
        return Files.exists(p, options)
            + " "
            + Files.notExists(p, options)
            + " "
            + Files.isDirectory(p, options)
            + " "
            + Files.isRegularFile(p, options)
            + " "
            + Files.isSymbolicLink(p)
            + " "
            + Files.isReadable(p)
            + " "
            + Files.isWritable(p)
            + " "
            + Files.isHidden(p);
      }
      case 12, 13 -> {
        byte[] bytes = Files.readAllBytes(p);
        return bytes.length + ":" + Arrays.hashCode(bytes);
      }
      case 14, 15, 16, 17 -> {
        return write(p, random, what);
      }
      case 18, 19 -> {
        CopyOption[] options = copyOptions(random, false);
        Path to = path(directory, random);
        what[0] += " move to " + to + " " + Arrays.toString(options);
        return Files.move(p, to, options);
      }
      case 20, 21 -> {
        CopyOption[] options = copyOptions(random, true);
        Path to = path(directory, random);
        what[0] += " copy to " + to + " " + Arrays.toString(options);
        return Files.copy(p, to, options);
      }
      case 22 -> {
        TreeSet<String> names = new TreeSet<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(p, "[a-c]")) {
          stream.forEach(entry -> names.add(entry.toString()));
        }
        return names;
      }
      case 23 -> {
        FileVisitOption[] options =
            random.nextBoolean() ? new FileVisitOption[0] : FileVisitOption.values();
        what[0] += " walk " + options.length;
        return walk(directory, options);
      }
      case 24 -> {
        return Files.readSymbolicLink(p);
      }
      case 25 -> {
        LinkOption[] options = linkOptions(random);
        what[0] += " real " + options.length;
        return p.toRealPath(options);
      }
      case 26 -> {
        Path other = path(directory, random);
        what[0] += " same as " + other;
        return Files.isSameFile(p, other);
      }
      case 27 -> {
        Set<PosixFilePermission> permissions = PosixFilePermissions.fromString("rwx------");
        permissions.addAll(some(PosixFilePermission.class, random, 2));
        Files.setPosixFilePermissions(p, permissions);
        return Files.getPosixFilePermissions(p);
      }
      case 28 -> {
        LinkOption[] options = linkOptions(random);
        var attributes = new TreeMap<>(Files.readAttributes(p, "unix:*", options));
        boolean sized = attributes.get("isRegularFile").equals(true);
        boolean counted = attributes.get("isDirectory").equals(false);
        return attributes.keySet()
            + " "
            + (Twin.USUAL_UMASK ? attributes.get("mode") : "")
            + " "
            + attributes.get("isOther")
            + " "
            + (sized ? attributes.get("size") : "")
            + " "
            + (counted ? attributes.get("nlink") : "");
      }
      case 29 -> {
        FileTime time = FileTime.fromMillis(random.nextInt(1_000_000_000));
        Files.setLastModifiedTime(p, time);
        return Files.getLastModifiedTime(p);
      }
      case 30 -> {
        Files.setAttribute(p, random.nextBoolean() ? "posix:size" : "nothing:size", 1L);
        return "set";
      }
      case 31 -> {
        return Files.getAttribute(p, random.nextBoolean() ? "posix:mode" : "isDirectory");
      }
      case 32 -> {
        return p.toUri();
      }
      default -> {
        return channel(p, random, what);
      }
    }
  }

  private static LinkOption[] linkOptions(Random random) {
    return random.nextBoolean() ? new LinkOption[0] : LinkOption.values();
  }

  private static CopyOption[] copyOptions(Random random, boolean copy) {
    List<CopyOption> options = new ArrayList<>(some(StandardCopyOption.class, random, 3));
    if (random.nextBoolean()) {
      options.remove(copy ? StandardCopyOption.ATOMIC_MOVE : StandardCopyOption.COPY_ATTRIBUTES);
    }
    options.addAll(some(LinkOption.class, random, 3));
    return options.toArray(new CopyOption[0]);
  }

  private static Object write(Path p, Random random, String[] what) throws IOException {
    List<OpenOption> options = new ArrayList<>(some(StandardOpenOption.class, random, 5));
    if (random.nextInt(3) == 0) {
      options = new ArrayList<>();
    } else if (random.nextInt(3) > 0) {
      options.add(StandardOpenOption.CREATE);
    }
    if (random.nextInt(8) == 0) {
      options.add(LinkOption.NOFOLLOW_LINKS);
    }
    byte[] bytes = new byte[random.nextInt(5000)];
    random.nextBytes(bytes);
    what[0] += " write " + bytes.length + " " + options;
    return Files.write(p, bytes, options.toArray(new OpenOption[0]));
  }

  private static Object channel(Path p, Random random, String[] what) throws IOException {
    Set<OpenOption> options = new HashSet<>(some(StandardOpenOption.class, random, 3));
    options.remove(StandardOpenOption.DELETE_ON_CLOSE);
    what[0] += " channel " + new TreeSet<>(options.stream().map(Object::toString).toList());
    StringBuilder seen = new StringBuilder();
    try (FileChannel channel = FileChannel.open(p, options)) {
      for (int i = 0; i < 12; i++) {
        int n = random.nextInt(3000);
        byte[] bytes = new byte[n];
        random.nextBytes(bytes);
        ByteBuffer buffer =
            random.nextBoolean()
                ? ByteBuffer.wrap(bytes)
                : ByteBuffer.allocateDirect(n).put(bytes).flip();
        int choice = random.nextInt(9);
        seen.append(choice).append('=');
        try {
          switch (choice) {
            case 0 -> seen.append(channel.read(buffer)).append(hash(buffer));
            case 1 -> seen.append(channel.read(buffer, n * 2L)).append(hash(buffer));
            case 2 -> seen.append(channel.write(buffer));
            case 3 -> seen.append(channel.write(buffer, n * 3L));
            case 4 -> seen.append(channel.position(n).position());
            case 5 -> seen.append(channel.truncate(n * 2L).size());
            case 6 -> seen.append(channel.position());
            case 7 ->
                seen.append(
                    channel.write(new ByteBuffer[] {buffer, ByteBuffer.wrap(new byte[] {1})}));
            default -> {
              ByteBuffer[] buffers = {buffer, ByteBuffer.allocate(100)};
              seen.append(channel.read(buffers)).append(hash(buffer)).append(hash(buffers[1]));
            }
          }
        } catch (RuntimeException e) {
          seen.append(e.getClass().getName());
        }
        seen.append(' ');
      }
      seen.append(Files.isDirectory(p) ? "" : channel.size());
    }
    return seen;
  }

  private static String hash(ByteBuffer buffer) {
    return "#" + buffer.flip().hashCode();
  }

  private static Object walk(Path directory, FileVisitOption... options) throws IOException {
    TreeSet<String> found = new TreeSet<>();
    try (Stream<Path> all = Files.walk(directory, options)) {
      all.forEach(path -> found.add(path.toString()));
    } catch (java.io.UncheckedIOException e) {
      // Which of several loops is met first depends on the order of entries.
      return e.getCause().getClass();
    }
    return found;
  }
}

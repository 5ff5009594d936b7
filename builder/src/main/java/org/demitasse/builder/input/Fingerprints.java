package org.demitasse.builder.input;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** SHA-256 of files and folders. */
public final class Fingerprints {

  private static final int BUFFER_BYTES = 1 << 16;

  private Fingerprints() {}

  /** An empty SHA-256. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /**
   * A file's SHA-256, the same as {@code sha256sum} prints; a folder's is that of the text that
   * {@code sha256sum} would print for its files, sorted by name.
   *
   * @throws IOException when something cannot be read
   */
  public static String of(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return file(path);
    }
    Map<String, Path> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(path, FileVisitOption.FOLLOW_LINKS)) {
      all.filter(Files::isRegularFile)
          .forEach(file -> files.put(path.relativize(file).toString(), file));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    MessageDigest digest = sha256();
    for (Map.Entry<String, Path> file : files.entrySet()) {
      String line = file(file.getValue()) + "  " + file.getKey() + "\n";
      digest.update(line.getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String file(Path file) throws IOException {
    MessageDigest digest = sha256();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      int length;
      while ((length = in.read(buffer)) >= 0) {
        digest.update(buffer, 0, length);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}

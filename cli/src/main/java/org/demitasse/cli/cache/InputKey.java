package org.demitasse.cli.cache;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.demitasse.builder.BuildRequest;
import org.demitasse.builder.FileTree;

/**
 * The hash of all that shapes an image: the class path's contents, the request, the tools and the
 * JDK. Names of jars count, where they lie does not.
 */
public final class InputKey {

  private static final int BUFFER_BYTES = 1 << 16;

  private final MessageDigest digest;

  private InputKey() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /**
   * The key of a request.
   *
   * @param tools files of demi itself; their contents count
   * @return 64 hexadecimal digits
   * @throws IOException when an input cannot be read
   */
  public static String of(BuildRequest request, List<Path> tools) throws IOException {
    InputKey key = new InputKey();
    key.text("demitasse-image-1");
    key.text(System.getProperty("java.vm.vendor") + Runtime.version());
    for (Path tool : tools) {
      key.tree(tool);
    }
    key.text("class path");
    for (Path entry : request.classPath()) {
      key.text(Files.isDirectory(entry) ? "/" : entry.getFileName().toString());
      key.tree(entry);
    }
    key.text("request");
    key.text(request.mainClass());
    key.text(request.name());
    key.text(request.quick() ? "quick" : "optimised");
    for (FileTree files : request.files()) {
      key.text(files.target());
      key.tree(files.source());
    }
    for (Map.Entry<String, String> property : request.properties().entrySet()) {
      key.text(property.getKey());
      key.text(property.getValue());
    }
    request.options().forEach(key::text);
    key.text(request.metadataRepository() ? "metadata repository" : "own metadata");
    return HexFormat.of().formatHex(key.digest.digest());
  }

  /** A length before each text keeps neighbours apart. */
  private void text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    number(bytes.length);
    digest.update(bytes);
  }

  private void number(long value) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      digest.update((byte) (value >>> shift));
    }
  }

  private void tree(Path root) throws IOException {
    if (!Files.isDirectory(root)) {
      file(root);
      return;
    }
    Map<String, Path> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
      all.forEach(path -> files.put(root.relativize(path).toString(), path));
    }
    number(files.size());
    for (Map.Entry<String, Path> entry : files.entrySet()) {
      text(entry.getKey());
      if (!Files.isDirectory(entry.getValue())) {
        file(entry.getValue());
      }
    }
  }

  private void file(Path file) throws IOException {
    number(Files.size(file));
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      int length;
      while ((length = in.read(buffer)) >= 0) {
        digest.update(buffer, 0, length);
      }
    }
  }
}

package org.demitasse.cli.cache;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Stream;
import org.demitasse.builder.BuildResult;

/**
 * Images by the key of their inputs. Least recently used ones go when the cache grows too large.
 */
public final class ImageCache {

  /** The cache's bound, bytes; the oldest entries go when a new one exceeds it. */
  public static final long LIMIT_BYTES = 4L << 30;

  /** What a killed build leaves behind is taken away after this long. */
  private static final Duration ABANDONED = Duration.ofHours(6);

  private static final String IMAGE = "image.img";
  private static final String SYMBOLS = "image.img.debug";
  private static final String SUMMARY = "summary.properties";

  private final CacheFolder folder;

  /** A cache in that folder. */
  public ImageCache(CacheFolder folder) {
    this.folder = folder;
  }

  /**
   * One cached image.
   *
   * @param key of its inputs
   * @param bytes of the whole entry
   * @param used when it was built or last taken
   */
  public record Entry(String key, long bytes, Instant used) {}

  /** Where the cache lies. */
  public Path location() {
    return folder.images();
  }

  /** The result of an earlier build; its paths are inside the cache. Counts as a use. */
  public Optional<BuildResult> find(String key) throws IOException {
    Path entry = folder.images().resolve(key);
    Path summary = entry.resolve(SUMMARY);
    if (!Files.isRegularFile(summary) || !Files.isRegularFile(entry.resolve(IMAGE))) {
      return Optional.empty();
    }
    try (Reader in = Files.newBufferedReader(summary)) {
      Properties properties = new Properties();
      properties.load(in);
      BuildResult result = read(entry, properties);
      if (result.size() != Files.size(result.image())) {
        return Optional.empty(); // somebody has cut it: build again
      }
      Files.setLastModifiedTime(summary, FileTime.from(Instant.now()));
      return Optional.of(result);
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // not what this version writes: build again
    }
  }

  /** A new folder in which an image may be built before {@link #store}. */
  public Path workFolder() throws IOException {
    Files.createDirectories(folder.work());
    dropAbandoned();
    return Files.createTempDirectory(folder.work(), "build-");
  }

  /**
   * Takes a finished build over from a work folder.
   *
   * @return the same result with its paths inside the cache
   */
  public BuildResult store(String key, BuildResult built, Path workFolder) throws IOException {
    Path ready = Files.createDirectories(workFolder.resolve("entry"));
    Files.move(built.image(), ready.resolve(IMAGE));
    if (Files.exists(built.symbols())) {
      Files.move(built.symbols(), ready.resolve(SYMBOLS));
    }
    try (Writer out = Files.newBufferedWriter(ready.resolve(SUMMARY))) {
      write(built).store(out, null);
    }
    Files.createDirectories(folder.images());
    Path entry = folder.images().resolve(key);
    replace(entry, ready);
    prune(LIMIT_BYTES, key);
    return at(entry, built);
  }

  /** A folder cannot be moved over a full one: an older entry goes aside first. */
  private void replace(Path entry, Path ready) throws IOException {
    Path aside = ready.resolveSibling("old");
    try {
      Files.move(entry, aside, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      // There is none, which is the usual case.
    }
    try {
      Files.move(ready, entry, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      if (!Files.isDirectory(entry)) {
        throw e;
      }
      // Another process has built the same image in this moment; it is as good.
    }
  }

  /** All entries, most recently used first. */
  public List<Entry> entries() throws IOException {
    if (!Files.isDirectory(folder.images())) {
      return List.of();
    }
    List<Entry> entries = new ArrayList<>();
    try (Stream<Path> all = Files.list(folder.images())) {
      for (Path path : all.toList()) {
        Path summary = path.resolve(SUMMARY);
        if (Files.exists(summary)) {
          Instant used = Files.getLastModifiedTime(summary).toInstant();
          entries.add(new Entry(path.getFileName().toString(), size(path), used));
        }
      }
    }
    entries.sort(Comparator.comparing(Entry::used).reversed());
    return entries;
  }

  /** Removes everything. Returns the bytes that were freed. */
  public long clear() throws IOException {
    long bytes = Files.isDirectory(folder.images()) ? size(folder.images()) : 0;
    delete(folder.images());
    return bytes;
  }

  /** Deletes a folder and what is in it, if it exists. */
  public static void delete(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  void prune(long limit, String keep) throws IOException {
    long total = 0;
    for (Entry entry : entries()) {
      total += entry.bytes();
      if (total > limit && !entry.key().equals(keep)) {
        delete(folder.images().resolve(entry.key()));
      }
    }
  }

  private void dropAbandoned() throws IOException {
    Instant before = Instant.now().minus(ABANDONED);
    try (Stream<Path> all = Files.list(folder.work())) {
      for (Path path : all.toList()) {
        if (Files.getLastModifiedTime(path).toInstant().isBefore(before)) {
          delete(path);
        }
      }
    }
  }

  private static long size(Path root) throws IOException {
    long bytes = 0;
    try (Stream<Path> all = Files.walk(root)) {
      for (Path path : all.toList()) {
        bytes += Files.isRegularFile(path) ? Files.size(path) : 0;
      }
    }
    return bytes;
  }

  private static BuildResult at(Path entry, BuildResult built) {
    return new BuildResult(
        entry.resolve(IMAGE),
        entry.resolve(SYMBOLS),
        built.buildId(),
        built.parts(),
        built.types(),
        built.methods(),
        built.resources(),
        built.metadata(),
        built.elapsed(),
        built.peakMemory());
  }

  private static Properties write(BuildResult built) {
    Properties properties = new Properties();
    properties.setProperty("buildId", built.buildId());
    properties.setProperty("types", Long.toString(built.types()));
    properties.setProperty("methods", Long.toString(built.methods()));
    properties.setProperty("resources", Long.toString(built.resources()));
    properties.setProperty("elapsed", built.elapsed().toString());
    properties.setProperty("peakMemory", Long.toString(built.peakMemory()));
    int index = 0;
    for (String library : built.metadata()) {
      properties.setProperty("metadata." + index++, library);
    }
    index = 0;
    for (BuildResult.Part part : built.parts()) {
      properties.setProperty("part." + index++, part.bytes() + " " + part.name());
    }
    return properties;
  }

  private static BuildResult read(Path entry, Properties properties) {
    List<BuildResult.Part> parts = new ArrayList<>();
    for (int index = 0; properties.containsKey("part." + index); index++) {
      String[] words = properties.getProperty("part." + index).split(" ", 2);
      parts.add(new BuildResult.Part(words[1], Long.parseLong(words[0])));
    }
    List<String> metadata = new ArrayList<>();
    for (int index = 0; properties.containsKey("metadata." + index); index++) {
      metadata.add(properties.getProperty("metadata." + index));
    }
    return new BuildResult(
        entry.resolve(IMAGE),
        entry.resolve(SYMBOLS),
        text(properties, "buildId"),
        parts,
        Long.parseLong(text(properties, "types")),
        Long.parseLong(text(properties, "methods")),
        Long.parseLong(text(properties, "resources")),
        metadata,
        duration(text(properties, "elapsed")),
        Long.parseLong(text(properties, "peakMemory")));
  }

  private static String text(Properties properties, String key) {
    String value = properties.getProperty(key);
    if (value == null) {
      throw new IllegalArgumentException("no " + key);
    }
    return value;
  }

  private static Duration duration(String text) {
    try {
      return Duration.parse(text);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(e);
    }
  }
}

package org.demitasse.builder.metadata;

import java.io.IOException;
import java.lang.module.ModuleDescriptor.Version;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.demitasse.image.Json;

/**
 * One library's {@code index.json} in the repository: which folder of metadata serves which of its
 * versions. Format: the repository's {@code metadata-library-index-schema}.
 */
record LibraryIndex(List<Entry> entries) {

  /**
   * One folder.
   *
   * @param folder its name, {@code metadata-version}
   * @param tested versions that it is known to serve
   * @param defaultFor regular expression of further versions, or null
   * @param latest whether it serves what no other folder does
   * @param override whether metadata in the jar itself is outdated
   * @param requires other libraries, {@code GROUP:ARTIFACT}, whose metadata is needed too
   * @param packages packages that the metadata is about
   */
  record Entry(
      String folder,
      List<String> tested,
      String defaultFor,
      boolean latest,
      boolean override,
      List<String> requires,
      List<String> packages) {}

  /**
   * Reads an index.
   *
   * @throws IOException when it is not what the schema says
   */
  static LibraryIndex parse(String json) throws IOException {
    if (!(Json.parse(json) instanceof List<?> list)) {
      throw new IOException("it is no list");
    }
    List<Entry> entries = new ArrayList<>();
    for (Object element : list) {
      if (!(element instanceof Map<?, ?> map)) {
        throw new IOException("an element is no object");
      }
      if (map.get("metadata-version") instanceof String folder) { // else it has no metadata
        entries.add(
            new Entry(
                folder,
                texts(map, "tested-versions"),
                map.get("default-for") instanceof String text ? text : null,
                Boolean.TRUE.equals(map.get("latest")),
                Boolean.TRUE.equals(map.get("override")),
                texts(map, "requires"),
                texts(map, "allowed-packages")));
      }
    }
    return new LibraryIndex(entries);
  }

  /** Packages that any of its metadata is about. */
  List<String> packages() {
    return entries.stream().flatMap(entry -> entry.packages.stream()).distinct().toList();
  }

  /**
   * The folder for a version: the one that was tested with it, else the one that claims it, else
   * the newest one that is not newer than it, else the latest.
   */
  Optional<Entry> find(String version) {
    Optional<Entry> tested =
        entries.stream().filter(entry -> entry.tested.contains(version)).findFirst();
    return tested
        .or(() -> entries.stream().filter(entry -> claims(entry, version)).findFirst())
        .or(() -> before(version))
        .or(() -> entries.stream().filter(Entry::latest).findFirst());
  }

  private static boolean claims(Entry entry, String version) {
    try {
      return entry.defaultFor != null && Pattern.matches(entry.defaultFor, version);
    } catch (PatternSyntaxException e) {
      return false;
    }
  }

  private Optional<Entry> before(String version) {
    Optional<Version> wanted = version(version);
    return wanted.flatMap(
        limit ->
            entries.stream()
                .filter(
                    entry -> version(entry.folder).filter(v -> v.compareTo(limit) <= 0).isPresent())
                .max(Comparator.comparing(entry -> version(entry.folder).orElseThrow())));
  }

  private static Optional<Version> version(String text) {
    try {
      return Optional.of(Version.parse(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static List<String> texts(Map<?, ?> map, String key) {
    return map.get(key) instanceof List<?> list
        ? list.stream().filter(String.class::isInstance).map(String.class::cast).toList()
        : List.of();
  }
}

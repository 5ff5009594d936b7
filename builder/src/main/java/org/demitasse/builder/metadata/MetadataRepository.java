package org.demitasse.builder.metadata;

import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.demitasse.builder.BuildException;
import org.demitasse.builder.metadata.LibraryIndex.Entry;
import org.demitasse.builder.option.CompilerOptions;
import org.demitasse.builder.option.JniFreeMetadata;
import org.demitasse.builder.option.LibraryMetadata;
import org.demitasse.image.Json;

/**
 * The GraalVM reachability metadata repository, a zip file with {@code GROUP/ARTIFACT/index.json}
 * and {@code GROUP/ARTIFACT/FOLDER/reachability-metadata.json}, and what of it a class path needs.
 *
 * <p>A jar is recognised by the {@code pom.properties} that Maven leaves in it. Jars of other build
 * tools are recognised by file name or manifest, and then must have a package that the metadata is
 * about.
 */
public final class MetadataRepository implements AutoCloseable {

  /** More than any file of the repository has, bytes. */
  private static final int LONGEST = 16 << 20;

  /** The JDK's packages that it exports to nobody or to some of its own modules. */
  private static final Set<String> INTERNAL =
      ModuleFinder.ofSystem().findAll().stream()
          .map(ModuleReference::descriptor)
          .flatMap(
              module ->
                  module.packages().stream()
                      .filter(
                          name ->
                              module.exports().stream()
                                  .noneMatch(e -> !e.isQualified() && e.source().equals(name))))
          .collect(Collectors.toUnmodifiableSet());

  private static final String INDEX = "/index.json";

  private final ZipFile zip;

  /** Groups that have an artifact of that name in lower case, and how it is written. */
  private final Map<String, List<String>> groups = new TreeMap<>();

  private final Map<String, LibraryIndex> indices = new LinkedHashMap<>();
  private final List<String> warnings = new ArrayList<>();

  /**
   * Opens the repository.
   *
   * @param file the zip file
   * @throws IOException when it cannot be read
   */
  public MetadataRepository(Path file) throws IOException {
    zip = new ZipFile(file.toFile());
    for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
      String name = all.nextElement().getName();
      if (name.endsWith(INDEX)) {
        String[] parts = name.substring(0, name.length() - INDEX.length()).split("/");
        if (parts.length == 2) {
          groups
              .computeIfAbsent(parts[1].toLowerCase(Locale.ROOT), key -> new ArrayList<>())
              .add(parts[0] + "/" + parts[1]);
        }
      }
    }
  }

  /**
   * What a class path needs.
   *
   * @param libraries names and versions of those that got metadata, for people
   * @param folders folders with metadata files
   * @param exclusions outdated metadata in the jars, which is not to be read
   * @param warnings what could not be read
   */
  public record Selection(
      List<String> libraries,
      List<Path> folders,
      List<CompilerOptions.Exclusion> exclusions,
      List<String> warnings) {

    /** Nothing. */
    public static final Selection NONE = new Selection(List.of(), List.of(), List.of(), List.of());

    /** Copies the lists. */
    public Selection {
      libraries = List.copyOf(libraries);
      folders = List.copyOf(folders);
      exclusions = List.copyOf(exclusions);
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * Looks for the libraries of a class path and unpacks their metadata.
   *
   * @param classPath the program's entries
   * @param target an empty folder
   * @throws BuildException when an entry cannot be read
   * @throws IOException when nothing can be written to the folder
   */
  public Selection select(List<Path> classPath, Path target) throws BuildException, IOException {
    List<String> people = new ArrayList<>();
    List<CompilerOptions.Exclusion> exclusions = new ArrayList<>();
    List<Path> folders = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    Deque<String> required = new ArrayDeque<>();
    for (Path path : classPath) {
      for (Library library : libraries(EntryFacts.of(path))) {
        Entry entry = find(library).orElse(null);
        if (entry == null || !seen.add(library.group() + ":" + library.artifact())) {
          continue;
        }
        if (entry.override()) {
          exclusions.add(
              new CompilerOptions.Exclusion(
                  "^" + Pattern.quote(path.toString()) + "$",
                  "^/META-INF/native-image/" + Pattern.quote(library.group()) + "[./]"));
        }
        if (unpack(library, entry, target, folders)) {
          people.add(library.people());
        }
        required.addAll(entry.requires());
      }
    }
    while (!required.isEmpty()) {
      String[] names = required.remove().split(":", 2);
      if (names.length == 2 && seen.add(names[0] + ":" + names[1])) {
        Library library = new Library(names[0], names[1], "");
        Optional<Entry> entry = find(library);
        if (entry.isPresent()) {
          unpack(library, entry.get(), target, folders);
          required.addAll(entry.get().requires());
        }
      }
    }
    return new Selection(people, folders, exclusions, warnings);
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }

  /** What is in a class path entry and in the repository. */
  private List<Library> libraries(EntryFacts facts) {
    List<Library> libraries = new ArrayList<>(facts.stated());
    for (EntryFacts.Candidate candidate : facts.candidates()) {
      String key = candidate.artifact().toLowerCase(Locale.ROOT);
      for (String path : groups.getOrDefault(key, List.of())) {
        String[] names = path.split("/");
        LibraryIndex index = index(names[0], names[1]);
        boolean known =
            libraries.stream()
                .anyMatch(l -> l.group().equals(names[0]) && l.artifact().equals(names[1]));
        if (!known && facts.has(index.packages())) {
          libraries.add(new Library(names[0], names[1], candidate.version()));
        }
      }
    }
    return libraries;
  }

  private Optional<Entry> find(Library library) {
    return index(library.group(), library.artifact()).find(library.version());
  }

  private LibraryIndex index(String group, String artifact) {
    String path = group + "/" + artifact + INDEX;
    return indices.computeIfAbsent(
        path,
        name -> {
          try {
            ZipEntry entry = zip.getEntry(name);
            return entry == null
                ? new LibraryIndex(List.of())
                : LibraryIndex.parse(new String(read(entry), StandardCharsets.UTF_8));
          } catch (IOException e) {
            warnings.add("no metadata for " + artifact + ": " + name + ": " + e.getMessage());
            return new LibraryIndex(List.of());
          }
        });
  }

  private boolean unpack(Library library, Entry entry, Path target, List<Path> folders)
      throws IOException {
    String prefix = library.group() + "/" + library.artifact() + "/" + entry.folder() + "/";
    Path folder = target.resolve(Integer.toString(folders.size()));
    boolean any = false;
    for (String file : LibraryMetadata.files()) {
      ZipEntry source = zip.getEntry(prefix + file);
      if (source == null) {
        continue;
      }
      byte[] bytes;
      try {
        bytes = clean(read(source)); // the compiler would end on what is no JSON
      } catch (IOException e) {
        warnings.add(
            "metadata for " + library.people() + " left out: " + source + ": " + e.getMessage());
        continue;
      }
      Files.createDirectories(folder);
      Files.write(folder.resolve(file), bytes);
      any = true;
    }
    if (any) {
      folders.add(folder);
    }
    return any;
  }

  /**
   * Metadata without JNI and without the JDK's internal classes: traces of whole programs name
   * security providers and XML parsers there, which the compiler adds itself where they are needed,
   * and which would make each image that much larger.
   */
  private static byte[] clean(byte[] json) throws IOException {
    Object metadata = JniFreeMetadata.parse(json);
    if (metadata instanceof Map<?, ?> map && map.get("reflection") instanceof List<?> types) {
      types.removeIf(
          entry ->
              entry instanceof Map<?, ?> described
                  && described.get("type") instanceof String name
                  && INTERNAL.contains(name.substring(0, Math.max(0, name.lastIndexOf('.')))));
    }
    return Json.write(metadata).getBytes(StandardCharsets.UTF_8);
  }

  private byte[] read(ZipEntry entry) throws IOException {
    try (var in = zip.getInputStream(entry)) {
      byte[] bytes = in.readNBytes(LONGEST);
      if (in.read() >= 0) {
        throw new IOException("it is longer than " + (LONGEST >> 20) + " MB");
      }
      return bytes;
    }
  }
}

package org.demitasse.builder.option;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.demitasse.builder.BuildException;
import org.demitasse.builder.input.ClassPathInput;

/**
 * What libraries say about themselves in {@code META-INF/native-image}: options in {@code
 * native-image.properties}, and JSON files that list what is used by reflection and the like.
 * GraalVM's command reads them, its compiler does not; so it is done here, in the same order: entry
 * by entry, options first, then metadata.
 */
public final class LibraryMetadata {

  private static final String FOLDER = "META-INF/native-image/";
  private static final String REACHABILITY = "reachability-metadata.json";
  private static final String PROPERTIES = "native-image.properties";

  /** Metadata files and the options that name them, in the order in which they are passed. */
  private static final Map<String, String> METADATA = metadata();

  private LibraryMetadata() {}

  private static Map<String, String> metadata() {
    Map<String, String> options = new LinkedHashMap<>();
    options.put(REACHABILITY, "ReachabilityMetadataResources");
    options.put("jni-config.json", "JNIConfigurationResources");
    options.put("reflect-config.json", "ReflectionConfigurationResources");
    options.put("resource-config.json", "ResourceConfigurationResources");
    options.put("proxy-config.json", "DynamicProxyConfigurationResources");
    options.put("serialization-config.json", "SerializationConfigurationResources");
    options.put("serialization-deny-config.json", "SerializationDenyConfigurationResources");
    options.put("predefined-classes-config.json", "PredefinedClassesConfigurationResources");
    return options;
  }

  /** Names of metadata files, in the order in which the compiler reads them. */
  public static List<String> files() {
    return List.copyOf(METADATA.keySet());
  }

  /**
   * The options of a class path and of the user, in the order in which the compiler takes them: the
   * user's come last, and win.
   *
   * @param classPath the whole class path of the image
   * @param userOptions the user's words
   * @param outdated metadata that is not to be read, beside what the user excludes
   * @param work a folder that exists, for files of metadata that has to be changed
   * @throws BuildException when an option is unknown or a file cannot be read
   * @throws IOException when nothing can be written to the folder
   */
  public static CompilerOptions options(
      ClassPathInput classPath,
      List<String> userOptions,
      List<CompilerOptions.Exclusion> outdated,
      Path work)
      throws BuildException, IOException {
    OptionTranslator user = new OptionTranslator();
    user.add(userOptions, OptionOrigin.USER);
    List<CompilerOptions.Exclusion> exclusions = new ArrayList<>(user.result().exclusions());
    exclusions.addAll(outdated);
    List<Filter> filters = filters(exclusions);

    Map<Path, List<Found>> found = new LinkedHashMap<>();
    classPath.walk(
        name -> name.startsWith(FOLDER) && rank(name) >= 0,
        (entry, name, content) -> {
          if (filters.stream().noneMatch(filter -> filter.matches(entry, name))) {
            byte[] bytes = content.readAllBytes();
            found.computeIfAbsent(entry, e -> new ArrayList<>()).add(new Found(entry, name, bytes));
          }
        });
    OptionTranslator all = new OptionTranslator();
    for (List<Found> files : found.values()) {
      files.sort(
          Comparator.comparingInt((Found file) -> rank(file.name)).thenComparing(Found::name));
      for (Found file : files) {
        add(file, all, work);
      }
    }
    all.add(userOptions, OptionOrigin.USER);
    return all.result();
  }

  private record Found(Path entry, String name, byte[] bytes) {}

  private record Filter(Pattern entry, Pattern resource) {
    boolean matches(Path path, String name) {
      return entry.matcher(path.toString()).find() && resource.matcher("/" + name).find();
    }
  }

  private static List<Filter> filters(List<CompilerOptions.Exclusion> exclusions)
      throws BuildException {
    List<Filter> filters = new ArrayList<>();
    for (CompilerOptions.Exclusion exclusion : exclusions) {
      try {
        filters.add(
            new Filter(Pattern.compile(exclusion.entry()), Pattern.compile(exclusion.resource())));
      } catch (PatternSyntaxException e) {
        throw new BuildException(
            BuildException.Kind.OPTION,
            "--exclude-config has no regular expression: " + e.getMessage(),
            "correct it");
      }
    }
    return filters;
  }

  /** The place of a file in the order, or negative for one that is no metadata. */
  private static int rank(String name) {
    String file = name.substring(name.lastIndexOf('/') + 1);
    if (file.equals(PROPERTIES)) {
      return 0;
    }
    int rank = 1;
    for (String known : METADATA.keySet()) {
      if (file.equals(known)) {
        return rank;
      }
      rank++;
    }
    return -1;
  }

  private static void add(Found file, OptionTranslator options, Path work)
      throws BuildException, IOException {
    OptionOrigin origin = OptionOrigin.library(file.entry, file.name);
    String folder = file.name.substring(0, file.name.lastIndexOf('/'));
    if (file.name.endsWith(REACHABILITY)) {
      Optional<byte[]> changed = JniFreeMetadata.of(file.bytes);
      if (changed.isPresent()) {
        Path target = Files.createTempDirectory(work, "metadata-");
        Files.write(target.resolve(REACHABILITY), changed.get());
        options.addHosted("-H:ConfigurationFileDirectories=" + target, origin);
        return;
      }
    }
    if (!file.name.endsWith(PROPERTIES)) {
      String option = METADATA.get(file.name.substring(folder.length() + 1));
      options.addHosted("-H:" + option + "=" + file.name, origin);
      return;
    }
    Properties properties = new Properties();
    try (Reader reader =
        new InputStreamReader(new ByteArrayInputStream(file.bytes), StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new BuildException(
          BuildException.Kind.PROGRAM,
          origin.people() + " is no properties file: " + e.getMessage(),
          "use another version of that library",
          List.of(),
          e);
    }
    options.addJvm(words(properties.getProperty("JavaArgs"), folder));
    options.add(words(properties.getProperty("Args"), folder), origin);
  }

  private static List<String> words(String text, String folder) {
    if (text == null || text.isBlank()) {
      return List.of();
    }
    return List.of(text.strip().replace("${.}", folder).split("\\s+"));
  }
}

package org.demitasse.builder.option;

import java.util.List;

/**
 * Options, translated.
 *
 * @param hosted {@code -H:} and {@code -R:} options with their origins, in order
 * @param jvm options of the compiler's JVM
 * @param exclusions metadata that is not to be read
 * @param warnings what was left out, for the user
 */
public record CompilerOptions(
    List<String> hosted, List<String> jvm, List<Exclusion> exclusions, List<String> warnings) {

  /**
   * {@code --exclude-config}: metadata of some jars that is not to be read.
   *
   * @param entry regular expression that is sought in the class path entry
   * @param resource regular expression that is sought in the file's name inside, with a leading
   *     slash
   */
  public record Exclusion(String entry, String resource) {}

  /** Copies the lists. */
  public CompilerOptions {
    hosted = List.copyOf(hosted);
    jvm = List.copyOf(jvm);
    exclusions = List.copyOf(exclusions);
    warnings = List.copyOf(warnings);
  }
}

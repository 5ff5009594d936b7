package org.demitasse.builder.option;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.demitasse.builder.BuildException;
import org.demitasse.builder.option.OptionRules.Rule;
import org.demitasse.builder.option.OptionRules.Value;

/**
 * Translates options, one list of words after the other. An option's value follows {@code =}, or
 * {@code :} for assertions, or is the next word where Java takes it so.
 */
final class OptionTranslator {

  private final List<String> hosted = new ArrayList<>();
  private final List<String> jvm = new ArrayList<>();
  private final List<CompilerOptions.Exclusion> exclusions = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final Set<String> modules = new TreeSet<>();

  /** What has been translated so far. */
  CompilerOptions result() {
    List<String> allJvm = new ArrayList<>(jvm);
    if (!modules.isEmpty()) {
      // Modules that the image describes although it has no type of them.
      allJvm.add("-Dsvm.modulesupport.addedModules=" + String.join(",", modules));
    }
    return new CompilerOptions(hosted, allJvm, exclusions, warnings);
  }

  /** Adds a hosted option that needs no translation. */
  void addHosted(String option, OptionOrigin origin) {
    hosted.add(origin.mark(option, true));
  }

  /** Adds options of the compiler's JVM ({@code JavaArgs}). */
  void addJvm(List<String> words) {
    for (String word : words) {
      if (!word.startsWith("-Xmx") && !word.startsWith("-Xms")) { // the builder chooses the heap
        jvm.add(word);
      }
    }
  }

  /**
   * Translates words.
   *
   * @throws BuildException when one is unknown or cannot be followed
   */
  void add(List<String> words, OptionOrigin origin) throws BuildException {
    Deque<String> rest = new ArrayDeque<>(words);
    while (!rest.isEmpty()) {
      String word = rest.removeFirst();
      if (word.isEmpty()) {
        continue;
      }
      if (word.startsWith("-H:") || word.startsWith("-R:")) {
        addRaw(word, origin);
      } else if (word.startsWith("-D") && word.length() > 2) {
        jvm.add(word);
      } else if (word.startsWith("-J") && word.length() > 2) {
        addJvm(List.of(word.substring(2)));
      } else if (word.equals("--enable-preview")) {
        jvm.add(word);
      } else if (word.startsWith("--add-modules=")) {
        modules.addAll(List.of(word.substring("--add-modules=".length()).split(",")));
      } else if (word.equals("--exclude-config")) {
        if (rest.size() < 2) {
          throw refused(
              word,
              "it takes two values: a regular expression for jars and one for resources",
              origin);
        }
        exclusions.add(new CompilerOptions.Exclusion(rest.removeFirst(), rest.removeFirst()));
      } else if (!OptionRules.IGNORED.contains(word)) {
        addNamed(word, rest, origin);
      }
    }
  }

  private void addRaw(String word, OptionOrigin origin) throws BuildException {
    String name = word.substring(3).replaceFirst("^[+-]", "").split("[=@]", 2)[0];
    if (word.startsWith("-H:") && OptionRules.OWN.contains(name)) {
      if (origin.user()) {
        throw refused(word, "demi sets " + name + " itself", origin);
      }
      warnings.add(word + " is ignored: demi sets it itself (" + origin.people() + ")");
      return;
    }
    hosted.add(origin.mark(word, false));
  }

  private void addNamed(String word, Deque<String> rest, OptionOrigin origin)
      throws BuildException {
    String name = word;
    String value = null;
    int end = valueBegin(word);
    if (end >= 0) {
      name = word.substring(0, end);
      value = word.substring(end + 1);
    }
    if (OptionRules.IGNORED.contains(name)) {
      return;
    }
    for (Map.Entry<String, String> entry : OptionRules.REFUSED.entrySet()) {
      if (name.equals(entry.getKey()) || name.startsWith(entry.getKey() + ":")) {
        throw refused(name, entry.getValue(), origin);
      }
    }
    Rule rule = OptionRules.RULES.get(name);
    if (rule == null) {
      throw new BuildException(
          BuildException.Kind.OPTION,
          "the compiler has no option " + word + " (" + origin.people() + ")",
          "options have the names that GraalVM's native-image gives them; -H:NAME=VALUE passes any"
              + " other one");
    }
    if (rule.value() == Value.NONE && value != null) {
      throw refused(word, "it takes no value", origin);
    }
    if (rule.value() == Value.REQUIRED && value == null) {
      if (rest.isEmpty() || rest.peekFirst().startsWith("-")) {
        throw refused(word, "it needs a value: " + word + "=VALUE", origin);
      }
      value = rest.removeFirst();
    }
    hosted.add(origin.mark("-H:" + rule.hosted().apply(value == null ? "" : value), true));
  }

  /** Where the name ends that a value follows; negative without a value. */
  private static int valueBegin(String word) {
    int equals = word.indexOf('=');
    if (word.startsWith("--") || equals >= 0) {
      return equals;
    }
    return word.indexOf(':');
  }

  private static BuildException refused(String word, String why, OptionOrigin origin) {
    return new BuildException(
        BuildException.Kind.OPTION,
        "the option " + word + " cannot be followed: " + why + " (" + origin.people() + ")",
        origin.user()
            ? "take the option away"
            : "leave that file out: --exclude-config and two regular expressions, one for the jar and"
                + " one for the file in it");
  }
}

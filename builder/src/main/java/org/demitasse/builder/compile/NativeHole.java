package org.demitasse.builder.compile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A native method that the program reaches and nothing implements, as the library OS' feature
 * prints it: {@code demitasse-hole: CLASS.METHOD(TYPES) <- CALLER <- CALLER ...}.
 *
 * @param method with its class and the types of its parameters
 * @param path the callers, nearest first; may be empty
 */
record NativeHole(String method, List<String> path) {

  private static final String PREFIX = "demitasse-hole: ";
  private static final String ARROW = " <- ";

  /** A phase with as many stars as it has made steps, when it does not end. */
  private static final Pattern UNFINISHED =
      Pattern.compile("^\\[\\d+/\\d+\\] [A-Z][^*]*\\[\\**\\s+");

  /** Copies the path. */
  NativeHole {
    path = List.copyOf(path);
  }

  /**
   * The holes that are told in these lines; the first one stands behind the compiler's unfinished
   * line of progress.
   */
  static List<NativeHole> in(List<String> lines) {
    List<NativeHole> holes = new ArrayList<>();
    for (String line : lines) {
      String told = UNFINISHED.matcher(line).replaceFirst("");
      if (told.startsWith(PREFIX)) {
        List<String> parts = Arrays.asList(told.substring(PREFIX.length()).strip().split(ARROW));
        holes.add(new NativeHole(parts.getFirst(), parts.subList(1, parts.size())));
      }
    }
    return holes;
  }

  /** Whether the JDK has the method's class, and not the program. */
  boolean inJdk() {
    int end = method.indexOf('(');
    String name = end < 0 ? method : method.substring(0, end);
    int dot = name.lastIndexOf('.');
    return dot > 0
        && ClassLoader.getPlatformClassLoader()
                .getResource(name.substring(0, dot).replace('.', '/') + ".class")
            != null;
  }
}

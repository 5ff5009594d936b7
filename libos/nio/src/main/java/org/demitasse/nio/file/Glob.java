package org.demitasse.nio.file;

import java.util.regex.PatternSyntaxException;

/** Globs, as {@code FileSystem.getPathMatcher} describes them, as regular expressions. */
final class Glob {
  private static final String REGEX_SPECIAL = ".^$+{[]|()";
  private static final String GLOB_SPECIAL = "\\*?[{";

  private final String glob;
  private final StringBuilder regex = new StringBuilder();
  private int at;
  private boolean inGroup;

  private Glob(String glob) {
    this.glob = glob;
  }

  /**
   * @throws PatternSyntaxException when it is no glob
   */
  static String toRegex(String glob) {
    return new Glob(glob).translate();
  }

  private String translate() {
    while (at < glob.length()) {
      char c = glob.charAt(at++);
      switch (c) {
        case '\\' -> escaped();
        case '[' -> characterClass();
        case '*' -> star();
        case '?' -> regex.append("[^/]");
        case '{' -> openGroup();
        case '}' -> closeGroup();
        case ',' -> regex.append(inGroup ? ")|(?:" : ",");
        default -> literal(c);
      }
    }
    if (inGroup) {
      throw bad("Missing '}'", at - 1);
    }
    return regex.toString();
  }

  private PatternSyntaxException bad(String what, int where) {
    return new PatternSyntaxException(what, glob, where);
  }

  private boolean nextIs(char c) {
    return at < glob.length() && glob.charAt(at) == c;
  }

  private boolean take(char c) {
    if (nextIs(c)) {
      at++;
      return true;
    }
    return false;
  }

  private void literal(char c) {
    if (REGEX_SPECIAL.indexOf(c) >= 0) {
      regex.append('\\');
    }
    regex.append(c);
  }

  private void escaped() {
    if (at == glob.length()) {
      throw bad("No character to escape", at - 1);
    }
    char c = glob.charAt(at++);
    if (GLOB_SPECIAL.indexOf(c) >= 0 || REGEX_SPECIAL.indexOf(c) >= 0) {
      regex.append('\\');
    }
    regex.append(c);
  }

  private void star() {
    regex.append(take('*') ? ".*" : "[^/]*");
  }

  private void openGroup() {
    if (inGroup) {
      throw bad("Cannot nest groups", at - 1);
    }
    regex.append("(?:(?:");
    inGroup = true;
  }

  private void closeGroup() {
    regex.append(inGroup ? "))" : "}");
    inGroup = false;
  }

  /** A class never matches a slash, also when it is negated. */
  private void characterClass() {
    regex.append("[[^/]&&[");
    if (take('^')) {
      regex.append("\\^");
    } else {
      if (take('!')) {
        regex.append('^');
      }
      if (take('-')) {
        regex.append('-');
      }
    }
    boolean closed = false;
    boolean canStartRange = false;
    char last = 0;
    while (!closed && at < glob.length()) {
      char c = glob.charAt(at++);
      if (c == ']') {
        closed = true;
      } else if (c == '/') {
        throw bad("Explicit 'name separator' in class", at - 1);
      } else if (c == '-') {
        if (!canStartRange) {
          throw bad("Invalid range", at - 1);
        }
        regex.append('-');
        closed = take(']');
        if (!closed && at < glob.length()) {
          char end = glob.charAt(at++);
          if (end < last) {
            throw bad("Invalid range", at - 3);
          }
          regex.append(end);
          canStartRange = false;
        }
      } else {
        if (c == '\\' || c == '[' || c == '&' && nextIs('&')) {
          regex.append('\\');
        }
        regex.append(c);
        last = c;
        canStartRange = true;
      }
    }
    if (!closed) {
      throw bad("Missing ']'", at - 1);
    }
    regex.append("]]");
  }
}

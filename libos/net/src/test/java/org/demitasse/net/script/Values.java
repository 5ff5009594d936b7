package org.demitasse.net.script;

import java.util.HashMap;
import java.util.Map;

/** A case's variables, and how values are computed and compared. */
final class Values {
  private final Map<String, Long> variables = new HashMap<>();

  void set(String name, long value) {
    variables.put(name, value);
  }

  /** Computes a number, a variable, or a sum of such: {@code $a+5}, {@code 0x10-1}. */
  long number(String text) {
    long sum = 0;
    int sign = 1;
    int from = 0;
    for (int i = 0; i <= text.length(); i++) {
      char c = i < text.length() ? text.charAt(i) : '+';
      if ((c == '+' || c == '-') && i > from) {
        sum += sign * term(text.substring(from, i));
        sign = c == '+' ? 1 : -1;
        from = i + 1;
      }
    }
    return sum;
  }

  private long term(String text) {
    if (text.startsWith("$")) {
      Long value = variables.get(text);
      if (value == null) {
        throw new ScriptFailure("nothing has set " + text);
      }
      return value;
    }
    try {
      return Long.decode(text);
    } catch (NumberFormatException e) {
      throw new ScriptFailure("'" + text + "' is not a number");
    }
  }

  private static boolean isNumber(String text) {
    return text.matches("-?(0x[0-9a-f]+|[0-9]+)");
  }

  /** Whether a value is as a pattern says; binds a variable that nothing has set. */
  boolean matches(String pattern, String seen) {
    if (pattern.equals("*") || pattern.equals(seen)) {
      return true;
    }
    if (seen == null || !isNumber(seen)) {
      return false;
    }
    long value = Long.decode(seen);
    int range = pattern.indexOf("..");
    if (range > 0) {
      return value >= number(pattern.substring(0, range))
          && value <= number(pattern.substring(range + 2));
    }
    if (pattern.startsWith(">=")) {
      return value >= number(pattern.substring(2));
    }
    if (pattern.startsWith("<=")) {
      return value <= number(pattern.substring(2));
    }
    if (pattern.startsWith("!=")) {
      return value != number(pattern.substring(2));
    }
    if (pattern.matches("\\$\\w+") && !variables.containsKey(pattern)) {
      set(pattern, value);
      return true;
    }
    boolean computable = pattern.startsWith("$") || isNumber(pattern);
    return computable && value == number(pattern);
  }

  /** Reads a time in seconds, or in milliseconds with {@code ms}; nanoseconds. */
  static long time(String text) {
    boolean millis = text.endsWith("ms");
    String digits = millis ? text.substring(0, text.length() - 2) : text.replaceFirst("s$", "");
    try {
      return Math.round(Double.parseDouble(digits) * (millis ? 1e6 : 1e9));
    } catch (NumberFormatException e) {
      throw new ScriptFailure("'" + text + "' is not a time (seconds, or 40ms)");
    }
  }
}

package org.demitasse.machine;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people write them. */
public final class MemorySize {

  private static final Pattern FORM = Pattern.compile("([0-9]{1,18})([kKmMgG]?)");

  private MemorySize() {}

  /**
   * Reads a number of bytes with an optional K, M or G (powers of 1024).
   *
   * @throws IllegalArgumentException when the text has another form or is zero or too large
   */
  public static long parse(String text) {
    Matcher form = FORM.matcher(text);
    if (form.matches()) {
      int shift =
          switch (form.group(2).toUpperCase(Locale.ROOT)) {
            case "K" -> 10;
            case "M" -> 20;
            case "G" -> 30;
            default -> 0;
          };
      long value = Long.parseLong(form.group(1));
      if (value > 0 && value <= Long.MAX_VALUE >> shift) {
        return value << shift;
      }
    }
    throw new IllegalArgumentException("expected a size such as 256M or 1G, not '" + text + "'");
  }

  /** A size in the largest unit that keeps it readable: {@code 9.4 MB}, with powers of 1024. */
  public static String format(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    String[] units = {"KB", "MB", "GB", "TB"};
    double value = bytes;
    int unit = -1;
    while (value >= 1024 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, value < 100 ? "%.1f %s" : "%.0f %s", value, units[unit]);
  }
}

package org.demitasse.image;

import java.io.IOException;
import java.nio.file.Path;

/** A file is no whole, unchanged image. The message names the file and the rule that it breaks. */
public final class ImageFormatException extends IOException {
  private final String rule;

  /**
   * @param file the offending file
   * @param rule what is wrong with "it", the file
   */
  public ImageFormatException(Path file, String rule) {
    // A section's name may be in it: it must not speak to the terminal.
    super(file + " is not a usable image: " + rule.replaceAll("\\p{Cntrl}", "?"));
    this.rule = rule;
  }

  /** What is wrong, without the file's name. */
  public String rule() {
    return rule;
  }
}

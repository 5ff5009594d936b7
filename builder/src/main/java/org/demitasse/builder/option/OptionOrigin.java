package org.demitasse.builder.option;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where an option was written: the compiler shows it in its messages, and options without a value
 * are about the jar that they stand in.
 *
 * @param user whether it is the user of this build, not a library
 * @param text as the compiler reads it
 * @param people as people read it
 */
record OptionOrigin(boolean user, String text, String people) {

  /** Marks options that are given by their public name. */
  private static final String PUBLIC = "+api";

  static final OptionOrigin USER = new OptionOrigin(true, "user", "the options of this build");

  /**
   * A file of a library.
   *
   * @param entry class path entry
   * @param resource the file's name in it
   */
  static OptionOrigin library(Path entry, String resource) {
    Path absolute = entry.toAbsolutePath().normalize();
    URI uri = Files.isDirectory(entry) ? absolute.resolve(resource).toUri() : absolute.toUri();
    String text = Files.isDirectory(entry) ? uri.toString() : "jar:" + uri + "!/" + resource;
    // Both divide an option's name from what follows.
    text = text.replace("=", "%3D").replace("@", "%40");
    return new OptionOrigin(false, text, resource + " in " + entry);
  }

  /** A {@code -H:} or {@code -R:} option with this origin. */
  String mark(String option, boolean publicName) {
    int equals = option.indexOf('=');
    String name = equals < 0 ? option : option.substring(0, equals);
    String value = equals < 0 ? "" : option.substring(equals);
    return name + "@" + text + (publicName ? PUBLIC : "") + value;
  }
}

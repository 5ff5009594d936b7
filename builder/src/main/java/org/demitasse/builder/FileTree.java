package org.demitasse.builder;

import java.nio.file.Path;
import java.util.Objects;

/**
 * A folder or a file of the build machine that the image shows, read-only, under a path of its own
 * ({@code --files DIR:/path}).
 *
 * @param source folder or regular file on the build machine; symbolic links are followed
 * @param target absolute path inside the image, with {@code /} between names, without {@code .} or
 *     {@code ..}
 */
public record FileTree(Path source, String target) {

  /**
   * Checks the target's shape; whether the source exists is seen when the build reads it.
   *
   * @throws IllegalArgumentException when {@code target} is not an absolute, normal path
   */
  public FileTree {
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(target, "target");
    if (!target.startsWith("/")) {
      throw new IllegalArgumentException(
          "the path inside the image must start with '/', and '" + target + "' does not");
    }
    if (target.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("the path inside the image holds a NUL character");
    }
    for (String name : target.split("/")) {
      if (name.equals(".") || name.equals("..")) {
        throw new IllegalArgumentException(
            "the path inside the image must not use '" + name + "': " + target);
      }
    }
  }

  /**
   * Reads {@code SOURCE:/target}. The last {@code :/} divides, so that a source may hold colons.
   *
   * @throws IllegalArgumentException when there is no {@code :/} or one side is missing
   */
  public static FileTree parse(String text) {
    int colon = text.lastIndexOf(":/");
    if (colon <= 0) {
      throw new IllegalArgumentException("expected DIR:/path, not '" + text + "'");
    }
    return new FileTree(Path.of(text.substring(0, colon)), text.substring(colon + 1));
  }
}

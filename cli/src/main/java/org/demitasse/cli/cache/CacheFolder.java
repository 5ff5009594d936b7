package org.demitasse.cli.cache;

import java.nio.file.Path;

/**
 * Where demi keeps what it can make again: {@code $XDG_CACHE_HOME/demitasse}, else {@code
 * ~/.cache/demitasse} (XDG Base Directory Specification).
 *
 * @param folder the folder; it need not exist yet
 */
public record CacheFolder(Path folder) {

  /** The folder of this user. */
  public static CacheFolder standard() {
    String base = System.getenv("XDG_CACHE_HOME");
    Path root =
        base != null && base.startsWith("/")
            ? Path.of(base)
            : Path.of(System.getProperty("user.home"), ".cache");
    return new CacheFolder(root.resolve("demitasse"));
  }

  /** Images, one folder a key. */
  Path images() {
    return folder.resolve("images");
  }

  /** Builds under way. */
  Path work() {
    return folder.resolve("work");
  }
}

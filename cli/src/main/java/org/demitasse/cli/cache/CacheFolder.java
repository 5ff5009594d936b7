package org.demitasse.cli.cache;

import java.nio.file.Path;
import java.util.Map;

/**
 * Where demi keeps what it can make again: {@code $XDG_CACHE_HOME/demitasse}, else {@code
 * $HOME/.cache/demitasse} (XDG Base Directory Specification).
 *
 * @param folder the folder; it need not exist yet
 */
public record CacheFolder(Path folder) {

  /** The folder of this user. */
  public static CacheFolder standard() {
    return of(System.getenv(), System.getProperty("user.home"));
  }

  /**
   * The folder that an environment names. {@code HOME} counts before what the system's list of
   * users says: who sets it means it.
   */
  static CacheFolder of(Map<String, String> environment, String userHome) {
    String base = environment.getOrDefault("XDG_CACHE_HOME", "");
    String home = environment.getOrDefault("HOME", "");
    Path root =
        base.startsWith("/")
            ? Path.of(base)
            : Path.of(home.startsWith("/") ? home : userHome, ".cache");
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

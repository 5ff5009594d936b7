package org.demitasse.cli.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheFolderTest {
  private static Path folder(Map<String, String> environment) {
    return CacheFolder.of(environment, "/users/a").folder();
  }

  @Test
  void theCacheHomeCountsFirst() {
    assertThat(folder(Map.of("XDG_CACHE_HOME", "/c", "HOME", "/h")))
        .isEqualTo(Path.of("/c/demitasse"));
  }

  @Test
  void thenTheHomeOfTheEnvironment() {
    assertThat(folder(Map.of("HOME", "/h"))).isEqualTo(Path.of("/h/.cache/demitasse"));
  }

  @Test
  void whatIsNoAbsolutePathDoesNotCount() {
    assertThat(folder(Map.of("XDG_CACHE_HOME", "c", "HOME", "")))
        .isEqualTo(Path.of("/users/a/.cache/demitasse"));
  }
}

package org.demitasse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResolverConfigTest {
  @TempDir Path folder;

  @Test
  void readsServersAndReadsAgainWhatHasChanged() throws Exception {
    Path file = folder.resolve("resolv.conf");
    Files.writeString(
        file,
        "# nameserver 9.9.9.9\nsearch example.org\nnameserver\t192.0.2.1\nnameserver 2001:db8::53\n"
            + "nameserver not.an.address\nnameserver 192.0.2.2\nnameserver 192.0.2.3\n");
    ResolverConfig config = new ResolverConfig(file.toFile());
    assertThat(config.servers(0))
        .extracting(server -> server.getAddress().getHostAddress())
        .containsExactly("192.0.2.1", "2001:db8:0:0:0:0:0:53", "192.0.2.2");
    Files.writeString(file, "nameserver 192.0.2.9\n");
    file.toFile().setLastModified(12_345_000);
    assertThat(config.servers(1)).hasSize(3);
    assertThat(config.servers(3_000_000_000L)).hasSize(1);
  }

  @Test
  void hasNoServersWithoutAFile() {
    assertThat(new ResolverConfig(folder.resolve("none").toFile()).servers(0)).isEmpty();
  }
}

package org.demitasse.builder.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.demitasse.builder.SampleJar;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModuleAccessTest {

  @TempDir private Path folder;

  private CompilerHome home(String exports) throws IOException {
    Path jar = folder.resolve("os.jar");
    SampleJar sample = new SampleJar();
    if (exports != null) {
      sample.file("META-INF/demitasse/builder-exports", exports);
    }
    sample.write(jar);
    return new CompilerHome(Path.of("java"), List.of(), List.of(), List.of(jar), Path.of("none"));
  }

  @Test
  void hiddenPackagesOfTheJdkAreExportedWithinTheJvmsLimit() throws IOException {
    List<String> options = ModuleAccess.options(home("# comment\n\nsome.module/some.pack\n"));

    assertThat(options)
        .contains("--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED")
        .contains("--add-opens=java.base/java.lang=ALL-UNNAMED")
        .contains("--add-exports=some.module/some.pack=ALL-UNNAMED")
        .noneMatch(option -> option.contains("java.base/java.util=") && option.contains("exports"))
        .noneMatch(option -> option.contains("java.desktop"))
        .noneMatch(option -> option.contains("comment"));
    assertThat(options.stream().filter(option -> option.startsWith("--add-exports")).count())
        .isLessThanOrEqualTo(ModuleAccess.JVM_LIMIT);
    assertThat(options.stream().filter(option -> option.startsWith("--add-opens")).count())
        .isLessThanOrEqualTo(ModuleAccess.JVM_LIMIT);
  }

  @Test
  void aLibraryOsWithoutTheListIsAnError() {
    assertThatThrownBy(() -> ModuleAccess.options(home(null)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("builder-exports");
  }
}

package org.demitasse.builder.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.demitasse.builder.SampleJar;
import org.demitasse.builder.metadata.MetadataRepository.Selection;
import org.demitasse.builder.option.CompilerOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetadataRepositoryTest {

  private static final String FILE = "reachability-metadata.json";

  @TempDir private Path folder;

  private final SampleJar zip =
      new SampleJar()
          .file(
              "com.acme/lib/index.json",
              """
              [{"latest": true, "metadata-version": "2.0", "tested-versions": ["2.0"],
                "allowed-packages": ["com.acme.lib"], "requires": ["com.acme:base"]},
               {"metadata-version": "1.5", "tested-versions": ["1.5", "1.6.1"],
                "allowed-packages": ["com.acme.lib"]},
               {"metadata-version": "1.0", "override": true, "default-for": "1\\\\.[0-4].*",
                "tested-versions": ["1.0"], "allowed-packages": ["com.acme.lib"]}]
              """)
          .file("com.acme/lib/2.0/" + FILE, "{\"v\": 2}")
          .file("com.acme/lib/1.5/" + FILE, "{\"v\": 15}")
          .file("com.acme/lib/1.0/" + FILE, "{\"v\": 10}")
          .file(
              "com.acme/base/index.json",
              """
              [{"latest": true, "metadata-version": "1", "tested-versions": ["1"],
                "allowed-packages": ["com.acme.base"], "requires": ["com.acme:lib"]}]
              """)
          .file("com.acme/base/1/" + FILE, "{\"base\": 1}")
          .file("org.other/lib/index.json", "[{\"not-for-native-image\": true, \"reason\": \"x\"}]")
          .file("org.broken/broken/index.json", "[{\"metadata-version\": ")
          .file(
              "org.broken/cut/index.json",
              "[{\"latest\": true, \"metadata-version\": \"1\", \"tested-versions\": 7,"
                  + " \"default-for\": \"[\", \"requires\": [3, \"x\"]}]")
          .file("org.broken/cut/1/" + FILE, "{\"reflection\": [")
          .file(
              "org.broken/away/index.json",
              "[{\"latest\": true, \"metadata-version\": \"../../com.acme/lib/2.0\"}]");

  private Selection select(Path... classPath) throws Exception {
    Path repository = zip.write(folder.resolve("repository.zip"));
    try (MetadataRepository metadata = new MetadataRepository(repository)) {
      return metadata.select(List.of(classPath), Files.createTempDirectory(folder, "target"));
    }
  }

  private Path maven(String file, String group, String artifact, String version)
      throws IOException {
    return new SampleJar()
        .file(
            "META-INF/maven/" + group + "/" + artifact + "/pom.properties",
            "groupId=" + group + "\nartifactId=" + artifact + "\nversion=" + version + "\n")
        .write(folder.resolve(file));
  }

  private static List<String> contents(Selection selection) throws IOException {
    StringBuilder all = new StringBuilder();
    for (Path path : selection.folders()) {
      all.append(Files.readString(path.resolve(FILE)).replaceAll("\\s", "")).append('\n');
    }
    return all.toString().lines().toList();
  }

  @Test
  void aTestedVersionWinsOverTheLatest() throws Exception {
    Selection selection = select(maven("any.jar", "com.acme", "lib", "1.6.1"));

    assertThat(contents(selection)).containsExactly("{\"v\":15}");
    assertThat(selection.libraries()).containsExactly("lib 1.6.1");
    assertThat(selection.exclusions()).isEmpty();
    assertThat(selection.warnings()).isEmpty();
  }

  @Test
  void aVersionBetweenTakesTheNewestThatIsNotNewer() throws Exception {
    assertThat(contents(select(maven("a.jar", "com.acme", "lib", "1.9"))))
        .containsExactly("{\"v\":15}");
    assertThat(contents(select(maven("a.jar", "com.acme", "lib", "3.1"))))
        .containsExactly("{\"v\":2}", "{\"base\":1}");
    assertThat(contents(select(maven("a.jar", "com.acme", "lib", "unheard of"))))
        .startsWith("{\"v\":2}");
  }

  @Test
  void metadataThatOverridesShutsOutTheGroupsOwnInThatJar() throws Exception {
    Path jar = maven("lib-1.2.jar", "com.acme", "lib", "1.2");

    Selection selection = select(jar);

    assertThat(contents(selection)).containsExactly("{\"v\":10}");
    CompilerOptions.Exclusion exclusion = selection.exclusions().getFirst();
    assertThat(jar.toString()).containsPattern(exclusion.entry());
    assertThat("/META-INF/native-image/com.acme/lib/x.json").containsPattern(exclusion.resource());
    assertThat("/META-INF/native-image/com.acmes/x.json")
        .doesNotContainPattern(exclusion.resource());
  }

  @Test
  void jarsOfOtherBuildToolsAreKnownByFileNameAndPackage() throws Exception {
    byte[] type = SampleJar.emptyClass("com.acme.lib.deep.A", "java.lang.Object");
    SampleJar jar = new SampleJar().file("com/acme/lib/deep/A.class", type);

    assertThat(select(jar.write(folder.resolve("lib-1.5.jar"))).libraries())
        .containsExactly("lib 1.5");
    Path stranger = new SampleJar().file("q/A.class", type).write(folder.resolve("lib-1.0.jar"));
    assertThat(select(stranger).libraries()).isEmpty();
  }

  @Test
  void renamedJarsAreKnownByTheirManifest() throws Exception {
    byte[] type = SampleJar.emptyClass("com.acme.lib.A", "java.lang.Object");
    Path jar =
        new SampleJar()
            .file(
                "META-INF/MANIFEST.MF",
                "Manifest-Version: 1.0\nBundle-SymbolicName: com.acme.Lib;singleton:=true\n"
                    + "Bundle-Version: 1.5\n\n")
            .file("com/acme/lib/A.class", type)
            .write(folder.resolve("renamed.jar"));

    assertThat(select(jar).libraries()).containsExactly("lib 1.5");
  }

  @Test
  void oneJarMayHoldSeveralLibrariesAndOneLibraryCountsOnce() throws Exception {
    Path all =
        new SampleJar()
            .file("META-INF/maven/com.acme/lib/pom.properties", "version=1.5\n")
            .file("META-INF/maven/com.acme/base/pom.properties", "\\u00zz")
            .write(folder.resolve("all.jar"));

    Selection selection = select(all, maven("lib-2.0.jar", "com.acme", "lib", "2.0"));

    assertThat(selection.libraries()).containsExactlyInAnyOrder("lib 1.5", "base");
  }

  @Test
  void whatIsMalformedIsLeftOutWithAWarning() throws Exception {
    Selection selection =
        select(
            maven("a.jar", "org.broken", "broken", "1"),
            maven("b.jar", "org.broken", "cut", "1"),
            maven("c.jar", "org.broken", "away", "1"),
            maven("d.jar", "org.other", "lib", "1"),
            new SampleJar()
                .file("META-INF/MANIFEST.MF", "no manifest\u0000")
                .write(folder.resolve("e.jar")),
            Files.createDirectory(folder.resolve("classes")));

    assertThat(selection.libraries()).isEmpty();
    assertThat(selection.folders()).isEmpty();
    assertThat(selection.warnings())
        .hasSize(2)
        .anyMatch(text -> text.contains("no metadata for broken"))
        .anyMatch(text -> text.contains("metadata for cut 1 left out"));
  }

  @Test
  void whatItSaysOfTheJdksInsidesAndOfJniIsLeftOut() throws Exception {
    zip.file("org.x/y/index.json", "[{\"latest\": true, \"metadata-version\": \"1\"}]")
        .file(
            "org.x/y/1/" + FILE,
            """
            {"reflection": [{"type": "sun.security.provider.SHA"}, {"type": "sun.misc.Unsafe"},
              {"type": "com.sun.crypto.provider.AES"}, {"type": "java.lang.Thread"},
              {"type": {"proxy": ["org.x.I"]}}, {"type": "org.x.A", "jniAccessible": true}]}
            """);

    assertThat(contents(select(maven("y.jar", "org.x", "y", "1"))))
        .containsExactly(
            "{\"reflection\":[{\"type\":\"sun.misc.Unsafe\"},{\"type\":\"java.lang.Thread\"},"
                + "{\"type\":{\"proxy\":[\"org.x.I\"]}},{\"type\":\"org.x.A\"}]}");
  }
}

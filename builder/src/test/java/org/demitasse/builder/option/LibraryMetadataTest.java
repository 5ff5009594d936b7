package org.demitasse.builder.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.demitasse.builder.BuildException;
import org.demitasse.builder.BuildException.Kind;
import org.demitasse.builder.SampleJar;
import org.demitasse.builder.input.ClassPathInput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryMetadataTest {

  @TempDir private Path folder;

  private CompilerOptions options(SampleJar jar, String... user)
      throws IOException, BuildException {
    Path file = jar.write(folder.resolve("lib=1.jar"));
    return LibraryMetadata.options(
        ClassPathInput.of(List.of(file)), List.of(user), List.of(), folder);
  }

  private CompilerOptions options(String... user) throws IOException, BuildException {
    return options(new SampleJar().file("x", ""), user);
  }

  private String jarOrigin(String resource) {
    return "jar:file://" + folder.toString().replace("=", "%3D") + "/lib%3D1.jar!/" + resource;
  }

  private void refused(String words, String... user) {
    assertThatThrownBy(() -> options(user))
        .hasMessageContaining(words)
        .asInstanceOf(InstanceOfAssertFactories.type(BuildException.class))
        .extracting(BuildException::kind)
        .isEqualTo(Kind.OPTION);
  }

  @Test
  void publicNamesBecomeHostedOptions() throws Exception {
    CompilerOptions options =
        options(
            "--initialize-at-build-time=a.b,c.D",
            "--initialize-at-run-time",
            "e",
            "--enable-url-protocols=http,https",
            "--enable-http",
            "-O2",
            "-march=compatibility",
            "--link-at-build-time",
            "-ea:org.example...",
            "-esa",
            "--enable-monitoring",
            "--no-fallback",
            "-H:+PrintFeatures",
            "-R:MaxHeapSize=1g");

    assertThat(options.hosted())
        .containsExactly(
            "-H:ClassInitialization@user+api=a.b:build_time,c.D:build_time",
            "-H:ClassInitialization@user+api=e:run_time",
            "-H:EnableURLProtocols@user+api=http,https",
            "-H:EnableURLProtocols@user+api=http",
            "-H:Optimize@user+api=2",
            "-H:MicroArchitecture@user+api=compatibility",
            "-H:LinkAtBuildTime@user+api=",
            "-H:RuntimeAssertions@user+api=+org.example...",
            "-H:+RuntimeSystemAssertions@user+api",
            "-H:EnableMonitoringFeatures@user+api=all",
            "-H:+PrintFeatures@user",
            "-R:MaxHeapSize@user=1g");
  }

  @Test
  void optionsOfTheCompilersJvmAreKeptApart() throws Exception {
    CompilerOptions options =
        options(
            "-Da=b",
            "-J-Dc=d",
            "-J-Xmx1g",
            "--enable-preview",
            "--add-modules=java.sql",
            "--add-modules=java.net.http,java.sql");

    assertThat(options.jvm())
        .containsExactly(
            "-Da=b",
            "-Dc=d",
            "--enable-preview",
            "-Dsvm.modulesupport.addedModules=java.net.http,java.sql");
    assertThat(options.hosted()).isEmpty();
  }

  @Test
  void whatIsUnknownOrMakesNoSenseIsRefusedWithAReason() {
    refused("no option --no-such-thing", "--no-such-thing");
    refused("no option -Q", "-Q");
    refused("no option file.jar", "file.jar");
    refused("whole program", "--shared");
    refused("no C library", "--libc=musl");
    refused("serial collector", "--gc=G1");
    refused("GraalVM distributions", "--language:js");
    refused("needs a value", "--features");
    refused("needs a value", "--features", "-O2");
    refused("takes no value", "--enable-http=yes");
    refused("demi sets PageSize itself", "-H:PageSize=65536");
    refused("two values", "--exclude-config", "x");
    refused("regular expression", "--exclude-config", "(", "x");
  }

  @Test
  void aLibrarysOptionsComeWithTheirOrigin() throws Exception {
    CompilerOptions options =
        options(
            new SampleJar()
                .file("META-INF/native-image/g/a/reflect-config.json", "[]")
                .file(
                    "META-INF/native-image/g/a/native-image.properties",
                    """
                    ImageName = lib
                    JavaArgs = -Dlib.flag=true -Xmx8g
                    Args = --initialize-at-build-time=g.a \\
                           -H:ReflectionConfigurationResources=${.}/more.json \\
                           -H:Class=g.a.Main
                    """)
                .file("META-INF/native-image/reachability-metadata.json", "{}")
                .file("META-INF/native-image/notes.txt", "nothing"),
            "-O1");
    String properties = "META-INF/native-image/g/a/native-image.properties";
    String reflect = "META-INF/native-image/g/a/reflect-config.json";
    String reachability = "META-INF/native-image/reachability-metadata.json";

    assertThat(options.hosted())
        .containsExactly(
            "-H:ClassInitialization@" + jarOrigin(properties) + "+api=g.a:build_time",
            "-H:ReflectionConfigurationResources@"
                + jarOrigin(properties)
                + "=META-INF/native-image/g/a/more.json",
            "-H:ReachabilityMetadataResources@" + jarOrigin(reachability) + "+api=" + reachability,
            "-H:ReflectionConfigurationResources@" + jarOrigin(reflect) + "+api=" + reflect,
            "-H:Optimize@user+api=1");
    assertThat(options.jvm()).containsExactly("-Dlib.flag=true");
    assertThat(options.warnings()).singleElement().asString().contains("-H:Class=g.a.Main");
  }

  @Test
  void aFoldersOptionsNameTheirFile() throws Exception {
    Path classes =
        new SampleJar()
            .file("META-INF/native-image/native-image.properties", "Args=-g")
            .writeFolder(folder.resolve("classes"));

    assertThat(
            LibraryMetadata.options(
                    ClassPathInput.of(List.of(classes)), List.of(), List.of(), folder)
                .hosted())
        .containsExactly(
            "-H:GenerateDebugInfo@file://"
                + classes
                + "/META-INF/native-image/native-image.properties+api=2");
  }

  @Test
  void metadataCanBeLeftOut() throws Exception {
    SampleJar jar =
        new SampleJar()
            .file("META-INF/native-image/a/native-image.properties", "Args=--no-such-option")
            .file("META-INF/native-image/b/jni-config.json", "[]");

    assertThatThrownBy(() -> options(jar))
        .hasMessageContaining("--no-such-option")
        .hasMessageContaining("lib=1.jar");
    assertThat(options(jar, "--exclude-config", "lib.*jar", "native-image/a/.*").hosted())
        .singleElement()
        .asString()
        .contains("jni-config.json");
  }

  @Test
  void whatLibrariesSayOfJniIsTakenOutOfTheirMetadata() throws Exception {
    String metadata =
        """
        {"reflection": [{"type": "a.B", "jniAccessible": true, "fields": [{"name": "f"}]}]}
        """;
    String option =
        options(
                new SampleJar()
                    .file("META-INF/native-image/a/reachability-metadata.json", metadata)
                    .file("META-INF/native-image/b/reachability-metadata.json", "{}"))
            .hosted()
            .getFirst();

    assertThat(option).startsWith("-H:ConfigurationFileDirectories@jar:file:");
    Path changed = Path.of(option.substring(option.lastIndexOf('=') + 1));
    assertThat(changed.resolve("reachability-metadata.json"))
        .content()
        .contains("a.B", "\"f\"")
        .doesNotContain("jniAccessible");
  }

  @Test
  void metadataThatIsNoJsonIsLeftToTheCompiler() throws Exception {
    String name = "META-INF/native-image/a/reachability-metadata.json";

    assertThat(options(new SampleJar().file(name, "{\"jniAccessible")).hosted())
        .containsExactly("-H:ReachabilityMetadataResources@" + jarOrigin(name) + "+api=" + name);
  }
}

package org.demitasse.builder;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.demitasse.image.ImageFile;
import org.demitasse.image.Manifest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Builds a program with the real compiler and runs it in the sandbox. Needs a finished demi, named
 * by the system property {@code demitasse.home}, and a few minutes. That it builds at all shows
 * that the cached C types are complete for this version of the compiler.
 */
@Tag("image")
class HelloImageTest {

  private static final String PROGRAM =
      """
      package sample;

      public class Hello {
        public static class Reflected {
          @Override
          public String toString() {
            return "found by reflection";
          }
        }

        static class Early {
          static final String VALUE = System.getProperty("sample.early");
        }

        public static void main(String[] arguments) throws Exception {
          System.out.println("Hello, " + arguments[0]);
          System.out.println(Class.forName(arguments[1]).getConstructor().newInstance());
          System.out.println("early " + Early.VALUE);
          System.out.println(System.getProperty("sample.key"));
          try (var in = Hello.class.getResourceAsStream("/greeting.txt")) {
            System.out.print(new String(in.readAllBytes()));
          }
          System.exit(7);
        }
      }
      """;

  @TempDir private Path folder;

  @Test
  void aProgramWithMetadataBuildsAndRuns() throws Exception {
    Path source = Files.writeString(folder.resolve("Hello.java"), PROGRAM);
    Path classes = Files.createDirectory(folder.resolve("classes"));
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    assertThat(javac.run(null, null, null, "-d", classes.toString(), source.toString())).isZero();
    new SampleJar()
        .file("greeting.txt", "a resource\n")
        .file(
            "META-INF/native-image/sample/reachability-metadata.json",
            """
            {"reflection": [{"type": "sample.Hello$Reflected",
                "methods": [{"name": "<init>", "parameterTypes": []}]}],
             "resources": [{"glob": "greeting.txt"}]}
            """)
        .file(
            "META-INF/native-image/sample/native-image.properties",
            "JavaArgs=-Dsample.early=yes\nArgs=--initialize-at-build-time=sample.Hello$Early\n")
        .writeFolder(classes);
    Path image = folder.resolve("hello.img");
    BuildRequest request =
        new BuildRequest(
            List.of(classes),
            "sample.Hello",
            image,
            "hello",
            true,
            List.of(),
            Map.of("sample.key", "a=b"),
            List.of(),
            true,
            0);
    Set<BuildPhase> phases = EnumSet.noneOf(BuildPhase.class);

    BuildResult result =
        new ImageBuilder()
            .build(
                request,
                new BuildListener() {
                  @Override
                  public void phase(BuildPhase phase) {
                    phases.add(phase);
                  }
                });

    assertThat(phases).containsExactlyInAnyOrder(BuildPhase.values());
    assertThat(result.size()).isEqualTo(Files.size(image));
    assertThat(result.symbols()).exists();
    assertThat(result.methods()).isPositive();
    assertThat(result.resources()).isPositive();
    assertThat(result.peakMemory()).isPositive();
    ImageFile file = ImageFile.open(image);
    file.verifyContents();
    Manifest manifest = file.manifest();
    assertThat(manifest.mainClass()).isEqualTo("sample.Hello");
    assertThat(manifest.modules()).extracting(Manifest.Component::name).contains("java.base");
    assertThat(manifest.jars()).extracting(Manifest.Component::name).containsExactly("classes");

    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("demitasse.home"), "bin", "demi-loader").toString());
    command.addAll(List.of(image.toString(), "world", "sample.Hello$Reflected"));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(output).isEqualTo("Hello, world\nfound by reflection\nearly yes\na=b\na resource\n");
    assertThat(process.waitFor()).isEqualTo(7);
  }
}

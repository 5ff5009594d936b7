package org.demitasse.cli.program;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.demitasse.cli.CliException;
import org.demitasse.cli.ExitCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetResolverTest {

  private static final String MAIN =
      "package p; public class %s { public static void main(String[] a) { } }";

  @TempDir Path folder;

  private Target resolve(String target, String classPath, String mainClass)
      throws CliException, IOException {
    return new TargetResolver(folder).resolve(target, classPath, mainClass);
  }

  private CliException mistake(String target, String classPath, String mainClass) {
    CliException e =
        catchThrowableOfType(CliException.class, () -> resolve(target, classPath, mainClass));
    assertThat(e).as("a mistake was expected").isNotNull();
    return e;
  }

  private Path file(String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  @Test
  void jarWithMainClassAndClassPath() throws Exception {
    Path classes = Compiled.classes(folder, Map.of("A.java", MAIN.formatted("A")));
    Path library = Compiled.jar(folder.resolve("lib b.jar"), classes, Map.of());
    Path jar =
        Compiled.jar(
            folder.resolve("app.jar"),
            classes,
            Map.of("Main-Class", "p.A", "Class-Path", "lib%20b.jar missing.jar"));
    assertThat(resolve(jar.toString(), null, null))
        .isEqualTo(new Target.Program(List.of(jar, library), "p.A", "app"));
  }

  @Test
  void whatTheManifestOpensIsOpened() throws Exception {
    Path classes = Compiled.classes(folder, Map.of("A.java", MAIN.formatted("A")));
    Path jar =
        Compiled.jar(
            folder.resolve("app.jar"),
            classes,
            Map.of(
                "Main-Class",
                "p.A",
                "Add-Opens",
                "java.base/java.lang  java.base/java.util",
                "Add-Exports",
                "java.base/sun.nio.ch"));
    assertThat(resolve(jar.toString(), null, null))
        .isEqualTo(
            new Target.Program(
                List.of(jar),
                "p.A",
                "app",
                List.of(
                    "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
                    "--add-opens=java.base/java.lang=ALL-UNNAMED",
                    "--add-opens=java.base/java.util=ALL-UNNAMED")));
  }

  @Test
  void jarWithoutMainClassTakesTheOnlyCandidate() throws Exception {
    Path classes =
        Compiled.classes(
            folder, Map.of("A.java", MAIN.formatted("A"), "B.java", "package p; class B { }"));
    Path jar = Compiled.jar(folder.resolve("app.jar"), classes, Map.of());
    assertThat(resolve(jar.toString(), null, null))
        .isEqualTo(new Target.Program(List.of(jar), "p.A", "app"));
  }

  @Test
  void severalCandidatesAreListed() throws Exception {
    Path classes =
        Compiled.classes(
            folder, Map.of("A.java", MAIN.formatted("A"), "B.java", MAIN.formatted("B")));
    Path jar = Compiled.jar(folder.resolve("app.jar"), classes, Map.of());
    CliException e = mistake(jar.toString(), null, null);
    assertThat(e.exitCode()).isEqualTo(ExitCode.NO_MAIN_CLASS);
    assertThat(e.details()).containsExactlyInAnyOrder("p.A", "p.B");
    assertThat(resolve(jar.toString(), null, "p.B"))
        .isEqualTo(new Target.Program(List.of(jar), "p.B", "app"));
  }

  @Test
  void namedClassThatIsMissingListsCandidates() throws Exception {
    Path classes = Compiled.classes(folder, Map.of("A.java", MAIN.formatted("A")));
    CliException e = mistake("p.Z", classes.toString(), null);
    assertThat(e.exitCode()).isEqualTo(ExitCode.NO_MAIN_CLASS);
    assertThat(e.details()).containsExactly("p.A");
  }

  @Test
  void classMayBeNamedOnce() throws Exception {
    Path classes = Compiled.classes(folder, Map.of("A.java", MAIN.formatted("A")));
    String path = classes.toString();
    assertThat(resolve("p.A", path, "p.A")).isEqualTo(resolve("p.A", path, null));
    CliException e = mistake("p.B", path, "p.A");
    assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(e).hasMessageContaining("p.A").hasMessageContaining("p.B");
    assertThat(mistake("none.jar", path, "p.A").exitCode()).isEqualTo(ExitCode.NO_SUCH_FILE);
    assertThat(mistake("none.jar", path, null).exitCode()).isEqualTo(ExitCode.NO_SUCH_FILE);
  }

  @Test
  void classWithoutMainIsRefused() throws Exception {
    Path classes =
        Compiled.classes(folder, Map.of("B.java", "package p; class B { void main(int x) { } }"));
    CliException e = mistake("p.B", classes.toString(), null);
    assertThat(e.exitCode()).isEqualTo(ExitCode.NO_MAIN_CLASS);
    assertThat(e).hasMessageContaining("p.B has no main method");
  }

  @Test
  void instanceMainIsLaunched() throws Exception {
    Path classes =
        Compiled.classes(folder, Map.of("B.java", "package p; class B { void main() { } }"));
    assertThat(resolve("p.B", classes.toString(), null))
        .isEqualTo(new Target.Program(List.of(classes), "p.B", "B"));
  }

  @Test
  void classFileTooNewIsNamed() throws Exception {
    Path classes = Compiled.classes(folder, Map.of("A.java", MAIN.formatted("A")));
    Path file = classes.resolve("p/A.class");
    byte[] bytes = Files.readAllBytes(file);
    bytes[7] = 70;
    Files.write(file, bytes);
    CliException e = mistake("p.A", classes.toString(), null);
    assertThat(e.exitCode()).isEqualTo(ExitCode.CLASS_FILE_TOO_NEW);
    assertThat(e).hasMessageContaining("p.A").hasMessageContaining("Java 26");
  }

  @Test
  void laterVersionsOfMultiReleaseJarsDoNotCount() throws Exception {
    Path classes = Compiled.classes(folder, Map.of("A.java", MAIN.formatted("A")));
    byte[] bytes = Files.readAllBytes(classes.resolve("p/A.class"));
    bytes[7] = 70;
    Files.createDirectories(classes.resolve("META-INF/versions/26/p"));
    Files.write(classes.resolve("META-INF/versions/26/p/A.class"), bytes);
    ClassFileVersions.check(List.of(classes));
    Files.createDirectories(classes.resolve("META-INF/versions/25/p"));
    Files.write(classes.resolve("META-INF/versions/25/p/A.class"), bytes);
    CliException e =
        catchThrowableOfType(CliException.class, () -> ClassFileVersions.check(List.of(classes)));
    assertThat(e.exitCode()).isEqualTo(ExitCode.CLASS_FILE_TOO_NEW);
  }

  @Test
  void sourceFileIsCompiledWithItsNeighbours() throws Exception {
    Files.writeString(
        folder.resolve("Main.java"),
        "public class Main { public static void main(String[] a) { Other.go(); } }");
    Files.writeString(folder.resolve("Other.java"), "class Other { static void go() { } }");
    Target target = resolve(folder.resolve("Main.java").toString(), null, null);
    assertThat(target)
        .isEqualTo(new Target.Program(List.of(folder.resolve("classes")), "Main", "Main"));
    assertThat(folder.resolve("classes/Other.class")).exists();
  }

  @Test
  void compactSourceFileIsLaunchedByItsFileName() throws Exception {
    Files.writeString(folder.resolve("Hi.java"), "void main() { IO.println(\"hi\"); }");
    assertThat(resolve(folder.resolve("Hi.java").toString(), null, null))
        .isEqualTo(new Target.Program(List.of(folder.resolve("classes")), "Hi", "Hi"));
  }

  @Test
  void firstClassOfASourceFileIsLaunched() throws Exception {
    Files.createDirectories(folder.resolve("src/a/b"));
    Path source = folder.resolve("src/a/b/Tool.java");
    Files.writeString(
        source,
        "package a.b; class Start { public static void main(String[] x) { } } class Tool { }");
    assertThat(((Target.Program) resolve(source.toString(), null, null)).mainClass())
        .isEqualTo("a.b.Start");
  }

  @Test
  void classNamedAfterTheFileIsLaunchedWhenTheFirstHasNoMain() throws Exception {
    Path source = folder.resolve("Tool.java");
    Files.writeString(
        source,
        "interface Shape { } record Square(int side) implements Shape { }"
            + " public class Tool { public static void main(String[] x) { } }");
    assertThat(((Target.Program) resolve(source.toString(), null, null)).mainClass())
        .isEqualTo("Tool");
  }

  @Test
  void sourceErrorsAreShown() throws Exception {
    Files.writeString(folder.resolve("Bad.java"), "class Bad { int x = \"text\"; }");
    CliException e = mistake(folder.resolve("Bad.java").toString(), null, null);
    assertThat(e.exitCode()).isEqualTo(ExitCode.SOURCE_ERROR);
    assertThat(String.join("\n", e.details())).contains("incompatible types");
  }

  @Test
  void filesOfOtherKindsAreRefused() throws Exception {
    assertThat(mistake(folder.resolve("none.jar").toString(), null, null).exitCode())
        .isEqualTo(ExitCode.NO_SUCH_FILE);
    assertThat(mistake(file("text.img", "hello".getBytes(UTF_8)).toString(), null, null).exitCode())
        .isEqualTo(ExitCode.NOT_RUNNABLE);
    assertThat(mistake(file("empty.jar", new byte[0]).toString(), null, null).exitCode())
        .isEqualTo(ExitCode.NOT_RUNNABLE);
    byte[] cut = {'P', 'K', 3, 4, 0, 0};
    assertThat(mistake(file("cut.jar", cut).toString(), null, null).exitCode())
        .isEqualTo(ExitCode.NOT_RUNNABLE);
  }

  @Test
  void elfFileIsAnImage() throws Exception {
    Path image = file("x.img", new byte[] {0x7f, 'E', 'L', 'F', 2});
    assertThat(resolve(image.toString(), null, null)).isEqualTo(new Target.Image(image));
  }

  @Test
  void classPathEntryThatIsMissingIsNamed() throws Exception {
    CliException e = mistake("p.A", folder.resolve("gone.jar").toString(), null);
    assertThat(e.exitCode()).isEqualTo(ExitCode.NO_SUCH_FILE);
    assertThat(e).hasMessageContaining("gone.jar");
  }
}

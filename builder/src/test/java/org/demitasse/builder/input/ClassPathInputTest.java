package org.demitasse.builder.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.demitasse.builder.BuildException;
import org.demitasse.builder.BuildException.Kind;
import org.demitasse.builder.SampleJar;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassPathInputTest {

  @TempDir private Path folder;

  private static void fails(Kind kind, String words, List<Path> entries) {
    assertThatThrownBy(() -> ClassPathInput.of(entries))
        .hasMessageContaining(words)
        .asInstanceOf(InstanceOfAssertFactories.type(BuildException.class))
        .extracting(BuildException::kind)
        .isEqualTo(kind);
  }

  @Test
  void anEntryThatIsNotThereIsNamed() {
    fails(Kind.NO_SUCH_FILE, "gone.jar", List.of(folder.resolve("gone.jar")));
  }

  @Test
  void aTextIsNoJar() throws IOException {
    fails(Kind.NOT_A_JAR, "a.jar", List.of(Files.writeString(folder.resolve("a.jar"), "no jar")));
  }

  @Test
  void filesAreSeenEntryByEntry() throws Exception {
    Path jar = new SampleJar().file("b.txt", "2").file("a.txt", "1").write(folder.resolve("x.jar"));
    Path classes =
        new SampleJar()
            .file("d/z.txt", "4")
            .file("a.txt", "3")
            .writeFolder(folder.resolve("classes"));
    ClassPathInput input = ClassPathInput.of(List.of(classes, jar));
    List<String> seen = new ArrayList<>();

    input.walk(
        name -> !name.startsWith("b"),
        (entry, name, content) ->
            seen.add(
                entry.getFileName()
                    + ":"
                    + name
                    + "="
                    + new String(content.readAllBytes(), StandardCharsets.UTF_8)));

    assertThat(seen).containsExactly("classes:a.txt=3", "classes:d/z.txt=4", "x.jar:a.txt=1");
    assertThat(input.find("a.txt")).asString().isEqualTo("3");
    assertThat(input.find("b.txt")).asString().isEqualTo("2");
    assertThat(input.find("c.txt")).isNull();
  }

  @Test
  void fingerprintsAreThoseOfTheContent() throws IOException {
    Path abc = Files.writeString(folder.resolve("abc"), "abc");
    Path one = new SampleJar().file("x/a", "1").file("b", "2").writeFolder(folder.resolve("one"));
    Path two = new SampleJar().file("b", "2").file("x/a", "1").writeFolder(folder.resolve("two"));
    Path other =
        new SampleJar().file("b", "1").file("x/a", "2").writeFolder(folder.resolve("other"));

    // FIPS 180-4's example
    assertThat(Fingerprints.of(abc))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(Fingerprints.of(one))
        .isEqualTo(Fingerprints.of(two))
        .isNotEqualTo(Fingerprints.of(other));
  }
}

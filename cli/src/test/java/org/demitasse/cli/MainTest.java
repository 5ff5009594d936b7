package org.demitasse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each mistake of a user: its message, its exit code, and never a stack trace. */
class MainTest {

  @TempDir Path folder;

  private record Outcome(int code, String errors) {}

  private static Outcome demi(String... arguments) {
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    int code = Main.execute(new PrintStream(errors, true, StandardCharsets.UTF_8), arguments);
    return new Outcome(code, errors.toString(StandardCharsets.UTF_8));
  }

  static Stream<Arguments> wrongCommandLines() {
    return Stream.of(
        line("a command is missing"),
        line("Unmatched", "walk"),
        line("there is no machine 'cloud'", "run", "--machine", "cloud", "x.img"),
        line("expected a size", "run", "--machine=qemu", "-m", "lots", "IMAGE"),
        line("expected [ADDRESS:]HOST:GUEST", "run", "--machine=qemu", "-p", "80", "IMAGE"),
        line("a port is 1 to 65535", "run", "--machine=qemu", "-p", "80:99999", "IMAGE"),
        line("expected none, user or tap=NAME", "run", "--machine=qemu", "--net", "x", "IMAGE"),
        line("-e needs KEY=VALUE", "run", "--machine=qemu", "-e", "=x", "IMAGE"),
        line("ports cannot be forwarded", "run", "--machine=qemu", "-p1:1", "--net=tap=t", "IMAGE"),
        line("--kvm needs --machine qemu", "run", "--kvm", "IMAGE"),
        line("is an image already", "run", "--machine=qemu", "--quick", "IMAGE"));
  }

  private static Arguments line(String message, String... words) {
    return Arguments.of(message, words);
  }

  @ParameterizedTest
  @MethodSource("wrongCommandLines")
  void wrongCommandLineIsCode64(String message, String[] words) throws IOException {
    Path image = Files.write(folder.resolve("x.img"), new byte[] {0x7f, 'E', 'L', 'F'});
    for (int i = 0; i < words.length; i++) {
      words[i] = words[i].equals("IMAGE") ? image.toString() : words[i];
    }
    Outcome outcome = demi(words);
    assertThat(outcome.errors()).startsWith("demi: ").contains(message).doesNotContain("\tat ");
    assertThat(outcome.code()).isEqualTo(ExitCode.USAGE.code());
  }

  @Test
  void missingFileIsCode66() {
    Outcome outcome = demi("build", folder.resolve("none.jar").toString());
    assertThat(outcome.code()).isEqualTo(66);
    assertThat(outcome.errors()).isEqualTo("demi: there is no file " + folder + "/none.jar\n");
  }

  @Test
  void textFileIsCode65() throws IOException {
    Path file = Files.writeString(folder.resolve("app.img"), "I am no image.");
    assertThat(demi("build", file.toString()).code()).isEqualTo(65);
  }

  @Test
  void damagedImageIsCode124() throws IOException {
    Path file = Files.write(folder.resolve("x.img"), new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
    Outcome outcome = demi("inspect", file.toString());
    assertThat(outcome.code()).isEqualTo(124);
    assertThat(outcome.errors()).contains("x.img").doesNotContain("\tat ");
    outcome = demi("run", "--machine=qemu", file.toString());
    assertThat(outcome.code()).isIn(78, 124); // 78 where QEMU is not installed
  }

  @Test
  void whatFollowsTheTargetIsTheProgramsOwn() throws IOException {
    Path file = Files.write(folder.resolve("x.img"), new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
    Outcome outcome = demi("run", "--machine=qemu", file.toString(), "--json", "-m", "--", "-x");
    assertThat(outcome.code()).as(outcome.errors()).isIn(78, 124);
  }

  @Test
  void sourceErrorIsCode75() throws IOException {
    Path file = Files.writeString(folder.resolve("Bad.java"), "class Bad { x }");
    Outcome outcome = demi("build", file.toString());
    assertThat(outcome.code()).isEqualTo(75);
    assertThat(outcome.errors()).contains("Bad.java does not compile").contains("error:");
  }
}

package org.demitasse.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The words for the native front, and what a run does with its process; a script plays the front.
 */
class SandboxMachineTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path folder;

  private Path image;

  @BeforeEach
  void image() throws IOException {
    image = Files.createFile(folder.resolve("x.img"));
  }

  private SandboxMachine machine(String script) throws IOException {
    Path front = Files.createDirectories(folder.resolve("bin")).resolve("demi-front");
    Files.writeString(front, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(front, PosixFilePermissions.fromString("rwxr-xr-x"));
    return new SandboxMachine(new DemiHome(folder));
  }

  @Test
  void everySettingBecomesAWord() throws MachineException {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("B", "2");
    environment.put("A", "one two");
    RunRequest request =
        new RunRequest(
            image,
            List.of("--help", "x"),
            64 << 20,
            environment,
            Map.of("k", "v"),
            List.of(PortForward.parse("8080:80")),
            new Network.None(),
            RunRequest.Streams.PIPE);
    assertThat(SandboxMachine.frontArguments(request))
        .containsExactly(
            "--memory=67108864",
            "--net=user",
            "--publish=127.0.0.1:8080:80/tcp",
            "--env=B=2",
            "--env=A=one two",
            "-Dk=v",
            "--",
            image.toString(),
            "--",
            "--help",
            "x");
  }

  @Test
  void streamsAndExitCodeAreTheProgramsOwn() throws Exception {
    SandboxMachine machine = machine("cat; echo problem >&2; exit 7");
    try (RunningMachine run = machine.start(RunRequest.of(image))) {
      run.input().write("hello".getBytes(StandardCharsets.UTF_8));
      run.input().close();
      assertThat(run.output().readAllBytes()).asString().isEqualTo("hello");
      assertThat(run.error().readAllBytes()).asString().isEqualTo("problem\n");
      assertThat(run.waitFor(PATIENCE)).hasValue(7);
    }
  }

  @Test
  void stopIsInOrder() throws Exception {
    SandboxMachine machine =
        machine("trap 'echo hook; exit 3' TERM; echo ready; while :; do sleep 0.05; done");
    try (RunningMachine run = machine.start(RunRequest.of(image))) {
      assertThat((char) run.output().read()).isEqualTo('r');
      run.stop();
      assertThat(run.waitFor(PATIENCE)).hasValue(3);
      assertThat(run.output().readAllBytes()).asString().endsWith("hook\n");
    }
  }

  @Test
  void closingKills() throws Exception {
    RunningMachine run = machine("exec sleep 1000").start(RunRequest.of(image));
    run.close();
    assertThat(run.waitFor(PATIENCE)).hasValue(137);
  }

  @Test
  void whatIsMissingIsNamed() {
    SandboxMachine machine = new SandboxMachine(new DemiHome(folder.resolve("none")));
    assertThatThrownBy(() -> machine.start(RunRequest.of(image)))
        .isInstanceOf(MachineException.class)
        .hasMessageContaining("demi-front");
    assertThatThrownBy(() -> SandboxMachine.frontArguments(RunRequest.of(folder.resolve("y.img"))))
        .isInstanceOf(MachineException.class)
        .hasMessageContaining("y.img");
  }
}

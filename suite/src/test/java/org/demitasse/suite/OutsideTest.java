package org.demitasse.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What can be seen of an image from outside alone: streams, signals, exit codes, faults. */
@Tag("image")
class OutsideTest {

  /** What a terminal turns into SIGINT. */
  private static final int CONTROL_C = 3;

  static Stream<String> machines() {
    return SuiteImage.MACHINES.stream();
  }

  /** Booted machines have one serial line, which carries few bytes a second: less is sent there. */
  private static int size(String machine) {
    return machine.equals("sandbox") ? 40_000_000 : 100_000;
  }

  @ParameterizedTest
  @MethodSource("machines")
  void standardInputArrivesWhole(String machine, @TempDir Path folder) throws Exception {
    Path input = folder.resolve("input");
    CRC32 crc = new CRC32();
    byte[] bytes = new byte[size(machine)];
    new Random(1).nextBytes(bytes);
    crc.update(bytes);
    Files.write(input, bytes);
    SuiteImage.Result result =
        SuiteImage.result(SuiteImage.command(machine, List.of(), "--program", "checksum"), input);
    assertThat(result.output())
        .isEqualTo("%d bytes, CRC-32 %x\n".formatted(bytes.length, crc.getValue()));
    assertThat(result.code()).isZero();
  }

  @ParameterizedTest
  @MethodSource("machines")
  void textIsCopiedFromInputToOutput(String machine, @TempDir Path folder) throws Exception {
    String text = "Zürich, 東京\n".repeat(size(machine) / 200);
    Path input = Files.writeString(folder.resolve("input"), text);
    SuiteImage.Result result =
        SuiteImage.result(SuiteImage.command(machine, List.of(), "--program", "copy"), input);
    assertThat(result.output()).isEqualTo(text);
    assertThat(result.code()).isZero();
  }

  @ParameterizedTest
  @MethodSource("machines")
  void argumentsArriveAsTheyAre(String machine) throws Exception {
    SuiteImage.Result result =
        SuiteImage.program(machine, "arguments", "two words", "", "ü", "--memory", "a\tb");
    assertThat(result.output()).isEqualTo("two words\n\nü\n--memory\na\tb\n");
  }

  @ParameterizedTest
  @MethodSource("machines")
  void environmentAndPropertiesArriveAndNothingElse(String machine) throws Exception {
    SuiteImage.Result environment =
        SuiteImage.result(
            SuiteImage.command(
                machine,
                List.of("-e", "GIVEN=a value=1"),
                "--program",
                "environment",
                "GIVEN",
                "PATH"),
            Path.of("/dev/null"));
    assertThat(environment.output()).isEqualTo("a value=1\nnull\n");
    SuiteImage.Result property =
        SuiteImage.result(
            SuiteImage.command(
                machine, List.of("-Dgiven.key=ü"), "--program", "property", "given.key"),
            Path.of("/dev/null"));
    assertThat(property.output()).isEqualTo("ü\n");
  }

  @ParameterizedTest
  @MethodSource("machines")
  void outputAndErrorAreTwoStreams(String machine) throws Exception {
    SuiteImage.Result result = SuiteImage.program(machine, "streams");
    if (machine.equals("sandbox")) {
      assertThat(result.output()).isEqualTo("to output\nno line end");
      assertThat(result.error()).isEqualTo("to error\n");
    } else {
      assertThat(result.output()).isEqualTo("to output\nto error\nno line end");
    }
  }

  @ParameterizedTest
  @MethodSource("machines")
  void exitCodesPassThrough(String machine) throws Exception {
    for (int code : new int[] {0, 1, 7, 123, 255}) {
      assertThat(SuiteImage.program(machine, "exit", Integer.toString(code)).code())
          .isEqualTo(code);
    }
    assertThat(SuiteImage.program(machine, "halt", "9").code()).isEqualTo(9);
  }

  @ParameterizedTest
  @MethodSource("machines")
  void uncaughtExceptionEndsWithOne(String machine) throws Exception {
    SuiteImage.Result result = SuiteImage.program(machine, "throw");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.both())
        .contains("Exception in thread \"main\" java.lang.IllegalStateException: on purpose")
        .contains("org.demitasse.suite.Programs.run(Programs.java:");
  }

  @ParameterizedTest
  @MethodSource("machines")
  void uncaughtExceptionElsewhereEndsThatThreadAlone(String machine) throws Exception {
    SuiteImage.Result result = SuiteImage.program(machine, "throw-beside");
    assertThat(result.code()).isZero();
    assertThat(result.both())
        .contains("Exception in thread \"beside\" java.lang.IllegalStateException: beside")
        .contains("main goes on\n");
  }

  @ParameterizedTest
  @MethodSource("machines")
  void programLastsAsLongAsItsThreads(String machine) throws Exception {
    SuiteImage.Result result = SuiteImage.program(machine, "last-thread");
    assertThat(result.output()).isEqualTo("main ends\nlast thread\nhook\n");
    assertThat(result.code()).isZero();
  }

  @ParameterizedTest
  @MethodSource("machines")
  void uncaughtOutOfMemoryErrorEndsWithOne(String machine) throws Exception {
    SuiteImage.Result result = SuiteImage.program(machine, "exhaust");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.both()).contains("java.lang.OutOfMemoryError");
  }

  @ParameterizedTest
  @MethodSource("machines")
  void terminationRunsShutdownHooks(String machine) throws Exception {
    signalRunsHooks(machine, "TERM");
  }

  @ParameterizedTest
  @MethodSource("machines")
  void interruptRunsShutdownHooks(String machine) throws Exception {
    signalRunsHooks(machine, "INT");
  }

  private static void signalRunsHooks(String machine, String signal) throws Exception {
    ProcessBuilder command = SuiteImage.command(machine, List.of(), "--program", "hooks");
    try (GuestProcess process = GuestProcess.start(command)) {
      process.readUntil("ready");
      process.signal(signal);
      assertThat(process.rest()).contains("hook has run\n");
      assertThat(process.exitCode()).isEqualTo(143);
    }
  }

  @ParameterizedTest
  @MethodSource("machines")
  void secondTerminationKills(String machine) throws Exception {
    secondSignalKills(machine, "TERM", 143);
  }

  @ParameterizedTest
  @MethodSource("machines")
  void secondInterruptKills(String machine) throws Exception {
    secondSignalKills(machine, "INT", 130);
  }

  private static void secondSignalKills(String machine, String signal, int code) throws Exception {
    ProcessBuilder command = SuiteImage.command(machine, List.of(), "--program", "endless-hook");
    try (GuestProcess process = GuestProcess.start(command)) {
      process.readUntil("ready");
      process.signal(signal);
      process.readUntil("hook begins");
      process.signal(signal);
      assertThat(process.rest()).isEmpty();
      assertThat(process.exitCode()).isEqualTo(code);
    }
  }

  /** The terminal sends the signal to the whole group: the program gets it once all the same. */
  @ParameterizedTest
  @MethodSource("machines")
  void controlCAtATerminalRunsShutdownHooks(String machine) throws Exception {
    try (GuestProcess terminal = atATerminal(machine, "hooks")) {
      terminal.readUntil("ready");
      pressControlC(terminal);
      assertThat(terminal.rest()).contains("hook has run\n");
      assertThat(terminal.exitCode()).isEqualTo(143);
    }
  }

  @ParameterizedTest
  @MethodSource("machines")
  void secondControlCAtATerminalKills(String machine) throws Exception {
    try (GuestProcess terminal = atATerminal(machine, "endless-hook")) {
      terminal.readUntil("ready");
      pressControlC(terminal);
      terminal.readUntil("hook begins");
      pressControlC(terminal);
      terminal.rest();
      assertThat(terminal.exitCode()).isEqualTo(130);
    }
  }

  private static void pressControlC(GuestProcess terminal) throws IOException {
    terminal.input().write(CONTROL_C);
    terminal.input().flush();
  }

  /**
   * Runs a program at a terminal of its own, which the tool of util-linux makes. The shell gives
   * its place to the command: it would get Ctrl-C's signal too, and some shells end of it.
   */
  private static GuestProcess atATerminal(String machine, String program) throws Exception {
    ProcessBuilder command = SuiteImage.command(machine, List.of(), "--program", program);
    String line = "exec '" + String.join("' '", command.command()) + "'";
    return GuestProcess.start(new ProcessBuilder("script", "-qec", line, "/dev/null"));
  }

  @ParameterizedTest
  @MethodSource("machines")
  void machineDoesNotOutliveItsKilledCommand(String machine) throws Exception {
    ProcessBuilder command = SuiteImage.command(machine, List.of(), "--program", "hooks");
    try (GuestProcess process = GuestProcess.start(command)) {
      process.readUntil("ready");
      process.signal("KILL");
      process.rest(); // ends when nobody has standard output open any more
      assertThat(process.exitCode()).isEqualTo(137);
    }
  }

  @ParameterizedTest
  @MethodSource("machines")
  void terminationReachesASpinningProgram(String machine) throws Exception {
    ProcessBuilder command = SuiteImage.command(machine, List.of(), "--program", "spin");
    try (GuestProcess process = GuestProcess.start(command)) {
      process.readUntil("ready");
      process.signal("TERM");
      assertThat(process.exitCode()).isEqualTo(143);
    }
  }

  @ParameterizedTest
  @MethodSource("machines")
  void faultIsReportedWithRegistersAndJavaStack(String machine) throws Exception {
    for (String address : new String[] {"8", "0x500000000000"}) {
      SuiteImage.Result result = SuiteImage.program(machine, "fault", address);
      assertThat(result.code()).as(result.both()).isEqualTo(125);
      assertThat(result.both())
          .containsIgnoringCase("rip")
          .containsIgnoringCase("rsp")
          .contains("org.demitasse.suite.Programs.fault(Programs.java:")
          .doesNotContain("did not fault");
    }
  }
}

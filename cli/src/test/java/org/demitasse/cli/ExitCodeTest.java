package org.demitasse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExitCodeTest {

  @Test
  void everyCodeIsDocumented() throws IOException {
    String page = Files.readString(Path.of("../docs/exit-codes.md"));
    for (ExitCode code : ExitCode.values()) {
      if (code != ExitCode.OK) {
        assertThat(page).as(code.name()).contains("| " + code.code() + " |");
      }
    }
  }

  @Test
  void codesAreDistinctAndLeaveTheProgramsRoom() {
    List<Integer> codes = Arrays.stream(ExitCode.values()).map(ExitCode::code).toList();
    assertThat(codes).doesNotHaveDuplicates();
    assertThat(codes)
        .allMatch(code -> code == 0 || code >= 64 && code <= 99 || code >= 124 && code <= 130);
  }

  @Test
  void nativeFrontHasTheSameNumbers() throws IOException {
    String header = Files.readString(Path.of("native/front.h"));
    assertThat(header)
        .contains("EXIT_USAGE = " + ExitCode.USAGE.code())
        .contains("EXIT_INTERNAL = " + ExitCode.INTERNAL.code())
        .contains("EXIT_PORT_TAKEN = " + ExitCode.PORT_TAKEN.code())
        .contains("EXIT_PORT_DENIED = " + ExitCode.PORT_DENIED.code())
        .contains("EXIT_SANDBOX_MISSING = " + ExitCode.SANDBOX_MISSING.code())
        .contains("EXIT_GATEWAY_FAILED = " + ExitCode.GATEWAY_FAILED.code())
        .contains("EXIT_JDK_MISSING = " + ExitCode.JDK_MISSING.code())
        .contains("EXIT_BUILD_OF_DEMI_FAILED = " + ExitCode.DEMI_BUILD_FAILED.code());
  }
}

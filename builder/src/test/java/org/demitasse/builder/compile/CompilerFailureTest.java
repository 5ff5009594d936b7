package org.demitasse.builder.compile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.demitasse.builder.BuildException;
import org.demitasse.builder.BuildException.Kind;
import org.junit.jupiter.api.Test;

class CompilerFailureTest {

  private static final String LOG = "/logs/compiler.log";

  private static BuildException failure(int exitCode, String output) {
    return CompilerFailure.of(exitCode, output.lines().toList(), LOG, 4L << 30);
  }

  @Test
  void aHoleOfTheJdkNamesTheMethodAndThePath() {
    BuildException e =
        failure(
            1,
            """
            demitasse-hole: java.lang.ProcessImpl.init() <- java.lang.ProcessImpl.<clinit> <- App.main
            Error: 1 native methods are reachable that have no implementation on this platform.
            """);

    assertThat(e.kind()).isEqualTo(Kind.METHOD_UNIMPLEMENTED);
    assertThat(e.getMessage()).contains("java.lang.ProcessImpl.init()");
    assertThat(e.details())
        .containsExactly(
            "java.lang.ProcessImpl.init()",
            "  reached by java.lang.ProcessImpl.<clinit> <- App.main");
    assertThat(e.hint()).isNotEmpty();
  }

  @Test
  void aHoleOfTheProgramIsANativeLibrary() {
    BuildException e =
        failure(
            1,
            """
            demitasse-hole: java.lang.ProcessImpl.init()
            demitasse-hole: org.example.jni.Codec.encode(byte[],int) <- org.example.Main.main
            """);

    assertThat(e.kind()).isEqualTo(Kind.NATIVE_LIBRARY);
    assertThat(e.getMessage()).contains("org.example.jni.Codec.encode(byte[],int)");
    assertThat(e.details()).hasSize(3);
  }

  @Test
  void aHoleBehindTheLineOfProgressIsSeen() {
    BuildException e =
        failure(
            1, "[2/8] Performing analysis...  [****     demitasse-hole: App.call() <- App.main");

    assertThat(e.kind()).isEqualTo(Kind.NATIVE_LIBRARY);
    assertThat(e.details()).containsExactly("App.call()", "  reached by App.main");
  }

  @Test
  void aBrokenRuleOfTheClosedWorldIsTheProgramsMatter() {
    BuildException e =
        failure(
            20,
            """
            Fatal error: com.oracle.graal.pointsto.constraints.UnsupportedFeatureException: Detected a \
            started Thread in the image heap. Thread name: Thread-2.
            \tat org.graalvm.nativeimage.pointsto/com.oracle.graal.pointsto.Scanner.scan(Scanner.java:1)
            """);

    assertThat(e.kind()).isEqualTo(Kind.PROGRAM);
    assertThat(e.getMessage()).contains("Detected a started Thread").doesNotContain("Exception");
    assertThat(e.details()).isEmpty();
    assertThat(e.hint()).contains(LOG);
  }

  @Test
  void manyHolesAreCutAndTheLogIsNamed() {
    String output = "demitasse-hole: java.lang.Object.wait0(long)\n".repeat(25);

    assertThat(failure(1, output).details()).hasSize(21).last().asString().contains("5 more", LOG);
  }

  @Test
  void outOfMemoryTellsHowMuchTheCompilerHad() {
    BuildException e =
        failure(
            1,
            """
            [2/8] Performing analysis...
            Fatal error: java.lang.OutOfMemoryError: Java heap space
            \tat java.base/java.util.Arrays.copyOf(Arrays.java:3482)
            """);

    assertThat(e.kind()).isEqualTo(Kind.OUT_OF_MEMORY);
    assertThat(e.getMessage()).contains("4.0 GB");
    assertThat(e.hint()).contains("--build-memory 8G");
  }

  @Test
  void aKilledCompilerIsOutOfMemory() {
    BuildException e = failure(137, "[2/8] Performing analysis...");

    assertThat(e.kind()).isEqualTo(Kind.OUT_OF_MEMORY);
    assertThat(e.getMessage()).contains("killed");
  }

  @Test
  void aClassThatIsTooNewIsNamed() {
    BuildException e =
        failure(
            1,
            "Error: java.lang.UnsupportedClassVersionError: org/example/Lib has been compiled by a more"
                + " recent version of the Java Runtime (class file version 70.0), this version of the"
                + " Java Runtime only recognizes class file versions up to 69.0");

    assertThat(e.kind()).isEqualTo(Kind.CLASS_FILE_TOO_NEW);
    assertThat(e.getMessage()).contains("org.example.Lib", "70");
  }

  @Test
  void aMissingMainClassIsOneEvenInsideAStackTrace() {
    BuildException e =
        failure(
            1,
            "> java.lang.IllegalArgumentException: The main class org.example.Gone is not on the class"
                + " path.");

    assertThat(e.kind()).isEqualTo(Kind.NO_MAIN_CLASS);
    assertThat(e.getMessage()).contains("org.example.Gone");
  }

  @Test
  void anInitialiserThatFailsIsTheProgramsAndHasAHint() {
    BuildException e =
        failure(
            1,
            """
            Error: Class initialization of org.example.Config failed. Use the option
            java.lang.ExceptionInInitializerError
            \tat org.example.Config.<clinit>(Config.java:3)
            ------------------------------
            more
            """);

    assertThat(e.kind()).isEqualTo(Kind.PROGRAM);
    assertThat(e.hint()).contains("--initialize-at-run-time=org.example.Config", LOG);
    assertThat(e.details()).containsExactly("java.lang.ExceptionInInitializerError");
  }

  @Test
  void anOptionThatTheCompilerDoesNotKnowIsAnOption() {
    BuildException e =
        failure(1, "Error: Could not find option 'NoSuch'. Did you mean one of these: ...");

    assertThat(e.kind()).isEqualTo(Kind.OPTION);
    assertThat(e.getMessage()).contains("NoSuch");
  }

  @Test
  void anUnknownFailureNamesItsLogAndShowsNoStack() {
    BuildException e =
        failure(
            1,
            """
            The build process encountered an unexpected error:

            > java.lang.NullPointerException: something is null
            """);

    assertThat(e.kind()).isEqualTo(Kind.INTERNAL);
    assertThat(e.getMessage()).contains("something is null");
    assertThat(e.hint()).contains(LOG);
    assertThat(e.details()).isEmpty();
  }

  @Test
  void silenceIsAFailureToo() {
    BuildException e = failure(3, "");

    assertThat(e.kind()).isEqualTo(Kind.INTERNAL);
    assertThat(e.getMessage()).contains("exit code 3");
  }

  @Test
  void holesAreReadFromTheirLinesAlone() {
    assertThat(NativeHole.in(List.of("x demitasse-hole: a.B.c()", "demitasse-hole: a.B.c()")))
        .containsExactly(new NativeHole("a.B.c()", List.of()));
  }
}

package org.demitasse.suite;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Runs the tests on the JVM: what does not pass there says nothing about an image. */
class HotSpotTest {

  @TestFactory
  Stream<DynamicTest> onTheJvm() {
    return GuestReport.tests(
        "JVM",
        () ->
            SuiteImage.result(
                new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx128m",
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    SuiteImage.module().resolve("target/classes").toString(),
                    "org.demitasse.suite.Main"),
                Path.of("/dev/null")));
  }
}

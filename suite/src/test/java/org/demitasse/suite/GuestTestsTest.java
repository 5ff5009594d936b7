package org.demitasse.suite;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Runs all tests inside the image, on every machine, and reports each by its name. */
@Tag("image")
class GuestTestsTest {

  @TestFactory
  Stream<DynamicContainer> inTheGuest() {
    return SuiteImage.MACHINES.stream()
        .map(
            machine ->
                DynamicContainer.dynamicContainer(
                    machine,
                    GuestReport.tests(
                        machine,
                        () ->
                            SuiteImage.result(
                                SuiteImage.command(machine, List.of()), Path.of("/dev/null")))));
  }
}

package org.demitasse.net.script;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every case of every script, named by RFC and section. {@code -Drfc.only=TEXT} runs those whose
 * name contains the text.
 */
class RfcScriptsTest {
  @TestFactory
  List<DynamicContainer> rfcs() throws IOException, URISyntaxException {
    Path root = Path.of(RfcScriptsTest.class.getResource("/rfc").toURI());
    String only = System.getProperty("rfc.only", "");
    List<DynamicContainer> files = new ArrayList<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.filter(p -> p.toString().endsWith(".pkt")).sorted().toList()) {
        List<DynamicTest> cases = new ArrayList<>();
        for (ScriptFile.Case each : ScriptFile.read(path)) {
          if (each.name().contains(only)) {
            cases.add(DynamicTest.dynamicTest(each.name(), () -> ScriptRunner.run(each)));
          }
        }
        files.add(DynamicContainer.dynamicContainer(path.getFileName().toString(), cases));
      }
    }
    return files;
  }
}

package org.demitasse.jdk.lang;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.demitasse.jdk.start.BootConfiguration;

/**
 * The environment in the shape that {@code java.lang.ProcessEnvironment} reads: names and values in
 * turns.
 */
final class EnvironmentBytes {
  private EnvironmentBytes() {}

  static byte[][] read() {
    List<String> environment = BootConfiguration.environment();
    byte[][] pairs = new byte[2 * environment.size()][];
    int i = 0;
    for (String assignment : environment) {
      int equals = assignment.indexOf('=');
      String name = equals < 0 ? assignment : assignment.substring(0, equals);
      String value = equals < 0 ? "" : assignment.substring(equals + 1);
      pairs[i++] = name.getBytes(StandardCharsets.UTF_8);
      pairs[i++] = value.getBytes(StandardCharsets.UTF_8);
    }
    return pairs;
  }
}

package org.demitasse.jdk.start;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.demitasse.jdk.nucleus.BootInfo;
import org.graalvm.word.Pointer;

/**
 * What the machine was told to run with: the configuration block of {@code docs/boot-protocol.md},
 * or the hypervisor's command line when there is none.
 */
public final class BootConfiguration {
  private static final int MAX_BLOCK = 1 << 20;
  private static final int MAX_COMMAND_LINE = 4096;

  private final List<String> arguments = new ArrayList<>();
  private final List<String> environment = new ArrayList<>();
  private final List<String> properties = new ArrayList<>();
  private final List<String> network = new ArrayList<>();

  /** A configuration that breaks the protocol's rules. */
  public static final class RefusedException extends Exception {
    RefusedException(String message) {
      super(message);
    }
  }

  private BootConfiguration() {}

  private static BootConfiguration current;

  /** The configuration that the machine was started with; read once. */
  static BootConfiguration read() throws RefusedException {
    BootConfiguration configuration = new BootConfiguration();
    current = configuration;
    if (BootInfo.config().isNonNull() && BootInfo.configSize() != 0) {
      configuration.parseBlock(bytes(BootInfo.config(), BootInfo.configSize(), MAX_BLOCK));
    } else if (BootInfo.commandLine().isNonNull()) {
      configuration.parseCommandLine(commandLine());
    }
    return configuration;
  }

  /** The network settings ({@code key=value}) of the running machine. */
  public static List<String> network() {
    return current.network;
  }

  /** The environment ({@code KEY=VALUE}) of the running machine. */
  public static List<String> environment() {
    return current == null ? List.of() : current.environment;
  }

  String[] arguments() {
    return arguments.toArray(new String[0]);
  }

  void apply() {
    for (String assignment : environment) {
      if (assignment.startsWith("TZ=") && System.getProperty("user.timezone") == null) {
        System.setProperty("user.timezone", assignment.substring(3));
      }
    }
    for (String property : properties) {
      int equals = property.indexOf('=');
      System.setProperty(
          equals < 0 ? property : property.substring(0, equals),
          equals < 0 ? "" : property.substring(equals + 1));
    }
  }

  private static byte[] bytes(Pointer address, long size, int max) throws RefusedException {
    if (size > max) {
      throw new RefusedException(
          "The boot configuration has " + size + " bytes; at most " + max + " are allowed.");
    }
    byte[] bytes = new byte[(int) size];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = address.readByte(i);
    }
    return bytes;
  }

  private static String commandLine() {
    Pointer text = BootInfo.commandLine();
    int length = 0;
    while (length < MAX_COMMAND_LINE && text.readByte(length) != 0) {
      length++;
    }
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = text.readByte(i);
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private void parseBlock(byte[] block) throws RefusedException {
    int start = 0;
    boolean versionSeen = false;
    while (start < block.length) {
      int end = start;
      while (end < block.length && block[end] != 0) {
        end++;
      }
      if (end == block.length) {
        if (isPadding(block, start)) {
          break;
        }
        throw new RefusedException(
            "The boot configuration's last record, at byte " + start + ", does not end with NUL.");
      }
      if (end == start) {
        if (isPadding(block, start)) {
          break; // hypervisors round a boot module up
        }
        throw new RefusedException("The boot configuration has an empty record at byte " + start);
      }
      String text = new String(block, start + 1, end - start - 1, StandardCharsets.UTF_8);
      char letter = (char) (block[start] & 0xff);
      if (!versionSeen) {
        if (letter != 'v' || !text.equals("1")) {
          throw new RefusedException(
              "The boot configuration does not begin with version 1 of the protocol. Start the image"
                  + " with the demi that built it.");
        }
        versionSeen = true;
      } else {
        record(letter, text);
      }
      start = end + 1;
    }
  }

  private static boolean isPadding(byte[] block, int start) {
    for (int i = start; i < block.length; i++) {
      if (block[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private void record(char letter, String text) throws RefusedException {
    switch (letter) {
      case 'a' -> arguments.add(text);
      case 'e' -> environment.add(text);
      case 'p' -> properties.add(text);
      case 'n' -> network.add(text);
      case 'd' -> {} // the nucleus has read these
      default ->
          throw new RefusedException(
              "The boot configuration has a record of the unknown kind '" + letter + "'.");
    }
  }

  private void parseCommandLine(String line) {
    int i = 0;
    boolean assignments = true;
    while (i < line.length()) {
      while (i < line.length() && line.charAt(i) <= ' ') {
        i++;
      }
      if (i == line.length()) {
        return;
      }
      StringBuilder word = new StringBuilder();
      boolean quoted = false;
      while (i < line.length() && (quoted || line.charAt(i) > ' ')) {
        char c = line.charAt(i++);
        if (c == '"') {
          quoted = !quoted;
        } else {
          word.append(c);
        }
      }
      String text = word.toString();
      assignments = assignments && isAssignment(text);
      if (assignments) {
        environment.add(text);
      } else {
        arguments.add(text);
      }
    }
  }

  private static boolean isAssignment(String word) {
    int equals = word.indexOf('=');
    if (equals <= 0) {
      return false;
    }
    for (int i = 0; i < equals; i++) {
      char c = word.charAt(i);
      boolean letter = c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
      if (!letter && !(i > 0 && c >= '0' && c <= '9')) {
        return false;
      }
    }
    return true;
  }
}

package org.demitasse.machine;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What to run, and how.
 *
 * @param image the image file
 * @param arguments of the program
 * @param memory bytes of the machine's memory; 0 for the machine's default
 * @param environment variables of the program, in order; nothing of the host's environment is
 *     passed
 * @param properties Java system properties, in order
 * @param ports forwarded from the host; needs {@link Network.User}
 * @param network what the program reaches
 * @param streams whose the standard streams are
 */
public record RunRequest(
    Path image,
    List<String> arguments,
    long memory,
    Map<String, String> environment,
    Map<String, String> properties,
    List<PortForward> ports,
    Network network,
    Streams streams) {

  /** Whose the standard streams are. */
  public enum Streams {
    /** Those of this process. */
    INHERIT,
    /** {@link RunningMachine}'s. */
    PIPE
  }

  /**
   * Copies the collections. Ports without a network bring {@link Network.User}.
   *
   * @throws IllegalArgumentException when there are ports and a network that cannot forward them
   */
  public RunRequest {
    Objects.requireNonNull(image, "image");
    Objects.requireNonNull(streams, "streams");
    arguments = List.copyOf(arguments);
    environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
    ports = List.copyOf(ports);
    if (memory < 0) {
      throw new IllegalArgumentException("memory below zero: " + memory);
    }
    if (!ports.isEmpty() && network instanceof Network.Tap) {
      throw new IllegalArgumentException(
          "ports cannot be forwarded over a tap device: the program is reached at its own address");
    }
    if (!ports.isEmpty() && network instanceof Network.None) {
      network = new Network.User();
    }
  }

  /** An image with arguments and nothing else, its streams piped. */
  public static RunRequest of(Path image, String... arguments) {
    return new RunRequest(
        image,
        List.of(arguments),
        0,
        Map.of(),
        Map.of(),
        List.of(),
        new Network.None(),
        Streams.PIPE);
  }
}

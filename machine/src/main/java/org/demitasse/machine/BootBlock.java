package org.demitasse.machine;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The configuration block of {@code docs/boot-protocol.md}, as a hypervisor hands it to an image.
 */
final class BootBlock {

  /** The protocol's bound on the whole block. */
  static final int MAX_BYTES = 1 << 20;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private BootBlock() {}

  /**
   * The block of a run.
   *
   * @param machine settings of the machine itself (letter {@code d})
   * @throws MachineException when a text holds a NUL or the block grows above its bound
   */
  static byte[] of(RunRequest request, List<String> machine) throws MachineException {
    BootBlock block = new BootBlock();
    block.record('v', "1");
    for (String setting : machine) {
      block.record('d', setting);
    }
    switch (request.network()) {
      case Network.Tap tap when !tap.settings().isEmpty() -> {
        for (String setting : tap.settings()) {
          block.record('n', setting);
        }
      }
      case Network.None none -> {}
      default -> block.record('n', "dhcp=on");
    }
    for (var variable : request.environment().entrySet()) {
      block.record('e', variable.getKey() + "=" + variable.getValue());
    }
    for (var property : request.properties().entrySet()) {
      block.record('p', property.getKey() + "=" + property.getValue());
    }
    for (String argument : request.arguments()) {
      block.record('a', argument);
    }
    return block.bytes.toByteArray();
  }

  private void record(char letter, String text) throws MachineException {
    if (text.indexOf('\0') >= 0) {
      throw new MachineException(
          MachineException.Kind.UNSUPPORTED,
          "an argument, variable or property holds a NUL character",
          "take it out: no machine can pass it on");
    }
    bytes.write(letter);
    bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    bytes.write(0);
    if (bytes.size() > MAX_BYTES) {
      throw new MachineException(
          MachineException.Kind.UNSUPPORTED,
          "the arguments, variables and properties take more than 1 MiB together",
          "pass large data in a file or on standard input");
    }
  }
}

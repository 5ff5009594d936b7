package org.demitasse.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The files of one run, in a folder that only this user may enter. */
record QemuFiles(Path folder) {

  static QemuFiles create() throws IOException {
    return new QemuFiles(Files.createTempDirectory("demi-qemu"));
  }

  /** The block of the boot protocol. */
  Path block() {
    return folder.resolve("boot.block");
  }

  /** The socket of the control channel. */
  Path control() {
    return folder.resolve("control");
  }

  /** The socket of the network. */
  Path wire() {
    return folder.resolve("wire");
  }

  void delete() {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      // It lies in the temporary folder, which the host cleans.
    }
  }
}

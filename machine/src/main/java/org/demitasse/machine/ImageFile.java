package org.demitasse.machine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A first look at a file that is to be booted, so that a hypervisor's own message is not the first. */
final class ImageFile {

  private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};

  private ImageFile() {}

  static void check(Path image) throws MachineException {
    byte[] magic;
    try (InputStream in = Files.newInputStream(image)) {
      magic = in.readNBytes(ELF.length);
    } catch (IOException e) {
      throw new MachineException(
          MachineException.Kind.IMAGE_REFUSED,
          "the image " + image + " cannot be read: " + e.getMessage(),
          "",
          e);
    }
    if (!Arrays.equals(magic, ELF)) {
      throw new MachineException(
          MachineException.Kind.IMAGE_REFUSED,
          image + " is no image: it does not begin as an ELF file",
          "build one: demi build -o " + image + " app.jar");
    }
  }
}

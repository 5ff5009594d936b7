package org.demitasse.gateway;

import java.io.FileInputStream;
import java.io.IOException;
import org.demitasse.core.Entropy;

/** The host kernel's random bytes, without the start-up cost of a security provider. */
final class HostEntropy implements Entropy {
  private static final String SOURCE = "/dev/urandom";

  @Override
  public void fill(byte[] bytes, int offset, int length) {
    try (FileInputStream source = new FileInputStream(SOURCE)) {
      if (source.readNBytes(bytes, offset, length) != length) {
        throw new IllegalStateException(SOURCE + " has ended");
      }
    } catch (IOException e) {
      throw new IllegalStateException("no entropy: " + SOURCE + ": " + e.getMessage(), e);
    }
  }
}

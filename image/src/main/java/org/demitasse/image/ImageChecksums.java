package org.demitasse.image;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.zip.CRC32;

/** The two checksums of an image: one over everything, one over the first page. */
public final class ImageChecksums {
  private ImageChecksums() {}

  /**
   * Begins a build id: a SHA-256 that has seen the first page with the build id and the header
   * checksum zero. The rest of the file follows.
   *
   * @param image the file, or at least its first page
   * @param buildIdAt where the build id lies
   * @param checksumAt where the header checksum lies
   */
  public static MessageDigest beginBuildId(byte[] image, int buildIdAt, int checksumAt) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    byte[] page = Arrays.copyOf(image, ImageFormat.PAGE_SIZE);
    Arrays.fill(page, buildIdAt, buildIdAt + ImageFormat.BUILD_ID_SIZE, (byte) 0);
    Arrays.fill(page, checksumAt, checksumAt + Integer.BYTES, (byte) 0);
    digest.update(page);
    return digest;
  }

  /** The build id: the first bytes of the hash. */
  public static byte[] endBuildId(MessageDigest digest) {
    return Arrays.copyOf(digest.digest(), ImageFormat.BUILD_ID_SIZE);
  }

  /** CRC-32 (IEEE) of the first page, taken with the four bytes of the checksum zero. */
  public static int header(byte[] image, int checksumAt) {
    var crc = new CRC32();
    crc.update(image, 0, checksumAt);
    crc.update(new byte[Integer.BYTES]);
    int after = checksumAt + Integer.BYTES;
    crc.update(image, after, ImageFormat.PAGE_SIZE - after);
    return (int) crc.getValue();
  }
}

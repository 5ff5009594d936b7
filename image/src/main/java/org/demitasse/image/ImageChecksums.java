package org.demitasse.image;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.zip.CRC32;

/** The two checksums of an image: one over everything, one over the first page. */
public final class ImageChecksums {
  private ImageChecksums() {}

  /**
   * The first bytes of the SHA-256 of the file, taken with the build id and the header checksum
   * zero. Neither range may overlap the other.
   *
   * @param buildIdAt where the build id lies
   * @param checksumAt where the header checksum lies
   */
  public static byte[] buildId(byte[] image, int buildIdAt, int checksumAt) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    int firstAt = Math.min(buildIdAt, checksumAt);
    int firstSize = firstAt == buildIdAt ? ImageFormat.BUILD_ID_SIZE : Integer.BYTES;
    int secondAt = Math.max(buildIdAt, checksumAt);
    int secondSize = secondAt == buildIdAt ? ImageFormat.BUILD_ID_SIZE : Integer.BYTES;
    digest.update(image, 0, firstAt);
    digest.update(new byte[firstSize]);
    digest.update(image, firstAt + firstSize, secondAt - firstAt - firstSize);
    digest.update(new byte[secondSize]);
    digest.update(image, secondAt + secondSize, image.length - secondAt - secondSize);
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

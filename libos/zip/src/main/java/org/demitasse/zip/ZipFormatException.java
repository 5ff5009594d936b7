package org.demitasse.zip;

/** Compressed data that breaks RFC 1950 or RFC 1951. The message is the one zlib gives. */
public final class ZipFormatException extends Exception {
  private static final long serialVersionUID = 1L;

  ZipFormatException(String message) {
    super(message);
  }
}

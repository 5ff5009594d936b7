package org.demitasse.jdk.zip;

import org.demitasse.zip.DeflateStream;
import org.demitasse.zip.InflateStream;
import org.demitasse.zip.StreamTable;

/**
 * The open streams of {@code java.util.zip}, by the numbers that the JDK keeps for their addresses.
 */
final class ZipStreams {
  static final StreamTable<InflateStream> INFLATERS = new StreamTable<>();
  static final StreamTable<DeflateStream> DEFLATERS = new StreamTable<>();

  private ZipStreams() {}
}

package org.demitasse.builder.compile;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of the ahead-of-time compiler that this builder was made for. */
public final class CompilerVersion {

  /** As Maven Central names it. */
  public static final String CURRENT = read("compiler");

  /** The version of Demitasse. */
  public static final String DEMITASSE = read("demitasse");

  private CompilerVersion() {}

  private static String read(String key) {
    Properties versions = new Properties();
    try (InputStream in = CompilerVersion.class.getResourceAsStream("versions.properties")) {
      versions.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return versions.getProperty(key);
  }
}

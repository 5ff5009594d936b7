package org.demitasse.cli;

import picocli.CommandLine.IVersionProvider;

/** What {@code demi --version} says. */
final class Version implements IVersionProvider {

  /** The version of this build, or "development" outside of a jar. */
  static String number() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "demi " + number(),
      "JDK " + Runtime.version() + " (" + System.getProperty("java.vendor") + ")"
    };
  }
}

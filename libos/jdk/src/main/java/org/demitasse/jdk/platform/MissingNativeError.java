package org.demitasse.jdk.platform;

/** What a native method without an implementation throws when reflection calls it. */
final class MissingNativeError {
  private MissingNativeError() {}

  static void fail(String method) {
    throw new UnsatisfiedLinkError(
        method + " is native, and a Demitasse image runs Java code only");
  }
}

package org.demitasse.jdk.metadata;

import org.graalvm.nativeimage.Platform;
import org.graalvm.nativeimage.Platforms;
import org.graalvm.nativeimage.hosted.Feature.BeforeAnalysisAccess;
import org.graalvm.nativeimage.hosted.RuntimeResourceAccess;

/** The words of the pages of {@code com.sun.net.httpserver.SimpleFileServer}'s handlers. */
@Platforms(Platform.HOSTED_ONLY.class)
final class FileServerPages {
  private static final String SERVER = "sun.net.httpserver.simpleserver.";

  private FileServerPages() {}

  static void register(BeforeAnalysisAccess access) {
    Class<?> reader = access.findClassByName(SERVER + "ResourceBundleHelper");
    if (reader != null) { // jdk.httpserver is part of the JDK at hand
      access.registerReachabilityHandler(
          reached ->
              RuntimeResourceAccess.addResourceBundle(
                  reader.getModule(), SERVER + "resources.simpleserver"),
          reader);
    }
  }
}

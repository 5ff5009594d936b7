package org.demitasse.jdk.report;

import org.graalvm.nativeimage.Platform;
import org.graalvm.nativeimage.Platforms;
import org.graalvm.nativeimage.hosted.Feature;
import org.graalvm.nativeimage.hosted.RuntimeSystemProperties;

/**
 * Sets the system properties that a build was asked for ({@code demi build -DKEY=VALUE}). The
 * builder names them in {@code demitasse.properties.N=KEY=VALUE} of its own process, N from 0
 * without gaps; those that a run brings win.
 */
@Platforms(Platform.HOSTED_ONLY.class)
public final class BuildProperties implements Feature {

  private static final String PREFIX = "demitasse.properties.";

  @Override
  public String getDescription() {
    return "Demitasse: system properties of the build";
  }

  @Override
  public void beforeAnalysis(BeforeAnalysisAccess access) {
    int count = 0;
    String property;
    while ((property = System.getProperty(PREFIX + count)) != null) {
      int equals = property.indexOf('=');
      if (equals <= 0) {
        throw new IllegalArgumentException(PREFIX + count + " is no KEY=VALUE: " + property);
      }
      RuntimeSystemProperties.register(
          property.substring(0, equals), property.substring(equals + 1));
      count++;
    }
  }
}

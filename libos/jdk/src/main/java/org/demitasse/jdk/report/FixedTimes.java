package org.demitasse.jdk.report;

import com.oracle.svm.core.jdk.Resources;
import org.graalvm.nativeimage.Platform;
import org.graalvm.nativeimage.Platforms;
import org.graalvm.nativeimage.hosted.Feature;

/**
 * Takes the time of the build out of the image: embedded resources tell one fixed time as that of
 * their last change, so that the same program gives the same image.
 */
@Platforms(Platform.HOSTED_ONLY.class)
public final class FixedTimes implements Feature {

  /** 2026-01-01 00:00 UTC, milliseconds since 1970; packed files carry it too. */
  private static final long MILLIS = 1_767_225_600_000L;

  @Override
  public String getDescription() {
    return "Demitasse: no time of the build in the image";
  }

  @Override
  public void beforeAnalysis(BeforeAnalysisAccess access) {
    try {
      access.registerFieldValueTransformer(
          Resources.class.getDeclaredField("lastModifiedTime"), (receiver, value) -> MILLIS);
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException("this version of the builder keeps that time elsewhere", e);
    }
  }
}

package org.demitasse.jdk.metadata;

import java.time.chrono.HijrahChronology;
import org.graalvm.nativeimage.Platform;
import org.graalvm.nativeimage.Platforms;
import org.graalvm.nativeimage.hosted.Feature.BeforeAnalysisAccess;
import org.graalvm.nativeimage.hosted.RuntimeResourceAccess;

/** The months of the Umm al-Qura calendar, which the Hijrah chronology reads from a resource. */
@Platforms(Platform.HOSTED_ONLY.class)
final class HijrahCalendar {
  private static final String MONTHS =
      "java/time/chrono/hijrah-config-Hijrah-umalqura_islamic-umalqura.properties";

  private HijrahCalendar() {}

  static void register(BeforeAnalysisAccess access) {
    try {
      access.registerReachabilityHandler(
          reached -> RuntimeResourceAccess.addResource(HijrahChronology.class.getModule(), MONTHS),
          HijrahChronology.class.getDeclaredMethod("loadCalendarData"));
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException("the JDK's Hijrah chronology reads its months otherwise", e);
    }
  }
}

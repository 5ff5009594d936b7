package org.demitasse.jdk.metadata;

import java.lang.reflect.Method;
import org.graalvm.nativeimage.Platform;
import org.graalvm.nativeimage.Platforms;
import org.graalvm.nativeimage.hosted.Feature.BeforeAnalysisAccess;
import org.graalvm.nativeimage.hosted.Feature.DuringAnalysisAccess;
import org.graalvm.nativeimage.hosted.RuntimeReflection;
import org.graalvm.nativeimage.hosted.RuntimeResourceAccess;

/** Registers parts of the JDK with what looks them up: only programs that reach it pay for them. */
@Platforms(Platform.HOSTED_ONLY.class)
public final class LookedUpByName {
  private LookedUpByName() {}

  public static void register(BeforeAnalysisAccess access) {
    SegmentVarHandles.register(access);
    DefaultMethodsOfProxies.register(access);
    XPathClasses.register(access);
    Class<?> hijrah = access.findClassByName("java.time.chrono.HijrahDate");
    access.registerReachabilityHandler(LookedUpByName::registerHijrahCalendar, hijrah);
  }

  private static void registerHijrahCalendar(DuringAnalysisAccess access) {
    RuntimeResourceAccess.addResource(
        Object.class.getModule(),
        "java/time/chrono/hijrah-config-Hijrah-umalqura_islamic-umalqura.properties");
  }

  /** Lets {@code Class.getDeclaredMethods} and calls by reflection find the methods of a class. */
  static void registerMethods(Class<?> type) {
    for (Method method : type.getDeclaredMethods()) {
      RuntimeReflection.register(method);
    }
  }
}

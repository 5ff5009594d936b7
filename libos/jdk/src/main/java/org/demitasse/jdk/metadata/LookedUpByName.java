package org.demitasse.jdk.metadata;

import java.lang.reflect.Method;
import org.graalvm.nativeimage.Platform;
import org.graalvm.nativeimage.Platforms;
import org.graalvm.nativeimage.hosted.Feature.BeforeAnalysisAccess;
import org.graalvm.nativeimage.hosted.RuntimeReflection;

/** Registers parts of the JDK with what looks them up: only programs that reach it pay for them. */
@Platforms(Platform.HOSTED_ONLY.class)
public final class LookedUpByName {
  private LookedUpByName() {}

  public static void register(BeforeAnalysisAccess access) {
    SegmentVarHandles.register(access);
    XPathClasses.register(access);
    HijrahCalendar.register(access);
    FileServerPages.register(access);
    ProgramRecords.register(access);
  }

  /** Lets {@code Class.getDeclaredMethods} and calls by reflection find the methods of a class. */
  static void registerMethods(Class<?> type) {
    for (Method method : type.getDeclaredMethods()) {
      RuntimeReflection.register(method);
    }
  }
}

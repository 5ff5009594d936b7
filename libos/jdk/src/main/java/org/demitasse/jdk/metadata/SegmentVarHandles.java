package org.demitasse.jdk.metadata;

import java.util.List;
import org.graalvm.nativeimage.Platform;
import org.graalvm.nativeimage.Platforms;
import org.graalvm.nativeimage.hosted.Feature.BeforeAnalysisAccess;
import org.graalvm.nativeimage.hosted.Feature.DuringAnalysisAccess;

/**
 * VarHandles of memory layouts that are made at run time. Such a handle finds its methods by name,
 * in classes that are no VarHandles themselves, so the compiler's support for VarHandles misses
 * them.
 */
@Platforms(Platform.HOSTED_ONLY.class)
final class SegmentVarHandles {
  private static final List<String> KINDS =
      List.of("Booleans", "Bytes", "Chars", "Shorts", "Ints", "Longs", "Floats", "Doubles");

  private SegmentVarHandles() {}

  /** Registers the methods for programs that make such a handle. */
  static void register(BeforeAnalysisAccess access) {
    Class<?> handle = access.findClassByName("java.lang.invoke.SegmentVarHandle");
    access.registerReachabilityHandler(
        SegmentVarHandles::registerMethods, (Object[]) handle.getDeclaredConstructors());
  }

  private static void registerMethods(DuringAnalysisAccess access) {
    for (String kind : KINDS) {
      for (String suffix : List.of("", "Aligned")) {
        Class<?> methods =
            access.findClassByName("java.lang.invoke.VarHandleSegmentAs" + kind + suffix);
        if (methods != null) { // bytes and booleans have no aligned form of their own
          LookedUpByName.registerMethods(methods);
        }
      }
    }
  }
}

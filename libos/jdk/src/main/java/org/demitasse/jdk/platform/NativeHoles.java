package org.demitasse.jdk.platform;

import com.oracle.graal.pointsto.meta.AnalysisMethod;
import com.oracle.svm.hosted.FeatureImpl.AfterAnalysisAccessImpl;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.graalvm.nativeimage.Platform;
import org.graalvm.nativeimage.Platforms;
import org.graalvm.nativeimage.hosted.Feature.AfterAnalysisAccess;

/**
 * Native methods that the program reaches and that nobody implements on this platform. An image
 * with such a hole would fail at run time, at a bad moment: it is not built.
 */
@Platforms(Platform.HOSTED_ONLY.class)
final class NativeHoles {
  private static final int LONGEST_PATH = 12;

  private NativeHoles() {}

  /**
   * Prints one line for each hole ({@code demitasse-hole: METHOD <- CALLER <- ...}), which the
   * builder reads.
   *
   * @return the number of holes
   */
  static int report(AfterAnalysisAccess access) {
    List<AnalysisMethod> holes = new ArrayList<>();
    for (AnalysisMethod method : ((AfterAnalysisAccessImpl) access).getUniverse().getMethods()) {
      if (method.isReachable() && isHole(method)) {
        holes.add(method);
      }
    }
    holes.sort(Comparator.comparing(NativeHoles::name));
    for (AnalysisMethod hole : holes) {
      StringBuilder line = new StringBuilder("demitasse-hole: ").append(name(hole));
      StackTraceElement[] path = hole.getParsingContext();
      for (int i = 0; i < Math.min(path.length, LONGEST_PATH); i++) {
        line.append(" <- ")
            .append(path[i].getClassName())
            .append('.')
            .append(path[i].getMethodName());
      }
      System.out.println(line);
    }
    return holes.size();
  }

  /**
   * A native method without an implementation that code calls. What metadata alone registers is a
   * "root method" to the analysis; its body throws when it is called after all. So do those of AWT,
   * which libraries name that can do without.
   */
  private static boolean isHole(AnalysisMethod method) {
    if (!(method.getWrapped() instanceof MissingNatives.Body)
        || "java.desktop".equals(method.getDeclaringClass().getJavaClass().getModule().getName())) {
      return false;
    }
    StackTraceElement[] path = method.getParsingContext();
    return path.length == 0 || !path[0].getClassName().endsWith("root method");
  }

  private static String name(AnalysisMethod method) {
    return method.format("%H.%n(%P)");
  }
}

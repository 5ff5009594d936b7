package org.demitasse.jdk.report;

import com.oracle.svm.core.jdk.Resources;
import com.oracle.svm.core.util.UserError;
import com.oracle.svm.hosted.FeatureImpl.AfterAnalysisAccessImpl;
import com.oracle.svm.hosted.FeatureImpl.AfterCompilationAccessImpl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.graalvm.nativeimage.Platform;
import org.graalvm.nativeimage.Platforms;
import org.graalvm.nativeimage.hosted.Feature;

/**
 * Writes what only the compiler knows to the file that the system property {@code demitasse.report}
 * names, one {@code KEY=VALUE} a line: {@code modules} (those of the JDK with a reachable type,
 * separated by commas), {@code compilations} (methods compiled) and {@code resources} (resources
 * embedded).
 */
@Platforms(Platform.HOSTED_ONLY.class)
public final class BuildReport implements Feature {

  private static final String FILE = "demitasse.report";

  private final Set<String> modules = new TreeSet<>();

  @Override
  public String getDescription() {
    return "Demitasse: what is in the image";
  }

  @Override
  public boolean isInConfiguration(IsInConfigurationAccess access) {
    return System.getProperty(FILE) != null;
  }

  @Override
  public void afterAnalysis(AfterAnalysisAccess access) {
    ((AfterAnalysisAccessImpl) access)
        .getUniverse().getTypes().stream()
            .filter(type -> type.isReachable() && !type.isArray())
            .map(type -> type.getJavaClass().getModule())
            .filter(module -> module.isNamed() && isJdk(module.getName()))
            .map(Module::getName)
            .forEach(modules::add);
  }

  /** The builder's own modules hold the runtime of the image; they are no part of the JDK. */
  private static boolean isJdk(String module) {
    return module.startsWith("java.")
        || module.startsWith("jdk.") && !module.equals("jdk.graal.compiler");
  }

  @Override
  public void afterCompilation(AfterCompilationAccess access) {
    List<String> lines = new ArrayList<>();
    lines.add("modules=" + String.join(",", modules));
    lines.add("compilations=" + ((AfterCompilationAccessImpl) access).getCompilations().size());
    lines.add("resources=" + Resources.currentLayer().count());
    try {
      Files.write(Path.of(System.getProperty(FILE)), lines);
    } catch (IOException e) {
      throw UserError.abort(e, "The report about the image cannot be written.");
    }
  }
}

package org.demitasse.jdk.lean;

import com.oracle.svm.core.annotate.Alias;
import com.oracle.svm.core.annotate.RecomputeFieldValue;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import java.util.HashMap;
import java.util.Map;
import java.util.logging.ConsoleHandler;
import java.util.logging.LogManager;
import java.util.logging.SimpleFormatter;
import jdk.internal.logger.DefaultLoggerFinder;
import org.graalvm.nativeimage.hosted.RuntimeReflection;
import sun.util.logging.internal.LoggingProviderImpl;

/**
 * Where loggers of {@link System.Logger} come from when the program brings no finder. With {@code
 * java.util.logging} in the image they are its loggers, as on any JDK; without it they are the
 * JDK's plain ones, which print the same lines at the same levels to standard error. The JDK itself
 * asks for a logger at each {@code Runtime.exit}: that alone shall not bring {@code
 * java.util.logging} in.
 */
public abstract class RuntimeLogging {
  /** Set at build time, when java.util.logging turns out to be reachable. */
  private static RuntimeLogging open;

  /**
   * Has the builder's JVM read the JDK's default configuration, which is in no image. Build time
   * only, before the analysis.
   */
  public static void prepare() {
    LogManager.getLogManager();
  }

  /** Connects the loggers with {@code java.util.logging}. Build time only. */
  public static void open() {
    open = new ByLogManager();
    // What the default configuration names.
    RuntimeReflection.register(ConsoleHandler.class, SimpleFormatter.class);
    RuntimeReflection.registerForReflectiveInstantiation(
        ConsoleHandler.class, SimpleFormatter.class);
  }

  static DefaultLoggerFinder finder() {
    RuntimeLogging logging = open;
    return logging == null ? new PlainLoggers() : logging.make();
  }

  abstract DefaultLoggerFinder make();

  private static final class PlainLoggers extends DefaultLoggerFinder {}

  private static final class ByLogManager extends RuntimeLogging {
    @Override
    DefaultLoggerFinder make() {
      return new LoggingProviderImpl();
    }
  }
}

@TargetClass(className = "sun.util.logging.PlatformLogger")
final class Target_sun_util_logging_PlatformLogger {
  // The builder's own loggers must not come into the image.
  @Alias
  @RecomputeFieldValue(kind = RecomputeFieldValue.Kind.NewInstance, declClass = HashMap.class)
  private static Map<String, ?> loggers;

  private Target_sun_util_logging_PlatformLogger() {}
}

@TargetClass(className = "jdk.internal.logger.LoggerFinderLoader")
final class Target_jdk_internal_logger_LoggerFinderLoader {
  // The builder's own finder must not come into the image.
  @Alias
  @RecomputeFieldValue(kind = RecomputeFieldValue.Kind.Reset)
  private static volatile System.LoggerFinder service;

  private Target_jdk_internal_logger_LoggerFinderLoader() {}

  @Substitute
  private static System.LoggerFinder loadDefaultImplementation() {
    return RuntimeLogging.finder();
  }
}

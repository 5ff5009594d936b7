package org.demitasse.jdk.metadata;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.graalvm.nativeimage.Platform;
import org.graalvm.nativeimage.Platforms;
import org.graalvm.nativeimage.hosted.Feature.BeforeAnalysisAccess;
import org.graalvm.nativeimage.hosted.RuntimeReflection;

/**
 * The program's records, for code that takes them apart and makes them by their components: {@link
 * Class#getRecordComponents}, the accessors and the canonical constructor work without metadata.
 */
@Platforms(Platform.HOSTED_ONLY.class)
final class ProgramRecords {
  private final List<Class<?>> waiting = new ArrayList<>();
  private boolean open;

  private ProgramRecords() {}

  static void register(BeforeAnalysisAccess access) {
    ProgramRecords records = new ProgramRecords();
    try {
      access.registerReachabilityHandler(
          reached -> records.open(), Class.class.getMethod("getRecordComponents"));
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
    access.registerSubtypeReachabilityHandler((reached, type) -> records.add(type), Record.class);
  }

  private synchronized void open() {
    open = true;
    waiting.forEach(ProgramRecords::allow);
    waiting.clear();
  }

  private synchronized void add(Class<?> type) {
    if (!type.isRecord() || type.getModule().isNamed()) {
      return;
    }
    if (open) {
      allow(type);
    } else {
      waiting.add(type);
    }
  }

  private static void allow(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    for (RecordComponent component : components) {
      RuntimeReflection.register(component.getAccessor());
    }
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      RuntimeReflection.register(type.getDeclaredConstructor(types));
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException("every record has its canonical constructor", e);
    }
  }
}

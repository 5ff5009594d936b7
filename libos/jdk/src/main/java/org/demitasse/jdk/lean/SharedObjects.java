package org.demitasse.jdk.lean;

import com.oracle.svm.core.util.HostedStringDeduplication;
import com.oracle.svm.util.ReflectionUtil;
import java.lang.module.ModuleDescriptor;
import java.nio.ByteBuffer;
import java.time.zone.ZoneRulesProvider;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.TimeZone;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.graalvm.nativeimage.Platform;
import org.graalvm.nativeimage.Platforms;
import org.graalvm.nativeimage.hosted.Feature;

/**
 * Has the image's heap hold once what the builder's JVM holds several times: equal strings, and the
 * rules of the time zones, of which {@code java.util} and {@code java.time} each have read a copy.
 * The builder's own modules keep their names alone.
 */
@Platforms(Platform.HOSTED_ONLY.class)
public final class SharedObjects implements Feature {
  private final ConcurrentMap<String, ModuleDescriptor> descriptors = new ConcurrentHashMap<>();
  private final Map<byte[], byte[]> zones = new IdentityHashMap<>();

  @Override
  public String getDescription() {
    return "Demitasse: one copy of what is equal";
  }

  @Override
  public void duringSetup(DuringSetupAccess access) {
    readZones();
    access.registerObjectReplacer(
        source ->
            switch (source) {
              // Strings that are literals somewhere stay themselves, as == must go on to work.
              case String text -> HostedStringDeduplication.singleton().deduplicate(text, false);
              case byte[] bytes -> zones.getOrDefault(bytes, bytes);
              case ModuleDescriptor module when isOfBuilder(module.name()) ->
                  descriptors.computeIfAbsent(
                      module.name(), name -> ModuleDescriptor.newModule(name).build());
              default -> source;
            });
  }

  private static boolean isOfBuilder(String module) {
    return module.startsWith("org.graalvm.") || module.equals("jdk.graal.compiler");
  }

  /** Maps the arrays of {@code java.time} to the equal ones of {@code java.util}. */
  private void readZones() {
    TimeZone.getTimeZone("Europe/Paris");
    ZoneRulesProvider.getAvailableZoneIds();
    Class<?> file = ReflectionUtil.lookupClass("sun.util.calendar.ZoneInfoFile");
    Map<ByteBuffer, byte[]> byContent = new HashMap<>();
    for (byte[] rules : ReflectionUtil.<byte[][]>readStaticField(file, "ruleArray")) {
      byContent.put(ByteBuffer.wrap(rules), rules);
    }
    Map<String, ZoneRulesProvider> providers =
        ReflectionUtil.readStaticField(ZoneRulesProvider.class, "ZONES");
    Class<?> tzdb = ReflectionUtil.lookupClass("java.time.zone.TzdbZoneRulesProvider");
    for (ZoneRulesProvider provider : Map.copyOf(providers).values()) {
      if (tzdb.isInstance(provider)) {
        Map<String, Object> rules = ReflectionUtil.readField(tzdb, "regionToRules", provider);
        for (Object value : rules.values()) {
          if (value instanceof byte[] bytes) {
            zones.put(bytes, byContent.getOrDefault(ByteBuffer.wrap(bytes), bytes));
          }
        }
        return; // There is one such provider.
      }
    }
  }
}

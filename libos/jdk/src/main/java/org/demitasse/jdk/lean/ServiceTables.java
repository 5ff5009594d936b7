package org.demitasse.jdk.lean;

import com.oracle.graal.pointsto.meta.AnalysisType;
import com.oracle.svm.core.jdk.RuntimeClassLoaderValueSupport;
import com.oracle.svm.hosted.FeatureImpl.AfterAnalysisAccessImpl;
import com.oracle.svm.util.ReflectionUtil;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import jdk.internal.module.ServicesCatalog;
import jdk.internal.module.ServicesCatalog.ServiceProvider;
import org.graalvm.nativeimage.Platform;
import org.graalvm.nativeimage.Platforms;

/**
 * Takes out of the catalogs of {@link java.util.ServiceLoader} the providers whose classes are not
 * in the image: nothing asks for their services, and each would keep its module in the image.
 */
@Platforms(Platform.HOSTED_ONLY.class)
final class ServiceTables {
  private ServiceTables() {}

  static void trim(AfterAnalysisAccessImpl access, ModuleLayer layer)
      throws ReflectiveOperationException {
    Set<String> classes =
        access.getUniverse().getTypes().stream()
            .filter(AnalysisType::isReachable)
            .map(type -> type.toJavaName(true))
            .collect(Collectors.toSet());
    RuntimeClassLoaderValueSupport support = RuntimeClassLoaderValueSupport.instance();
    replace(classes, ReflectionUtil.readField(support.getClass(), "bootLoaderCLV", support));
    Map<?, ?> byLoader =
        ReflectionUtil.readField(support.getClass(), "classLoaderValueMaps", support);
    for (Object values : byLoader.values()) {
      replace(classes, (Map<?, ?>) values);
    }
    Field ofLayer = ReflectionUtil.lookupField(ModuleLayer.class, "servicesCatalog");
    ServicesCatalog catalog = (ServicesCatalog) ofLayer.get(layer);
    if (catalog != null) {
      ofLayer.set(layer, reachable(classes, catalog));
      access.rescanField(layer, ofLayer);
    }
  }

  /** Replaces the catalogs among the values of a class loader. */
  @SuppressWarnings("unchecked")
  private static void replace(Set<String> classes, Map<?, ?> values)
      throws ReflectiveOperationException {
    Map<Object, Object> writable = (Map<Object, Object>) values;
    for (Object key : List.copyOf(writable.keySet())) {
      if (writable.get(key) instanceof ServicesCatalog catalog) {
        writable.put(key, reachable(classes, catalog));
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static ServicesCatalog reachable(Set<String> classes, ServicesCatalog from)
      throws ReflectiveOperationException {
    Field field = ReflectionUtil.lookupField(ServicesCatalog.class, "map");
    ServicesCatalog to = ServicesCatalog.create();
    Map<String, List<ServiceProvider>> target = (Map<String, List<ServiceProvider>>) field.get(to);
    Map<String, List<ServiceProvider>> source =
        (Map<String, List<ServiceProvider>>) field.get(from);
    source.forEach(
        (service, providers) -> {
          List<ServiceProvider> kept = new ArrayList<>();
          for (ServiceProvider provider : providers) {
            if (classes.contains(provider.providerName())) {
              kept.add(provider);
            }
          }
          if (!kept.isEmpty()) {
            target.put(service, new CopyOnWriteArrayList<>(kept));
          }
        });
    return to;
  }
}

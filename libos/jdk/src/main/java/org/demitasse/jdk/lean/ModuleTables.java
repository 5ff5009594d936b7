package org.demitasse.jdk.lean;

import com.oracle.svm.core.NativeImageClassLoaderOptions;
import com.oracle.svm.core.jdk.RuntimeModuleSupport;
import com.oracle.svm.hosted.FeatureImpl.AfterAnalysisAccessImpl;
import java.lang.module.ModuleDescriptor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.graalvm.nativeimage.Platform;
import org.graalvm.nativeimage.Platforms;
import org.graalvm.nativeimage.hosted.Feature;

/**
 * Takes out of the image what its modules say of modules that are not in it, and what the builder
 * had opened for itself alone: an image has the encapsulation of the JDK, and tables of its own
 * modules only. What the program's own options open stays open.
 */
@Platforms(Platform.HOSTED_ONLY.class)
public final class ModuleTables implements Feature {
  /** The module of the code that runs beneath the JDK's; it keeps its access. */
  private static final String RUNTIME = "org.graalvm.nativeimage.builder";

  @Override
  public String getDescription() {
    return "Demitasse: modules know those of the image alone";
  }

  @Override
  public void afterAnalysis(AfterAnalysisAccess access) {
    ModuleLayer layer = RuntimeModuleSupport.singleton().getBootLayer();
    try {
      Fields fields = new Fields();
      fields.ownExports = named(NativeImageClassLoaderOptions.AddExports.getValue().values());
      fields.ownOpens = named(NativeImageClassLoaderOptions.AddOpens.getValue().values());
      for (Module module : layer.modules()) {
        trim(access, module, layer, fields, fields.exported);
        trim(access, module, layer, fields, fields.opened);
      }
      ServiceTables.trim((AfterAnalysisAccessImpl) access, layer);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this JDK keeps the tables of its modules elsewhere", e);
    }
  }

  private static void trim(
      AfterAnalysisAccess access, Module module, ModuleLayer layer, Fields fields, Field table)
      throws ReflectiveOperationException {
    @SuppressWarnings("unchecked")
    Map<String, Set<Module>> before = (Map<String, Set<Module>>) table.get(module);
    if (before == null) {
      return;
    }
    boolean exports = table.equals(fields.exported);
    Map<String, Set<Module>> after = new HashMap<>();
    before.forEach(
        (name, targets) -> {
          Set<Module> kept = new HashSet<>();
          for (Module target : targets) {
            if (stays(module, name, target, layer, fields, exports)) {
              kept.add(target);
            }
          }
          if (kept.size() == targets.size()) {
            after.put(name, targets);
          } else if (!kept.isEmpty()) {
            after.put(name, kept);
          }
        });
    table.set(module, after);
    ((AfterAnalysisAccessImpl) access).rescanField(module, table);
  }

  private static boolean stays(
      Module module,
      String name,
      Module target,
      ModuleLayer layer,
      Fields fields,
      boolean exports) {
    if (target == fields.everyone) {
      return true;
    }
    if (!target.isNamed()) {
      return own(fields, exports, module, name);
    }
    if (layer.findModule(target.getName()).orElse(null) != target) {
      return false;
    }
    return target.getName().equals(RUNTIME)
        || declared(module.getDescriptor(), name, target.getName(), exports)
        || own(fields, exports, module, name);
  }

  /** Whether an option of the program names the package; what is open is exported as well. */
  private static boolean own(Fields fields, boolean exports, Module module, String name) {
    String key = module.getName() + "/" + name;
    return fields.ownOpens.contains(key) || (exports && fields.ownExports.contains(key));
  }

  /** The modules and packages of options like {@code java.base/java.lang=ALL-UNNAMED}. */
  private static Set<String> named(List<String> options) {
    Set<String> names = new HashSet<>();
    for (String option : options) {
      int equals = option.indexOf('=');
      names.add(equals < 0 ? option : option.substring(0, equals));
    }
    return names;
  }

  private static boolean declared(
      ModuleDescriptor descriptor, String name, String target, boolean exports) {
    return exports
        ? descriptor.exports().stream()
            .anyMatch(e -> e.source().equals(name) && e.targets().contains(target))
        : descriptor.opens().stream()
            .anyMatch(e -> e.source().equals(name) && e.targets().contains(target));
  }

  /** {@code Module}'s fields, which reflection hides from everybody. */
  private static final class Fields {
    final Field exported;
    final Field opened;
    final Module everyone;
    Set<String> ownExports = Set.of();
    Set<String> ownOpens = Set.of();

    Fields() throws ReflectiveOperationException {
      Method all = Class.class.getDeclaredMethod("getDeclaredFields0", boolean.class);
      all.setAccessible(true);
      Map<String, Field> byName = new HashMap<>();
      for (Field field : (Field[]) all.invoke(Module.class, false)) {
        field.setAccessible(true);
        byName.put(field.getName(), field);
      }
      exported = find(byName, "exportedPackages");
      opened = find(byName, "openPackages");
      everyone = (Module) find(byName, "EVERYONE_MODULE").get(null);
    }

    private static Field find(Map<String, Field> fields, String name) throws NoSuchFieldException {
      Field field = fields.get(name);
      if (field == null) {
        throw new NoSuchFieldException(name);
      }
      return field;
    }
  }
}

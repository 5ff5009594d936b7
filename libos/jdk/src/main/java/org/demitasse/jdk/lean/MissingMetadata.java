package org.demitasse.jdk.lean;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.graalvm.nativeimage.MissingReflectionRegistrationError;

/**
 * The errors of a program that reflects on what its image was not told of. They say the same as the
 * compiler's own runtime does, which for it brings a JSON library and streams into each image.
 */
@TargetClass(className = "com.oracle.svm.core.reflect.MissingReflectionRegistrationUtils")
final class MissingMetadata {
  private MissingMetadata() {}

  @Substitute
  public static MissingReflectionRegistrationError reportAccessedField(Field field) {
    Class<?> owner = field.getDeclaringClass();
    String entry =
        MetadataEntry.type(owner) + ", \"fields\": [{ \"name\": \"" + field.getName() + "\" }] }";
    throw new MissingReflectionRegistrationError(
        MetadataEntry.message("read or write the field '" + field + "'", entry),
        Field.class,
        owner,
        field.getName(),
        null);
  }

  @Substitute
  public static MissingReflectionRegistrationError reportInvokedExecutable(Executable executable) {
    boolean constructor = executable instanceof Constructor<?>;
    Class<?> owner = executable.getDeclaringClass();
    Class<?>[] parameters = executable.getParameterTypes();
    StringBuilder entry = new StringBuilder(MetadataEntry.type(owner));
    entry.append(", \"methods\": [{ \"name\": \"");
    entry.append(constructor ? "<init>" : executable.getName());
    entry.append("\", \"parameterTypes\": [");
    MetadataEntry.names(entry, parameters);
    entry.append("] }] }");
    return new MissingReflectionRegistrationError(
        MetadataEntry.message(
            "invoke the " + (constructor ? "constructor" : "method") + " '" + executable + "'",
            entry.toString()),
        constructor ? Constructor.class : Method.class,
        owner,
        executable.getName(),
        parameters);
  }

  @Substitute
  public static MissingReflectionRegistrationError reportProxyAccess(Class<?>... interfaces) {
    StringBuilder entry = new StringBuilder("{ \"type\": { \"proxy\": [");
    MetadataEntry.names(entry, interfaces);
    entry.append("] } }");
    return new MissingReflectionRegistrationError(
        MetadataEntry.message("make a proxy of these interfaces", entry.toString()),
        Proxy.class,
        null,
        null,
        interfaces);
  }

  @Substitute
  public static MissingReflectionRegistrationError reportArrayInstantiation(
      Class<?> element, int dimensions) {
    String name = element.getTypeName() + "[]".repeat(dimensions);
    return new MissingReflectionRegistrationError(
        MetadataEntry.message(
            "make an array of the class '" + name + "'", "{ \"type\": \"" + name + "\" }"),
        null,
        null,
        null,
        null);
  }
}

/** The words around, and the entry of the metadata file that helps. */
final class MetadataEntry {
  private MetadataEntry() {}

  static String message(String attempt, String entry) {
    return "Cannot reflectively "
        + attempt
        + ": the image was built without knowing of it. Add this entry to the 'reflection' section"
        + " of META-INF/native-image/reachability-metadata.json on the class path, and build the"
        + " image again:\n\n  "
        + entry
        + "\n";
  }

  static String type(Class<?> type) {
    return "{ \"type\": \"" + type.getTypeName() + "\"";
  }

  static void names(StringBuilder to, Class<?>[] types) {
    for (int i = 0; i < types.length; i++) {
      to.append(i == 0 ? "\"" : ", \"").append(types[i].getTypeName()).append('"');
    }
  }
}

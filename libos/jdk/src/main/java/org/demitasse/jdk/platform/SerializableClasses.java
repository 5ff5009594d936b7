package org.demitasse.jdk.platform;

import java.io.IOException;
import java.io.InputStream;
import java.io.InvalidClassException;
import java.io.InvalidObjectException;
import java.io.NotSerializableException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamException;
import java.io.OutputStream;
import java.io.Serializable;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.graalvm.nativeimage.Platform;
import org.graalvm.nativeimage.Platforms;
import org.graalvm.nativeimage.hosted.Feature.BeforeAnalysisAccess;
import org.graalvm.nativeimage.hosted.Feature.DuringAnalysisAccess;
import org.graalvm.nativeimage.hosted.RuntimeReflection;
import org.graalvm.nativeimage.hosted.RuntimeSerialization;

/**
 * Has programs that write or read objects do so without metadata: every serializable class of the
 * program that is in the image may go through a stream, and of the JDK the values and collections
 * that such classes are made of. What else of the JDK is wanted asks for metadata, as in any native
 * image.
 */
@Platforms(Platform.HOSTED_ONLY.class)
final class SerializableClasses {
  /** Registered when they are in the image. */
  private static final Set<String> OF_JDK =
      Set.of(
          "java.lang.Boolean",
          "java.lang.Byte",
          "java.lang.Character",
          "java.lang.Double",
          "java.lang.Float",
          "java.lang.Integer",
          "java.lang.Long",
          "java.lang.Short",
          "java.lang.String",
          "java.math.BigDecimal",
          "java.math.BigInteger",
          "java.time.Ser",
          "java.util.ArrayDeque",
          "java.util.ArrayList",
          "java.util.Arrays$ArrayList",
          "java.util.BitSet",
          "java.util.CollSer",
          "java.util.Collections$EmptyList",
          "java.util.Collections$EmptyMap",
          "java.util.Collections$EmptySet",
          "java.util.Collections$SingletonList",
          "java.util.Collections$UnmodifiableList",
          "java.util.Collections$UnmodifiableMap",
          "java.util.Collections$UnmodifiableSet",
          "java.util.Date",
          "java.util.EnumMap",
          "java.util.EnumSet$SerializationProxy",
          "java.util.HashMap",
          "java.util.HashSet",
          "java.util.LinkedHashMap",
          "java.util.LinkedHashSet",
          "java.util.LinkedList",
          "java.util.Locale",
          "java.util.TreeMap",
          "java.util.TreeSet",
          "java.util.UUID",
          "java.util.concurrent.ConcurrentHashMap");

  private boolean open;
  private final List<Class<?>> waiting = new ArrayList<>();

  private SerializableClasses() {}

  static void register(BeforeAnalysisAccess access) {
    SerializableClasses classes = new SerializableClasses();
    access.registerSubtypeReachabilityHandler(
        (reached, type) -> classes.add(type), Serializable.class);
    try {
      access.registerReachabilityHandler(
          reached -> classes.open(reached),
          // Not the methods: classes of the JDK call those from their own parts of a stream.
          ObjectOutputStream.class.getConstructor(OutputStream.class),
          ObjectInputStream.class.getConstructor(InputStream.class));
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }

  private synchronized void add(Class<?> type) {
    if (type.isInterface() || type.isArray() || type.isHidden() || type.isSynthetic()) {
      return;
    }
    if (open) {
      allow(type);
    } else {
      waiting.add(type);
    }
  }

  private synchronized void open(DuringAnalysisAccess access) {
    if (open) {
      return;
    }
    open = true;
    RuntimeSerialization.register(
        Object[].class,
        String[].class,
        boolean[].class,
        byte[].class,
        char[].class,
        short[].class,
        int[].class,
        long[].class,
        float[].class,
        double[].class,
        Enum.class,
        Number.class,
        // A stream ends with the exception that broke it off.
        NotSerializableException.class,
        InvalidClassException.class,
        InvalidObjectException.class,
        ObjectStreamException.class,
        IOException.class,
        Exception.class,
        Throwable.class,
        StackTraceElement.class,
        StackTraceElement[].class);
    for (String name : List.of("java.util.CollSer", "java.time.Ser")) {
      RuntimeSerialization.register(access.findClassByName(name));
    }
    waiting.forEach(SerializableClasses::allow);
    waiting.clear();
  }

  private static void allow(Class<?> type) {
    if (isOfProgram(type)) {
      RuntimeSerialization.register(type);
      RuntimeSerialization.register(Array.newInstance(type, 0).getClass());
    } else if (OF_JDK.contains(type.getName())) {
      RuntimeSerialization.register(type);
    } else if (type.getPackageName().equals("java.util")
        || type.getPackageName().equals("java.time")) {
      // Immutable collections, sets of enums, dates: others stand for them in a stream.
      for (Class<?> owner = type; owner != null; owner = owner.getSuperclass()) {
        try {
          RuntimeReflection.register(owner.getDeclaredMethod("writeReplace"));
        } catch (NoSuchMethodException e) {
          RuntimeReflection.registerMethodLookup(owner, "writeReplace");
        }
      }
    }
  }

  private static boolean isOfProgram(Class<?> type) {
    return !type.getModule().isNamed() && !type.getPackageName().startsWith("org.demitasse.jdk");
  }
}

package org.demitasse.jdk.platform;

import com.oracle.svm.hosted.FeatureImpl.DuringAnalysisAccessImpl;
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
import java.net.URL;
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
 * program that is in the image may go through a stream, and of the JDK the values, collections and
 * exceptions that objects are made of. Classes of libraries ask for metadata, as in any native
 * image, and so does what else of the JDK is wanted: to allow all that are mentioned would have an
 * image hold four times the code that it needs.
 */
@Platforms(Platform.HOSTED_ONLY.class)
final class SerializableClasses {
  /** Classes of {@code java.lang} that are registered when objects of them are made. */
  private static final Set<String> OF_LANG =
      Set.of(
          "Boolean", "Byte", "Character", "Double", "Float", "Integer", "Long", "Short", "String");

  /** Classes of {@code java.util}, likewise. */
  private static final Set<String> OF_UTIL =
      Set.of(
          "ArrayDeque",
          "ArrayList",
          "Arrays$ArrayList",
          "BitSet",
          "CollSer",
          "Collections$EmptyList",
          "Collections$EmptyMap",
          "Collections$EmptySet",
          "Collections$SingletonList",
          "Collections$UnmodifiableCollection",
          "Collections$UnmodifiableList",
          "Collections$UnmodifiableMap",
          "Collections$UnmodifiableRandomAccessList",
          "Collections$UnmodifiableSet",
          "Currency",
          "Date",
          "EnumMap",
          "EnumSet$SerializationProxy",
          "HashMap",
          "HashSet",
          "Hashtable",
          "LinkedHashMap",
          "LinkedHashSet",
          "LinkedList",
          "Locale",
          "PriorityQueue",
          "Properties",
          "Stack",
          "TreeMap",
          "TreeSet",
          "UUID",
          "Vector",
          "concurrent.ConcurrentHashMap",
          "concurrent.CopyOnWriteArrayList",
          "concurrent.atomic.AtomicBoolean",
          "concurrent.atomic.AtomicInteger",
          "concurrent.atomic.AtomicLong",
          "concurrent.atomic.AtomicReference");

  /** Others. */
  private static final Set<String> OTHERS =
      Set.of("java.io.File", "java.math.BigDecimal", "java.math.BigInteger", "java.net.URI");

  private final String entry; // the class path entry of the main class
  private final String root; // what packages of the same maker begin with; empty: unknown
  private final List<Class<?>> waiting = new ArrayList<>();
  private boolean open;

  private SerializableClasses(Class<?> main) {
    entry = entry(main);
    String[] names = main.getPackageName().split("\\.");
    root = names.length < 2 ? "" : names[0] + "." + names[1];
  }

  /**
   * Begins to collect classes.
   *
   * @param main the main class
   */
  static SerializableClasses register(BeforeAnalysisAccess access, Class<?> main) {
    SerializableClasses classes = new SerializableClasses(main);
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
    return classes;
  }

  /** Lets those classes of the JDK through of which the program makes objects. */
  synchronized void register(DuringAnalysisAccessImpl access) {
    if (open && waiting.removeIf(type -> isMade(access, type) && allow(type))) {
      access.requireAnalysisIteration();
    }
  }

  private static boolean isMade(DuringAnalysisAccessImpl access, Class<?> type) {
    return access.getMetaAccess().lookupJavaType(type).isAnySubtypeInstantiated();
  }

  /** The class path entry of a class, or null when it is none of the class path's. */
  private static String entry(Class<?> type) {
    String name = type.getName().replace('.', '/') + ".class";
    ClassLoader loader = type.getClassLoader();
    URL url = loader == null ? null : loader.getResource(name);
    String text = url == null ? "" : url.toString();
    return text.endsWith(name) ? text.substring(0, text.length() - name.length()) : null;
  }

  private synchronized void add(Class<?> type) {
    if (type.isInterface() || type.isArray() || type.isHidden() || type.isSynthetic()) {
      return;
    }
    boolean own = isOwn(type);
    if (open && own) {
      allow(type);
    } else if (own || isOfJdk(type)) {
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
    waiting.removeIf(type -> isOwn(type) && allow(type));
  }

  /** Whether it is the program's: it lies beside the main class, or has the same maker. */
  private boolean isOwn(Class<?> type) {
    String name = type.getPackageName();
    if (type.getModule().isNamed() || name.startsWith("org.demitasse.jdk")) {
      return false;
    }
    return !root.isEmpty() && (name.equals(root) || name.startsWith(root + "."))
        || entry != null && entry.equals(entry(type));
  }

  /** Whatever it does with the class: true, for the class is dealt with. */
  private static boolean allow(Class<?> type) {
    RuntimeSerialization.register(type);
    if (!type.getModule().isNamed()) {
      RuntimeSerialization.register(Array.newInstance(type, 0).getClass());
    } else {
      // Immutable collections, sets of enums, dates: others stand for them in a stream.
      for (Class<?> owner = type; owner != null; owner = owner.getSuperclass()) {
        try {
          RuntimeReflection.register(owner.getDeclaredMethod("writeReplace"));
        } catch (NoSuchMethodException e) {
          RuntimeReflection.registerMethodLookup(owner, "writeReplace");
        }
      }
    }
    return true;
  }

  /** A value, a collection, or an exception. */
  private static boolean isOfJdk(Class<?> type) {
    String name = type.getName();
    if (type.getPackageName().startsWith("java.time")) {
      return true;
    }
    if (name.startsWith("java.util.")) {
      return OF_UTIL.contains(name.substring("java.util.".length())) || replacesItself(type);
    }
    if (name.startsWith("java.lang.") && OF_LANG.contains(name.substring("java.lang.".length()))) {
      return true;
    }
    return OTHERS.contains(name)
        || Throwable.class.isAssignableFrom(type) && name.startsWith("java.");
  }

  /** Immutable collections and sets of enums: others stand for them in a stream. */
  private static boolean replacesItself(Class<?> type) {
    for (Class<?> owner = type; owner != null; owner = owner.getSuperclass()) {
      try {
        owner.getDeclaredMethod("writeReplace");
        return true;
      } catch (NoSuchMethodException e) {
        // perhaps a superclass has it
      }
    }
    return false;
  }
}

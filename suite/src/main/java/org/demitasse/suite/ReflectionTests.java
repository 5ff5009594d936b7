package org.demitasse.suite;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Proxy;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Reflection, annotations, proxies, services and serialization, with metadata as users write it.
 */
final class ReflectionTests {

  /** Marks what the tests look for. */
  @Retention(RetentionPolicy.RUNTIME)
  @Target({ElementType.TYPE, ElementType.METHOD, ElementType.FIELD})
  @interface Marked {
    String value() default "plain";

    int[] numbers() default {};
  }

  /** Reached by reflection alone. */
  @Marked(
      value = "bean",
      numbers = {1, 2})
  public static class Bean implements Serializable {
    private static final long serialVersionUID = 1;

    @Marked private String name = "unnamed";
    private transient int cached = 7;
    protected transient Map<String, List<Integer>> lists = Map.of();

    public Bean() {}

    public Bean(String name) {
      this.name = name;
    }

    @Marked("getter")
    public String getName() {
      return name;
    }

    public void setName(String name) {
      this.name = name;
    }

    private int cached() {
      return cached;
    }

    static String fail(int code) {
      throw new IllegalArgumentException("code " + code);
    }
  }

  /** A record that is serialised and looked at. */
  public record Point(int x, @SuppressWarnings("unused") List<String> names)
      implements Serializable {}

  /** A record that no metadata names. */
  private record Pair(String left, int right) {}

  /** Called through a proxy. */
  public interface Greeter {
    String greet(String name);

    default String polite(String name) {
      return "Dear " + greet(name);
    }
  }

  /** A service. */
  public interface Codec {
    String name();
  }

  /** Provides a service. */
  public static final class FirstCodec implements Codec {
    @Override
    public String name() {
      return "first";
    }
  }

  /** Provides a service by a method. */
  public static final class SecondCodec implements Codec {
    @Override
    public String name() {
      return "second";
    }
  }

  private ReflectionTests() {}

  static void addTo(TestList tests) {
    tests.add("class by name", ReflectionTests::classByName);
    tests.add("constructors", ReflectionTests::constructors);
    tests.add("methods", ReflectionTests::methods);
    tests.add("fields", ReflectionTests::fields);
    tests.add("annotations", ReflectionTests::annotations);
    tests.add("generic types", ReflectionTests::genericTypes);
    tests.add("record components", ReflectionTests::recordComponents);
    tests.add("arrays", ReflectionTests::arrays);
    tests.add("dynamic proxies", ReflectionTests::proxies);
    tests.add("what cannot be serialized", ReflectionTests::notSerializable);
    tests.add("services", ReflectionTests::services);
    tests.add("serialization", ReflectionTests::serialization);
    tests.add("records without metadata", ReflectionTests::recordsWithoutMetadata);
    tests.add("serialization of collections", ReflectionTests::serializedCollections);
    tests.add("a missing class", ReflectionTests::missingClass);
    tests.addForMachine("a class without metadata", ReflectionTests::withoutMetadata);
  }

  /** The compiler must not see the name, or it would need no metadata. */
  private static Class<?> bean() throws ClassNotFoundException {
    return Class.forName(Check.opaque("org.demitasse.suite.ReflectionTests$") + "Bean");
  }

  private static void classByName() throws Exception {
    Check.equal("Bean", bean().getSimpleName());
    Check.equal(ReflectionTests.class, bean().getEnclosingClass());
    Check.that(Modifier.isStatic(bean().getModifiers()), "a static class");
    Check.equal(
        "java.util.ArrayList", Class.forName(Check.opaque("java.util.") + "ArrayList").getName());
  }

  private static void constructors() throws Exception {
    Object object = bean().getConstructor(String.class).newInstance("built");
    Check.equal("built", ((Bean) object).getName());
    Constructor<?> plain = bean().getDeclaredConstructor();
    Check.equal("unnamed", ((Bean) plain.newInstance()).getName());
    Check.equal(2, bean().getConstructors().length);
    Check.thrown(NoSuchMethodException.class, () -> bean().getConstructor(int.class));
  }

  private static void methods() throws Exception {
    Object object = bean().getConstructor().newInstance();
    bean().getMethod("setName", String.class).invoke(object, "reflected");
    Check.equal("reflected", bean().getMethod("getName").invoke(object));
    Method hidden = bean().getDeclaredMethod("cached");
    hidden.setAccessible(true);
    Check.equal(7, hidden.invoke(object));
    Method failing = bean().getDeclaredMethod("fail", int.class);
    InvocationTargetException thrown =
        Check.thrown(InvocationTargetException.class, () -> failing.invoke(null, 3));
    Check.equal("code 3", thrown.getCause().getMessage());
    Check.thrown(IllegalArgumentException.class, () -> failing.invoke(null, "text"));
    List<String> names =
        Arrays.stream(bean().getDeclaredMethods()).map(Method::getName).sorted().toList();
    Check.equal(List.of("cached", "fail", "getName", "setName"), names);
  }

  private static void fields() throws Exception {
    Object object = bean().getConstructor().newInstance();
    Field name = bean().getDeclaredField("name");
    name.setAccessible(true);
    name.set(object, "by field");
    Check.equal("by field", ((Bean) object).getName());
    Field cached = bean().getDeclaredField("cached");
    cached.setAccessible(true);
    cached.setInt(object, 9);
    Check.equal(9, cached.get(object));
    Check.that(Modifier.isTransient(cached.getModifiers()), "a transient field");
    Check.thrown(NoSuchFieldException.class, () -> bean().getDeclaredField("none"));
  }

  private static void annotations() throws Exception {
    Marked marked = bean().getAnnotation(Marked.class);
    Check.equal("bean", marked.value());
    Check.equal(2, marked.numbers()[1]);
    Check.equal("getter", bean().getMethod("getName").getAnnotation(Marked.class).value());
    Check.equal("plain", bean().getDeclaredField("name").getAnnotation(Marked.class).value());
    Check.that(
        marked.toString().contains("value=\"bean\"") || marked.toString().contains("bean"),
        marked.toString());
    Check.equal(Marked.class, marked.annotationType());
  }

  private static void genericTypes() throws Exception {
    ParameterizedType type = (ParameterizedType) bean().getDeclaredField("lists").getGenericType();
    Check.equal(Map.class, type.getRawType());
    Check.equal("java.util.List<java.lang.Integer>", type.getActualTypeArguments()[1].toString());
  }

  private static void recordComponents() throws Exception {
    Class<?> point = Class.forName(Check.opaque("org.demitasse.suite.ReflectionTests$") + "Point");
    RecordComponent[] components = point.getRecordComponents();
    Check.equal("x", components[0].getName());
    Check.equal(List.class, components[1].getType());
    Object object = point.getDeclaredConstructors()[0].newInstance(5, List.of("a"));
    Check.equal(5, components[0].getAccessor().invoke(object));
  }

  private static void arrays() {
    Object array = java.lang.reflect.Array.newInstance(String.class, 3);
    java.lang.reflect.Array.set(array, 1, "x");
    Check.equal("[null, x, null]", Arrays.toString((String[]) array));
    Check.equal(3, java.lang.reflect.Array.getLength(array));
    Check.thrown(IllegalArgumentException.class, () -> java.lang.reflect.Array.set(array, 0, 1));
  }

  private static void proxies() {
    Greeter greeter =
        (Greeter)
            Proxy.newProxyInstance(
                ReflectionTests.class.getClassLoader(),
                new Class<?>[] {Greeter.class},
                (proxy, method, arguments) -> method.getName() + " " + arguments[0]);
    Check.equal("greet you", greeter.greet("you"));
    Check.equal("polite you", greeter.polite("you"));
    Check.that(Proxy.isProxyClass(greeter.getClass()), "it is a proxy");
  }

  private static void services() {
    List<String> names = new ArrayList<>();
    for (Codec codec : ServiceLoader.load(Codec.class)) {
      names.add(codec.name());
    }
    Check.equal(List.of("first", "second"), names);
    Check.equal(
        "second",
        ServiceLoader.load(Codec.class).stream()
            .filter(provider -> provider.type() == SecondCodec.class)
            .findFirst()
            .orElseThrow()
            .get()
            .name());
  }

  private static void notSerializable() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    NotSerializableException thrown =
        Check.thrown(
            NotSerializableException.class,
            () -> {
              try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
                out.writeObject(new Object());
              }
            });
    Check.equal("java.lang.Object", thrown.getMessage());
  }

  private static Object copy(Object object) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return in.readObject();
    }
  }

  private static void serialization() throws Exception {
    Bean bean = (Bean) copy(new Bean("stored"));
    Check.equal("stored", bean.getName());
    Check.equal(0, bean.cached(), "transient fields are not stored");
    Check.equal(new Point(3, List.of("p")), copy(new Point(3, List.of("p"))));
    Check.thrown(java.io.NotSerializableException.class, () -> copy(new Object()));
  }

  private static void serializedCollections() throws Exception {
    Object object = new ArrayList<>(List.of("a", 1, 2L, new int[0].length));
    Check.equal(object, copy(object));
    Check.equal(
        new java.util.HashMap<>(Map.of("k", "v")), copy(new java.util.HashMap<>(Map.of("k", "v"))));
    List<Object> values =
        List.of(
            LocalDate.of(2024, 2, 29),
            Duration.ofMillis(1500),
            ZonedDateTime.of(2024, 1, 1, 0, 0, 0, 0, ZoneId.of("Europe/Paris")),
            new CopyOnWriteArrayList<>(List.of(1)),
            new PriorityQueue<>(List.of(2, 1)).peek(),
            URI.create("http://h/p"),
            Set.of("s"));
    Check.equal(values, copy(new ArrayList<>(values)));
    Exception exception =
        (Exception) copy(new IllegalStateException("top", new IOException("root")));
    Check.equal("root", exception.getCause().getMessage());
    Check.that(exception.getStackTrace().length > 0, "the trace came along");
  }

  private static void recordsWithoutMetadata() throws Exception {
    Object pair = new Pair("l", 2);
    StringBuilder seen = new StringBuilder();
    for (RecordComponent component : pair.getClass().getRecordComponents()) {
      seen.append(component.getName()).append('=').append(component.getAccessor().invoke(pair));
    }
    Check.equal("left=lright=2", seen.toString());
    Check.equal(
        pair, pair.getClass().getDeclaredConstructors()[0].newInstance("l", 2), "made again");
  }

  private static void missingClass() {
    String name = Check.opaque("org.demitasse.") + "NoSuchClass";
    Check.equal(
        name, Check.thrown(ClassNotFoundException.class, () -> Class.forName(name)).getMessage());
  }

  private static void withoutMetadata() {
    String name = Check.opaque("org.demitasse.suite.") + "TextTests";
    Check.thrown(ClassNotFoundException.class, () -> Class.forName(name));
  }
}

package org.demitasse.suite;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.IntBinaryOperator;
import java.util.function.Supplier;

/** What the language compiles to: patterns, lambdas, enums, method handles. */
final class LanguageTests {

  private sealed interface Shape permits Circle, Square, Group {}

  private record Circle(double radius) implements Shape {
    Circle {
      if (radius < 0) {
        throw new IllegalArgumentException("radius " + radius);
      }
    }
  }

  private record Square(double side) implements Shape {}

  private record Group(List<Shape> shapes, String name) implements Shape {}

  private enum Operation implements IntBinaryOperator {
    PLUS("+") {
      @Override
      public int applyAsInt(int a, int b) {
        return a + b;
      }
    },
    TIMES("*") {
      @Override
      public int applyAsInt(int a, int b) {
        return a * b;
      }
    };

    private final String sign;

    Operation(String sign) {
      this.sign = sign;
    }
  }

  private volatile long counter;
  private int[] cells = new int[4];

  private LanguageTests() {}

  static void addTo(TestList tests) {
    tests.add("records", LanguageTests::records);
    tests.add("sealed types and patterns", LanguageTests::patterns);
    tests.add("pattern switch over objects", LanguageTests::patternSwitch);
    tests.add("string switch", LanguageTests::stringSwitch);
    tests.add("enums", LanguageTests::enums);
    tests.add("lambdas and method references", LanguageTests::lambdas);
    tests.add("inner and local classes", LanguageTests::innerClasses);
    tests.add("text blocks and concatenation", LanguageTests::textBlocks);
    tests.add("try with resources", LanguageTests::tryWithResources);
    tests.add("exceptions with causes and traces", LanguageTests::exceptions);
    tests.add("a thread's whole trace", LanguageTests::wholeTrace);
    tests.add("helpful NullPointerException", LanguageTests::helpfulNull);
    tests.add("default and static methods of interfaces", LanguageTests::interfaces);
    tests.add("generics and varargs", LanguageTests::generics);
    tests.add("arithmetic at its limits", LanguageTests::arithmetic);
    tests.add("conversions", LanguageTests::conversions);
    tests.add("method handles", LanguageTests::methodHandles);
    tests.add("var handles", LanguageTests::varHandles);
    tests.add("asserts are off, as with java", LanguageTests::asserts);
    tests.add("class names", LanguageTests::classNames);
  }

  private static void records() {
    Check.equal("Square[side=1.5]", new Square(1.5).toString());
    Check.equal(new Circle(1), new Circle(1));
    Check.equal(new Circle(1).hashCode(), new Circle(1).hashCode());
    Check.that(!new Circle(0.0).equals(new Circle(-0.0)), "as Double.compare has it");
    Check.equal(
        "Group[shapes=[Circle[radius=2.0]], name=g]",
        new Group(List.of(new Circle(2)), "g").toString());
    Check.equal(
        "radius -1.0",
        Check.thrown(IllegalArgumentException.class, () -> new Circle(-1)).getMessage());
  }

  private static double area(Shape shape) {
    return switch (shape) {
      case Circle(double radius) -> 3 * radius * radius;
      case Square(double side) when side > 10 -> -1;
      case Square(double side) -> side * side;
      case Group(List<Shape> shapes, String name) ->
          shapes.stream().mapToDouble(LanguageTests::area).sum();
    };
  }

  private static void patterns() {
    Check.equal(4.0, area(new Square(2)));
    Check.equal(-1.0, area(new Square(11)));
    Check.equal(16.0, area(new Group(List.of(new Circle(2), new Square(2)), "")));
    Object object = new Group(List.of(), "named");
    String name = object instanceof Group(var shapes, String n) && shapes.isEmpty() ? n : "";
    Check.equal("named", name);
    Check.thrown(NullPointerException.class, () -> area(null));
  }

  private static String describe(Object object) {
    return switch (object) {
      case null -> "null";
      case Integer i when i > 100 -> "big";
      case Integer i -> "int " + i;
      case Long l -> "long " + l;
      case String s -> "string " + s.length();
      case int[] array -> "array " + array.length;
      case Operation operation -> "operation " + operation.sign;
      case List<?> list -> "list " + list.size();
      default -> object.getClass().getSimpleName();
    };
  }

  private static void patternSwitch() {
    List<String> seen = new ArrayList<>();
    for (Object object :
        new Object[] {null, 101, 7, 7L, "abc", new int[3], Operation.PLUS, List.of(1), 'c'}) {
      seen.add(describe(object));
    }
    Check.equal(
        List.of(
            "null",
            "big",
            "int 7",
            "long 7",
            "string 3",
            "array 3",
            "operation +",
            "list 1",
            "Character"),
        seen);
  }

  private static int number(String text) {
    return switch (text) {
      case "one", "eins" -> 1;
      case "Aa", "BB" -> 2; // equal hash codes
      case "AaAa" -> 3;
      case "BBBB" -> 4;
      default -> -1;
    };
  }

  private static void stringSwitch() {
    Check.equal(1, number("eins"));
    Check.equal(2, number("BB"));
    Check.equal(3, number("AaAa"));
    Check.equal(4, number("BBBB"));
    Check.equal(-1, number("AaBB"));
  }

  private static void enums() {
    Check.equal(5, Operation.valueOf("PLUS").applyAsInt(2, 3));
    Check.equal(6, Operation.values()[1].applyAsInt(2, 3));
    Check.equal(Operation.class, Operation.TIMES.getDeclaringClass());
    Check.equal(
        "No enum constant org.demitasse.suite.LanguageTests.Operation.MINUS",
        Check.thrown(IllegalArgumentException.class, () -> Operation.valueOf("MINUS"))
            .getMessage());
    Check.equal(
        "Name is null",
        Check.thrown(NullPointerException.class, () -> Enum.valueOf(Operation.class, null))
            .getMessage());
    EnumMap<Operation, String> map = new EnumMap<>(Map.of(Operation.TIMES, "t"));
    map.put(Operation.PLUS, "p");
    Check.equal("{PLUS=p, TIMES=t}", map.toString());
    Check.equal(EnumSet.of(Operation.PLUS), EnumSet.complementOf(EnumSet.of(Operation.TIMES)));
  }

  private static void lambdas() {
    int base = Check.opaque(10);
    Function<Integer, Function<Integer, Integer>> adder = a -> b -> a + b + base;
    Check.equal(15, adder.apply(2).apply(3));
    Supplier<List<String>> maker = ArrayList::new;
    List<String> list = maker.get();
    Function<String, Integer> length = String::length;
    Check.equal(4, length.compose((Integer i) -> "x".repeat(i)).apply(4));
    Check.that(list.isEmpty(), "a new list");
    Runnable recursive =
        new Runnable() {
          private int n;

          @Override
          public void run() {
            if (n++ < 3) {
              this.run();
            }
            list.add("run");
          }
        };
    recursive.run();
    Check.equal(4, list.size());
  }

  /** An inner class with the outer one's state. */
  private final class Counter implements Iterable<Long> {
    @Override
    public Iterator<Long> iterator() {
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return counter < 3;
        }

        @Override
        public Long next() {
          return ++counter;
        }
      };
    }
  }

  private static void innerClasses() {
    List<Long> seen = new ArrayList<>();
    for (long n : new LanguageTests().new Counter()) {
      seen.add(n);
    }
    Check.equal(List.of(1L, 2L, 3L), seen);
    record Pair<A, B>(A a, B b) {}
    Check.equal("Pair[a=1, b=x]", new Pair<>(1, "x").toString());
  }

  private static void textBlocks() {
    String block =
        """
        {
          "a": "\u00e9\t",
          "b": 1\
        23
        }
        """;
    Check.equal("{\n  \"a\": \"é\t\",\n  \"b\": 123\n}\n", block);
    int i = 5;
    Object none = null;
    Check.equal("v5c21.5null-0.0true", "v" + i + 'c' + 2L + 1.5 + none + -0.0 + (i > 4));
  }

  private static void tryWithResources() {
    List<String> log = new ArrayList<>();
    record Resource(String name, List<String> log) implements AutoCloseable {
      @Override
      public void close() {
        log.add("close " + name);
        throw new IllegalStateException("closing " + name);
      }
    }
    IllegalArgumentException thrown =
        Check.thrown(
            IllegalArgumentException.class,
            () -> {
              try (Resource a = new Resource("a", log);
                  Resource b = new Resource("b", log)) {
                log.add(a.name() + b.name());
                throw new IllegalArgumentException("body");
              }
            });
    Check.equal(List.of("ab", "close b", "close a"), log);
    Check.equal(2, thrown.getSuppressed().length);
    Check.equal("closing a", thrown.getSuppressed()[1].getMessage());
  }

  /** From the failure to the thread's start, and nothing of the runtime. */
  private static void wholeTrace() throws InterruptedException {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread thread =
        new Thread(
            () -> {
              throw new IllegalStateException("on purpose");
            });
    thread.setUncaughtExceptionHandler((failed, e) -> thrown.set(e));
    thread.start();
    Check.join(thread);
    StackTraceElement[] trace = thrown.get().getStackTrace();
    Check.equal(2, trace.length, "frames of " + Arrays.toString(trace));
    Check.equal(LanguageTests.class.getName(), trace[0].getClassName());
    Check.that(
        trace[1].toString().startsWith("java.base/java.lang.Thread.run(Thread.java:"),
        trace[1].toString());
    try {
      overflow(0);
    } catch (StackOverflowError e) {
      Check.equal("overflow", e.getStackTrace()[0].getMethodName());
    }
    Thread.currentThread().interrupt();
    InterruptedException interrupted =
        Check.thrown(InterruptedException.class, () -> Thread.sleep(1));
    Check.equal("sleep interrupted", interrupted.getMessage());
  }

  private static int overflow(int depth) {
    return overflow(depth + 1) + depth;
  }

  private static void exceptions() {
    IllegalStateException thrown =
        new IllegalStateException("outer", new java.io.IOException("inner"));
    StackTraceElement top = thrown.getStackTrace()[0];
    Check.equal("exceptions", top.getMethodName());
    Check.equal(LanguageTests.class.getName(), top.getClassName());
    Check.equal("LanguageTests.java", top.getFileName());
    Check.that(top.getLineNumber() > 100, "line " + top.getLineNumber());
    java.io.StringWriter text = new java.io.StringWriter();
    thrown.printStackTrace(new java.io.PrintWriter(text));
    Check.that(
        text.toString().startsWith("java.lang.IllegalStateException: outer"), text.toString());
    Check.that(text.toString().contains("Caused by: java.io.IOException: inner"), text.toString());
    Check.that(text.toString().contains("... "), "common frames are cut");
  }

  private static void helpfulNull() {
    String[] names = {null};
    NullPointerException thrown =
        Check.thrown(NullPointerException.class, () -> Check.opaque(names)[0].length());
    Check.that(thrown.getStackTrace().length > 0, "it has a stack trace");
    Check.equal(
        "named",
        Check.thrown(
                NullPointerException.class, () -> java.util.Objects.requireNonNull(null, "named"))
            .getMessage());
  }

  private interface Named {
    String name();

    default String greeting() {
      return prefix() + name();
    }

    private String prefix() {
      return "Hello, ";
    }

    static Named of(String name) {
      return () -> name;
    }
  }

  private static void interfaces() {
    Check.equal("Hello, x", Named.of("x").greeting());
  }

  @SafeVarargs
  private static <T extends Comparable<T>> T max(T... values) {
    T best = values[0];
    for (T value : values) {
      best = value.compareTo(best) > 0 ? value : best;
    }
    return best;
  }

  private static void generics() {
    Check.equal("c", max("a", "c", "b"));
    Check.equal(9, max(3, 9, 4));
    Optional<? extends Number> number = Optional.of(3);
    Check.equal(3.0, number.map(Number::doubleValue).orElseThrow());
  }

  private static void arithmetic() {
    int min = Check.opaque(Integer.MIN_VALUE);
    Check.equal(Integer.MIN_VALUE, min / -1);
    Check.equal(0, min % -1);
    Check.equal(Integer.MIN_VALUE, Math.abs(min));
    Check.equal(Long.MIN_VALUE, Check.opaque(Long.MIN_VALUE) / -1);
    Check.thrown(ArithmeticException.class, () -> Math.addExact(Integer.MAX_VALUE, 1));
    Check.thrown(ArithmeticException.class, () -> Math.multiplyExact(Long.MAX_VALUE, 2L));
    Check.equal(1 << 5, Check.opaque(1) << 37);
    Check.equal(-1, Check.opaque(-8) >> 3);
    Check.equal(0x1fffffff, Check.opaque(-8) >>> 3);
    Check.equal(-3, Math.floorDiv(-7, 3));
    Check.equal(2, Math.floorMod(-7, 3));
    Check.equal(0x1fff_ffff_ffff_ffffL, Math.multiplyHigh(1L << 62, Long.MAX_VALUE - 1));
    Check.that(Double.isNaN(Check.opaque(0.0) / 0), "0.0 / 0");
    Check.equal(Double.NEGATIVE_INFINITY, Check.opaque(-1.0) / 0);
    Check.equal(64, Long.numberOfLeadingZeros(Check.opaque(0L)));
    Check.equal(32, Integer.bitCount(Check.opaque(-1)));
    Check.equal(0x80000000, Integer.reverse(Check.opaque(1)));
    Check.equal("18446744073709551615", Long.toUnsignedString(-1));
    Check.equal(-1L, Long.parseUnsignedLong("18446744073709551615"));
    Check.equal(6148914691236517205L, Long.divideUnsigned(-1, 3));
  }

  private static void conversions() {
    Check.equal(Integer.MAX_VALUE, (int) Check.opaque(1e20).doubleValue());
    Check.equal(0, (int) Check.opaque(Double.NaN).doubleValue());
    Check.equal(Long.MIN_VALUE, (long) Check.opaque(-1e30).doubleValue());
    Check.equal((byte) -56, (byte) Check.opaque(200).intValue());
    Check.equal((char) 0xffff, (char) Check.opaque(-1).intValue());
    Check.equal(16777216f, (float) Check.opaque(16777217).intValue());
    Check.equal(0x3ff0000000000000L, Double.doubleToLongBits(1.0));
    Check.equal(1.5f, Float.float16ToFloat(Float.floatToFloat16(1.5f)));
  }

  private static String joined(String a, int b) {
    return a + b;
  }

  private static void methodHandles() throws Exception {
    MethodHandles.Lookup lookup = MethodHandles.lookup();
    MethodHandle handle =
        lookup.findStatic(
            LanguageTests.class,
            "joined",
            MethodType.methodType(String.class, String.class, int.class));
    MethodHandle bound = MethodHandles.insertArguments(handle, 1, 7);
    MethodHandle length =
        lookup.findVirtual(String.class, "length", MethodType.methodType(int.class));
    MethodHandle both = MethodHandles.filterReturnValue(bound, length);
    try {
      Check.equal("a7", (String) bound.invokeExact("a"));
      Check.equal(4, (int) both.invokeExact("abc"));
      Check.equal("x9", handle.invokeWithArguments("x", 9));
      MethodHandle guarded =
          MethodHandles.catchException(
              lookup.findStatic(
                  Integer.class, "parseInt", MethodType.methodType(int.class, String.class)),
              NumberFormatException.class,
              MethodHandles.dropArguments(
                  MethodHandles.constant(int.class, -1), 0, NumberFormatException.class));
      Check.equal(-1, (int) guarded.invokeExact("no"));
      Check.equal(12, (int) guarded.invokeExact("12"));
    } catch (Exception | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static void varHandles() throws Exception {
    VarHandle counter =
        MethodHandles.lookup().findVarHandle(LanguageTests.class, "counter", long.class);
    VarHandle elements = MethodHandles.arrayElementVarHandle(int[].class);
    LanguageTests object = new LanguageTests();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int n = 0; n < 2_000; n++) {
                      long before = (long) counter.getAndAdd(object, 1L);
                      elements.getAndAdd(object.cells, (int) (before & 3), 1);
                    }
                  }));
    }
    for (Thread thread : threads) {
      Check.join(thread);
    }
    Check.equal(8_000L, (long) counter.getVolatile(object));
    Check.equal(2_000, (int) elements.getAcquire(object.cells, 3));
    Check.equal(true, counter.compareAndSet(object, 8_000L, 1L));
    VarHandle view =
        MethodHandles.byteArrayViewVarHandle(long[].class, java.nio.ByteOrder.BIG_ENDIAN);
    Check.equal(0x0102030405060708L, (long) view.get(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, 0));
  }

  @SuppressWarnings("AssertWithSideEffects")
  private static void asserts() {
    boolean[] on = {false};
    assert on[0] = true;
    Check.equal(false, on[0]);
  }

  private static void classNames() {
    Check.equal("org.demitasse.suite.LanguageTests$Circle", Circle.class.getName());
    Check.equal("[I", int[].class.getName());
    Check.equal("java.lang.String[][]", String[][].class.getTypeName());
    Check.equal(Shape.class, Circle.class.getInterfaces()[0]);
    Check.equal(true, Circle.class.isRecord());
    Check.equal(Object.class, Object[].class.getComponentType());
    Check.equal("org.demitasse.suite", LanguageTests.class.getPackageName());
    Check.equal(Enum.class, Operation.class.getSuperclass());
  }
}

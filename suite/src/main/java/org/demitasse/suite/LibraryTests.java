package org.demitasse.suite;

import java.awt.Color;
import java.awt.Desktop;
import java.awt.GraphicsEnvironment;
import java.awt.HeadlessException;
import java.awt.Point;
import java.awt.Rectangle;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.chrono.HijrahChronology;
import java.time.chrono.HijrahDate;
import java.time.chrono.JapaneseDate;
import java.time.chrono.MinguoDate;
import java.time.chrono.ThaiBuddhistDate;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.FormatStyle;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.Calendar;
import java.util.Collections;
import java.util.Comparator;
import java.util.GregorianCalendar;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Properties;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.StringJoiner;
import java.util.TimeZone;
import java.util.TreeMap;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Gatherers;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Collections, streams, numbers, dates. */
final class LibraryTests {

  private LibraryTests() {}

  static void addTo(TestList tests) {
    tests.add("collections", LibraryTests::collections);
    tests.add("immutable collections", LibraryTests::immutable);
    tests.add("concurrent modification is noticed", LibraryTests::modification);
    tests.add("maps", LibraryTests::maps);
    tests.add("sorting", LibraryTests::sorting);
    tests.add("streams", LibraryTests::streams);
    tests.add("collectors", LibraryTests::collectors);
    tests.add("gatherers", LibraryTests::gatherers);
    tests.add("BigInteger", LibraryTests::bigInteger);
    tests.add("BigDecimal", LibraryTests::bigDecimal);
    tests.add("Math and StrictMath agree", LibraryTests::math);
    tests.add("random numbers", LibraryTests::random);
    tests.add("UUID, Base64, HexFormat, BitSet", LibraryTests::small);
    tests.add("Properties", LibraryTests::properties);
    tests.add("dates", LibraryTests::dates);
    tests.add("time zones", LibraryTests::timeZones);
    tests.add("every time zone has rules", LibraryTests::allZones);
    tests.add("calendars", LibraryTests::calendars);
    tests.add("values of AWT", LibraryTests::desktopValues);
    tests.add("date formats", LibraryTests::dateFormats);
    tests.add("Calendar and Date", LibraryTests::calendar);
    tests.add("durations", LibraryTests::durations);
  }

  private static void collections() {
    List<Integer> list = new ArrayList<>(IntStream.range(0, 1000).boxed().toList());
    Collections.shuffle(list, new Random(1));
    Collections.sort(list);
    Check.equal(500, Collections.binarySearch(list, 500));
    list.removeIf(n -> n % 2 == 0);
    Check.equal(500, list.size());
    Check.equal(999, list.reversed().getFirst());
    PriorityQueue<String> queue = new PriorityQueue<>(Comparator.reverseOrder());
    queue.addAll(List.of("a", "c", "b"));
    Check.equal("c", queue.poll());
    ArrayDeque<Integer> deque = new ArrayDeque<>();
    for (int i = 0; i < 100; i++) {
      deque.addFirst(i);
    }
    Check.equal(0, deque.pollLast());
    Check.equal(99, deque.peek());
  }

  private static void immutable() {
    Check.thrown(UnsupportedOperationException.class, () -> List.of(1, 2).add(3));
    Check.thrown(NullPointerException.class, () -> List.of(1, null));
    Check.thrown(IllegalArgumentException.class, () -> Map.of("a", 1, "a", 2));
    Check.equal(java.util.Set.of(1, 2, 3), java.util.Set.copyOf(List.of(3, 2, 1, 1)));
  }

  private static void modification() {
    List<Integer> list = new ArrayList<>(List.of(1, 2, 3));
    Check.thrown(
        java.util.ConcurrentModificationException.class,
        () -> {
          for (Integer n : list) {
            list.add(n);
          }
        });
  }

  private static void maps() {
    Map<String, Integer> counts = new HashMap<>();
    for (String word : "a b a c a b".split(" ")) {
      counts.merge(word, 1, Integer::sum);
    }
    Check.equal(Map.of("a", 3, "b", 2, "c", 1), counts);
    TreeMap<Integer, String> tree = new TreeMap<>(Map.of(1, "a", 5, "e", 9, "i"));
    Check.equal(5, tree.floorKey(8));
    Check.equal("{1=a, 5=e}", tree.headMap(9).toString());
    LinkedHashMap<String, Integer> recent =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
            return size() > 2;
          }
        };
    recent.put("a", 1);
    recent.put("b", 2);
    recent.get("a");
    recent.put("c", 3);
    Check.equal("{a=1, c=3}", recent.toString());
    Map<Integer, Integer> big = new HashMap<>();
    for (int i = 0; i < 50_000; i++) {
      big.put(i * 65_536, i);
    }
    Check.equal(49_999, big.get(49_999 * 65_536));
  }

  private record Person(String name, int age) {}

  private static void sorting() {
    List<Person> people =
        new ArrayList<>(List.of(new Person("c", 3), new Person("a", 3), new Person("b", 1)));
    people.sort(Comparator.comparingInt(Person::age).thenComparing(Person::name));
    Check.equal("bac", people.stream().map(Person::name).collect(Collectors.joining()));
    double[] doubles = {Double.NaN, 0.0, -0.0, -1};
    Arrays.sort(doubles);
    Check.equal("[-1.0, -0.0, 0.0, NaN]", Arrays.toString(doubles));
    int[] numbers = new Random(3).ints(100_000).toArray();
    Arrays.sort(numbers);
    for (int i = 1; i < numbers.length; i++) {
      Check.that(numbers[i - 1] <= numbers[i], "sorted at " + i);
    }
  }

  private static void streams() {
    Check.equal(
        "0,4,8",
        IntStream.iterate(0, i -> i < 10, i -> i + 2)
            .filter(i -> i % 4 == 0)
            .mapToObj(String::valueOf)
            .collect(Collectors.joining(",")));
    Check.equal(
        List.of(1, 1, 2, 2),
        Stream.of(1, 2)
            .<Integer>mapMulti(
                (n, out) -> {
                  out.accept(n);
                  out.accept(n);
                })
            .toList());
    Check.equal(List.of("a", "b"), Stream.of("b", "a", "b").distinct().sorted().toList());
    Check.equal(
        List.of(8, 16, 32), Stream.iterate(1, n -> n * 2).dropWhile(n -> n < 8).limit(3).toList());
    Check.equal(55, IntStream.rangeClosed(1, 10).reduce(0, Integer::sum));
    Check.equal(5.5, IntStream.rangeClosed(1, 10).average().orElseThrow());
    Check.that(Stream.of(1, 2, 3).anyMatch(n -> n == 2), "anyMatch");
    Check.equal(
        List.of("x", "y"), Stream.of(List.of("x"), List.of("y")).flatMap(List::stream).toList());
  }

  private static void collectors() {
    Map<Boolean, List<Integer>> parts =
        IntStream.range(0, 6).boxed().collect(Collectors.partitioningBy(n -> n > 3));
    Check.equal(List.of(4, 5), parts.get(true));
    TreeMap<Integer, Double> means =
        Stream.of("a", "bb", "cc", "ddd")
            .collect(
                Collectors.groupingBy(
                    String::length, TreeMap::new, Collectors.averagingInt(String::length)));
    Check.equal("{1=1.0, 2=2.0, 3=3.0}", means.toString());
    Check.equal(
        "6/3",
        Stream.of(1, 2, 3)
            .collect(
                Collectors.teeing(
                    Collectors.summingInt(n -> n), Collectors.counting(), (s, c) -> s + "/" + c)));
    Check.thrown(
        IllegalStateException.class,
        () -> Stream.of("a", "a").collect(Collectors.toMap(s -> s, s -> 1)));
  }

  private static void gatherers() {
    Check.equal(
        List.of(List.of(1, 2), List.of(3)),
        Stream.of(1, 2, 3).gather(Gatherers.windowFixed(2)).toList());
    Check.equal(
        List.of(1, 3, 6),
        Stream.of(1, 2, 3).gather(Gatherers.scan(() -> 0, Integer::sum)).toList());
    Check.equal(
        List.of(2, 4, 6),
        Stream.of(1, 2, 3).gather(Gatherers.mapConcurrent(2, n -> n * 2)).toList());
  }

  private static void bigInteger() {
    BigInteger factorial = BigInteger.ONE;
    for (int i = 2; i <= 1000; i++) {
      factorial = factorial.multiply(BigInteger.valueOf(i));
    }
    Check.equal(2568, factorial.toString().length());
    Check.equal(
        249, factorial.toString().length() - factorial.toString().replaceAll("0+$", "").length());
    BigInteger mersenne = BigInteger.TWO.pow(521).subtract(BigInteger.ONE);
    Check.that(mersenne.isProbablePrime(20), "2^521 - 1 is prime");
    Check.equal(
        BigInteger.valueOf(445),
        BigInteger.valueOf(4).modPow(BigInteger.valueOf(13), BigInteger.valueOf(497)));
    BigInteger big = new BigInteger("123456789".repeat(200));
    Check.equal(big, big.multiply(big).divide(big));
    Check.equal(big, big.multiply(big).sqrt());
    Check.equal(BigInteger.ONE, big.gcd(big.add(BigInteger.ONE)));
    Check.equal("-7f", BigInteger.valueOf(-127).toString(16));
    Check.thrown(ArithmeticException.class, big::longValueExact);
    Check.thrown(ArithmeticException.class, () -> big.divide(BigInteger.ZERO));
  }

  private static void bigDecimal() {
    Check.equal(
        "0.1428571428571429",
        BigDecimal.ONE.divide(new BigDecimal(7), MathContext.DECIMAL64).toString());
    Check.equal("2.68", new BigDecimal("2.675").setScale(2, RoundingMode.HALF_UP).toString());
    Check.equal("2.6", new BigDecimal("2.65").setScale(1, RoundingMode.HALF_EVEN).toString());
    Check.equal("1E+3", new BigDecimal("1000").stripTrailingZeros().toString());
    Check.equal("1000", new BigDecimal("1E+3").toPlainString());
    Check.equal(
        "1.414213562373095048801688724209698",
        new BigDecimal(2).sqrt(MathContext.DECIMAL128).toString());
    Check.thrown(ArithmeticException.class, () -> BigDecimal.ONE.divide(new BigDecimal(3)));
    Check.equal(
        "0.1000000000000000055511151231257827021181583404541015625",
        new BigDecimal(0.1).toString());
  }

  private static void math() {
    Random random = new Random(11);
    for (int i = 0; i < 10_000; i++) {
      double x = (random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(12) - 6);
      close(StrictMath.sin(x), Math.sin(x), "sin", x);
      close(StrictMath.cos(x), Math.cos(x), "cos", x);
      close(StrictMath.tan(x), Math.tan(x), "tan", x);
      close(StrictMath.exp(x), Math.exp(x), "exp", x);
      close(StrictMath.log(Math.abs(x)), Math.log(Math.abs(x)), "log", x);
      close(StrictMath.log10(Math.abs(x)), Math.log10(Math.abs(x)), "log10", x);
      close(StrictMath.pow(Math.abs(x), 1.7), Math.pow(Math.abs(x), 1.7), "pow", x);
      close(StrictMath.cbrt(x), Math.cbrt(x), "cbrt", x);
      close(StrictMath.atan(x), Math.atan(x), "atan", x);
      close(StrictMath.sinh(x), Math.sinh(x), "sinh", x);
      close(StrictMath.tanh(x), Math.tanh(x), "tanh", x);
      Check.equal(StrictMath.sqrt(Math.abs(x)), Math.sqrt(Math.abs(x)), "sqrt");
      Check.that(Math.floor(x) <= x && x - 1 < Math.floor(x), "floor of " + x);
      Check.that(Math.ceil(x) >= x && x + 1 > Math.ceil(x), "ceiling of " + x);
    }
    Check.equal(7.0, Math.fma(2.0, 3.0, 1.0));
    Check.equal(5.0, Math.hypot(3, 4));
    Check.equal(-3L, Math.round(-2.5000001));
    Check.equal(2.0, Math.rint(2.5));
    Check.that(Double.isNaN(Math.sqrt(-1)), "the root of -1");
    Check.equal(1.0E-323, Math.nextUp(Double.MIN_VALUE));
  }

  /** Two units in the last place, as the documentation of Math promises. */
  private static void close(double expected, double seen, String function, double x) {
    if (Double.compare(expected, seen) != 0
        && !(Math.abs(expected - seen) <= 2.5 * Math.ulp(expected))) {
      throw new AssertionError(function + "(" + x + "): " + expected + ", saw " + seen);
    }
  }

  private static void random() {
    Check.equal(-1170105035, new Random(42).nextInt());
    Check.equal(1.1419053154730547, new Random(42).nextGaussian());
    Check.equal(new SplittableRandom(7).nextLong(), new SplittableRandom(7).nextLong());
    Check.that(
        RandomGenerator.of("L64X128MixRandom").nextInt(10) < 10, "a generator found by its name");
    int dice = java.util.concurrent.ThreadLocalRandom.current().nextInt(1, 7);
    Check.that(dice >= 1 && dice <= 6, "a die shows " + dice);
    double mean = new Random().doubles(10_000).average().orElseThrow();
    Check.that(mean > 0.45 && mean < 0.55, "the mean of random numbers: " + mean);
    Check.that(Math.random() != Math.random(), "random numbers differ");
  }

  private static void small() {
    UUID uuid = UUID.randomUUID();
    Check.equal(4, uuid.version());
    Check.equal(uuid, UUID.fromString(uuid.toString()));
    Check.equal(3, UUID.nameUUIDFromBytes(new byte[] {1}).version());
    byte[] bytes = {0, 1, -1, 127};
    Check.equal("AAH/fw==", Base64.getEncoder().encodeToString(bytes));
    Check.equalBytes(bytes, Base64.getUrlDecoder().decode("AAH_fw"), "Base64");
    Check.equal("00:01:FF:7F", HexFormat.ofDelimiter(":").withUpperCase().formatHex(bytes));
    BitSet bits = new BitSet();
    bits.set(3, 70);
    bits.flip(5);
    Check.equal(66, bits.cardinality());
    Check.equal(6, bits.nextSetBit(5));
    Check.equal("<a|b>", new StringJoiner("|", "<", ">").add("a").add("b").toString());
  }

  private static void properties() throws Exception {
    Properties properties = new Properties();
    properties.load(new java.io.StringReader("a = 1\n# comment\nb:two \\\n  lines\n\\u0063=\\t"));
    Check.equal("1", properties.getProperty("a"));
    Check.equal("two lines", properties.getProperty("b"));
    Check.equal("\t", properties.getProperty("c"));
    java.io.StringWriter text = new java.io.StringWriter();
    properties.store(text, null);
    Check.that(text.toString().contains("b=two lines"), text.toString());
  }

  private static void dates() {
    Check.equal(LocalDate.of(2024, 2, 29), LocalDate.of(2024, 1, 31).plusMonths(1));
    Check.equal(DayOfWeek.SATURDAY, LocalDate.of(2000, 1, 1).getDayOfWeek());
    Check.equal(
        LocalDate.of(2025, 12, 1),
        LocalDate.of(2025, 11, 29).with(TemporalAdjusters.next(DayOfWeek.MONDAY)));
    Check.equal(
        Period.of(1, 1, 1), Period.between(LocalDate.of(2024, 1, 1), LocalDate.of(2025, 2, 2)));
    Check.equal(366L, ChronoUnit.DAYS.between(LocalDate.of(2024, 1, 1), LocalDate.of(2025, 1, 1)));
    Check.thrown(java.time.DateTimeException.class, () -> LocalDate.of(2023, 2, 29));
    Check.thrown(DateTimeParseException.class, () -> LocalDate.parse("2023-13-01"));
    Check.equal(
        "2024-W09",
        LocalDate.of(2024, 2, 29)
            .format(DateTimeFormatter.ofPattern("YYYY-'W'ww", Locale.GERMANY)));
  }

  private static void timeZones() {
    ZoneId berlin = ZoneId.of("Europe/Berlin");
    Check.equal(
        "2023-11-14T23:13:20+01:00[Europe/Berlin]",
        ZonedDateTime.ofInstant(Instant.ofEpochSecond(1_700_000_000), berlin).toString());
    ZonedDateTime before = LocalDateTime.of(2025, 3, 30, 1, 59).atZone(berlin);
    Check.equal("2025-03-30T03:00+02:00[Europe/Berlin]", before.plusMinutes(1).toString());
    Check.equal(2, berlin.getRules().getValidOffsets(LocalDateTime.of(2025, 10, 26, 2, 30)).size());
    Check.equal(
        "2025-07-01T20:45+08:45[Australia/Eucla]",
        Instant.parse("2025-07-01T12:00:00Z").atZone(ZoneId.of("Australia/Eucla")).toString());
    Check.equal(-18_000_000, TimeZone.getTimeZone("America/New_York").getRawOffset());
    Check.equal("GMT", TimeZone.getTimeZone("No/Such").getID());
    Check.equal(
        "Mitteleuropäische Sommerzeit",
        TimeZone.getTimeZone("Europe/Berlin").getDisplayName(true, TimeZone.LONG, Locale.GERMANY));
  }

  private static void allZones() {
    Instant now = Instant.parse("2025-07-01T12:00:00Z");
    int zones = 0;
    for (String id : ZoneId.getAvailableZoneIds()) {
      ZoneOffset offset = ZoneId.of(id).getRules().getOffset(now);
      Check.that(Math.abs(offset.getTotalSeconds()) <= 14 * 3600, id + " " + offset);
      zones++;
    }
    Check.that(zones > 500, zones + " zones");
  }

  private static void desktopValues() {
    Rectangle both = new Rectangle(0, 0, 4, 4).intersection(new Rectangle(2, 2, 9, 9));
    Check.equal(new Rectangle(2, 2, 2, 2), both);
    Check.equal(0xff0a141e, new Color(10, 20, 30).getRGB());
    Check.equal(5.0, new Point(0, 0).distance(3, 4));
    if (GraphicsEnvironment.isHeadless()) {
      Check.thrown(HeadlessException.class, Desktop::getDesktop);
    }
  }

  private static void calendars() {
    LocalDate date = LocalDate.of(2024, 5, 1);
    Check.equal("Japanese Reiwa 6-05-01", JapaneseDate.from(date).toString());
    Check.equal("ThaiBuddhist BE 2567-05-01", ThaiBuddhistDate.from(date).toString());
    Check.equal(date, LocalDate.from(MinguoDate.of(113, 5, 1)));
    Check.equal("Hijrah-umalqura AH 1445-10-22", HijrahDate.from(date).toString());
    Check.equal(date, LocalDate.from(HijrahChronology.INSTANCE.date(1445, 10, 22)));
  }

  private static void dateFormats() {
    LocalDateTime time = LocalDateTime.of(2024, 2, 29, 15, 4, 5);
    Check.equal(
        "Thu, 29 Feb 2024 03:04 PM",
        DateTimeFormatter.ofPattern("EEE, d MMM yyyy hh:mm a", Locale.US).format(time));
    Check.equal(
        "Donnerstag, 29. Februar 2024",
        DateTimeFormatter.ofLocalizedDate(FormatStyle.FULL)
            .withLocale(Locale.GERMANY)
            .format(time));
    Check.equal(
        "jeudi 29 février 2024",
        DateTimeFormatter.ofLocalizedDate(FormatStyle.FULL).withLocale(Locale.FRANCE).format(time));
    Check.equal(
        "Thu, 29 Feb 2024 15:04:05 GMT",
        DateTimeFormatter.RFC_1123_DATE_TIME.format(time.atOffset(ZoneOffset.UTC)));
    Check.equal(
        time,
        LocalDateTime.parse(
            "29.02.2024 15:04:05", DateTimeFormatter.ofPattern("dd.MM.uuuu HH:mm:ss")));
  }

  private static void calendar() throws Exception {
    GregorianCalendar calendar = new GregorianCalendar(TimeZone.getTimeZone("UTC"), Locale.US);
    calendar.setTimeInMillis(1_709_218_800_000L);
    Check.equal(29, calendar.get(Calendar.DAY_OF_MONTH));
    calendar.add(Calendar.YEAR, 1);
    Check.equal(28, calendar.get(Calendar.DAY_OF_MONTH));
    java.text.SimpleDateFormat format =
        new java.text.SimpleDateFormat("yyyy-MM-dd'T'HH:mm:ss.SSSZ", Locale.US);
    format.setTimeZone(TimeZone.getTimeZone("Asia/Tokyo"));
    Check.equal(
        "2024-03-01T00:00:00.000+0900", format.format(new java.util.Date(1_709_218_800_000L)));
    Check.equal(1_709_218_800_000L, format.parse("2024-03-01T00:00:00.000+0900").getTime());
  }

  private static void durations() {
    Check.equal("PT1H1M1.5S", Duration.ofMillis(3_661_500).toString());
    Check.equal(Duration.ofSeconds(90), Duration.parse("PT1M30S"));
    Check.equal(Instant.EPOCH, Instant.parse("1970-01-01T00:00:00Z"));
    Check.equal("-1000000000-01-01T00:00:00Z", Instant.MIN.toString());
  }
}

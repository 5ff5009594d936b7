package org.demitasse.suites;

import static org.demitasse.suites.Checks.check;
import static org.demitasse.suites.Checks.same;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** The language and the class library above the platform. */
final class LibrarySuite {

  private sealed interface Shape permits Circle, Square {}

  private record Circle(double radius) implements Shape {}

  private record Square(double side) implements Shape {}

  private LibrarySuite() {}

  static void run(Checks checks) {
    checks.test("records, sealed types and patterns", LibrarySuite::patterns);
    checks.test("streams and collectors", LibrarySuite::streams);
    checks.test("regular expressions", LibrarySuite::regex);
    checks.test("formatting", LibrarySuite::formatting);
    checks.test("BigInteger and BigDecimal", LibrarySuite::bigNumbers);
    checks.test("time zones", LibrarySuite::timeZones);
    checks.test("digests and random numbers", LibrarySuite::security);
    checks.test("gzip and CRC-32", LibrarySuite::zip);
    checks.test("charsets", LibrarySuite::charsets);
    checks.test("concurrent map and futures", LibrarySuite::concurrent);
    checks.test("properties and environment", LibrarySuite::properties);
    checks.test("stack traces name methods", LibrarySuite::stackTraces);
  }

  private static double area(Shape shape) {
    return switch (shape) {
      case Circle(double radius) -> Math.PI * radius * radius;
      case Square(double side) when side > 0 -> side * side;
      case Square square -> 0;
    };
  }

  private static void patterns() {
    same(4.0, area(new Square(2)), "square");
    same(0.0, area(new Square(-1)), "negative square");
    check(Math.abs(area(new Circle(1)) - Math.PI) < 1e-12, "circle");
    same("Square[side=1.5]", new Square(1.5).toString(), "record text");
    same(new Circle(1), new Circle(1), "record equality");
  }

  private static void streams() {
    Map<Integer, Long> byLength =
        List.of("a", "bb", "cc", "ddd").stream()
            .collect(Collectors.groupingBy(String::length, Collectors.counting()));
    same(Map.of(1, 1L, 2, 2L, 3, 1L), byLength, "groups");
    same(
        "0,2,4",
        IntStream.range(0, 6)
            .filter(i -> i % 2 == 0)
            .mapToObj(String::valueOf)
            .collect(Collectors.joining(",")),
        "joined");
  }

  private static void regex() {
    Matcher matcher = Pattern.compile("(?<key>\\w+)=(?<value>[^;]*);?").matcher("a=1;bc=two");
    List<String> found = new ArrayList<>();
    while (matcher.find()) {
      found.add(matcher.group("key") + ":" + matcher.group("value"));
    }
    same(List.of("a:1", "bc:two"), found, "groups");
    same("X-X", "äöü-ÄÖÜ".replaceAll("(?iu)[äöü]+", "X"), "case folding of Unicode");
  }

  private static void formatting() {
    same(
        "  42|2a|1,234.50|true",
        String.format(Locale.ROOT, "%4d|%x|%,.2f|%b", 42, 42, 1234.5, true),
        "format");
    same("1.0E10", Double.toString(1e10), "double");
    same(3.14, Double.parseDouble("3.14"), "parse");
  }

  private static void bigNumbers() {
    BigInteger factorial = BigInteger.ONE;
    for (int i = 2; i <= 100; i++) {
      factorial = factorial.multiply(BigInteger.valueOf(i));
    }
    check(factorial.toString().startsWith("93326215443944152681699238856266700490715968"), "100!");
    same(158, factorial.toString().length(), "digits of 100!");
    same(
        BigInteger.valueOf(445),
        BigInteger.valueOf(4).modPow(BigInteger.valueOf(13), BigInteger.valueOf(497)),
        "modPow");
    same(
        "0.3333333333",
        BigDecimal.ONE.divide(BigDecimal.valueOf(3), new MathContext(10)).toString(),
        "third");
  }

  private static void timeZones() {
    ZonedDateTime summer = Instant.parse("2025-07-01T12:00:00Z").atZone(ZoneId.of("Europe/Berlin"));
    same(
        "2025-07-01T14:00:00+02:00",
        summer.format(DateTimeFormatter.ISO_OFFSET_DATE_TIME),
        "summer");
    same(LocalDate.of(2024, 2, 29), LocalDate.of(2024, 1, 31).plusMonths(1), "leap day");
    check(ZoneId.getAvailableZoneIds().size() > 500, "all zones are there");
  }

  private static void security() throws Exception {
    byte[] hash =
        MessageDigest.getInstance("SHA-256").digest("abc".getBytes(StandardCharsets.UTF_8));
    same(
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        HexFormat.of().formatHex(hash),
        "SHA-256 of abc");
    Set<String> seen = new HashSet<>();
    SecureRandom random = new SecureRandom();
    for (int i = 0; i < 100; i++) {
      byte[] bytes = new byte[16];
      random.nextBytes(bytes);
      seen.add(Arrays.toString(bytes));
    }
    same(100, seen.size(), "random numbers differ");
  }

  private static void zip() throws Exception {
    byte[] text = "all work and no play ".repeat(5_000).getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(text);
    }
    check(packed.size() < text.length / 50, "it got smaller");
    byte[] unpacked =
        new GZIPInputStream(new ByteArrayInputStream(packed.toByteArray())).readAllBytes();
    check(Arrays.equals(text, unpacked), "it came back");
    CRC32 crc = new CRC32();
    crc.update("123456789".getBytes(StandardCharsets.US_ASCII));
    same(0xCBF43926L, crc.getValue(), "CRC-32");
  }

  private static void charsets() {
    String text = "Zürich, 東京, 🍵";
    same(text, new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8), "UTF-8");
    same(
        text,
        new String(text.getBytes(StandardCharsets.UTF_16), StandardCharsets.UTF_16),
        "UTF-16");
    same(
        "Z?rich",
        new String("Zürich".getBytes(StandardCharsets.US_ASCII), StandardCharsets.US_ASCII),
        "ASCII");
  }

  private static void concurrent() throws Exception {
    ConcurrentHashMap<String, Integer> counts = new ConcurrentHashMap<>();
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      all.add(CompletableFuture.runAsync(() -> counts.merge("key", 1, Integer::sum)));
    }
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get();
    same(50, counts.get("key"), "count");
  }

  private static void properties() {
    same("25", System.getProperty("java.specification.version"), "Java version");
    same("/", System.getProperty("file.separator"), "separator");
    check(System.getenv() != null, "environment");
    check(Runtime.getRuntime().availableProcessors() >= 1, "processors");
  }

  private static void stackTraces() {
    StackTraceElement top = new IllegalStateException().getStackTrace()[0];
    same("stackTraces", top.getMethodName(), "method");
    same(LibrarySuite.class.getName(), top.getClassName(), "class");
    check(top.getLineNumber() > 0, "line number");
  }
}

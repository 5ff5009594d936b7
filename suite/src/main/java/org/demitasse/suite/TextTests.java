package org.demitasse.suite;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.text.BreakIterator;
import java.text.ChoiceFormat;
import java.text.Collator;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.text.MessageFormat;
import java.text.Normalizer;
import java.text.NumberFormat;
import java.time.DayOfWeek;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Formatter;
import java.util.IllegalFormatException;
import java.util.List;
import java.util.Locale;
import java.util.Scanner;
import java.util.StringTokenizer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Strings, regular expressions, formats, locales, charsets. */
final class TextTests {

  private TextTests() {}

  static void addTo(TestList tests) {
    tests.add("strings", TextTests::strings);
    tests.add("Unicode", TextTests::unicode);
    tests.add("string builder", TextTests::builder);
    tests.add("regular expressions", TextTests::regex);
    tests.add("regular expressions that fail", TextTests::badRegex);
    tests.add("a regular expression on a megabyte", TextTests::bigRegex);
    tests.add("Formatter", TextTests::formatter);
    tests.add("doubles as text and back", TextTests::doubles);
    tests.add("numbers in locales", TextTests::numbersInLocales);
    tests.add("messages and choices", TextTests::messages);
    tests.add("collation", TextTests::collation);
    tests.add("words and sentences", TextTests::breaks);
    tests.add("normal forms", TextTests::normalForms);
    tests.add("locales", TextTests::locales);
    tests.add("standard charsets", TextTests::standardCharsets);
    tests.add("other charsets", TextTests::otherCharsets);
    tests.add("malformed bytes", TextTests::malformed);
    tests.add("scanner and tokenizer", TextTests::scanner);
  }

  private static void strings() {
    Check.equal("a,b,c", String.join(",", List.of("a", "b", "c")));
    Check.equal(List.of("a", "", "b"), Arrays.asList("a,,b,,".split(",")));
    Check.equal("x", "  x\u2003".strip());
    Check.equal(3L, "a\nb\r\nc".lines().count());
    Check.equal("    a\n    b\n", "a\nb".indent(4));
    Check.equal(-1, "b".compareTo("c"));
    Check.equal(7, "hello world".indexOf('o', 5));
    Check.equal("hexxo", "hello".replace("l", "x"));
    Check.that("Hello".equalsIgnoreCase("hELLO"), "case is ignored");
    Check.that("ab".repeat(3).contains("baba"), "repeated");
    Check.that(Check.opaque("a").concat("b").intern() == "ab", "interned");
    Check.equal(0x10ffff, new String(Character.toChars(0x10ffff)).codePointAt(0));
    Check.equal("\u0130".length(), 1);
  }

  private static void unicode() {
    String text = "Zürich, 東京, 🍵";
    Check.equal(14, text.length());
    Check.equal(13, text.codePointCount(0, text.length()));
    Check.equal("ZÜRICH, 東京, 🍵", text.toUpperCase(Locale.ROOT));
    Check.equal("STRASSE", "straße".toUpperCase(Locale.ROOT));
    Check.equal("ıi", "Iİ".toLowerCase(Locale.of("tr")));
    Check.equal(Character.UnicodeScript.HAN, Character.UnicodeScript.of('東'));
    Check.equal("LATIN SMALL LETTER U WITH DIAERESIS", Character.getName('ü'));
    Check.that(Character.isLetter('ß') && Character.isDigit('٣'), "letters and digits");
    Check.equal(3, Character.getNumericValue('٣'));
  }

  private static void builder() {
    StringBuilder builder = new StringBuilder("abc").reverse().insert(1, 3.5).append(true);
    Check.equal("c3.5batrue", builder.toString());
    builder.setLength(2);
    builder.deleteCharAt(0).appendCodePoint(0x1F375);
    Check.equal("3🍵", builder.toString());
  }

  private static void regex() {
    Matcher matcher = Pattern.compile("(?<key>\\w+)=(?<value>[^;]*);?").matcher("a=1;bc=two");
    List<String> found = new ArrayList<>();
    while (matcher.find()) {
      found.add(matcher.group("key") + ":" + matcher.group("value"));
    }
    Check.equal(List.of("a:1", "bc:two"), found);
    Check.equal("X-X", "äöü-ÄÖÜ".replaceAll("(?iu)[äöü]+", "X"));
    Check.equal("site:bob", "bob@site.com".replaceAll("(\\w+)@(\\w+)\\.com", "$2:$1"));
    Check.that("aabb".matches("(a)\\1(b)\\2"), "back references");
    Check.that("foobar".matches("foo(?=bar).*"), "look-ahead");
    Check.equal(
        "<A><B>",
        Pattern.compile("[a-z]")
            .matcher("ab")
            .replaceAll(r -> "<" + r.group().toUpperCase(Locale.ROOT) + ">"));
    Check.that(Pattern.compile("^\\p{IsHan}+$").matcher("東京").matches(), "a script");
    Check.equal(3, Pattern.compile("\\s*,\\s*").split("a , b,c").length);
  }

  private static void badRegex() {
    PatternSyntaxException thrown =
        Check.thrown(PatternSyntaxException.class, () -> Pattern.compile("a(b"));
    Check.equal("Unclosed group", thrown.getDescription());
  }

  private static void bigRegex() {
    String text = "name=value; ".repeat(90_000);
    Matcher matcher = Pattern.compile("(\\w+)=(\\w+)").matcher(text);
    int count = 0;
    while (matcher.find()) {
      count += matcher.group(2).length();
    }
    Check.equal(450_000, count);
  }

  private static void formatter() {
    Check.equal(
        "  42|2a|0x2A|1,234.50|true|%|\n",
        String.format(Locale.ROOT, "%4d|%x|0x%X|%,.2f|%b|%%|%n", 42, 42, 42, 1234.5, true));
    Check.equal(
        "0003.142|ab   |   ab|(5)",
        String.format(Locale.ROOT, "%08.3f|%-5s|%5s|%(d", Math.PI, "ab", "ab", -5));
    Check.equal("1.500000e+10", String.format(Locale.ROOT, "%e", 1.5e10));
    Check.equal("b a", "%2$s %1$s".formatted("a", "b"));
    Check.equal("1.234,50", String.format(Locale.GERMANY, "%,.2f", 1234.5));
    Check.equal(
        "2024-02-29 12:00",
        String.format(Locale.ROOT, "%tF %<tR", java.time.LocalDateTime.of(2024, 2, 29, 12, 0)));
    try (Formatter formatter = new Formatter(Locale.ROOT)) {
      Check.equal("[null]", formatter.format("[%s]", (Object) null).toString());
    }
    try {
      Check.opaque(String.format("%d", "text"));
      throw new AssertionError("text as a number");
    } catch (IllegalFormatException e) {
      Check.equal("d != java.lang.String", e.getMessage());
    }
  }

  private static void doubles() {
    Check.equal("1.0E10", Double.toString(1e10));
    Check.equal("2.0E-4", Double.toString(2e-4));
    Check.equal("0.1", Double.toString(0.1));
    Check.equal("4.9E-324", Double.toString(Double.MIN_VALUE));
    Check.equal("3.4028235E38", Float.toString(Float.MAX_VALUE));
    Check.equal(1e22, Double.parseDouble("10000000000000000000000"));
    Check.equal(Double.POSITIVE_INFINITY, Double.parseDouble("1e999"));
    Check.equal(0x1.8p1, Double.parseDouble("0x1.8p1"));
    java.util.Random random = new java.util.Random(1);
    for (int i = 0; i < 5_000; i++) {
      double x = Double.longBitsToDouble(random.nextLong());
      if (!Double.isNaN(x)) {
        Check.equal(x, Double.parseDouble(Double.toString(x)));
      }
    }
    NumberFormatException thrown =
        Check.thrown(NumberFormatException.class, () -> Integer.parseInt("12x"));
    Check.equal("For input string: \"12x\"", thrown.getMessage());
  }

  private static void numbersInLocales() throws Exception {
    Check.equal("1,234.5", NumberFormat.getInstance(Locale.US).format(1234.5));
    Check.equal("1.234,5", NumberFormat.getInstance(Locale.GERMANY).format(1234.5));
    Check.equal("$1,234.50", NumberFormat.getCurrencyInstance(Locale.US).format(1234.5));
    Check.equal("12\u00a0%", NumberFormat.getPercentInstance(Locale.GERMANY).format(0.12));
    Check.equal(1234.5, NumberFormat.getInstance(Locale.GERMANY).parse("1.234,5").doubleValue());
    Check.equal(
        "1K",
        NumberFormat.getCompactNumberInstance(Locale.US, NumberFormat.Style.SHORT).format(1000));
    Check.equal(
        "007.50",
        new DecimalFormat("000.00", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(7.5));
    Check.equal("¥", java.util.Currency.getInstance("JPY").getSymbol(Locale.US));
  }

  private static void messages() {
    Check.equal(
        "3 files in 'x' at 12%",
        new MessageFormat("{0,number,integer} files in ''{1}'' at {2,number,percent}", Locale.US)
            .format(new Object[] {3, "x", 0.12}));
    Check.equal("many", new ChoiceFormat("0#none|1#one|1<many").format(5));
  }

  private static void collation() {
    List<String> words = new ArrayList<>(List.of("zebra", "Äpfel", "Apfel", "öde"));
    words.sort(Collator.getInstance(Locale.GERMANY));
    Check.equal(List.of("Apfel", "Äpfel", "öde", "zebra"), words);
  }

  private static void breaks() {
    BreakIterator iterator = BreakIterator.getSentenceInstance(Locale.US);
    iterator.setText("One. Two? Three");
    int count = 0;
    while (iterator.next() != BreakIterator.DONE) {
      count++;
    }
    Check.equal(3, count);
  }

  private static void normalForms() {
    Check.equal("e\u0301", Normalizer.normalize("é", Normalizer.Form.NFD));
    Check.equal("fi", Normalizer.normalize("\ufb01", Normalizer.Form.NFKC));
  }

  private static void locales() {
    Check.equal("Deutsch", Locale.GERMAN.getDisplayLanguage(Locale.GERMAN));
    Check.equal("Germany", Locale.GERMANY.getDisplayCountry(Locale.US));
    Check.equal(Locale.of("pt", "BR"), Locale.forLanguageTag("pt-BR"));
    for (String tag : List.of("ja-JP", "es_MX")) {
      Locale made = Locale.forLanguageTag(tag.replace('_', '-'));
      Check.that(!"Sunday".equals(DayOfWeek.SUNDAY.getDisplayName(TextStyle.FULL, made)), tag);
    }
    Check.equal("domingo", DayOfWeek.SUNDAY.getDisplayName(TextStyle.FULL, Locale.of("pt")));
    Check.equal("CHE", Locale.of("de", "CH").getISO3Country());
    Check.that(
        List.of(Locale.getAvailableLocales()).contains(Locale.GERMAN), "an available locale");
    Check.that(Locale.getDefault() != null, "a default locale");
  }

  private static void standardCharsets() {
    String text = "Zürich, 東京, 🍵 \u0000 \uffff";
    for (Charset charset :
        List.of(
            StandardCharsets.UTF_8,
            StandardCharsets.UTF_16,
            StandardCharsets.UTF_16LE,
            StandardCharsets.UTF_32BE)) {
      Check.equal(text, new String(text.getBytes(charset), charset), charset.name());
    }
    Check.equal(
        "Z?rich",
        new String("Zürich".getBytes(StandardCharsets.US_ASCII), StandardCharsets.US_ASCII));
    Check.equal((byte) 0xfc, "ü".getBytes(StandardCharsets.ISO_8859_1)[0]);
    Check.equal(StandardCharsets.UTF_8, Charset.defaultCharset());
    String long0 = "abc-äöü-".repeat(10_000);
    Check.equal(long0, new String(long0.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8));
  }

  private static void otherCharsets() {
    Check.equal("€", new String(new byte[] {(byte) 0x80}, Charset.forName("windows-1252")));
    Check.equal("€", new String(new byte[] {(byte) 0xa4}, Charset.forName("ISO-8859-15")));
    Check.equal(
        "мир", new String("мир".getBytes(Charset.forName("KOI8-R")), Charset.forName("koi8")));
    byte[] kanji = "日本".getBytes(Charset.forName("Shift_JIS"));
    Check.equalBytes(new byte[] {(byte) 0x93, (byte) 0xfa, (byte) 0x96, 0x7b}, kanji, "Shift_JIS");
    Check.equal(8, "日本".getBytes(Charset.forName("UTF-32BE")).length);
    Check.equal(Charset.forName("UTF8"), StandardCharsets.UTF_8);
    Check.equal(false, Charset.isSupported("no-such-charset"));
    UnsupportedCharsetException thrown =
        Check.thrown(UnsupportedCharsetException.class, () -> Charset.forName("no-such-charset"));
    Check.equal("no-such-charset", thrown.getCharsetName());
  }

  private static void malformed() throws CharacterCodingException {
    byte[] bytes = {'a', (byte) 0xc3, 'b', (byte) 0xff};
    Check.equal("a\ufffdb\ufffd", new String(bytes, StandardCharsets.UTF_8));
    Check.thrown(
        MalformedInputException.class,
        () -> StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)));
    Check.equal(2, StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap("ü")).remaining());
    Check.thrown(
        MalformedInputException.class,
        () -> StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap("\ud800")));
  }

  private static void scanner() {
    try (Scanner scanner = new Scanner("1 two 3.5\nnext line").useLocale(Locale.US)) {
      Check.equal(1, scanner.nextInt());
      Check.equal("two", scanner.next());
      Check.equal(3.5, scanner.nextDouble());
      scanner.nextLine();
      Check.equal("next line", scanner.nextLine());
      Check.equal(false, scanner.hasNext());
    }
    StringTokenizer tokens = new StringTokenizer("a;b;;c", ";");
    Check.equal(3, tokens.countTokens());
  }
}

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one JSON text (RFC 8259) into maps, lists, strings, doubles, booleans and null. Whatever
 * the bytes are, it ends with a value or an {@link IOException}.
 */
final class Json {
  private static final int DEPTH_MAX = 16;

  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  /** Reads an object. Of names that come twice the last one counts. */
  static Map<?, ?> object(String text) throws IOException {
    Json json = new Json(text);
    Object value = json.value(0);
    json.skipSpace();
    if (json.at != text.length()) {
      throw json.wrong("more behind the value");
    }
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw json.wrong("not an object");
  }

  /** Returns a string's JSON. */
  static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c < ' ') {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c == '"' || c == '\\' ? "\\" : "").append(c);
      }
    }
    return out.append('"').toString();
  }

  private IOException wrong(String what) {
    return new IOException("JSON: " + what + " at character " + at + " of " + text.length());
  }

  private Object value(int depth) throws IOException {
    if (depth > DEPTH_MAX) {
      throw wrong("more than " + DEPTH_MAX + " levels");
    }
    skipSpace();
    return switch (peek()) {
      case '{' -> map(depth);
      case '[' -> list(depth);
      case '"' -> string();
      case 't' -> word("true", true);
      case 'f' -> word("false", false);
      case 'n' -> word("null", null);
      default -> number();
    };
  }

  private Map<String, Object> map(int depth) throws IOException {
    Map<String, Object> map = new LinkedHashMap<>();
    at++;
    for (skipSpace(); peek() != '}'; ) {
      String name = string();
      skipSpace();
      expect(':');
      map.put(name, value(depth + 1));
      next('}');
    }
    at++;
    return map;
  }

  private List<Object> list(int depth) throws IOException {
    List<Object> list = new ArrayList<>();
    at++;
    for (skipSpace(); peek() != ']'; ) {
      list.add(value(depth + 1));
      next(']');
    }
    at++;
    return list;
  }

  /** Goes to the next entry, or to the end. */
  private void next(char end) throws IOException {
    skipSpace();
    if (peek() == end) {
      return;
    }
    expect(',');
    skipSpace();
    if (peek() == end) {
      throw wrong("nothing behind a comma");
    }
  }

  private String string() throws IOException {
    expect('"');
    StringBuilder out = new StringBuilder();
    while (true) {
      char c = peek();
      at++;
      if (c == '"') {
        return out.toString();
      }
      if (c < ' ') {
        throw wrong("a control character in a string");
      }
      out.append(c == '\\' ? escaped() : c);
    }
  }

  private char escaped() throws IOException {
    char c = peek();
    at++;
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        int code = 0;
        for (int i = 0; i < 4; i++, at++) {
          int digit = peek() < 128 ? Character.digit(peek(), 16) : -1;
          if (digit < 0) {
            throw wrong("not four hexadecimal digits");
          }
          code = code << 4 | digit;
        }
        yield (char) code;
      }
      default -> throw wrong("an unknown escape");
    };
  }

  private Object word(String word, Object value) throws IOException {
    if (!text.startsWith(word, at)) {
      throw wrong("an unknown word");
    }
    at += word.length();
    return value;
  }

  private Double number() throws IOException {
    int from = at;
    while (at < text.length() && "+-.0123456789Ee".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    try {
      return Double.valueOf(text.substring(from, at));
    } catch (NumberFormatException e) {
      at = from;
      throw wrong("no value");
    }
  }

  private void skipSpace() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() throws IOException {
    if (at >= text.length()) {
      throw wrong("the end");
    }
    return text.charAt(at);
  }

  private void expect(char wanted) throws IOException {
    if (peek() != wanted) {
      throw wrong("no '" + wanted + "'");
    }
    at++;
  }
}

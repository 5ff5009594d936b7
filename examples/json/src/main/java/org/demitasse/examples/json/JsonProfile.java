package org.demitasse.examples.json;

import com.google.gson.GsonBuilder;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads JSON from standard input, however long, and tells for each path in it how often it occurs,
 * with which types, and the range and mean of its numbers. Exit code 2 when the input is no JSON.
 */
public final class JsonProfile {

  private final Map<String, Field> fields = new TreeMap<>();

  private JsonProfile() {}

  /** With {@code --json} the answer is JSON too, else a table. */
  public static void main(String[] arguments) throws IOException {
    boolean json = arguments.length > 0 && arguments[0].equals("--json");
    JsonProfile profile = new JsonProfile();
    try (JsonReader reader =
        new JsonReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      profile.read(reader, "$");
    } catch (MalformedJsonException | EOFException e) {
      System.err.println("the input is no JSON: " + e.getMessage());
      System.exit(2);
    }
    System.out.print(json ? profile.json() : profile.table());
  }

  private void read(JsonReader reader, String path) throws IOException {
    JsonToken token = reader.peek();
    Field field = fields.computeIfAbsent(path, unused -> new Field());
    field.count(token);
    switch (token) {
      case BEGIN_OBJECT -> {
        reader.beginObject();
        while (reader.hasNext()) {
          read(reader, path + "." + reader.nextName());
        }
        reader.endObject();
      }
      case BEGIN_ARRAY -> {
        reader.beginArray();
        while (reader.hasNext()) {
          read(reader, path + "[]");
        }
        reader.endArray();
      }
      case NUMBER -> field.number(reader.nextDouble());
      case STRING -> field.text(reader.nextString());
      case BOOLEAN -> reader.nextBoolean();
      case NULL -> reader.nextNull();
      default -> throw new MalformedJsonException("unexpected " + token);
    }
  }

  private String table() {
    StringBuilder table = new StringBuilder();
    fields.forEach(
        (path, field) ->
            table.append(String.format("%-32s %10d  %s%n", path, field.count, field.summary())));
    return table.toString();
  }

  private String json() {
    return new GsonBuilder().setPrettyPrinting().create().toJson(fields) + System.lineSeparator();
  }

  /** What was seen at one path. Written as JSON by Gson, through reflection. */
  static final class Field {
    private long count;
    private final Map<String, Long> types = new TreeMap<>();
    private Double least;
    private Double greatest;
    private double sum;
    private long longest;

    private void count(JsonToken token) {
      count++;
      String type =
          switch (token) {
            case BEGIN_OBJECT -> "object";
            case BEGIN_ARRAY -> "array";
            default -> token.name().toLowerCase(Locale.ROOT);
          };
      types.merge(type, 1L, Long::sum);
    }

    private void number(double value) {
      least = least == null ? value : Math.min(least, value);
      greatest = greatest == null ? value : Math.max(greatest, value);
      sum += value;
    }

    private void text(String value) {
      longest = Math.max(longest, value.length());
    }

    private String summary() {
      StringBuilder summary = new StringBuilder(String.join("|", types.keySet()));
      if (least != null) {
        double mean = sum / types.get("number");
        summary.append(String.format("  %s to %s, mean %.3f", least, greatest, mean));
      }
      if (longest > 0) {
        summary.append("  up to ").append(longest).append(" characters");
      }
      return summary.toString();
    }
  }
}

package org.demitasse.builder.option;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.demitasse.image.Json;

/**
 * Reachability metadata without what it says of JNI. An image has no native libraries, and is
 * compiled without JNI; a compiler that is told so fails on types that are {@code jniAccessible}.
 */
public final class JniFreeMetadata {
  private static final String KEY = "jniAccessible";

  private JniFreeMetadata() {}

  /**
   * Takes it out.
   *
   * @return the same metadata otherwise, UTF-8; empty when there is nothing to take out, or when it
   *     is no JSON
   */
  static Optional<byte[]> of(byte[] json) {
    if (!new String(json, StandardCharsets.ISO_8859_1).contains(KEY)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Json.write(parse(json)).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      return Optional.empty(); // the compiler says what is wrong with it
    }
  }

  /**
   * The metadata without it, as values of {@link Json}.
   *
   * @throws IOException when it is no JSON
   */
  public static Object parse(byte[] json) throws IOException {
    Object value = Json.parse(new String(json, StandardCharsets.UTF_8));
    remove(value);
    return value;
  }

  private static void remove(Object value) {
    if (value instanceof Map<?, ?> map) {
      map.remove(KEY);
      map.values().forEach(JniFreeMetadata::remove);
    } else if (value instanceof Collection<?> list) {
      list.forEach(JniFreeMetadata::remove);
    }
  }
}

package org.demitasse.builder.metadata;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.demitasse.builder.input.FieldName;
import org.demitasse.image.Json;

/** Reachability metadata for fields that classes name by constants. */
public final class FieldMetadata {
  private FieldMetadata() {}

  /**
   * Writes the metadata: each field can be found once the class that names it is in use.
   *
   * @param folder takes {@code reachability-metadata.json}
   * @throws IOException when it cannot be written
   */
  public static void write(List<FieldName> fields, Path folder) throws IOException {
    List<Object> entries = new ArrayList<>();
    for (FieldName field : fields) {
      entries.add(
          Map.of(
              "condition", Map.of("typeReached", field.user()),
              "type", field.type(),
              "fields", List.of(Map.of("name", field.name()))));
    }
    Files.writeString(
        folder.resolve("reachability-metadata.json"), Json.write(Map.of("reflection", entries)));
  }
}

package org.demitasse.builder.input;

import java.util.Comparator;

/**
 * A field that a class names.
 *
 * @param user binary name of the class whose code names it
 * @param type binary name of the class that is to have the field
 * @param name the field's name
 */
public record FieldName(String user, String type, String name) implements Comparable<FieldName> {

  private static final Comparator<FieldName> ORDER =
      Comparator.comparing(FieldName::user)
          .thenComparing(FieldName::type)
          .thenComparing(FieldName::name);

  @Override
  public int compareTo(FieldName other) {
    return ORDER.compare(this, other);
  }
}

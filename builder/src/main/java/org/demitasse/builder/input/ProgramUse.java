package org.demitasse.builder.input;

import java.lang.classfile.ClassFile;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.demitasse.builder.BuildException;

/**
 * What the class files of a program say of things that the compiler leaves out by default.
 *
 * @param protocols of URLs, see {@link UrlUse}
 * @param locales language tags, see {@link LocaleUse}
 * @param fields that are there, see {@link FieldUse}
 */
public record ProgramUse(List<String> protocols, List<String> locales, List<FieldName> fields) {

  /** Copies the lists. */
  public ProgramUse {
    protocols = List.copyOf(protocols);
    locales = List.copyOf(locales);
    fields = List.copyOf(fields);
  }

  /**
   * Looks through the class files of a class path.
   *
   * @throws BuildException when an entry cannot be read
   */
  public static ProgramUse of(ClassPathInput classPath) throws BuildException {
    UrlUse urls = new UrlUse();
    LocaleUse locales = new LocaleUse();
    FieldUse fields = new FieldUse();
    classPath.walk(
        name -> name.endsWith(".class"),
        (entry, name, content) -> {
          byte[] bytes = content.readAllBytes();
          String letters = new String(bytes, StandardCharsets.ISO_8859_1);
          urls.look(bytes, letters);
          locales.look(bytes, letters);
          fields.look(bytes, letters);
        });
    return new ProgramUse(urls.protocols(), locales.tags(), existing(fields.fields(), classPath));
  }

  /** Those that classes of the class path declare. */
  private static List<FieldName> existing(Set<FieldName> fields, ClassPathInput classPath)
      throws BuildException {
    Map<String, Set<String>> declared = new HashMap<>();
    for (FieldName field : fields) {
      if (!declared.containsKey(field.type())) {
        declared.put(
            field.type(), fieldNames(classPath.find(field.type().replace('.', '/') + ".class")));
      }
    }
    return fields.stream()
        .filter(field -> declared.get(field.type()).contains(field.name()))
        .toList();
  }

  private static Set<String> fieldNames(byte[] bytes) {
    Set<String> names = new HashSet<>();
    if (bytes != null && ClassFileCheck.major(bytes) != 0) {
      try {
        ClassFile.of().parse(bytes).fields().forEach(f -> names.add(f.fieldName().stringValue()));
      } catch (IllegalArgumentException e) {
        // a damaged class file has none
      }
    }
    return names;
  }
}

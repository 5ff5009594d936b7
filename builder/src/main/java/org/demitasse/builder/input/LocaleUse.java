package org.demitasse.builder.input;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Instruction;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.constantpool.FieldRefEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.MethodHandleEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.StringEntry;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which locales a program may format for, beside English, whose data every image has: constants of
 * {@link Locale} that its classes read, and constant strings that they make locales of. Where a
 * class makes a locale of something else, every constant of that class counts that is the tag of a
 * locale of the JDK.
 */
final class LocaleUse {
  private static final String LOCALE = "java/util/Locale";
  private static final String BUILDER = "java/util/Locale$Builder";
  private static final Set<String> FACTORIES = Set.of("of", "forLanguageTag", "<init>");
  private static final Set<String> PARTS = Set.of("setLanguage", "setLanguageTag");

  /** The JDK's locales by their tags. */
  private static final Map<String, Locale> AVAILABLE =
      Arrays.stream(Locale.getAvailableLocales())
          .collect(Collectors.toMap(Locale::toLanguageTag, locale -> locale, (a, b) -> a));

  /** Their data is part of every image. */
  private static final Set<String> ALWAYS = Set.of("und", "en", "en-US", "en-US-POSIX");

  /** No tag of the JDK's locales is longer, characters. */
  private static final int LONGEST = 24;

  private final Set<String> tags = new TreeSet<>();

  /** Language tags (BCP 47), sorted, as the option {@code -H:IncludeLocales} takes them. */
  List<String> tags() {
    return List.copyOf(tags);
  }

  /**
   * Looks into a class file.
   *
   * @param letters the same as ISO 8859-1
   */
  void look(byte[] bytes, String letters) {
    // Most classes name none: to look for the letters is much faster than to parse.
    if (!letters.contains(LOCALE) || ClassFileCheck.major(bytes) == 0) {
      return;
    }
    try {
      ClassModel model = ClassFile.of().parse(bytes);
      boolean makes = false;
      for (PoolEntry entry : model.constantPool()) {
        if (entry instanceof FieldRefEntry field && field.owner().name().equalsString(LOCALE)) {
          constant(field.name().stringValue()).ifPresent(this::add);
        }
        makes |= entry instanceof MemberRefEntry method && makes(method);
      }
      if (makes && !constantsAlone(model)) {
        for (PoolEntry entry : model.constantPool()) {
          if (entry instanceof StringEntry text) {
            add(text.stringValue());
          }
        }
      }
    } catch (IllegalArgumentException e) {
      // No class file, or a damaged one: an error only when the program wants it.
    }
  }

  private static boolean makes(MemberRefEntry method) {
    String name = method.name().stringValue();
    return method.owner().name().equalsString(LOCALE) && FACTORIES.contains(name)
        || method.owner().name().equalsString(BUILDER) && PARTS.contains(name);
  }

  /** Adds the locales that methods make of constants; whether these are all that they make. */
  private boolean constantsAlone(ClassModel model) {
    boolean all = true;
    for (MethodModel method : model.methods()) {
      if (method.code().isPresent()) {
        all &= constantsAlone(method.code().get());
      }
    }
    return all;
  }

  private boolean constantsAlone(CodeModel code) {
    boolean all = true;
    List<String> before = new ArrayList<>(); // constants pushed by the instructions just before
    for (CodeElement element : code) {
      switch (element) {
        case ConstantInstruction constant when constant.constantValue() instanceof String text ->
            before.add(text);
        case InvokeInstruction call when makes(call.method()) -> {
          int count = call.typeSymbol().parameterCount();
          if (before.size() >= count && count > 0) {
            add(String.join("-", before.subList(before.size() - count, before.size())));
          } else {
            all = false;
          }
          before.clear();
        }
        case InvokeDynamicInstruction call when refers(call) -> {
          all = false;
          before.clear();
        }
        case Instruction other when other.opcode() != Opcode.NOP -> before.clear();
        default -> {
          // labels and line numbers push nothing
        }
      }
    }
    return all;
  }

  /** A method reference makes locales where no call is to be seen. */
  private static boolean refers(InvokeDynamicInstruction call) {
    return call.invokedynamic().bootstrap().arguments().stream()
        .anyMatch(
            argument -> argument instanceof MethodHandleEntry handle && makes(handle.reference()));
  }

  /** The tag of one of Locale's constants. */
  private static Optional<String> constant(String field) {
    return Stream.of(Locale.class.getFields())
        .filter(f -> f.getName().equals(field) && f.getType() == Locale.class)
        .map(
            f -> {
              try {
                return ((Locale) f.get(null)).toLanguageTag();
              } catch (IllegalAccessException e) {
                throw new IllegalStateException("public fields can be read", e);
              }
            })
        .findFirst();
  }

  /** Adds a locale and what it falls back to, if the JDK has it. */
  private void add(String text) {
    if (text.length() > LONGEST) {
      return;
    }
    Locale locale = Locale.forLanguageTag(text.replace('_', '-'));
    while (!locale.getLanguage().isEmpty()) {
      String tag = locale.toLanguageTag();
      if (AVAILABLE.containsKey(tag) && !ALWAYS.contains(tag)) {
        tags.add(tag);
      }
      locale =
          locale.getCountry().isEmpty()
              ? Locale.ROOT
              : new Locale.Builder()
                  .setLanguage(locale.getLanguage())
                  .setScript(locale.getScript())
                  .build();
    }
  }
}

package org.demitasse.builder.compile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Writes the C headers that GraalVM distributions have and the published modules of the builder
 * lack. What they declare is read from the annotations of the builder's own classes
 * ({@code @CStruct}, {@code @CField}, {@code @CConstant}).
 */
final class CTypeHeaders {

  private static final String ANNOTATIONS = "org.graalvm.nativeimage.c.";

  /** A header's name, and the class that has its structures. */
  private record Header(String file, String owner, String struct) {}

  private static final List<Header> HEADERS =
      List.of(
          new Header(
              "amd64cpufeatures.h", "com.oracle.svm.core.amd64.AMD64LibCHelper", "CPUFeatures"),
          new Header(
              "aarch64cpufeatures.h",
              "com.oracle.svm.core.aarch64.AArch64LibCHelper",
              "CPUFeatures"),
          new Header(
              "riscv64cpufeatures.h",
              "com.oracle.svm.core.riscv64.RISCV64LibCHelper",
              "CPUFeatures"),
          new Header("svm_locale.h", "com.oracle.svm.core.c.locale.LocaleCHelper", "LocaleProps"));

  private CTypeHeaders() {}

  /**
   * Writes all headers.
   *
   * @param home the builder's modules
   * @param folder an existing folder
   * @throws IOException when a module cannot be read or a file not be written
   * @throws ReflectiveOperationException when the builder's classes are not what they were
   */
  static void write(CompilerHome home, Path folder)
      throws IOException, ReflectiveOperationException {
    URL[] jars =
        Stream.concat(home.compiler().stream(), home.modules().stream())
            .map(CTypeHeaders::url)
            .toArray(URL[]::new);
    try (URLClassLoader builder = new URLClassLoader(jars, ClassLoader.getPlatformClassLoader())) {
      for (Header header : HEADERS) {
        Class<?> owner = Class.forName(header.owner, false, builder);
        Class<?> struct = Class.forName(header.owner + "$" + header.struct, false, builder);
        List<String> lines = new ArrayList<>(List.of("#pragma once", "#include <stdbool.h>"));
        lines.addAll(constants(owner));
        lines.addAll(struct(struct, header.struct));
        Files.write(folder.resolve(header.file), lines);
      }
    }
  }

  private static List<String> constants(Class<?> owner) throws ReflectiveOperationException {
    List<String> lines = new ArrayList<>();
    for (Method method : sorted(owner).reversed()) { // "succeeded" is 0, as one expects
      Annotation constant = annotation(method.getAnnotations(), "constant.CConstant");
      if (constant != null) {
        // Only their names and types count on a platform that never calls the helper.
        lines.add("#define " + name(constant, method.getName()) + " " + lines.size());
      }
    }
    return lines;
  }

  private static List<String> struct(Class<?> struct, String name)
      throws ReflectiveOperationException {
    List<String> lines = new ArrayList<>(List.of("typedef struct {"));
    for (Method method : sorted(struct)) {
      Annotation field = annotation(method.getAnnotations(), "struct.CField");
      if (field != null) {
        lines.add("  " + type(method) + name(field, method.getName()) + ";");
      }
    }
    Annotation annotation = annotation(struct.getAnnotations(), "struct.CStruct");
    if (annotation == null || lines.size() == 1) {
      throw new ReflectiveOperationException(struct + " has no fields of C any more");
    }
    lines.add("} " + name(annotation, name) + ";");
    return lines;
  }

  private static String type(Method method) throws ReflectiveOperationException {
    String type = method.getReturnType().getSimpleName();
    return switch (type) {
      case "boolean" -> "bool ";
      case "CCharPointer" -> "const char *";
      default -> throw new ReflectiveOperationException(method + " has the type " + type);
    };
  }

  /** Reflection has no order of its own. */
  private static List<Method> sorted(Class<?> type) {
    return Arrays.stream(type.getDeclaredMethods())
        .sorted(Comparator.comparing(Method::getName))
        .toList();
  }

  private static Annotation annotation(Annotation[] annotations, String name) {
    return Arrays.stream(annotations)
        .filter(one -> one.annotationType().getName().equals(ANNOTATIONS + name))
        .findFirst()
        .orElse(null);
  }

  private static String name(Annotation annotation, String otherwise)
      throws ReflectiveOperationException {
    String value = (String) annotation.annotationType().getMethod("value").invoke(annotation);
    return value.isEmpty() ? otherwise : value;
  }

  private static URL url(Path jar) {
    try {
      return jar.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new UncheckedIOException(e);
    }
  }
}

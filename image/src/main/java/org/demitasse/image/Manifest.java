package org.demitasse.image;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What is inside an image, as its builder says. It holds no times and no paths of the building
 * machine, so the same input gives the same text.
 *
 * @param name the image's name
 * @param mainClass binary name of the class whose main method runs
 * @param demitasseVersion version of Demitasse that built it
 * @param jdkVersion version of the JDK whose class library is inside
 * @param builderVersion version of the ahead-of-time compiler
 * @param cpu the least processor that runs it, as {@code x86-64-v3}
 * @param modules the JDK's modules inside
 * @param jars the class path in its order
 * @param sizes bytes by part as the builder counts them; the linker's parts are in the file itself
 * @param types types compiled in
 * @param methods methods compiled
 * @param options the builder's options that shaped the image
 */
public record Manifest(
    String name,
    String mainClass,
    String demitasseVersion,
    String jdkVersion,
    String builderVersion,
    String cpu,
    List<Component> modules,
    List<Component> jars,
    Map<String, Long> sizes,
    long types,
    long methods,
    List<String> options) {
  private static final long FORMAT = 1;

  /**
   * Something that went into an image.
   *
   * @param name a module's name or a file's name without its folders
   * @param sha256 64 hexadecimal digits over its bytes; empty where there are no bytes of its own
   */
  public record Component(String name, String sha256) {
    public Component {
      Objects.requireNonNull(name);
      if (!sha256.matches("([0-9a-f]{64})?")) {
        throw new IllegalArgumentException(name + ": no SHA-256: " + sha256);
      }
    }
  }

  public Manifest {
    Objects.requireNonNull(name);
    Objects.requireNonNull(mainClass);
    Objects.requireNonNull(demitasseVersion);
    Objects.requireNonNull(jdkVersion);
    Objects.requireNonNull(builderVersion);
    Objects.requireNonNull(cpu);
    modules = List.copyOf(modules);
    jars = List.copyOf(jars);
    sizes = Collections.unmodifiableMap(new LinkedHashMap<>(sizes));
    options = List.copyOf(options);
  }

  /** A manifest that knows its name and nothing else. */
  public static Manifest named(String name) {
    return new Manifest(name, "", "", "", "", "", List.of(), List.of(), Map.of(), 0, 0, List.of());
  }

  /** The JSON text, the same for equal manifests. */
  public String toJson() {
    return Json.write(toMap());
  }

  Map<String, Object> toMap() {
    var map = new LinkedHashMap<String, Object>();
    map.put("format", FORMAT);
    map.put("name", name);
    map.put("mainClass", mainClass);
    map.put("demitasse", demitasseVersion);
    map.put("jdk", jdkVersion);
    map.put("builder", builderVersion);
    map.put("cpu", cpu);
    map.put("modules", components(modules));
    map.put("jars", components(jars));
    map.put("sizes", sizes);
    map.put("types", types);
    map.put("methods", methods);
    map.put("options", options);
    return map;
  }

  /**
   * Reads the JSON text. Fields that this version does not know are left out.
   *
   * @throws IOException if the text is no manifest; the message says why
   */
  public static Manifest parse(String json) throws IOException {
    if (!(Json.parse(json) instanceof Map<?, ?> map)) {
      throw new IOException("the manifest is no JSON object");
    }
    long format = number(map, "format");
    if (format != FORMAT) {
      throw new IOException(
          "the manifest has the format " + format + "; this version of Demitasse knows " + FORMAT);
    }
    var sizes = new LinkedHashMap<String, Long>();
    for (var size : field(map, "sizes", Map.class).entrySet()) {
      sizes.put((String) ((Map.Entry<?, ?>) size).getKey(), number((Map.Entry<?, ?>) size));
    }
    var options = new ArrayList<String>();
    for (var option : field(map, "options", List.class)) {
      options.add(cast("options", option, String.class));
    }
    return new Manifest(
        text(map, "name"),
        text(map, "mainClass"),
        text(map, "demitasse"),
        text(map, "jdk"),
        text(map, "builder"),
        text(map, "cpu"),
        components(map, "modules"),
        components(map, "jars"),
        sizes,
        number(map, "types"),
        number(map, "methods"),
        options);
  }

  private static List<Object> components(List<Component> components) {
    var list = new ArrayList<Object>();
    for (var component : components) {
      var map = new LinkedHashMap<String, Object>();
      map.put("name", component.name);
      if (!component.sha256.isEmpty()) {
        map.put("sha256", component.sha256);
      }
      list.add(map);
    }
    return list;
  }

  private static List<Component> components(Map<?, ?> map, String name) throws IOException {
    var components = new ArrayList<Component>();
    for (var element : field(map, name, List.class)) {
      var component = cast(name, element, Map.class);
      Object sha256 = component.containsKey("sha256") ? text(component, "sha256") : "";
      try {
        components.add(new Component(text(component, "name"), (String) sha256));
      } catch (IllegalArgumentException e) {
        throw new IOException("the manifest's field " + name + ": " + e.getMessage(), e);
      }
    }
    return components;
  }

  private static String text(Map<?, ?> map, String name) throws IOException {
    return field(map, name, String.class);
  }

  private static long number(Map<?, ?> map, String name) throws IOException {
    return field(map, name, Long.class);
  }

  private static long number(Map.Entry<?, ?> size) throws IOException {
    return cast("sizes", size.getValue(), Long.class);
  }

  private static <T> T field(Map<?, ?> map, String name, Class<T> type) throws IOException {
    Object value = map.get(name);
    if (value == null) {
      throw new IOException("the manifest has no field " + name);
    }
    return cast(name, value, type);
  }

  private static <T> T cast(String name, Object value, Class<T> type) throws IOException {
    if (!type.isInstance(value)) {
      throw new IOException("the manifest's field " + name + " has the wrong type");
    }
    return type.cast(value);
  }
}

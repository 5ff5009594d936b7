package org.demitasse.jdk.metadata;

import com.oracle.svm.hosted.jdk.localization.LocalizationFeature;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.graalvm.nativeimage.Platform;
import org.graalvm.nativeimage.Platforms;
import org.graalvm.nativeimage.hosted.Feature.BeforeAnalysisAccess;

/**
 * The charsets that a program names. An image has the six of {@code StandardCharsets}; of the
 * others, whose tables are large, it gets those whose names are among the program's constants.
 */
@Platforms(Platform.HOSTED_ONLY.class)
public final class NamedCharsets {
  private static final int CLASS_MAGIC = 0xcafebabe;
  private static final int LONGEST_NAME = 40;

  private NamedCharsets() {}

  /** Adds the charsets that the classes of the application name. */
  public static void register(BeforeAnalysisAccess access) {
    Map<String, Charset> known = new HashMap<>();
    for (Charset charset : Charset.availableCharsets().values()) {
      known.put(charset.name().toLowerCase(Locale.ROOT), charset);
      for (String alias : charset.aliases()) {
        known.put(alias.toLowerCase(Locale.ROOT), charset);
      }
    }
    Set<Charset> named = new HashSet<>();
    for (Path entry : access.getApplicationClassPath()) {
      try {
        scan(entry, known, named);
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read " + entry + " of the class path.", e);
      }
    }
    named.forEach(LocalizationFeature::addCharset);
  }

  private static void scan(Path entry, Map<String, Charset> known, Set<Charset> named)
      throws IOException {
    if (Files.isDirectory(entry)) {
      try (Stream<Path> files = Files.walk(entry)) {
        for (Path file : (Iterable<Path>) files::iterator) {
          if (file.toString().endsWith(".class")) {
            try (InputStream in = Files.newInputStream(file)) {
              scan(in.readAllBytes(), known, named);
            }
          }
        }
      }
    } else if (Files.isRegularFile(entry)) {
      try (JarFile jar = new JarFile(entry.toFile())) {
        for (JarEntry file : (Iterable<JarEntry>) jar.stream()::iterator) {
          if (file.getName().endsWith(".class")) {
            try (InputStream in = jar.getInputStream(file)) {
              scan(in.readAllBytes(), known, named);
            }
          }
        }
      }
    }
  }

  /** Looks through the strings of a class file's constant pool (JVM specification, 4.4). */
  static void scan(byte[] classFile, Map<String, Charset> known, Set<Charset> named)
      throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(classFile));
    if (classFile.length < 10 || in.readInt() != CLASS_MAGIC) {
      return; // not a class, whatever its name says
    }
    in.readInt(); // version
    int count = in.readUnsignedShort();
    for (int i = 1; i < count; i++) {
      int tag = in.readUnsignedByte();
      switch (tag) {
        case 1 -> {
          String text = in.readUTF();
          Charset charset =
              text.length() <= LONGEST_NAME ? known.get(text.toLowerCase(Locale.ROOT)) : null;
          if (charset != null) {
            named.add(charset);
          }
        }
        case 3, 4, 9, 10, 11, 12, 17, 18 -> in.skipNBytes(4);
        case 5, 6 -> {
          in.skipNBytes(8);
          i++; // takes two places
        }
        case 7, 8, 16, 19, 20 -> in.skipNBytes(2);
        case 15 -> in.skipNBytes(3);
        default -> {
          return; // a later class file format: the compiler will say what it thinks of it
        }
      }
    }
  }
}

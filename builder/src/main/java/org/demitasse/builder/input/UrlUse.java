package org.demitasse.builder.input;

import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.MethodRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.StringEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Which of the protocols that the compiler leaves out by default a program may open URLs of: {@code
 * http} when a class on its class path opens a URL at all, and {@code https} when one has a
 * constant that begins so as well. A program that never opens a URL does without both.
 */
final class UrlUse {
  private static final String URL = "java/net/URL";
  private static final Set<String> OPENING = Set.of("openConnection", "openStream", "getContent");

  private boolean opens;
  private boolean secure;

  /** Names of protocols, as the option {@code --enable-url-protocols} takes them. */
  List<String> protocols() {
    List<String> protocols = new ArrayList<>();
    if (opens) {
      protocols.add("http");
      if (secure) {
        protocols.add("https");
      }
    }
    return protocols;
  }

  /**
   * Looks into a class file.
   *
   * @param letters the same as ISO 8859-1
   */
  void look(byte[] bytes, String letters) {
    // Most classes name neither: to look for the letters is much faster than to parse.
    boolean names = !opens && letters.contains(URL);
    boolean begins = !secure && letters.contains("https");
    if ((!names && !begins) || ClassFileCheck.major(bytes) == 0) {
      return;
    }
    try {
      for (PoolEntry entry : ClassFile.of().parse(bytes).constantPool()) {
        look(entry);
      }
    } catch (IllegalArgumentException e) {
      // No class file, or a damaged one: an error only when the program wants it.
    }
  }

  private void look(PoolEntry entry) {
    switch (entry) {
      case MethodRefEntry method
          when method.owner().name().equalsString(URL)
              && OPENING.contains(method.name().stringValue()) ->
          opens = true;
      case StringEntry text when text.stringValue().startsWith("https") -> secure = true;
      default -> {
        // says nothing of URLs
      }
    }
  }
}

package org.demitasse.builder.input;

import java.lang.classfile.ClassFile;
import org.demitasse.builder.BuildException;

/** Checks that no class file is newer than the JDK that builds (JVMS 25, table 4.1-A). */
public final class ClassFileCheck {

  private static final int MAGIC = 0xCAFEBABE;
  private static final int LATEST = ClassFile.latestMajorVersion();
  private static final String SUFFIX = ".class";
  private static final String VERSIONS = "META-INF/versions/";

  /** Class files of Java N have the major version N + 44. */
  private static final int OFFSET = 44;

  private ClassFileCheck() {}

  /**
   * Checks all class files of a class path; in multi-release jars those that this JDK would load.
   *
   * @throws BuildException when a class file is too new
   */
  public static void check(ClassPathInput classPath) throws BuildException {
    classPath.walk(
        ClassFileCheck::counts,
        (entry, name, content) -> {
          int major = major(content.readNBytes(8));
          if (major > LATEST) {
            throw tooNew(name + " in " + entry, major);
          }
        });
  }

  /** The major version, or 0 for what is no class file: an error only when the program wants it. */
  static int major(byte[] header) {
    if (header.length < 8) {
      return 0;
    }
    int magic =
        (header[0] & 0xff) << 24
            | (header[1] & 0xff) << 16
            | (header[2] & 0xff) << 8
            | header[3] & 0xff;
    return magic == MAGIC ? (header[6] & 0xff) << 8 | header[7] & 0xff : 0;
  }

  private static boolean counts(String name) {
    if (!name.endsWith(SUFFIX)) {
      return false;
    }
    if (!name.startsWith(VERSIONS)) {
      return true;
    }
    String number = name.substring(VERSIONS.length()).split("/", 2)[0];
    return number.matches("[0-9]{1,4}") && Integer.parseInt(number) <= LATEST - OFFSET;
  }

  private static BuildException tooNew(String name, int major) {
    return new BuildException(
        BuildException.Kind.CLASS_FILE_TOO_NEW,
        name
            + " was compiled for Java "
            + (major - OFFSET)
            + ", and images are built with JDK "
            + (LATEST - OFFSET),
        "compile it for this version: javac --release " + (LATEST - OFFSET));
  }
}

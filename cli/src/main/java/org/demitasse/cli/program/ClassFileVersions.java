package org.demitasse.cli.program;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.nio.file.Path;
import java.util.List;
import org.demitasse.cli.CliException;
import org.demitasse.cli.ExitCode;

/** Checks that class files are not newer than the JDK that builds (JVMS 25, table 4.1-A). */
public final class ClassFileVersions {

  private static final int MAGIC = 0xCAFEBABE;
  private static final int LATEST = ClassFile.JAVA_25_VERSION;

  /** Class files of Java N have the major version N + 44. */
  private static final int OFFSET = 44;

  private ClassFileVersions() {}

  /**
   * Checks all class files of a class path. Those for other versions in multi-release jars count
   * only up to this JDK's.
   *
   * @throws CliException when a class file is too new
   */
  public static void check(List<Path> classPath) throws CliException, IOException {
    ClassFiles.walk(
        classPath,
        ClassFileVersions::counts,
        (entry, name, content) -> checkHeader(name + " in " + entry, content.readNBytes(8)));
  }

  static void check(String name, byte[] bytes) throws CliException {
    checkHeader(name, bytes);
  }

  private static boolean counts(String name) {
    if (!name.startsWith("META-INF/versions/")) {
      return true;
    }
    String number = name.substring("META-INF/versions/".length()).split("/", 2)[0];
    return number.matches("[0-9]{1,4}") && Integer.parseInt(number) <= LATEST - OFFSET;
  }

  private static void checkHeader(String name, byte[] header) throws CliException {
    if (header.length < 8 || int32(header) != MAGIC) {
      return; // no class file at all: an error only when the program wants it
    }
    int major = (header[6] & 0xff) << 8 | header[7] & 0xff;
    if (major > LATEST) {
      throw new CliException(
          ExitCode.CLASS_FILE_TOO_NEW,
          String.format(
              "%s was compiled for Java %d, and images are built with JDK %d",
              name, major - OFFSET, LATEST - OFFSET),
          "compile it for this version: javac --release " + (LATEST - OFFSET));
    }
  }

  private static int int32(byte[] bytes) {
    return (bytes[0] & 0xff) << 24
        | (bytes[1] & 0xff) << 16
        | (bytes[2] & 0xff) << 8
        | bytes[3] & 0xff;
  }
}

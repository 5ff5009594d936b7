package org.demitasse.cli.program;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.demitasse.cli.CliException;
import org.demitasse.cli.ExitCode;

/** Finds out what the user has named. */
public final class TargetResolver {

  private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};
  private static final byte[] ZIP = {'P', 'K', 3, 4};

  private final Path work;

  /**
   * A resolver.
   *
   * @param work an existing folder of this run for compiled sources and unpacked jars
   */
  public TargetResolver(Path work) {
    this.work = work;
  }

  /**
   * Resolves a target.
   *
   * @param target file name, or with a class path also a class name; null when only {@code
   *     mainClass} is given
   * @param classPath as {@code java -cp} takes it, or null
   * @param mainClass binary name, or null
   */
  public Target resolve(String target, String classPath, String mainClass)
      throws CliException, IOException {
    List<Path> extra = classPath == null ? List.of() : ClassPath.parse(classPath);
    if (target == null) {
      if (classPath == null || mainClass == null) {
        throw new CliException(
            ExitCode.USAGE,
            "nothing to run is named",
            "name a jar, a Main.java or an image, or give -cp and a main class");
      }
      return program(extra, mainClass, simpleName(mainClass));
    }
    Path file = Path.of(target);
    if (Files.isRegularFile(file)) {
      return ofFile(file, extra, mainClass);
    }
    if (Files.isDirectory(file)) {
      if (classPath != null) {
        throw new CliException(ExitCode.USAGE, target + " is a folder", "give it with -cp");
      }
      List<Path> folder = List.of(file);
      String found = mainClass == null ? MainClasses.only(folder, target) : mainClass;
      return program(folder, found, file.toAbsolutePath().normalize().getFileName().toString());
    }
    if (classPath != null && isClassName(target)) {
      if (mainClass != null && !mainClass.equals(target)) {
        throw new CliException(
            ExitCode.USAGE,
            "two main classes are named: " + mainClass + " by --main, and " + target,
            "leave one out");
      }
      return program(extra, target, simpleName(target));
    }
    throw new CliException(
        ExitCode.NO_SUCH_FILE,
        "there is no file " + target,
        isClassName(target) && classPath == null
            ? "to run a class, give its class path: -cp PATH " + target
            : "");
  }

  private Target ofFile(Path file, List<Path> extra, String mainClass)
      throws CliException, IOException {
    if (file.toString().endsWith(".java")) {
      return new SourceProgram(work).compile(file, extra, mainClass);
    }
    byte[] magic;
    try (InputStream in = Files.newInputStream(file)) {
      magic = in.readNBytes(4);
    }
    if (Arrays.equals(magic, ELF)) {
      return new Target.Image(file);
    }
    if (Arrays.equals(magic, ZIP)) {
      JarProgram jar = JarProgram.read(file);
      List<Path> all = new ArrayList<>(jar.classPath());
      all.addAll(extra);
      String main = mainClass == null ? jar.mainClass() : mainClass;
      if (main == null) {
        main = MainClasses.only(jar.classPath().subList(0, 1), file.toString());
      }
      MainClasses.check(all, main);
      return new Target.Program(all, main, baseName(file), jar.options());
    }
    String kind = "";
    if (magic.length == 0) {
      kind = ": it is empty";
    } else if (file.toString().endsWith(".class")) {
      kind = ": it is a class file";
    }
    throw new CliException(
        ExitCode.NOT_RUNNABLE,
        file + " is neither a jar, nor a Java source, nor an image" + kind,
        file.toString().endsWith(".class") ? "give its folder and its name: -cp FOLDER CLASS" : "");
  }

  private static Target program(List<Path> classPath, String mainClass, String name)
      throws CliException, IOException {
    MainClasses.check(classPath, mainClass);
    return new Target.Program(classPath, mainClass, name);
  }

  /** A missing app.jar would pass for the class "jar" of a package "app". */
  private static boolean isClassName(String text) {
    return !text.endsWith(".jar") && !text.endsWith(".java") && isQualifiedName(text);
  }

  private static boolean isQualifiedName(String text) {
    return Arrays.stream(text.split("\\.", -1))
        .allMatch(
            part ->
                !part.isEmpty()
                    && Character.isJavaIdentifierStart(part.charAt(0))
                    && part.chars().allMatch(Character::isJavaIdentifierPart));
  }

  private static String simpleName(String className) {
    return className.substring(className.lastIndexOf('.') + 1);
  }

  static String baseName(Path file) {
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }
}

package org.demitasse.cli.program;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.demitasse.cli.CliException;
import org.demitasse.cli.ExitCode;

/** Finds and checks classes with a {@code main} that Java launches (JLS 25, section 12.1.4). */
final class MainClasses {

  private static final int CANDIDATES_SHOWN = 20;

  private static final MethodTypeDesc WITH_ARGUMENTS =
      MethodTypeDesc.of(ConstantDescs.CD_void, ClassDesc.of("java.lang.String").arrayType());

  private static final MethodTypeDesc WITHOUT_ARGUMENTS = MethodTypeDesc.of(ConstantDescs.CD_void);

  private MainClasses() {}

  /** The only class with a main, or a mistake that lists the candidates. */
  static String only(List<Path> classPath, String where) throws CliException, IOException {
    List<String> candidates = candidates(classPath);
    if (candidates.size() == 1) {
      return candidates.getFirst();
    }
    if (candidates.isEmpty()) {
      throw new CliException(
          ExitCode.NO_MAIN_CLASS,
          where + " names no main class, and no class in it has a main method",
          "a library is used by -cp; a program has a class with a main method");
    }
    throw new CliException(
        ExitCode.NO_MAIN_CLASS,
        where + " names no main class; these have a main method:",
        shown(candidates),
        "choose one: --main " + candidates.getFirst(),
        null);
  }

  /** Checks that the class is there and has a main; otherwise lists the candidates. */
  static void check(List<Path> classPath, String mainClass) throws CliException, IOException {
    byte[] bytes = ClassFiles.find(classPath, mainClass);
    if (bytes == null) {
      List<String> candidates = candidates(classPath);
      throw new CliException(
          ExitCode.NO_MAIN_CLASS,
          "there is no class "
              + mainClass
              + " on the class path"
              + (candidates.isEmpty() ? "" : "; these have a main method:"),
          shown(candidates),
          candidates.isEmpty() ? "" : "choose one: --main " + candidates.getFirst(),
          null);
    }
    ClassFileVersions.check(mainClass, bytes);
    ClassModel model = parse(mainClass, bytes);
    // A main may be inherited: then the superclass has to be looked at, which the builder does.
    boolean inherits =
        model.superclass().filter(up -> !up.asInternalName().equals("java/lang/Object")).isPresent()
            || !model.interfaces().isEmpty();
    if (!hasMain(model) && !inherits) {
      List<String> candidates = candidates(classPath);
      throw new CliException(
          ExitCode.NO_MAIN_CLASS,
          "the class "
              + mainClass
              + " has no main method that Java launches"
              + (candidates.isEmpty() ? "" : "; these have one:"),
          shown(candidates),
          "add: public static void main(String[] arguments)",
          null);
    }
  }

  private static ClassModel parse(String name, byte[] bytes) throws CliException {
    try {
      return ClassFile.of().parse(bytes);
    } catch (IllegalArgumentException e) {
      throw new CliException(
          ExitCode.NOT_RUNNABLE,
          "the class file of " + name + " is damaged: " + e.getMessage(),
          List.of(),
          "compile it again",
          e);
    }
  }

  private static List<String> candidates(List<Path> classPath) throws CliException, IOException {
    List<String> found = new ArrayList<>();
    ClassFiles.walk(
        classPath,
        name -> !name.startsWith("META-INF/") && !name.endsWith("module-info.class"),
        (entry, name, content) -> {
          try {
            ClassModel model = ClassFile.of().parse(content.readAllBytes());
            if (hasMain(model)) {
              found.add(model.thisClass().asInternalName().replace('/', '.'));
            }
          } catch (IllegalArgumentException e) {
            // A damaged class file is no candidate; the builder tells when it is needed.
          }
        });
    return found;
  }

  private static List<String> shown(List<String> candidates) {
    if (candidates.size() <= CANDIDATES_SHOWN) {
      return candidates;
    }
    List<String> some = new ArrayList<>(candidates.subList(0, CANDIDATES_SHOWN));
    some.add("and " + (candidates.size() - CANDIDATES_SHOWN) + " more");
    return some;
  }

  /** Whether the class is on the class path and declares a main method. */
  static boolean hasMain(List<Path> classPath, String name) throws CliException, IOException {
    byte[] bytes = ClassFiles.find(classPath, name);
    return bytes != null && hasMain(parse(name, bytes));
  }

  static boolean hasMain(ClassModel model) {
    boolean launchable = !model.flags().has(AccessFlag.ABSTRACT);
    for (MethodModel method : model.methods()) {
      boolean named = method.methodName().equalsString("main");
      boolean isStatic = method.flags().has(AccessFlag.STATIC);
      if (named
          && !method.flags().has(AccessFlag.PRIVATE)
          && (isStatic || launchable)
          && (method.methodTypeSymbol().equals(WITH_ARGUMENTS)
              || method.methodTypeSymbol().equals(WITHOUT_ARGUMENTS))) {
        return true;
      }
    }
    return false;
  }
}

package org.demitasse.builder.input;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.util.HashSet;
import java.util.Set;
import org.demitasse.builder.BuildException;

/**
 * Checks that the main class exists and has a method that Java launches (JLS 25, section 12.1.4):
 * {@code main(String[])} or {@code main()}, static or not, not private, also inherited.
 */
public final class MainClassCheck {

  private static final String WITH_ARGUMENTS = "([Ljava/lang/String;)V";
  private static final String WITHOUT_ARGUMENTS = "()V";

  private MainClassCheck() {}

  /**
   * Checks the class.
   *
   * @param mainClass its binary name
   * @throws BuildException when it is not there or cannot be launched
   */
  public static void check(ClassPathInput classPath, String mainClass) throws BuildException {
    String name = mainClass.replace('.', '/');
    if (classPath.find(name + ".class") == null) {
      if (inJdk(name)) {
        return;
      }
      throw new BuildException(
          BuildException.Kind.NO_MAIN_CLASS,
          "there is no class " + mainClass + " on the class path",
          "name the main class with its package, and see that its jar is on the class path");
    }
    try {
      if (!launches(classPath, name, new HashSet<>())) {
        throw new BuildException(
            BuildException.Kind.NO_MAIN_CLASS,
            "the class "
                + mainClass
                + " has no main method that Java would launch: static or not, not private, with"
                + " String[] or without parameters, returning void",
            "name the class that has one: --main CLASS");
      }
    } catch (IllegalArgumentException e) {
      throw new BuildException(
          BuildException.Kind.PROGRAM,
          "the class file of " + mainClass + " is damaged: " + e.getMessage(),
          "compile it again");
    }
  }

  private static boolean launches(ClassPathInput classPath, String name, Set<String> seen)
      throws BuildException {
    if (!seen.add(name)) {
      return false;
    }
    byte[] bytes = classPath.find(name + ".class");
    if (bytes == null) {
      // What is inherited from the JDK is left to the compiler to judge.
      return !name.equals("java/lang/Object");
    }
    ClassModel model = ClassFile.of().parse(bytes);
    for (MethodModel method : model.methods()) {
      String type = method.methodType().stringValue();
      if (method.methodName().equalsString("main")
          && (type.equals(WITH_ARGUMENTS) || type.equals(WITHOUT_ARGUMENTS))
          && (method.flags().flagsMask() & ClassFile.ACC_PRIVATE) == 0) {
        return true;
      }
    }
    if (model.superclass().isPresent()
        && launches(classPath, model.superclass().get().asInternalName(), seen)) {
      return true;
    }
    for (var superInterface : model.interfaces()) {
      String interfaceName = superInterface.asInternalName();
      if (classPath.find(interfaceName + ".class") != null
          && launches(classPath, interfaceName, seen)) {
        return true;
      }
    }
    return false;
  }

  private static boolean inJdk(String name) {
    return ClassLoader.getPlatformClassLoader().getResource(name + ".class") != null;
  }
}

package org.demitasse.jdk.start;

import com.oracle.svm.core.jdk.InternalVMMethod;
import java.lang.classfile.Annotation;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.RuntimeVisibleAnnotationsAttribute;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.AccessFlag;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import org.graalvm.nativeimage.Platform;
import org.graalvm.nativeimage.Platforms;

/**
 * Makes the {@link Program} of a main class, at build time: a small class beside it that calls the
 * main method directly, so that no reflection is needed for the first call of every image.
 */
@Platforms(Platform.HOSTED_ONLY.class)
public final class Launcher {
  private Launcher() {}

  /**
   * Finds the main method as the Java launcher does (JLS 12.1.4): static or not, with or without
   * arguments, of any access but private.
   *
   * @throws IllegalArgumentException when there is none, saying what a main method looks like
   */
  public static Method findMain(Class<?> mainClass) {
    Method main = find(mainClass, String[].class);
    if (main == null) {
      main = find(mainClass);
    }
    if (main == null) {
      throw new IllegalArgumentException(
          "The class "
              + mainClass.getName()
              + " has no main method: public static void main(String[] args), or one of the"
              + " shorter forms of Java 25.");
    }
    return main;
  }

  private static Method find(Class<?> mainClass, Class<?>... parameters) {
    for (Class<?> type = mainClass; type != null; type = type.getSuperclass()) {
      try {
        Method method = type.getDeclaredMethod("main", parameters);
        if (method.getReturnType() == void.class && !Modifier.isPrivate(method.getModifiers())) {
          return method;
        }
      } catch (NoSuchMethodException e) {
        // look in the superclass
      }
    }
    return null;
  }

  /** Returns a program that calls the class's main method. */
  public static Program forMain(Class<?> mainClass) {
    Method main = findMain(mainClass);
    ClassDesc owner = mainClass.describeConstable().orElseThrow();
    ClassDesc self =
        ClassDesc.of(mainClass.getPackageName(), mainClass.getSimpleName() + "$DemitasseProgram");
    ClassDesc arguments = ConstantDescs.CD_String.arrayType();
    boolean takesArguments = main.getParameterCount() == 1;
    MethodTypeDesc mainType =
        takesArguments
            ? MethodTypeDesc.of(ConstantDescs.CD_void, arguments)
            : MethodTypeDesc.of(ConstantDescs.CD_void);
    byte[] bytes =
        ClassFile.of()
            .build(
                self,
                type ->
                    type.withFlags(AccessFlag.PUBLIC, AccessFlag.FINAL, AccessFlag.SYNTHETIC)
                        .withInterfaceSymbols(Program.class.describeConstable().orElseThrow())
                        .with(
                            RuntimeVisibleAnnotationsAttribute.of(
                                Annotation.of(
                                    InternalVMMethod.class.describeConstable().orElseThrow())))
                        .withMethodBody(
                            ConstantDescs.INIT_NAME,
                            ConstantDescs.MTD_void,
                            ClassFile.ACC_PUBLIC,
                            code ->
                                code.aload(0)
                                    .invokespecial(
                                        ConstantDescs.CD_Object,
                                        ConstantDescs.INIT_NAME,
                                        ConstantDescs.MTD_void)
                                    .return_())
                        .withMethodBody(
                            "run",
                            MethodTypeDesc.of(ConstantDescs.CD_void, arguments),
                            ClassFile.ACC_PUBLIC,
                            code -> {
                              if (Modifier.isStatic(main.getModifiers())) {
                                if (takesArguments) {
                                  code.aload(1);
                                }
                                code.invokestatic(owner, "main", mainType);
                              } else {
                                code.new_(owner)
                                    .dup()
                                    .invokespecial(
                                        owner, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void);
                                if (takesArguments) {
                                  code.aload(1);
                                }
                                code.invokevirtual(owner, "main", mainType);
                              }
                              code.return_();
                            }));
    try {
      Launcher.class.getModule().addReads(mainClass.getModule());
      return (Program)
          MethodHandles.privateLookupIn(mainClass, MethodHandles.lookup())
              .defineClass(bytes)
              .getConstructor()
              .newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(
          "The main class " + mainClass.getName() + " cannot be started: " + e.getMessage(), e);
    }
  }
}

package org.demitasse.jdk.lang;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import com.oracle.svm.core.jdk.InternalVMMethod;
import com.oracle.svm.core.snippets.ImplicitExceptions;
import com.oracle.svm.core.snippets.SubstrateForeignCallTarget;

/** What a {@link ClassCastException} says: HotSpot's words, which programs print and log. */
@InternalVMMethod
final class CastMessages {
  private CastMessages() {}

  /**
   * The exception of a cast that fails.
   *
   * @param expected a class, or a text where the compiler knows no more
   */
  static ClassCastException exception(Object object, Object expected) {
    return new ClassCastException(
        expected instanceof Class<?> type
            ? message(object.getClass(), type)
            : object.getClass().getName() + " cannot be cast to " + expected);
  }

  private static String message(Class<?> from, Class<?> to) {
    String source = place(from);
    String target = place(to);
    return "class "
        + from.getName()
        + " cannot be cast to class "
        + to.getName()
        + " ("
        + from.getName()
        + (source.equals(target) ? "" : " is in " + source + ";")
        + (source.equals(target) ? " and " : " ")
        + to.getName()
        + (source.equals(target) ? " are in " : " is in ")
        + target
        + ")";
  }

  /** Module and loader of a class; of an array's, those of its elements. */
  private static String place(Class<?> type) {
    Class<?> element = type;
    while (element.isArray()) {
      element = element.getComponentType();
    }
    Module module = element.getModule();
    ClassLoader loader = element.getClassLoader();
    return (module.isNamed() ? "module " + module.getName() : "unnamed module")
        + " of loader '"
        + (loader == null ? "bootstrap" : loader.getName())
        + "'";
  }
}

@TargetClass(ImplicitExceptions.class)
final class Target_com_oracle_svm_core_snippets_ImplicitExceptions {
  private Target_com_oracle_svm_core_snippets_ImplicitExceptions() {}

  @Substitute
  @SubstrateForeignCallTarget(stubCallingConvention = true)
  private static ClassCastException createClassCastException(Object object, Object expectedClass) {
    return CastMessages.exception(object, expectedClass);
  }

  @Substitute
  @SubstrateForeignCallTarget(stubCallingConvention = true)
  private static void throwNewClassCastExceptionWithArgs(Object object, Object expectedClass) {
    throw CastMessages.exception(object, expectedClass);
  }
}

package org.demitasse.jdk.lean;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import java.lang.reflect.Method;
import jdk.internal.loader.ClassLoaders;

/**
 * Methods of the JDK are told their caller when they are invoked by reflection, all of them: the
 * compiler's accessors pass it on to those that ask for it and drop it for the others. Finding out
 * beforehand, as the JDK does, brings the parser of annotations into each image.
 */
@TargetClass(className = "jdk.internal.reflect.Reflection")
final class ReflectiveCalls {
  private ReflectiveCalls() {}

  @Substitute
  public static boolean isCallerSensitive(Method method) {
    ClassLoader loader = method.getDeclaringClass().getClassLoader();
    return loader == null || loader == ClassLoaders.platformClassLoader();
  }
}

package org.demitasse.jdk.lang;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * {@link java.lang.reflect.InvocationHandler#invokeDefault}: the JDK looks the method up from
 * inside the proxy's class, whose dynamic module an image does not have.
 */
@TargetClass(Proxy.class)
final class DefaultMethods {
  private DefaultMethods() {}

  @Substitute
  static Object invokeDefault(Object proxy, Method method, Object[] args, Class<?> caller) {
    throw new UnsupportedOperationException(
        "an image cannot call the default method "
            + method
            + " of a proxy's interface (InvocationHandler.invokeDefault): let the handler do what"
            + " that method does, or call it on an object of a class");
  }
}

package org.demitasse.jdk.lang;

import com.oracle.svm.core.SubstrateUtil;
import com.oracle.svm.core.annotate.Alias;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import com.oracle.svm.core.reflect.SubstrateMethodAccessor;
import com.oracle.svm.core.reflect.target.Target_java_lang_reflect_Method;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/**
 * {@link java.lang.reflect.InvocationHandler#invokeDefault}: the JDK looks the method up from
 * inside the proxy's class, whose dynamic module an image does not have; the methods of a proxy's
 * interfaces can all be called by reflection as they are.
 */
@TargetClass(Proxy.class)
final class DefaultMethods {
  private DefaultMethods() {}

  @Alias
  private static native Class<?> findProxyInterfaceOrElseThrow(Class<?> proxyClass, Method method);

  /**
   * Calls a default method of one of a proxy's interfaces.
   *
   * @param caller who must have access to the method, or null for nobody
   */
  @Substitute
  static Object invokeDefault(Object proxy, Method method, Object[] args, Class<?> caller)
      throws Throwable {
    Class<?> type = proxy.getClass();
    if (!Proxy.isProxyClass(type)) {
      throw new IllegalArgumentException("'proxy' is not a proxy instance");
    }
    if (!method.isDefault()) {
      throw new IllegalArgumentException("\"" + method + "\" is not a default method");
    }
    if (caller != null) {
      SubstrateUtil.cast(method, Target_java_lang_reflect_AccessibleObject.class)
          .checkAccess(caller, method.getDeclaringClass(), type, method.getModifiers());
    }
    findProxyInterfaceOrElseThrow(type, method);
    Object accessor =
        SubstrateUtil.cast(ProxyMethods.registered(method), Target_java_lang_reflect_Method.class)
            .acquireMethodAccessor();
    try {
      return SubstrateUtil.cast(accessor, SubstrateMethodAccessor.class)
          .invokeSpecial(proxy, args == null ? new Object[0] : args);
    } catch (Throwable e) {
      throw e instanceof InvocationTargetException thrown ? thrown.getCause() : e;
    }
  }
}

/** Methods of the interfaces of proxies. */
final class ProxyMethods {
  private ProxyMethods() {}

  /**
   * The same method as the image's metadata has it: the one that a proxy's class holds may have
   * been made before the method was registered to be called.
   */
  static Method registered(Method method) {
    try {
      return method
          .getDeclaringClass()
          .getDeclaredMethod(method.getName(), method.getParameterTypes());
    } catch (NoSuchMethodException e) {
      return method; // to call it says what metadata it needs
    }
  }
}

@TargetClass(AccessibleObject.class)
final class Target_java_lang_reflect_AccessibleObject {
  private Target_java_lang_reflect_AccessibleObject() {}

  @Alias
  native void checkAccess(
      Class<?> caller, Class<?> memberClass, Class<?> targetClass, int modifiers)
      throws IllegalAccessException;
}

package org.demitasse.jdk.metadata;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.graalvm.nativeimage.Platform;
import org.graalvm.nativeimage.Platforms;
import org.graalvm.nativeimage.hosted.Feature.BeforeAnalysisAccess;
import org.graalvm.nativeimage.hosted.RuntimeReflection;

/**
 * The default methods of interfaces that dynamic proxies have, for handlers that pass calls on to
 * them by {@link InvocationHandler#invokeDefault}.
 */
@Platforms(Platform.HOSTED_ONLY.class)
final class ProxyDefaults {
  private final List<Class<?>> waiting = new ArrayList<>();
  private boolean open;

  private ProxyDefaults() {}

  static void register(BeforeAnalysisAccess access) {
    ProxyDefaults defaults = new ProxyDefaults();
    try {
      access.registerReachabilityHandler(
          reached -> defaults.open(),
          InvocationHandler.class.getMethod(
              "invokeDefault", Object.class, Method.class, Object[].class));
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
    access.registerSubtypeReachabilityHandler((reached, type) -> defaults.add(type), Proxy.class);
  }

  private synchronized void open() {
    open = true;
    waiting.forEach(ProxyDefaults::allow);
    waiting.clear();
  }

  private synchronized void add(Class<?> type) {
    if (!Proxy.isProxyClass(type)) {
      return;
    }
    if (open) {
      allow(type);
    } else {
      waiting.add(type);
    }
  }

  private static void allow(Class<?> type) {
    for (Class<?> implemented : type.getInterfaces()) {
      for (Method method : implemented.getMethods()) {
        if (method.isDefault()) {
          RuntimeReflection.register(method);
        }
      }
    }
  }
}

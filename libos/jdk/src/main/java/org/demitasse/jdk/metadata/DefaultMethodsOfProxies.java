package org.demitasse.jdk.metadata;

import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.graalvm.nativeimage.Platform;
import org.graalvm.nativeimage.Platforms;
import org.graalvm.nativeimage.hosted.Feature.BeforeAnalysisAccess;
import org.graalvm.nativeimage.hosted.Feature.DuringAnalysisAccess;
import org.graalvm.nativeimage.hosted.RuntimeReflection;

/**
 * {@link InvocationHandler#invokeDefault}: it asks the proxy's class for its lookup and finds the
 * default method there.
 */
@Platforms(Platform.HOSTED_ONLY.class)
final class DefaultMethodsOfProxies {
  private DefaultMethodsOfProxies() {}

  static void register(BeforeAnalysisAccess access) {
    try {
      access.registerReachabilityHandler(
          DefaultMethodsOfProxies::watchProxies,
          InvocationHandler.class.getMethod(
              "invokeDefault", Object.class, Method.class, Object[].class));
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void watchProxies(DuringAnalysisAccess access) {
    access.registerSubtypeReachabilityHandler(DefaultMethodsOfProxies::registerProxy, Proxy.class);
  }

  private static void registerProxy(DuringAnalysisAccess access, Class<?> proxy) {
    if (!Proxy.isProxyClass(proxy)) {
      return;
    }
    try {
      RuntimeReflection.register(
          proxy.getDeclaredMethod("proxyClassLookup", MethodHandles.Lookup.class));
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
    for (Class<?> type : proxy.getInterfaces()) {
      for (Method method : type.getMethods()) {
        if (method.isDefault()) {
          RuntimeReflection.register(method);
        }
      }
    }
  }
}

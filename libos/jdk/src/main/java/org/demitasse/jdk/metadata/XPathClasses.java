package org.demitasse.jdk.metadata;

import java.util.List;
import org.graalvm.nativeimage.Platform;
import org.graalvm.nativeimage.Platforms;
import org.graalvm.nativeimage.hosted.Feature.BeforeAnalysisAccess;
import org.graalvm.nativeimage.hosted.Feature.DuringAnalysisAccess;
import org.graalvm.nativeimage.hosted.RuntimeReflection;
import org.graalvm.nativeimage.hosted.RuntimeResourceAccess;

/** XPath: its functions, its buffers and its messages. */
@Platforms(Platform.HOSTED_ONLY.class)
final class XPathClasses {
  private static final String FUNCTIONS = "com.sun.org.apache.xpath.internal.functions.Func";

  private static final List<String> NAMES =
      List.of(
          "Boolean",
          "Ceiling",
          "Concat",
          "Contains",
          "Count",
          "Current",
          "Doclocation",
          "ExtElementAvailable",
          "ExtFunctionAvailable",
          "False",
          "Floor",
          "GenerateId",
          "Here",
          "Id",
          "Lang",
          "Last",
          "LocalPart",
          "Namespace",
          "NormalizeSpace",
          "Not",
          "Number",
          "Position",
          "Qname",
          "Round",
          "StartsWith",
          "String",
          "StringLength",
          "Substring",
          "SubstringAfter",
          "SubstringBefore",
          "Sum",
          "SystemProperty",
          "Translate",
          "True",
          "UnparsedEntityURI");

  private static final List<String> MESSAGES =
      List.of(
          "com.sun.org.apache.xpath.internal.res.XPATHErrorResources",
          "com.sun.org.apache.xml.internal.res.XMLErrorResources");

  private XPathClasses() {}

  static void register(BeforeAnalysisAccess access) {
    Class<?> xpath = access.findClassByName("com.sun.org.apache.xpath.internal.XPath");
    if (xpath != null) { // java.xml is part of the JDK at hand
      access.registerReachabilityHandler(
          XPathClasses::registerAll, (Object[]) xpath.getDeclaredConstructors());
    }
  }

  private static void registerAll(DuringAnalysisAccess access) {
    for (String name : NAMES) {
      registerConstructor(access, FUNCTIONS + name);
    }
    registerConstructor(access, "com.sun.org.apache.xml.internal.utils.FastStringBuffer");
    for (String bundle : MESSAGES) {
      Class<?> type = access.findClassByName(bundle);
      if (type != null) {
        RuntimeResourceAccess.addResourceBundle(type.getModule(), bundle);
      }
    }
  }

  private static void registerConstructor(DuringAnalysisAccess access, String name) {
    Class<?> type = access.findClassByName(name);
    if (type == null) {
      return; // another JDK has other functions
    }
    try {
      RuntimeReflection.register(type);
      RuntimeReflection.register(type.getConstructor());
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }
}

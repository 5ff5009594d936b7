package org.demitasse.jdk.platform;

import org.graalvm.nativeimage.Platform;
import org.graalvm.nativeimage.Platforms;
import org.graalvm.nativeimage.hosted.Feature.BeforeAnalysisAccess;
import org.graalvm.nativeimage.hosted.RuntimeClassInitialization;

/**
 * Classes of the JDK whose initialisers look at the machine: they must see the machine that runs
 * the image, never the one that built it.
 */
@Platforms(Platform.HOSTED_ONLY.class)
final class RunTimeInitialization {
  private static final String[] CLASSES = {
    // addresses, interfaces and names
    "java.net.DatagramPacket",
    "java.net.InetAddress",
    "java.net.Inet4Address",
    "java.net.Inet6Address",
    "java.net.NetworkInterface",
    "java.net.InetAddress$CachedLookup",
    "java.nio.channels.spi.AsynchronousChannelProvider$ProviderHolder",
    "javax.net.ssl.SSLContext",
    "jdk.net.ExtendedSocketOptions",
    "jdk.net.ExtendedSocketOptions$PlatformSocketOptions",
    "sun.net.ext.ExtendedSocketOptions",
    // settings of the network that are read once (the JDK's "Networking Properties")
    "sun.net.InetAddressCachePolicy",
    "sun.net.NetworkClient",
    "sun.net.util.IPAddressUtil",
    "sun.net.www.http.HttpCapture",
    "sun.net.www.http.HttpClient",
    "sun.net.www.http.KeepAliveCache",
    "sun.net.www.http.KeepAliveStream",
    "sun.net.www.http.KeepAliveStreamCleaner",
    "sun.net.www.protocol.http.AuthenticationHeader",
    "sun.net.www.protocol.http.AuthenticationInfo",
    "sun.net.www.protocol.http.DigestAuthentication",
    "sun.net.www.protocol.http.HttpURLConnection",
    "sun.net.www.protocol.http.NTLMAuthenticationProxy",
    // entropy
    "sun.security.provider.NativePRNG",
    "sun.security.provider.NativePRNG$Blocking",
    "sun.security.provider.NativePRNG$NonBlocking",
    "sun.security.provider.SeedGenerator",
    "java.security.SecureRandom",
    "java.util.UUID$Holder",
    // files
    "java.nio.file.Files$FileTypeDetectors",
    "sun.nio.ch.FileChannelImpl",
    "sun.nio.ch.FileDispatcherImpl",
    "sun.nio.ch.IOUtil",
    "sun.nio.ch.NativeThread",
    "java.util.prefs.FileSystemPreferences",
  };

  /** Packages that read their settings in many places. */
  private static final String[] PACKAGES = {"jdk.internal.net.http", "sun.net.httpserver"};

  private RunTimeInitialization() {}

  static void register(BeforeAnalysisAccess access) {
    RuntimeClassInitialization.initializeAtRunTime(PACKAGES);
    for (String name : CLASSES) {
      Class<?> type = access.findClassByName(name);
      if (type != null) {
        RuntimeClassInitialization.initializeAtRunTime(type);
      }
    }
  }
}

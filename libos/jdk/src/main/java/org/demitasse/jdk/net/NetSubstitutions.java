package org.demitasse.jdk.net;

import com.oracle.svm.core.SubstrateUtil;
import com.oracle.svm.core.annotate.Alias;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Proxy;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver.LookupPolicy;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.nio.channels.spi.SelectorProvider;
import org.demitasse.nio.channels.DemitasseAsynchronousChannelProvider;
import org.demitasse.nio.channels.DemitasseSelectorProvider;
import org.demitasse.nio.channels.SocketStreams;
import org.demitasse.nio.net.InterfaceTable;
import sun.net.PlatformSocketImpl;

/**
 * {@code java.net} and {@code java.nio.channels}, where they choose the operating system's sockets.
 */
final class NetSubstitutions {
  private NetSubstitutions() {}
}

@TargetClass(SocketImpl.class)
final class Target_java_net_SocketImpl {
  private Target_java_net_SocketImpl() {}

  @Substitute
  @SuppressWarnings("unchecked")
  static <S extends SocketImpl & PlatformSocketImpl> S createPlatformSocketImpl(boolean server) {
    MachineNetwork.start();
    return (S) new MachineSocketImpl(server);
  }
}

@TargetClass(SelectorProvider.class)
final class Target_java_nio_channels_spi_SelectorProvider {
  private Target_java_nio_channels_spi_SelectorProvider() {}

  /** The one provider of an image; {@code java.nio.channels.spi.SelectorProvider} is not asked. */
  @Substitute
  public static SelectorProvider provider() {
    MachineNetwork.start();
    return DemitasseSelectorProvider.get();
  }
}

@TargetClass(InetAddress.class)
final class Target_java_net_InetAddress {
  private Target_java_net_InetAddress() {}

  @Substitute
  private static void init() {
    // no native code, no field ids to look up
  }

  @Substitute
  private static boolean isIPv4Available() {
    return true;
  }

  /**
   * Whether IPv6 addresses are looked up at all. Asked while this class is initialised: nothing
   * here may wait for the network, whose thread needs the class.
   */
  @Substitute
  private static boolean isIPv6Supported() {
    return !Boolean.getBoolean("java.net.preferIPv4Stack");
  }
}

@TargetClass(className = "java.net.Inet4Address")
final class Target_java_net_Inet4Address {
  private Target_java_net_Inet4Address() {}

  @Substitute
  private static void init() {
    // no native code, no field ids to look up
  }
}

@TargetClass(className = "java.net.Inet6Address")
final class Target_java_net_Inet6Address {
  private Target_java_net_Inet6Address() {}

  @Substitute
  private static void init() {
    // no native code, no field ids to look up
  }
}

@TargetClass(className = "java.net.Inet4AddressImpl")
final class Target_java_net_Inet4AddressImpl {
  private Target_java_net_Inet4AddressImpl() {}

  @Substitute
  public String getLocalHostName() throws UnknownHostException {
    return MachineNetwork.names().getLocalHostName();
  }

  @Substitute
  private InetAddress[] lookupAllHostAddr(String hostname) throws UnknownHostException {
    return MachineNetwork.names().lookupAllHostAddr(hostname, LookupPolicy.of(LookupPolicy.IPV4));
  }

  @Substitute
  public String getHostByAddr(byte[] addr) throws UnknownHostException {
    return MachineNetwork.names().getHostByAddr(addr);
  }

  @Substitute
  public boolean isReachable(InetAddress addr, int timeout, NetworkInterface netif, int ttl)
      throws IOException {
    return MachineNetwork.names().isReachable(addr, timeout, netif, ttl);
  }
}

@TargetClass(className = "java.net.Inet6AddressImpl")
final class Target_java_net_Inet6AddressImpl {
  private Target_java_net_Inet6AddressImpl() {}

  @Substitute
  public String getLocalHostName() throws UnknownHostException {
    return MachineNetwork.names().getLocalHostName();
  }

  @Substitute
  private InetAddress[] lookupAllHostAddr(String hostname, int characteristics)
      throws UnknownHostException {
    return MachineNetwork.names().lookupAllHostAddr(hostname, LookupPolicy.of(characteristics));
  }

  @Substitute
  public String getHostByAddr(byte[] addr) throws UnknownHostException {
    return MachineNetwork.names().getHostByAddr(addr);
  }

  @Substitute
  public boolean isReachable(InetAddress addr, int timeout, NetworkInterface netif, int ttl)
      throws IOException {
    return MachineNetwork.names().isReachable(addr, timeout, netif, ttl);
  }
}

@TargetClass(NetworkInterface.class)
final class Target_java_net_NetworkInterface {
  private Target_java_net_NetworkInterface() {}

  @Substitute
  private static void init() {
    // no native code, no field ids to look up
  }

  @Substitute
  private static NetworkInterface[] getAll() throws SocketException {
    MachineNetwork.start();
    return InterfaceTable.getAll();
  }

  @Substitute
  private static NetworkInterface getByName0(String name) throws SocketException {
    MachineNetwork.start();
    return InterfaceTable.getByName(name);
  }

  @Substitute
  private static NetworkInterface getByIndex0(int index) throws SocketException {
    MachineNetwork.start();
    return InterfaceTable.getByIndex(index);
  }

  @Substitute
  private static boolean boundInetAddress0(InetAddress addr) throws SocketException {
    MachineNetwork.start();
    return InterfaceTable.boundInetAddress(addr);
  }

  @Substitute
  private static NetworkInterface getByInetAddress0(InetAddress addr) throws SocketException {
    MachineNetwork.start();
    return InterfaceTable.getByInetAddress(addr);
  }

  @Substitute
  private static boolean isUp0(String name, int ind) throws SocketException {
    return InterfaceTable.isUp(name, ind);
  }

  @Substitute
  private static boolean isLoopback0(String name, int ind) throws SocketException {
    return InterfaceTable.isLoopback(name, ind);
  }

  @Substitute
  private static boolean supportsMulticast0(String name, int ind) throws SocketException {
    return InterfaceTable.supportsMulticast(name, ind);
  }

  @Substitute
  private static boolean isP2P0(String name, int ind) throws SocketException {
    return InterfaceTable.isPointToPoint(name, ind);
  }

  @Substitute
  private static byte[] getMacAddr0(byte[] inAddr, String name, int ind) throws SocketException {
    return InterfaceTable.getHardwareAddress(name, ind);
  }

  @Substitute
  private static int getMTU0(String name, int ind) throws SocketException {
    return InterfaceTable.getMtu(name, ind);
  }
}

@TargetClass(className = "sun.net.spi.DefaultProxySelector")
final class Target_sun_net_spi_DefaultProxySelector {
  private Target_sun_net_spi_DefaultProxySelector() {}

  @Substitute
  private Proxy[] getSystemProxies(String protocol, String host) {
    return null;
  }
}

/** The compiler's runtime asks here whether the desktop's proxy settings can be read. */
@TargetClass(className = "com.oracle.svm.core.jdk.DefaultProxySelectorSystemProxiesAccessor")
final class Target_com_oracle_svm_core_jdk_DefaultProxySelectorSystemProxiesAccessor {
  private Target_com_oracle_svm_core_jdk_DefaultProxySelectorSystemProxiesAccessor() {}

  /** There is no desktop. */
  @Substitute
  static boolean ensureInitialized() {
    return false;
  }
}

@TargetClass(className = "sun.nio.ch.DefaultAsynchronousChannelProvider")
final class Target_sun_nio_ch_DefaultAsynchronousChannelProvider {
  private Target_sun_nio_ch_DefaultAsynchronousChannelProvider() {}

  @Substitute
  public static AsynchronousChannelProvider create() {
    MachineNetwork.start();
    return DemitasseAsynchronousChannelProvider.get();
  }
}

/** What {@code java.nio.channels.Channels} makes streams with. */
@TargetClass(className = "sun.nio.ch.Streams")
final class Target_sun_nio_ch_Streams {
  private Target_sun_nio_ch_Streams() {}

  @Substitute
  public static InputStream of(ReadableByteChannel ch) {
    InputStream stream = SocketStreams.of(ch);
    return stream != null
        ? stream
        : SubstrateUtil.cast(new Target_sun_nio_ch_ChannelInputStream(ch), InputStream.class);
  }

  @Substitute
  public static OutputStream of(WritableByteChannel ch) {
    OutputStream stream = SocketStreams.of(ch);
    return stream != null
        ? stream
        : SubstrateUtil.cast(new Target_sun_nio_ch_ChannelOutputStream(ch), OutputStream.class);
  }
}

@TargetClass(className = "sun.nio.ch.ChannelInputStream")
final class Target_sun_nio_ch_ChannelInputStream {
  @Alias
  @SuppressWarnings("unused")
  Target_sun_nio_ch_ChannelInputStream(ReadableByteChannel ch) {}
}

@TargetClass(className = "sun.nio.ch.ChannelOutputStream")
final class Target_sun_nio_ch_ChannelOutputStream {
  @Alias
  @SuppressWarnings("unused")
  Target_sun_nio_ch_ChannelOutputStream(WritableByteChannel ch) {}
}

/**
 * The options of {@code jdk.net.ExtendedSocketOptions} that the stack has. The JDK would look for a
 * class of the operating system's; sockets of the stack never ask it for a value.
 */
@TargetClass(className = "jdk.net.ExtendedSocketOptions", innerClass = "PlatformSocketOptions")
final class Target_jdk_net_ExtendedSocketOptions_PlatformSocketOptions {
  @Alias
  Target_jdk_net_ExtendedSocketOptions_PlatformSocketOptions() {}

  @Substitute
  private static Target_jdk_net_ExtendedSocketOptions_PlatformSocketOptions create() {
    return new Target_jdk_net_ExtendedSocketOptions_PlatformSocketOptions();
  }

  @Substitute
  boolean keepAliveOptionsSupported() {
    return true;
  }

  @Substitute
  boolean ipDontFragmentSupported() {
    return true;
  }
}

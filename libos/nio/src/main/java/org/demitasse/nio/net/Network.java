package org.demitasse.nio.net;

import java.net.Inet6Address;
import java.util.List;
import org.demitasse.net.socket.InterfaceInfo;
import org.demitasse.net.socket.SocketStack;

/**
 * The network stack behind this program's sockets. Whoever starts the machine installs it once,
 * before the first socket is opened; any thread may ask for it afterwards.
 */
public final class Network {
  private static volatile SocketStack installed;
  private static volatile JdkAccess access;

  private Network() {}

  /** Makes {@code stack} the one that sockets opened from now on belong to; null takes it away. */
  public static void install(SocketStack stack) {
    installed = stack;
  }

  /** Installs the door to the members of {@code java.net} that are not public. */
  public static void install(JdkAccess jdkAccess) {
    access = jdkAccess;
  }

  /**
   * Returns the installed stack.
   *
   * @throws IllegalStateException when there is none
   */
  public static SocketStack stack() {
    SocketStack stack = installed;
    if (stack == null) {
      throw new IllegalStateException(
          "no network: no stack was installed before the first use of a socket;"
              + " the machine has to call Network.install(SocketStack) when it starts");
    }
    return stack;
  }

  /** Returns whether a stack is installed. */
  public static boolean isInstalled() {
    return installed != null;
  }

  /**
   * Returns the door to {@code java.net}.
   *
   * @throws IllegalStateException when there is none
   */
  public static JdkAccess jdk() {
    JdkAccess jdk = access;
    if (jdk == null) {
      throw new IllegalStateException(
          "no access to java.net: Network.install(JdkAccess) has to be called before datagram sockets"
              + " are used");
    }
    return jdk;
  }

  /** Returns the door to {@code java.net}, or null when none was installed. */
  static JdkAccess jdkOrNull() {
    return access;
  }

  /**
   * Returns whether sockets speak IPv6: some interface has an IPv6 address, and {@code
   * java.net.preferIPv4Stack} does not forbid it.
   */
  public static boolean ipv6() {
    if (Addresses.ipv4Only()) {
      return false;
    }
    List<InterfaceInfo> interfaces = stack().interfaces();
    for (int i = 0; i < interfaces.size(); i++) {
      List<InterfaceInfo.Address> addresses = interfaces.get(i).addresses();
      for (int j = 0; j < addresses.size(); j++) {
        if (addresses.get(j).address() instanceof Inet6Address) {
          return true;
        }
      }
    }
    return false;
  }
}

package org.demitasse.nio.net;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;

/** The special addresses of the two families. Any thread may call. */
public final class Addresses {
  private static final byte[] LOOPBACK4 = {127, 0, 0, 1};

  private Addresses() {}

  /** Returns the family of sockets that nobody chose one for. */
  public static ProtocolFamily defaultFamily() {
    return Network.ipv6() ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
  }

  /** Returns whether the program wants no IPv6 ({@code java.net.preferIPv4Stack}). */
  static boolean ipv4Only() {
    return Boolean.getBoolean("java.net.preferIPv4Stack");
  }

  /** Throws when the program wants no addresses of this family. */
  static void checkFamily(InetAddress address) throws SocketException {
    if (address instanceof Inet6Address && ipv4Only()) {
      throw new SocketException("Protocol family unavailable");
    }
  }

  /** Returns {@code 0.0.0.0} or {@code ::}. */
  public static InetAddress any(ProtocolFamily family) {
    return of(new byte[family == StandardProtocolFamily.INET ? 4 : 16]);
  }

  /** Returns {@code 127.0.0.1} or {@code ::1}, whichever has {@code like}'s family. */
  public static InetAddress loopback(InetAddress like) {
    if (like instanceof Inet4Address) {
      return of(LOOPBACK4);
    }
    byte[] bytes = new byte[16];
    bytes[15] = 1;
    return of(bytes);
  }

  /**
   * Returns where a connection to {@code remote} really goes: the wildcard address means this
   * machine itself.
   */
  public static InetSocketAddress target(InetSocketAddress remote) {
    InetAddress address = remote.getAddress();
    return address.isAnyLocalAddress()
        ? new InetSocketAddress(loopback(address), remote.getPort())
        : remote;
  }

  /**
   * Returns what a socket of {@code family} binds to when it is asked for {@code local}: the IPv6
   * wildcard takes in IPv4, so on an IPv6 socket the wildcard of either family means both.
   */
  public static InetSocketAddress bindTarget(InetSocketAddress local, ProtocolFamily family) {
    InetAddress address = local.getAddress();
    if (family == StandardProtocolFamily.INET6
        && address instanceof Inet4Address
        && address.isAnyLocalAddress()) {
      return new InetSocketAddress(any(family), local.getPort());
    }
    return local;
  }

  private static InetAddress of(byte[] address) {
    try {
      return InetAddress.getByAddress(address);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }
}

package org.demitasse.nio.net;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.NoRouteToHostException;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.stream.Stream;
import org.demitasse.net.socket.Resolver;

/**
 * Names and addresses for {@code java.net.InetAddress}: in the words of its platform implementation
 * ({@code java.net.InetAddressImpl}), and as a resolver of {@code java.net.spi}. It has no state;
 * any thread may call, and waits while the network is asked.
 */
public final class NameService implements InetAddressResolver {
  private static final NameService INSTANCE = new NameService();

  private NameService() {}

  /** Returns the one name service. */
  public static NameService get() {
    return INSTANCE;
  }

  /** Returns this machine's name. */
  public String getLocalHostName() {
    return Network.stack().hostName();
  }

  /**
   * Returns the addresses of {@code name} that {@code policy} asks for, in its order; never empty.
   *
   * @throws UnknownHostException when there are none, or nobody knows
   */
  public InetAddress[] lookupAllHostAddr(String name, LookupPolicy policy)
      throws UnknownHostException {
    int wanted = policy.characteristics();
    Resolver.Family family = Resolver.Family.ANY;
    if ((wanted & LookupPolicy.IPV6) == 0) {
      family = Resolver.Family.IPV4;
    } else if ((wanted & LookupPolicy.IPV4) == 0) {
      family = Resolver.Family.IPV6;
    }
    List<InetAddress> found = Network.stack().resolver().lookup(name, family);
    List<InetAddress> ordered = new ArrayList<>(found.size());
    if ((wanted & LookupPolicy.IPV4_FIRST) != 0) {
      addFamily(found, true, ordered);
      addFamily(found, false, ordered);
    } else if ((wanted & LookupPolicy.IPV6_FIRST) != 0) {
      addFamily(found, false, ordered);
      addFamily(found, true, ordered);
    } else {
      ordered.addAll(found);
    }
    return ordered.toArray(new InetAddress[0]);
  }

  private static void addFamily(List<InetAddress> from, boolean ipv4, List<InetAddress> to) {
    for (InetAddress address : from) {
      if (address instanceof Inet4Address == ipv4) {
        to.add(address);
      }
    }
  }

  /**
   * Returns the name of an address.
   *
   * @param address four or sixteen bytes
   * @throws UnknownHostException when it has none, or nobody knows
   */
  public String getHostByAddr(byte[] address) throws UnknownHostException {
    return Network.stack().resolver().reverse(InetAddress.getByAddress(address));
  }

  /** Returns the wildcard address, in IPv4's form as the JDK prefers it. */
  public InetAddress anyLocalAddress() {
    return Addresses.any(StandardProtocolFamily.INET);
  }

  /** Returns {@code localhost/127.0.0.1}, as the JDK prefers it. */
  public InetAddress loopbackAddress() {
    try {
      return InetAddress.getByAddress(
          "localhost", Addresses.loopback(anyLocalAddress()).getAddress());
    } catch (UnknownHostException e) {
      throw new AssertionError("four bytes are an IPv4 address", e);
    }
  }

  /**
   * Asks an address for an ICMP echo.
   *
   * @param timeout in milliseconds
   * @param networkInterface null for any; the answer is false when it has no address of the family,
   *     for then nothing can be sent from it. The route, not this, decides where the request leaves
   * @param ttl 0 for the default
   */
  public boolean isReachable(
      InetAddress address, int timeout, NetworkInterface networkInterface, int ttl)
      throws IOException {
    if (networkInterface != null && !hasFamily(networkInterface, address)) {
      return false;
    }
    try {
      return Network.stack().ping(own(address), ttl, timeout);
    } catch (NoRouteToHostException e) {
      return false;
    }
  }

  // The wildcard address is this machine.
  private static InetAddress own(InetAddress address) {
    return address.isAnyLocalAddress() ? Addresses.loopback(address) : address;
  }

  private static boolean hasFamily(NetworkInterface networkInterface, InetAddress like) {
    Enumeration<InetAddress> addresses = networkInterface.getInetAddresses();
    while (addresses.hasMoreElements()) {
      if (addresses.nextElement().getClass() == like.getClass()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Stream<InetAddress> lookupByName(String name, LookupPolicy policy)
      throws UnknownHostException {
    return Stream.of(lookupAllHostAddr(name, policy));
  }

  @Override
  public String lookupByAddress(byte[] address) throws UnknownHostException {
    return getHostByAddr(address);
  }
}

package org.demitasse.nio.net;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.demitasse.net.socket.InterfaceInfo;

/**
 * What {@code java.net.NetworkInterface} asks its platform for, method by method as its natives are
 * named. All answers are of the moment; any thread may call.
 */
public final class InterfaceTable {
  private InterfaceTable() {}

  /** Returns all interfaces, loopback first. */
  public static NetworkInterface[] getAll() {
    List<InterfaceInfo> all = Network.stack().interfaces();
    NetworkInterface[] interfaces = new NetworkInterface[all.size()];
    for (int i = 0; i < interfaces.length; i++) {
      interfaces[i] = of(all.get(i));
    }
    return interfaces;
  }

  /** Returns the interface of that name, or null. */
  public static NetworkInterface getByName(String name) {
    for (InterfaceInfo info : Network.stack().interfaces()) {
      if (info.name().equals(name)) {
        return of(info);
      }
    }
    return null;
  }

  /** Returns the interface of that index, or null. */
  public static NetworkInterface getByIndex(int index) {
    for (InterfaceInfo info : Network.stack().interfaces()) {
      if (info.index() == index) {
        return of(info);
      }
    }
    return null;
  }

  /** Returns the interface that has {@code address}, or null. */
  public static NetworkInterface getByInetAddress(InetAddress address) {
    InterfaceInfo owner = owner(address);
    return owner == null ? null : of(owner);
  }

  /** Returns whether some interface has {@code address}. */
  public static boolean boundInetAddress(InetAddress address) {
    return owner(address) != null;
  }

  /**
   * @throws SocketException when there is no such interface any more; so the methods below
   */
  public static boolean isUp(String name, int index) throws SocketException {
    return find(name, index).up();
  }

  /** Returns whether this is the loopback interface. */
  public static boolean isLoopback(String name, int index) throws SocketException {
    return find(name, index).loopback();
  }

  /** Returns whether multicast can be sent and received. */
  public static boolean supportsMulticast(String name, int index) throws SocketException {
    return find(name, index).multicast();
  }

  /** Returns false: the stack has no point-to-point links. */
  public static boolean isPointToPoint(String name, int index) throws SocketException {
    find(name, index);
    return false;
  }

  /** Returns the six bytes of the hardware address, or null where there is none. */
  public static byte[] getHardwareAddress(String name, int index) throws SocketException {
    byte[] address = find(name, index).macAddress();
    return address == null ? null : address.clone();
  }

  /** Returns the largest IP packet, in bytes. */
  public static int getMtu(String name, int index) throws SocketException {
    return find(name, index).mtu();
  }

  private static InterfaceInfo find(String name, int index) throws SocketException {
    for (InterfaceInfo info : Network.stack().interfaces()) {
      if (info.index() == index && info.name().equals(name)) {
        return info;
      }
    }
    throw new SocketException("No such device: network interface " + name + " is gone");
  }

  private static InterfaceInfo owner(InetAddress address) {
    for (InterfaceInfo info : Network.stack().interfaces()) {
      for (InterfaceInfo.Address own : info.addresses()) {
        if (own.address().equals(address)) {
          return info;
        }
      }
    }
    return null;
  }

  private static NetworkInterface of(InterfaceInfo info) {
    JdkAccess jdk = Network.jdk();
    List<InterfaceInfo.Address> own = new ArrayList<>(info.addresses());
    if (Addresses.ipv4Only()) {
      own.removeIf(address -> !(address.address() instanceof Inet4Address));
    }
    InetAddress[] addresses = new InetAddress[own.size()];
    InterfaceAddress[] bindings = new InterfaceAddress[addresses.length];
    for (int i = 0; i < addresses.length; i++) {
      addresses[i] = scoped(own.get(i).address(), info.index());
    }
    NetworkInterface made = jdk.networkInterface(info.name(), info.index(), addresses, bindings);
    for (int i = 0; i < addresses.length; i++) {
      InterfaceInfo.Address address = own.get(i);
      addresses[i] = named(addresses[i], made);
      Inet4Address broadcast = address.broadcast() instanceof Inet4Address inet4 ? inet4 : null;
      bindings[i] = jdk.interfaceAddress(addresses[i], broadcast, (short) address.prefixLength());
    }
    return made;
  }

  // The scope of an interface's own address is the interface itself, which had to be made first.
  private static InetAddress named(InetAddress address, NetworkInterface in) {
    if (address instanceof Inet6Address && address.isLinkLocalAddress()) {
      try {
        return Inet6Address.getByAddress(null, address.getAddress(), in);
      } catch (UnknownHostException e) {
        throw new AssertionError("the interface has an address of this kind: this one", e);
      }
    }
    return address;
  }

  // A link-local address means nothing without its link (RFC 4007).
  private static InetAddress scoped(InetAddress address, int index) {
    if (address instanceof Inet6Address && address.isLinkLocalAddress()) {
      try {
        return Inet6Address.getByAddress(null, address.getAddress(), index);
      } catch (UnknownHostException e) {
        throw new AssertionError("sixteen bytes are an IPv6 address", e);
      }
    }
    return address;
  }
}

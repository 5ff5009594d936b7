package org.demitasse.net;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.demitasse.core.NetDevice;
import org.demitasse.core.PacketMemory;

/**
 * What a {@link NetworkStack} is made of. Filled by one thread before the stack is made, not looked
 * at afterwards. Without devices there is the loopback interface alone.
 */
public final class NetworkConfig {
  /**
   * One interface.
   *
   * @param dhcp whether to ask for addresses
   * @param address null with DHCP
   * @param gateway null when there is none
   */
  record Interface(
      String name,
      NetDevice device,
      boolean dhcp,
      InetAddress address,
      int prefix,
      InetAddress gateway) {}

  /** A name of the hosts file. */
  record Host(String name, InetAddress address) {}

  final List<Interface> interfaces = new ArrayList<>(2);
  final List<Interface> more = new ArrayList<>(0);
  final List<InetAddress> nameServers = new ArrayList<>(2);
  final List<String> searchDomains = new ArrayList<>(2);
  final List<Host> hosts = new ArrayList<>(2);
  String hostName = "";
  boolean ipv6;
  boolean ecn;
  PacketMemory memory = PacketMemory.direct();
  long bufferBytes = Runtime.getRuntime().maxMemory() / 4;

  /** Adds a device that gets its addresses, routes and name servers by DHCP. */
  public NetworkConfig dhcp(String name, NetDevice device) {
    interfaces.add(new Interface(name, device, true, null, 0, null));
    return this;
  }

  /**
   * Adds a device with an address.
   *
   * @param prefix bits of the network's prefix
   * @param gateway for everything elsewhere, or null
   */
  public NetworkConfig address(
      String name, NetDevice device, InetAddress address, int prefix, InetAddress gateway) {
    int bits = address.getAddress().length * 8;
    if (prefix < 0 || prefix > bits) {
      throw new IllegalArgumentException(
          "prefix length " + prefix + " of " + address.getHostAddress() + ": 0 to " + bits);
    }
    interfaces.add(new Interface(name, device, false, address, prefix, gateway));
    return this;
  }

  /** Gives the device added last one more address, without a gateway. */
  public NetworkConfig moreAddress(InetAddress address, int prefix) {
    Interface last = interfaces.get(interfaces.size() - 1);
    more.add(new Interface(last.name(), last.device(), false, address, prefix, null));
    return this;
  }

  /** Adds a DNS server, asked in the order added, before those that DHCP names. */
  public NetworkConfig nameServer(InetAddress server) {
    nameServers.add(server);
    return this;
  }

  /** Adds a domain that is tried behind names without dots. */
  public NetworkConfig searchDomain(String domain) {
    searchDomains.add(domain);
    return this;
  }

  /** Adds a name that needs no server, as a line of {@code /etc/hosts}. */
  public NetworkConfig host(String name, InetAddress address) {
    hosts.add(new Host(name, address));
    return this;
  }

  /**
   * Speaks IPv6: ::1, a link-local address on each interface, and what routers advertise. Off
   * without it, but for IPv6 addresses that are configured.
   */
  public NetworkConfig ipv6(boolean on) {
    ipv6 = on;
    return this;
  }

  /**
   * Lets connections from here ask for explicit congestion notification (RFC 3168). Peers that ask
   * for it always get it; without this nobody is asked, because some networks drop who asks.
   */
  public NetworkConfig ecn(boolean on) {
    ecn = on;
    return this;
  }

  /** Sets this machine's name; without it DHCP's or {@code localhost} serves. */
  public NetworkConfig hostName(String name) {
    hostName = name;
    return this;
  }

  /** Sets where packets that no device owns get their memory from; direct buffers without it. */
  public NetworkConfig memory(PacketMemory source) {
    memory = source;
    return this;
  }

  /**
   * Bounds the bytes of all TCP connections' buffers together; a quarter of the heap without it.
   */
  public NetworkConfig bufferBytes(long bytes) {
    bufferBytes = bytes;
    return this;
  }
}

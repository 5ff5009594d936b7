package org.demitasse.net.socket;

import java.net.InetAddress;
import java.util.List;

/**
 * One interface as it is at one moment.
 *
 * @param name {@code lo}, {@code eth0}, ...
 * @param index from 1
 * @param mtu largest IP packet in bytes
 * @param macAddress six bytes, or null where there is none
 * @param up whether packets can be sent
 * @param addresses each with its prefix length and, for IPv4, its broadcast address
 */
public record InterfaceInfo(
    String name,
    int index,
    int mtu,
    byte[] macAddress,
    boolean up,
    boolean loopback,
    boolean multicast,
    List<Address> addresses) {
  /**
   * @param broadcast null where there is none
   */
  public record Address(InetAddress address, int prefixLength, InetAddress broadcast) {}
}

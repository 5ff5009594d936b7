package org.demitasse.nio.channels;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.util.ArrayList;
import java.util.List;
import org.demitasse.net.socket.SocketSetting;
import org.demitasse.net.socket.UdpSocket;

/** The multicast memberships of one channel, few as they are; under its state lock. */
final class Memberships {
  private final List<Membership> all = new ArrayList<>();

  /** Returns the index that the stack knows an interface by. */
  static int index(NetworkInterface networkInterface) throws IOException {
    int index = networkInterface.getIndex();
    if (index < 0) {
      throw new IOException("Network interface cannot be identified");
    }
    return index;
  }

  /** Returns the interface that multicast leaves by, or null for the stack's choice. */
  static NetworkInterface outgoingInterface(UdpSocket socket) throws IOException {
    int index = socket.getOption(SocketSetting.MULTICAST_INTERFACE);
    if (index == 0) {
      return null;
    }
    NetworkInterface chosen = NetworkInterface.getByIndex(index);
    if (chosen == null) {
      throw new IOException("Unable to map index to interface");
    }
    return chosen;
  }

  /** Checks what a channel of {@code family} is asked to join. */
  static void check(InetAddress group, InetAddress source, ProtocolFamily family) {
    if (!group.isMulticastAddress()) {
      throw new IllegalArgumentException("Group not a multicast address");
    }
    if (group instanceof Inet6Address && family != StandardProtocolFamily.INET6) {
      throw new IllegalArgumentException("Only IPv6 sockets can join IPv6 multicast group");
    }
    if (source != null) {
      if (source.isAnyLocalAddress()) {
        throw new IllegalArgumentException("Source address is a wildcard address");
      }
      if (source.isMulticastAddress()) {
        throw new IllegalArgumentException("Source address is multicast address");
      }
      if (source.getClass() != group.getClass()) {
        throw new IllegalArgumentException("Source address is different type to group");
      }
    }
  }

  /**
   * Returns the membership that is already there, or null.
   *
   * @throws IllegalStateException when one of the other kind is: for all sources, or for single
   *     ones
   */
  Membership find(InetAddress group, NetworkInterface networkInterface, InetAddress source) {
    for (Membership membership : all) {
      if (membership.group().equals(group)
          && membership.networkInterface().equals(networkInterface)) {
        if (source == null) {
          if (membership.sourceAddress() == null) {
            return membership;
          }
          throw new IllegalStateException("Already a member to receive all packets");
        }
        if (membership.sourceAddress() == null) {
          throw new IllegalStateException("Already have source-specific membership");
        }
        if (source.equals(membership.sourceAddress())) {
          return membership;
        }
      }
    }
    return null;
  }

  void add(Membership membership) {
    all.add(membership);
  }

  void remove(Membership membership) {
    all.remove(membership);
  }

  void invalidateAll() {
    for (Membership membership : all) {
      membership.invalidate();
    }
    all.clear();
  }
}

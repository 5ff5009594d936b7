package org.demitasse.nio.net;

import java.lang.ref.Cleaner;
import java.net.DatagramPacket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.util.List;

/**
 * The members of {@code java.net} that the providers need and that are not public. In the image
 * these are plain field and constructor accesses; an ordinary JVM has to open {@code java.net} for
 * them.
 */
public interface JdkAccess {
  /**
   * Returns {@code DatagramSocket.NO_DELEGATE}, the address that makes a {@code DatagramSocket}
   * constructor create no socket of its own.
   */
  SocketAddress noDelegate();

  /** Returns {@code packet.bufLength}: how many bytes a datagram may have, whatever came last. */
  int bufferLength(DatagramPacket packet);

  /** Sets {@code packet.length} alone, and leaves {@code packet.bufLength} as it is. */
  void receivedLength(DatagramPacket packet, int length);

  /**
   * Returns a {@code NetworkInterface} with these fields, its display name the same as its name,
   * and no sub-interfaces ({@code childs} empty, not null).
   */
  NetworkInterface networkInterface(
      String name, int index, InetAddress[] addresses, InterfaceAddress[] bindings);

  /**
   * Returns an {@code InterfaceAddress} with these fields.
   *
   * @param broadcast null where there is none
   * @param maskLength the network prefix's bits
   */
  InterfaceAddress interfaceAddress(InetAddress address, Inet4Address broadcast, short maskLength);

  /**
   * Returns the JDK's own cleaner ({@code jdk.internal.ref.CleanerFactory.cleaner()}), for sockets
   * that are not closed; null for none.
   */
  default Cleaner cleaner() {
    return null;
  }

  /**
   * Returns those of {@code jdk.net.ExtendedSocketOptions.TCP_KEEPIDLE}, {@code TCP_KEEPINTERVAL}
   * and {@code TCP_KEEPCOUNT} that {@code supportedOptions()} shall list. They work even when not
   * listed.
   */
  default List<SocketOption<Integer>> keepAliveOptions() {
    return List.of();
  }

  /**
   * Returns {@code jdk.net.ExtendedSocketOptions.IP_DONTFRAGMENT} when the {@code
   * supportedOptions()} of datagram sockets shall list it, else null. It works even when not
   * listed.
   */
  default SocketOption<Boolean> dontFragmentOption() {
    return null;
  }
}

package org.demitasse.net.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;

/**
 * The door of the network stack: everything above (the JDK's providers, the gateway) reaches it
 * through this interface. Implementations are safe for use by any number of threads.
 */
public interface SocketStack {
  /** Returns a new, unbound, unconnected TCP socket. */
  TcpSocket openTcp() throws IOException;

  /** Returns a new, unbound TCP listener. */
  TcpListener openTcpListener() throws IOException;

  /** Returns a new, unbound UDP socket. */
  UdpSocket openUdp() throws IOException;

  /** Returns the names' resolver. */
  Resolver resolver();

  /** Returns a snapshot of the interfaces, loopback first, indexes from 1. */
  List<InterfaceInfo> interfaces();

  /** Returns this machine's host name, never empty ({@code localhost} when nobody gave one). */
  String hostName();

  /**
   * Sends an ICMP echo and waits for its answer; blocks the calling thread.
   *
   * @return whether the answer came within {@code timeoutMillis}
   */
  boolean ping(InetAddress address, int ttl, int timeoutMillis) throws IOException;
}

package org.demitasse.net.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** One UDP socket (RFC 768). No method ever waits. */
public interface UdpSocket extends Pollable, AutoCloseable {
  void bind(InetSocketAddress local) throws IOException;

  /** Limits the socket to one peer; ICMP errors from it are then reported by receive and send. */
  void connect(InetSocketAddress remote) throws IOException;

  void disconnect() throws IOException;

  InetSocketAddress localAddress();

  /** Returns the connected peer, or null. */
  InetSocketAddress remoteAddress();

  /**
   * Takes the next datagram; bytes that do not fit into {@code target} are lost.
   *
   * @return its sender, or null when there is none now
   * @throws java.net.PortUnreachableException when connected and the peer refused an earlier
   *     datagram
   */
  InetSocketAddress receive(ByteBuffer target) throws IOException;

  /**
   * Sends one datagram of all remaining bytes.
   *
   * @param remote null when connected
   * @return false when there is no room now
   */
  boolean send(ByteBuffer source, InetSocketAddress remote) throws IOException;

  /** Joins a group on the interface of that index (0: the default one); source null: any source. */
  void join(InetAddress group, int interfaceIndex, InetAddress source) throws IOException;

  void leave(InetAddress group, int interfaceIndex, InetAddress source) throws IOException;

  <T> void setOption(SocketSetting<T> option, T value) throws IOException;

  <T> T getOption(SocketSetting<T> option) throws IOException;

  @Override
  void close();
}

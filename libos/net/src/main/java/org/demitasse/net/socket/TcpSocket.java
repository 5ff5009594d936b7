package org.demitasse.net.socket;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * One TCP connection (RFC 9293). No method ever waits: what cannot be done now says so, and {@link
 * Pollable} tells when it can. Blocking, timeouts and interrupts are the callers' part.
 *
 * <p>Exceptions are those of {@code java.net}: {@link java.net.BindException}, {@link
 * java.net.ConnectException}, {@link java.net.NoRouteToHostException}, {@link
 * java.net.PortUnreachableException}, {@link java.net.SocketException} ("Connection reset", "Broken
 * pipe", "Socket closed"), with the JDK's messages.
 */
public interface TcpSocket extends Pollable, AutoCloseable {
  /** Binds; port 0 takes a free one, an any-address binds to every interface. */
  void bind(InetSocketAddress local) throws IOException;

  /**
   * Starts to connect (binds first when unbound). Returns true when connected already, else {@link
   * #WRITE} readiness announces the end of the attempt.
   */
  boolean connect(InetSocketAddress remote) throws IOException;

  /** Returns true once connected, false while the attempt lasts; throws when it has failed. */
  boolean finishConnect() throws IOException;

  boolean isConnected();

  /** Returns the local address, or null when unbound. */
  InetSocketAddress localAddress();

  /** Returns the peer's address, or null when not connected. */
  InetSocketAddress remoteAddress();

  /**
   * Reads into {@code target}. Returns the bytes read, 0 when there are none now, -1 at the end.
   */
  int read(ByteBuffer target) throws IOException;

  /**
   * Queues bytes of {@code source} to be sent. Returns how many were taken, 0 when there is no
   * room.
   */
  int write(ByteBuffer source) throws IOException;

  /** Returns how many bytes {@link #read} would give now. */
  int available() throws IOException;

  /** Sends no more: a FIN after what is queued. */
  void shutdownOutput() throws IOException;

  /** Reads no more: {@link #read} answers -1, what arrives is acknowledged and dropped. */
  void shutdownInput() throws IOException;

  <T> void setOption(SocketSetting<T> option, T value) throws IOException;

  <T> T getOption(SocketSetting<T> option) throws IOException;

  /**
   * Closes. What is queued is still sent (unless {@link SocketSetting#LINGER} is 0: then the
   * connection is reset). Every later call throws "Socket closed". Closing twice is no error.
   */
  @Override
  void close();
}

package org.demitasse.net.socket;

import java.io.IOException;
import java.net.InetSocketAddress;

/** A listening TCP socket; {@link Pollable#READ} says that {@link #accept()} has a connection. */
public interface TcpListener extends Pollable, AutoCloseable {
  /**
   * Binds and listens.
   *
   * @param backlog at most this many connections wait to be accepted; values below 1 mean the
   *     default
   * @throws java.net.BindException "Address already in use", "Cannot assign requested address"
   */
  void listen(InetSocketAddress local, int backlog) throws IOException;

  /** Returns the next connection, or null when there is none now. */
  TcpSocket accept() throws IOException;

  /** Returns the address, or null when not listening. */
  InetSocketAddress localAddress();

  <T> void setOption(SocketSetting<T> option, T value) throws IOException;

  <T> T getOption(SocketSetting<T> option) throws IOException;

  /** Stops listening; connections that nobody accepted are reset. */
  @Override
  void close();
}

package org.demitasse.nio.channels;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import org.demitasse.nio.net.DemitasseSocketImpl;

/** A server channel's {@code socket()}. */
final class ServerSocketAdaptor extends ServerSocket {
  private static final int DEFAULT_BACKLOG = 50;

  private final DemitasseServerSocketChannel channel;
  private final AdaptorOptions options;

  ServerSocketAdaptor(DemitasseServerSocketChannel channel) {
    // The constructor wants an implementation; this one is never created, for all methods go to the
    // channel.
    super(new DemitasseSocketImpl(true));
    this.channel = channel;
    options = new AdaptorOptions(channel);
  }

  @Override
  public void bind(SocketAddress local) throws IOException {
    bind(local, DEFAULT_BACKLOG);
  }

  @Override
  public void bind(SocketAddress local, int backlog) throws IOException {
    try {
      channel.bind(local != null ? local : new InetSocketAddress(0), backlog);
    } catch (Exception e) {
      throw SocketErrors.translate(e);
    }
  }

  @Override
  public InetAddress getInetAddress() {
    InetSocketAddress local = channel.localAddress();
    return local == null ? null : local.getAddress();
  }

  @Override
  public int getLocalPort() {
    InetSocketAddress local = channel.localAddress();
    return local == null ? -1 : local.getPort();
  }

  @Override
  public SocketAddress getLocalSocketAddress() {
    return channel.localAddress();
  }

  @Override
  public Socket accept() throws IOException {
    try {
      long nanos = options.timeoutNanos();
      SocketChannel accepted = nanos > 0 ? channel.blockingAccept(nanos) : channel.accept();
      if (accepted == null) {
        throw new IllegalBlockingModeException();
      }
      return accepted.socket();
    } catch (Exception e) {
      throw SocketErrors.translate(e);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  @Override
  public ServerSocketChannel getChannel() {
    return channel;
  }

  @Override
  public boolean isBound() {
    return channel.localAddress() != null;
  }

  @Override
  public boolean isClosed() {
    return !channel.isOpen();
  }

  @Override
  public void setSoTimeout(int millis) throws SocketException {
    options.setTimeout(millis);
  }

  @Override
  public int getSoTimeout() throws SocketException {
    return options.timeout();
  }

  @Override
  public void setReuseAddress(boolean on) throws SocketException {
    options.set(StandardSocketOptions.SO_REUSEADDR, on);
  }

  @Override
  public boolean getReuseAddress() throws SocketException {
    return options.get(StandardSocketOptions.SO_REUSEADDR);
  }

  @Override
  public void setReceiveBufferSize(int size) throws SocketException {
    if (size <= 0) {
      throw new IllegalArgumentException("size cannot be 0 or negative");
    }
    options.set(StandardSocketOptions.SO_RCVBUF, size);
  }

  @Override
  public int getReceiveBufferSize() throws SocketException {
    return options.get(StandardSocketOptions.SO_RCVBUF);
  }

  @Override
  public <T> ServerSocket setOption(SocketOption<T> option, T value) throws IOException {
    channel.setOption(option, value);
    return this;
  }

  @Override
  public <T> T getOption(SocketOption<T> option) throws IOException {
    return channel.getOption(option);
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return channel.supportedOptions();
  }

  @Override
  public String toString() {
    if (!isBound()) {
      return "ServerSocket[unbound]";
    }
    return "ServerSocket[addr=" + getInetAddress() + ",localport=" + getLocalPort() + "]";
  }
}

package org.demitasse.nio.channels;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A channel's {@code socket()}. */
final class SocketAdaptor extends Socket {
  private final DemitasseSocketChannel channel;
  private final AdaptorOptions options;

  private SocketAdaptor(DemitasseSocketChannel channel) throws SocketException {
    super((SocketImpl) null);
    this.channel = channel;
    options = new AdaptorOptions(channel);
  }

  static Socket of(DemitasseSocketChannel channel) {
    try {
      return new SocketAdaptor(channel);
    } catch (SocketException e) {
      throw new AssertionError("a Socket without an implementation has nothing that could fail", e);
    }
  }

  @Override
  public void connect(SocketAddress remote) throws IOException {
    connect(remote, 0);
  }

  @Override
  public void connect(SocketAddress remote, int millis) throws IOException {
    if (remote == null) {
      throw new IllegalArgumentException("connect: The address can't be null");
    }
    if (remote instanceof InetSocketAddress inet && inet.isUnresolved()) {
      options.ensureOpen();
      if (channel.isConnected()) {
        throw new SocketException("Already connected");
      }
      close();
      throw new UnknownHostException(remote.toString());
    }
    if (millis < 0) {
      throw new IllegalArgumentException("connect: timeout can't be negative");
    }
    try {
      channel.blockingConnect(remote, TimeUnit.MILLISECONDS.toNanos(millis));
    } catch (Exception e) {
      throw SocketErrors.translate(e);
    }
  }

  @Override
  public void bind(SocketAddress local) throws IOException {
    try {
      channel.bind(local);
    } catch (Exception e) {
      throw SocketErrors.translate(e);
    }
  }

  @Override
  public InetAddress getInetAddress() {
    InetSocketAddress remote = channel.remoteAddress();
    return remote == null ? null : remote.getAddress();
  }

  @Override
  public InetAddress getLocalAddress() {
    InetSocketAddress local = channel.isOpen() ? channel.localAddress() : null;
    return local != null ? local.getAddress() : new InetSocketAddress(0).getAddress();
  }

  @Override
  public int getPort() {
    InetSocketAddress remote = channel.remoteAddress();
    return remote == null ? 0 : remote.getPort();
  }

  @Override
  public int getLocalPort() {
    InetSocketAddress local = channel.localAddress();
    return local == null ? -1 : local.getPort();
  }

  @Override
  public SocketAddress getRemoteSocketAddress() {
    return channel.remoteAddress();
  }

  @Override
  public SocketAddress getLocalSocketAddress() {
    return channel.localAddress();
  }

  @Override
  public SocketChannel getChannel() {
    return channel;
  }

  @Override
  public InputStream getInputStream() throws IOException {
    options.ensureOpen();
    if (!channel.isConnected()) {
      throw new SocketException("Socket is not connected");
    }
    if (channel.isInputShut()) {
      throw new SocketException("Socket input is shutdown");
    }
    return SocketStreams.input(channel, options::timeoutNanos);
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    options.ensureOpen();
    if (!channel.isConnected()) {
      throw new SocketException("Socket is not connected");
    }
    if (channel.isOutputShut()) {
      throw new SocketException("Socket output is shutdown");
    }
    return SocketStreams.output(channel);
  }

  @Override
  public void setTcpNoDelay(boolean on) throws SocketException {
    options.set(StandardSocketOptions.TCP_NODELAY, on);
  }

  @Override
  public boolean getTcpNoDelay() throws SocketException {
    return options.get(StandardSocketOptions.TCP_NODELAY);
  }

  @Override
  public void setSoLinger(boolean on, int seconds) throws SocketException {
    options.set(StandardSocketOptions.SO_LINGER, on ? seconds : -1);
  }

  @Override
  public int getSoLinger() throws SocketException {
    return options.get(StandardSocketOptions.SO_LINGER);
  }

  @Override
  public void sendUrgentData(int data) throws IOException {
    throw new SocketException("Urgent data not supported");
  }

  @Override
  public void setOOBInline(boolean on) throws SocketException {
    options.ensureOpen();
    if (!on) {
      throw new SocketException(
          "SO_OOBINLINE cannot be switched off: urgent data always stays in the stream");
    }
  }

  @Override
  public boolean getOOBInline() throws SocketException {
    options.ensureOpen();
    return true;
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
  public void setSendBufferSize(int size) throws SocketException {
    if (size <= 0) {
      throw new IllegalArgumentException("Invalid send size");
    }
    options.set(StandardSocketOptions.SO_SNDBUF, size);
  }

  @Override
  public int getSendBufferSize() throws SocketException {
    return options.get(StandardSocketOptions.SO_SNDBUF);
  }

  @Override
  public void setReceiveBufferSize(int size) throws SocketException {
    if (size <= 0) {
      throw new IllegalArgumentException("Invalid receive size");
    }
    options.set(StandardSocketOptions.SO_RCVBUF, size);
  }

  @Override
  public int getReceiveBufferSize() throws SocketException {
    return options.get(StandardSocketOptions.SO_RCVBUF);
  }

  @Override
  public void setKeepAlive(boolean on) throws SocketException {
    options.set(StandardSocketOptions.SO_KEEPALIVE, on);
  }

  @Override
  public boolean getKeepAlive() throws SocketException {
    return options.get(StandardSocketOptions.SO_KEEPALIVE);
  }

  @Override
  public void setTrafficClass(int trafficClass) throws SocketException {
    options.set(StandardSocketOptions.IP_TOS, trafficClass);
  }

  @Override
  public int getTrafficClass() throws SocketException {
    return options.get(StandardSocketOptions.IP_TOS);
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
  public void close() throws IOException {
    channel.close();
  }

  @Override
  public void shutdownInput() throws IOException {
    try {
      channel.shutdownInput();
    } catch (Exception e) {
      throw SocketErrors.translate(e);
    }
  }

  @Override
  public void shutdownOutput() throws IOException {
    try {
      channel.shutdownOutput();
    } catch (Exception e) {
      throw SocketErrors.translate(e);
    }
  }

  @Override
  public boolean isConnected() {
    return channel.isConnected();
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
  public boolean isInputShutdown() {
    return channel.isInputShut();
  }

  @Override
  public boolean isOutputShutdown() {
    return channel.isOutputShut();
  }

  @Override
  public <T> Socket setOption(SocketOption<T> option, T value) throws IOException {
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
    if (!channel.isConnected()) {
      return "Socket[unconnected]";
    }
    return "Socket[addr="
        + getInetAddress()
        + ",port="
        + getPort()
        + ",localport="
        + getLocalPort()
        + "]";
  }
}

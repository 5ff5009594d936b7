package org.demitasse.nio.contract;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.MulticastSocket;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.nio.channels.spi.SelectorProvider;

/** The JDK's own sockets on the host. */
final class JdkPlatform implements Platform {
  @Override
  public SelectorProvider provider() {
    return SelectorProvider.provider();
  }

  @Override
  public AsynchronousChannelProvider asynchronousProvider() {
    return AsynchronousChannelProvider.provider();
  }

  @Override
  public Socket socket() {
    return new Socket();
  }

  @Override
  public ServerSocket serverSocket() throws IOException {
    return new ServerSocket();
  }

  @Override
  public DatagramSocket datagramSocket(SocketAddress local) throws IOException {
    return new DatagramSocket(local);
  }

  @Override
  public MulticastSocket multicastSocket(SocketAddress local) throws IOException {
    return new MulticastSocket(local);
  }

  @Override
  public void close() {}
}

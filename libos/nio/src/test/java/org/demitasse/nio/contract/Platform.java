package org.demitasse.nio.contract;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.MulticastSocket;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.nio.channels.spi.SelectorProvider;

/** Where the sockets of a contract's tests come from. */
interface Platform extends AutoCloseable {
  SelectorProvider provider();

  AsynchronousChannelProvider asynchronousProvider();

  Socket socket() throws IOException;

  ServerSocket serverSocket() throws IOException;

  DatagramSocket datagramSocket(SocketAddress local) throws IOException;

  MulticastSocket multicastSocket(SocketAddress local) throws IOException;

  @Override
  void close();
}

package org.demitasse.nio.contract;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.MulticastSocket;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.channels.spi.AsynchronousChannelProvider;
import java.nio.channels.spi.SelectorProvider;
import org.demitasse.net.socket.SocketStack;
import org.demitasse.nio.channels.DemitasseAsynchronousChannelProvider;
import org.demitasse.nio.channels.DemitasseSelectorProvider;
import org.demitasse.nio.net.DemitasseSocketImpl;
import org.demitasse.nio.net.Network;
import org.demitasse.nio.net.OpenedJdkAccess;

/** Our sockets over some stack. */
class DemitassePlatform implements Platform {
  DemitassePlatform(SocketStack stack) {
    Network.install(stack);
    Network.install(new OpenedJdkAccess());
  }

  @Override
  public SelectorProvider provider() {
    return DemitasseSelectorProvider.get();
  }

  @Override
  public AsynchronousChannelProvider asynchronousProvider() {
    return DemitasseAsynchronousChannelProvider.get();
  }

  @Override
  public Socket socket() throws SocketException {
    return new PlatformSocket();
  }

  @Override
  public ServerSocket serverSocket() {
    return new PlatformServerSocket();
  }

  @Override
  public DatagramSocket datagramSocket(SocketAddress local) throws IOException {
    return bound(DemitasseSelectorProvider.get().openDatagramSocketDelegate(), local);
  }

  @Override
  public MulticastSocket multicastSocket(SocketAddress local) throws IOException {
    MulticastSocket socket = DemitasseSelectorProvider.get().openDatagramSocketDelegate();
    socket.setReuseAddress(true);
    return bound(socket, local);
  }

  private static MulticastSocket bound(MulticastSocket socket, SocketAddress local)
      throws IOException {
    if (local != null) {
      socket.bind(local);
    }
    return socket;
  }

  @Override
  public void close() {
    Network.install((SocketStack) null);
  }

  private static final class PlatformSocket extends Socket {
    PlatformSocket() throws SocketException {
      super(new DemitasseSocketImpl(false));
    }
  }

  private static final class PlatformServerSocket extends ServerSocket {
    PlatformServerSocket() {
      super(new DemitasseSocketImpl(true));
    }

    @Override
    public Socket accept() throws IOException {
      if (isClosed()) {
        throw new SocketException("Socket is closed");
      }
      if (!isBound()) {
        throw new SocketException("Socket is not bound yet");
      }
      PlatformSocket socket = new PlatformSocket();
      implAccept(socket);
      return socket;
    }
  }
}

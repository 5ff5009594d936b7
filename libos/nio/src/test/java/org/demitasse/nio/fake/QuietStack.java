package org.demitasse.nio.fake;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.demitasse.net.socket.InterfaceInfo;
import org.demitasse.net.socket.Resolver;
import org.demitasse.net.socket.SocketSetting;
import org.demitasse.net.socket.SocketStack;
import org.demitasse.net.socket.TcpListener;
import org.demitasse.net.socket.TcpSocket;
import org.demitasse.net.socket.UdpSocket;

/** A stack whose connections are always ready, swallow what is written, and allocate nothing. */
public final class QuietStack implements SocketStack {
  @Override
  public TcpSocket openTcp() {
    return new QuietTcp();
  }

  @Override
  public TcpListener openTcpListener() {
    throw new UnsupportedOperationException();
  }

  @Override
  public UdpSocket openUdp() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Resolver resolver() {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<InterfaceInfo> interfaces() {
    return List.of();
  }

  @Override
  public String hostName() {
    return "quiet";
  }

  @Override
  public boolean ping(InetAddress address, int ttl, int timeoutMillis) {
    return false;
  }

  private static final class QuietTcp implements TcpSocket {
    private final InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);

    @Override
    public void bind(InetSocketAddress local) {}

    @Override
    public boolean connect(InetSocketAddress remote) {
      return true;
    }

    @Override
    public boolean finishConnect() {
      return true;
    }

    @Override
    public boolean isConnected() {
      return true;
    }

    @Override
    public InetSocketAddress localAddress() {
      return address;
    }

    @Override
    public InetSocketAddress remoteAddress() {
      return address;
    }

    @Override
    public int read(ByteBuffer target) {
      int n = target.remaining();
      target.position(target.limit());
      return n;
    }

    @Override
    public int write(ByteBuffer source) {
      int n = source.remaining();
      source.position(source.limit());
      return n;
    }

    @Override
    public int available() {
      return 1;
    }

    @Override
    public void shutdownOutput() {}

    @Override
    public void shutdownInput() {}

    @Override
    public <T> void setOption(SocketSetting<T> option, T value) {}

    @Override
    public <T> T getOption(SocketSetting<T> option) {
      return option.type().cast(-1);
    }

    @Override
    public int readiness() {
      return READ | WRITE;
    }

    @Override
    public void addListener(Runnable listener) {}

    @Override
    public void removeListener(Runnable listener) {}

    @Override
    public void close() {}
  }
}

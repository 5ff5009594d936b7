package org.demitasse.nio.channels;

import java.io.IOException;
import java.net.MulticastSocket;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.channels.Channel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.Objects;
import org.demitasse.nio.net.Addresses;
import org.demitasse.nio.net.Network;

/**
 * The provider of all network channels. It has no state: channels take their sockets from the stack
 * that {@link Network} holds when they are opened. Unix domain sockets are not supported: an image
 * is one process and shares no file system with another.
 */
public final class DemitasseSelectorProvider extends SelectorProvider {
  private static final DemitasseSelectorProvider INSTANCE = new DemitasseSelectorProvider();

  /** For the JDK, which creates providers by class name; others use {@link #get()}. */
  public DemitasseSelectorProvider() {}

  /** Returns the one provider of an image. */
  public static DemitasseSelectorProvider get() {
    return INSTANCE;
  }

  private static ProtocolFamily checked(ProtocolFamily family) {
    Objects.requireNonNull(family, "'family' is null");
    if (family == StandardProtocolFamily.INET6 && !Network.ipv6()) {
      throw new UnsupportedOperationException("IPv6 not available");
    }
    if (family != StandardProtocolFamily.INET && family != StandardProtocolFamily.INET6) {
      throw new UnsupportedOperationException("Protocol family not supported");
    }
    return family;
  }

  @Override
  public DatagramChannel openDatagramChannel() throws IOException {
    return new DemitasseDatagramChannel(this, Addresses.defaultFamily(), true);
  }

  @Override
  public DatagramChannel openDatagramChannel(ProtocolFamily family) throws IOException {
    return new DemitasseDatagramChannel(this, checked(family), true);
  }

  /**
   * Returns an unbound socket for {@code java.net.DatagramSocket} and {@code MulticastSocket} to
   * delegate to. Interrupts do not close it as they would a channel's, and it may send broadcasts.
   */
  public MulticastSocket openDatagramSocketDelegate() throws IOException {
    MulticastSocket delegate =
        new DemitasseDatagramChannel(this, Addresses.defaultFamily(), false).adaptor();
    delegate.setBroadcast(true);
    return delegate;
  }

  @Override
  public Pipe openPipe() {
    return new MemoryPipe(this);
  }

  @Override
  public AbstractSelector openSelector() {
    return new DemitasseSelector(this);
  }

  @Override
  public ServerSocketChannel openServerSocketChannel() throws IOException {
    return new DemitasseServerSocketChannel(this, Addresses.defaultFamily());
  }

  @Override
  public ServerSocketChannel openServerSocketChannel(ProtocolFamily family) throws IOException {
    return new DemitasseServerSocketChannel(this, checked(family));
  }

  @Override
  public SocketChannel openSocketChannel() throws IOException {
    return new DemitasseSocketChannel(this, Addresses.defaultFamily());
  }

  @Override
  public SocketChannel openSocketChannel(ProtocolFamily family) throws IOException {
    return new DemitasseSocketChannel(this, checked(family));
  }

  /** Returns null: nobody hands an image a channel when it starts. */
  @Override
  public Channel inheritedChannel() {
    return null;
  }
}

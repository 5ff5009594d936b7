package org.demitasse.nio.channels;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.MembershipKey;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Enumeration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.demitasse.nio.net.Network;

/**
 * A datagram channel's {@code socket()}, and what {@code java.net.DatagramSocket} and {@code
 * MulticastSocket} delegate to.
 */
final class DatagramSocketAdaptor extends MulticastSocket {
  private final DemitasseDatagramChannel channel;
  private final AdaptorOptions options;

  // Keeps the time to live together with the datagram that it is for.
  private final ReentrantLock sendLock = new ReentrantLock();

  private final Object outgoingLock = new Object();
  private NetworkInterface outgoingInterface;
  private InetAddress outgoingAddress;

  private DatagramSocketAdaptor(DemitasseDatagramChannel channel) throws IOException {
    super(Network.jdk().noDelegate());
    this.channel = channel;
    options = new AdaptorOptions(channel);
  }

  static DatagramSocketAdaptor of(DemitasseDatagramChannel channel) {
    try {
      return new DatagramSocketAdaptor(channel);
    } catch (IOException e) {
      throw new AssertionError("a socket without a delegate has nothing that could fail", e);
    }
  }

  private static InetSocketAddress inet(SocketAddress address) {
    if (address instanceof InetSocketAddress inet) {
      return inet;
    }
    throw new UnsupportedAddressTypeException();
  }

  @Override
  public void bind(SocketAddress local) throws SocketException {
    SocketAddress target = local == null ? new InetSocketAddress(0) : inet(local);
    try {
      channel.bind(target);
    } catch (Exception e) {
      throw SocketErrors.translateToSocketException(e);
    }
  }

  private void connectAgain(InetSocketAddress remote) throws SocketException {
    try {
      channel.connect(remote, false);
    } catch (ClosedChannelException e) {
      // DatagramSocket.connect on a closed socket does nothing, by its specification.
      return;
    } catch (Exception e) {
      throw SocketErrors.translateToSocketException(e);
    }
  }

  @Override
  public void connect(InetAddress address, int port) {
    if (address == null) {
      throw new IllegalArgumentException("Address can't be null");
    }
    try {
      connectAgain(new InetSocketAddress(address, port));
    } catch (SocketException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void connect(SocketAddress remote) throws SocketException {
    if (remote == null) {
      throw new IllegalArgumentException("Address can't be null");
    }
    connectAgain(inet(remote));
  }

  @Override
  public void disconnect() {
    try {
      channel.disconnect();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public boolean isBound() {
    return channel.localAddress() != null;
  }

  @Override
  public boolean isConnected() {
    return channel.remoteAddress() != null;
  }

  @Override
  public InetAddress getInetAddress() {
    InetSocketAddress remote = channel.remoteAddress();
    return remote == null ? null : remote.getAddress();
  }

  @Override
  public int getPort() {
    InetSocketAddress remote = channel.remoteAddress();
    return remote == null ? -1 : remote.getPort();
  }

  @Override
  public SocketAddress getRemoteSocketAddress() {
    return channel.remoteAddress();
  }

  @Override
  public SocketAddress getLocalSocketAddress() {
    return isClosed() ? null : channel.localAddress();
  }

  @Override
  public void send(DatagramPacket packet) throws IOException {
    try {
      synchronized (packet) {
        channel.blockingSend(packet);
      }
    } catch (AlreadyConnectedException e) {
      throw new IllegalArgumentException("Connected and packet address differ", e);
    } catch (ClosedChannelException e) {
      throw new SocketException("Socket closed", e);
    }
  }

  @Override
  public void receive(DatagramPacket packet) throws IOException {
    try {
      channel.blockingReceive(packet, options.timeoutNanos());
    } catch (SocketTimeoutException | ClosedByInterruptException e) {
      throw e;
    } catch (InterruptedIOException e) {
      close();
      throw new SocketException("Closed by interrupt");
    } catch (ClosedChannelException e) {
      throw new SocketException("Socket closed", e);
    }
  }

  @Override
  public InetAddress getLocalAddress() {
    if (isClosed()) {
      return null;
    }
    InetSocketAddress local = channel.localAddress();
    return local != null ? local.getAddress() : new InetSocketAddress(0).getAddress();
  }

  @Override
  public int getLocalPort() {
    if (isClosed()) {
      return -1;
    }
    InetSocketAddress local = channel.localAddress();
    return local != null ? local.getPort() : 0;
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
  public void setReuseAddress(boolean on) throws SocketException {
    options.set(StandardSocketOptions.SO_REUSEADDR, on);
  }

  @Override
  public boolean getReuseAddress() throws SocketException {
    return options.get(StandardSocketOptions.SO_REUSEADDR);
  }

  @Override
  public void setBroadcast(boolean on) throws SocketException {
    options.set(StandardSocketOptions.SO_BROADCAST, on);
  }

  @Override
  public boolean getBroadcast() throws SocketException {
    return options.get(StandardSocketOptions.SO_BROADCAST);
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
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new AssertionError("closing a datagram channel does not fail", e);
    }
  }

  @Override
  public boolean isClosed() {
    return !channel.isOpen();
  }

  @Override
  public DatagramChannel getChannel() {
    return channel;
  }

  @Override
  public <T> DatagramSocket setOption(SocketOption<T> option, T value) throws IOException {
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
  @Deprecated
  @SuppressWarnings("removal")
  public void setTTL(byte ttl) throws IOException {
    setTimeToLive(Byte.toUnsignedInt(ttl));
  }

  @Override
  @Deprecated
  @SuppressWarnings("removal")
  public byte getTTL() throws IOException {
    return (byte) getTimeToLive();
  }

  @Override
  public void setTimeToLive(int ttl) throws IOException {
    sendLock.lock();
    try {
      options.set(StandardSocketOptions.IP_MULTICAST_TTL, ttl);
    } finally {
      sendLock.unlock();
    }
  }

  @Override
  public int getTimeToLive() throws IOException {
    sendLock.lock();
    try {
      return options.get(StandardSocketOptions.IP_MULTICAST_TTL);
    } finally {
      sendLock.unlock();
    }
  }

  @Override
  @Deprecated
  @SuppressWarnings("removal")
  public void send(DatagramPacket packet, byte ttl) throws IOException {
    sendLock.lock();
    try {
      int before = getTimeToLive();
      try {
        setTimeToLive(Byte.toUnsignedInt(ttl));
        send(packet);
      } finally {
        setTimeToLive(before);
      }
    } finally {
      sendLock.unlock();
    }
  }

  @Override
  @Deprecated
  public void joinGroup(InetAddress group) throws IOException {
    Objects.requireNonNull(group);
    try {
      joinGroup(new InetSocketAddress(group, 0), null);
    } catch (IllegalArgumentException e) {
      throw new SocketException("joinGroup failed", e);
    }
  }

  @Override
  @Deprecated
  public void leaveGroup(InetAddress group) throws IOException {
    Objects.requireNonNull(group);
    try {
      leaveGroup(new InetSocketAddress(group, 0), null);
    } catch (IllegalArgumentException e) {
      throw new SocketException("leaveGroup failed", e);
    }
  }

  private static InetAddress checkGroup(SocketAddress address) throws SocketException {
    if (!(address instanceof InetSocketAddress inet)) {
      throw new IllegalArgumentException("Unsupported address type");
    }
    InetAddress group = inet.getAddress();
    if (group == null) {
      throw new IllegalArgumentException("Unresolved address");
    }
    if (!group.isMulticastAddress()) {
      throw new SocketException("Not a multicast address");
    }
    return group;
  }

  @Override
  public void joinGroup(SocketAddress address, NetworkInterface networkInterface)
      throws IOException {
    InetAddress group = checkGroup(address);
    NetworkInterface chosen = networkInterface != null ? networkInterface : getNetworkInterface();
    options.ensureOpen();
    synchronized (this) {
      if (channel.membership(group, chosen) != null) {
        throw new SocketException("Already a member of group");
      }
      channel.join(group, chosen);
    }
  }

  @Override
  public void leaveGroup(SocketAddress address, NetworkInterface networkInterface)
      throws IOException {
    InetAddress group = checkGroup(address);
    NetworkInterface chosen = networkInterface != null ? networkInterface : getNetworkInterface();
    options.ensureOpen();
    synchronized (this) {
      MembershipKey membership = channel.membership(group, chosen);
      if (membership == null) {
        throw new SocketException("Not a member of group");
      }
      membership.drop();
    }
  }

  @Override
  @Deprecated
  public void setInterface(InetAddress address) throws SocketException {
    if (address == null) {
      throw new SocketException("Invalid value 'null'");
    }
    NetworkInterface found = NetworkInterface.getByInetAddress(address);
    if (found == null) {
      throw new SocketException(
          "No network interface found with address " + address.getHostAddress());
    }
    synchronized (outgoingLock) {
      setNetworkInterface(found);
      outgoingInterface = found;
      outgoingAddress = address;
    }
  }

  @Override
  @Deprecated
  public InetAddress getInterface() throws SocketException {
    synchronized (outgoingLock) {
      NetworkInterface chosen = options.get(StandardSocketOptions.IP_MULTICAST_IF);
      if (chosen == null) {
        return new InetSocketAddress(0).getAddress();
      }
      if (!chosen.equals(outgoingInterface)) {
        Enumeration<InetAddress> addresses = chosen.getInetAddresses();
        outgoingInterface = chosen;
        outgoingAddress = addresses.hasMoreElements() ? addresses.nextElement() : null;
      }
      return outgoingAddress;
    }
  }

  @Override
  public void setNetworkInterface(NetworkInterface networkInterface) throws SocketException {
    options.set(StandardSocketOptions.IP_MULTICAST_IF, networkInterface);
  }

  /**
   * Returns the interface that multicast leaves by; one of index 0 stands for the stack's choice.
   */
  @Override
  public NetworkInterface getNetworkInterface() throws SocketException {
    NetworkInterface chosen = options.get(StandardSocketOptions.IP_MULTICAST_IF);
    if (chosen != null) {
      return chosen;
    }
    InetAddress any = new InetSocketAddress(0).getAddress();
    return Network.jdk().networkInterface(any.getHostName(), 0, new InetAddress[] {any}, null);
  }

  @Override
  @Deprecated
  public void setLoopbackMode(boolean disable) throws SocketException {
    options.set(StandardSocketOptions.IP_MULTICAST_LOOP, !disable);
  }

  @Override
  @Deprecated
  public boolean getLoopbackMode() throws SocketException {
    return !options.get(StandardSocketOptions.IP_MULTICAST_LOOP);
  }
}

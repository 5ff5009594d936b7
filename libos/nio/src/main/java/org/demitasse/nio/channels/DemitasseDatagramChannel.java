package org.demitasse.nio.channels;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.ref.Cleaner;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.net.PortUnreachableException;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.MembershipKey;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.spi.SelectorProvider;
import java.util.Objects;
import java.util.Set;
import org.demitasse.net.socket.Pollable;
import org.demitasse.net.socket.SocketSetting;
import org.demitasse.net.socket.UdpSocket;
import org.demitasse.nio.net.Abandoned;
import org.demitasse.nio.net.Addresses;
import org.demitasse.nio.net.Network;
import org.demitasse.nio.net.SocketSettings;
import org.demitasse.nio.net.Waiters;

/** A UDP socket as a channel. */
final class DemitasseDatagramChannel extends DatagramChannel implements SelectableSocket {
  /** The most that one datagram can carry, in bytes (RFC 768: a 16-bit length). */
  private static final int MAX_DATAGRAM = 65535;

  private static final int DRAIN_SIZE = 1;

  private final ProtocolFamily family;
  private final boolean interruptible;
  private final UdpSocket udp;
  private final Waiters waiters;
  private final Cleaner.Cleanable abandoned;

  private final Directions directions = new Directions();

  // Guards what follows; never held while waiting.
  private final Object stateLock = new Object();
  private InetSocketAddress localAddress;
  private InetSocketAddress unconnectedLocalAddress;
  private InetSocketAddress remoteAddress;
  private Memberships memberships;
  private DatagramSocketAdaptor socket;

  // Under the lock of their direction: whole datagrams for scattering reads and gathering writes,
  // and the arrays that the last packets had.
  private ByteBuffer scatterBuffer;
  private ByteBuffer gatherBuffer;
  private final ArrayView receiveView = new ArrayView();
  private final ArrayView sendView = new ArrayView();

  /**
   * @param interruptible whether an interrupt closes the channel
   */
  DemitasseDatagramChannel(SelectorProvider provider, ProtocolFamily family, boolean interruptible)
      throws IOException {
    super(provider);
    this.family = family;
    this.interruptible = interruptible;
    this.udp = Network.stack().openUdp();
    this.waiters = new Waiters(udp);
    this.abandoned = Abandoned.watch(this, udp);
  }

  private void ensureOpen() throws ClosedChannelException {
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
  }

  @Override
  public DatagramSocket socket() {
    return adaptor();
  }

  MulticastSocket adaptor() {
    synchronized (stateLock) {
      if (socket == null) {
        socket = DatagramSocketAdaptor.of(this);
      }
      return socket;
    }
  }

  @Override
  public SocketAddress getLocalAddress() throws IOException {
    synchronized (stateLock) {
      ensureOpen();
      return localAddress;
    }
  }

  @Override
  public SocketAddress getRemoteAddress() throws IOException {
    synchronized (stateLock) {
      ensureOpen();
      return remoteAddress;
    }
  }

  /** Returns the local address, also of a closed channel. */
  InetSocketAddress localAddress() {
    synchronized (stateLock) {
      return localAddress;
    }
  }

  /** Returns the peer's address, also of a closed channel. */
  InetSocketAddress remoteAddress() {
    synchronized (stateLock) {
      return remoteAddress;
    }
  }

  @Override
  public <T> DatagramChannel setOption(SocketOption<T> option, T value) throws IOException {
    SocketSettings.checkSupported(option, value, supportedOptions());
    synchronized (stateLock) {
      ensureOpen();
      if (option == StandardSocketOptions.IP_MULTICAST_IF) {
        udp.setOption(
            SocketSetting.MULTICAST_INTERFACE, Memberships.index((NetworkInterface) value));
      } else {
        udp.setOption(SocketSettings.of(option), SocketSettings.inRange(option, value));
      }
      return this;
    }
  }

  @Override
  public <T> T getOption(SocketOption<T> option) throws IOException {
    SocketSettings.checkSupported(option, supportedOptions());
    synchronized (stateLock) {
      ensureOpen();
      if (option == StandardSocketOptions.IP_MULTICAST_IF) {
        return option.type().cast(Memberships.outgoingInterface(udp));
      }
      return udp.getOption(SocketSettings.of(option));
    }
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return SocketSettings.datagram();
  }

  /**
   * Waits once, between begin and end. Only a channel that closes when interrupted ever stops
   * waiting for an interrupt; the socket of a platform thread puts it aside.
   *
   * @return whether an interrupt was put aside
   * @throws InterruptedIOException when a virtual thread that uses such a socket was interrupted
   */
  private boolean await(int event, long nanos) throws InterruptedIOException {
    if (interruptible) {
      waiters.park(event, nanos);
      if (Thread.currentThread().isInterrupted()) {
        // Closes the channel now: see DemitasseSocketChannel.await.
        begin();
      }
      return false;
    }
    if (!Thread.currentThread().isVirtual()) {
      return waiters.parkAsideInterrupt(event, nanos);
    }
    waiters.park(event, nanos);
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException();
    }
    return false;
  }

  /** Begins an operation; returns the peer, null when there is none. */
  private InetSocketAddress begin(boolean blocking, boolean mustBeConnected) throws IOException {
    if (blocking && interruptible) {
      begin();
    }
    synchronized (stateLock) {
      ensureOpen();
      if (remoteAddress == null && mustBeConnected) {
        throw new NotYetConnectedException();
      }
      if (localAddress == null) {
        bindLocked(null);
      }
      return remoteAddress;
    }
  }

  private void end(boolean blocking, boolean completed, boolean interruptedAside)
      throws AsynchronousCloseException {
    if (interruptedAside) {
      Thread.currentThread().interrupt();
    }
    if (blocking) {
      if (interruptible) {
        end(completed);
      } else if (!completed && !isOpen()) {
        throw new AsynchronousCloseException();
      }
    }
  }

  @Override
  public SocketAddress receive(ByteBuffer target) throws IOException {
    if (target.isReadOnly()) {
      throw new IllegalArgumentException("Read-only buffer");
    }
    directions.read.lock();
    try {
      ensureOpen();
      boolean blocking = isBlocking();
      InetSocketAddress sender = null;
      boolean interrupted = false;
      try {
        begin(blocking, false);
        sender = udp.receive(target);
        while (sender == null && blocking && isOpen()) {
          interrupted |= await(Pollable.READ, 0);
          sender = isOpen() ? udp.receive(target) : null;
        }
        return sender;
      } finally {
        end(blocking, sender != null, interrupted);
      }
    } finally {
      directions.read.unlock();
    }
  }

  /**
   * Receives into a packet within {@code nanos} nanoseconds (0: any time). The packet's monitor is
   * held only while it is filled, so that a virtual thread that waits gives its carrier away.
   */
  void blockingReceive(DatagramPacket packet, long nanos) throws IOException {
    directions.read.lock();
    try {
      ensureOpen();
      if (!isBlocking()) {
        throw new IllegalBlockingModeException();
      }
      boolean received = false;
      boolean interrupted = false;
      try {
        begin(true, false);
        long start = nanos > 0 ? System.nanoTime() : 0;
        received = receive(packet);
        while (!received && isOpen()) {
          interrupted |= await(Pollable.READ, SocketErrors.left(nanos, start, "Receive timed out"));
          received = isOpen() && receive(packet);
        }
      } finally {
        end(true, received, interrupted);
      }
    } finally {
      directions.read.unlock();
    }
  }

  private boolean receive(DatagramPacket packet) throws IOException {
    synchronized (packet) {
      byte[] data = packet.getData();
      int offset = packet.getOffset();
      int room = Network.jdk().bufferLength(packet);
      ByteBuffer target = receiveView.of(data, offset, room);
      InetSocketAddress sender = udp.receive(target);
      if (sender == null) {
        return false;
      }
      Network.jdk().receivedLength(packet, target.position() - offset);
      packet.setSocketAddress(sender);
      return true;
    }
  }

  @Override
  public int send(ByteBuffer source, SocketAddress target) throws IOException {
    Objects.requireNonNull(source);
    InetSocketAddress inet = SocketErrors.checkAddress(target, family);
    directions.write.lock();
    try {
      ensureOpen();
      boolean blocking = isBlocking();
      int length = source.remaining();
      boolean sent = false;
      boolean interrupted = false;
      try {
        InetSocketAddress peer = begin(blocking, false);
        if (peer != null) {
          if (!target.equals(peer)) {
            throw new AlreadyConnectedException();
          }
          inet = null;
        } else if (inet.getPort() == 0) {
          throw new SocketException("Can't send to port 0");
        }
        sent = transmit(source, inet);
        while (!sent && blocking && isOpen()) {
          interrupted |= await(Pollable.WRITE, 0);
          sent = isOpen() && transmit(source, inet);
        }
      } finally {
        end(blocking, sent, interrupted);
      }
      return sent ? length : 0;
    } finally {
      directions.write.unlock();
    }
  }

  /** Sends; a peer that refused an earlier datagram matters to a connected socket alone. */
  private boolean transmit(ByteBuffer source, InetSocketAddress target) throws IOException {
    try {
      boolean sent = udp.send(source, target);
      if (sent) {
        source.position(source.limit());
      }
      return sent;
    } catch (PortUnreachableException e) {
      if (target == null) {
        throw e;
      }
      source.position(source.limit());
      return true;
    }
  }

  /** Sends a packet, in blocking mode; the caller holds the packet's monitor. */
  void blockingSend(DatagramPacket packet) throws IOException {
    directions.write.lock();
    try {
      ensureOpen();
      if (!isBlocking()) {
        throw new IllegalBlockingModeException();
      }
      ByteBuffer source = sendView.of(packet.getData(), packet.getOffset(), packet.getLength());
      InetSocketAddress target;
      if (packet.getAddress() == null) {
        target = remoteAddress();
        if (target == null) {
          throw new IllegalArgumentException("Address not set");
        }
        packet.setAddress(target.getAddress());
        packet.setPort(target.getPort());
      } else {
        target = (InetSocketAddress) packet.getSocketAddress();
      }
      send(source, target);
    } finally {
      directions.write.unlock();
    }
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    Objects.requireNonNull(target);
    directions.read.lock();
    try {
      return readLocked(target);
    } finally {
      directions.read.unlock();
    }
  }

  private int readLocked(ByteBuffer target) throws IOException {
    ensureOpen();
    boolean blocking = isBlocking();
    boolean interrupted = false;
    int first = target.position();
    boolean received = false;
    try {
      begin(blocking, true);
      if (target.isReadOnly()) {
        throw new IllegalArgumentException("Read-only buffer");
      }
      if (!target.hasRemaining()) {
        return 0;
      }
      received = udp.receive(target) != null;
      while (!received && blocking && isOpen()) {
        interrupted |= await(Pollable.READ, 0);
        received = isOpen() && udp.receive(target) != null;
      }
      return target.position() - first;
    } finally {
      end(blocking, received, interrupted);
    }
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, targets.length);
    directions.read.lock();
    try {
      boolean room = Scatter.hasRoom(targets, offset, length);
      int wanted = Math.min(Scatter.remaining(targets, offset, length), MAX_DATAGRAM);
      if (scatterBuffer == null || scatterBuffer.capacity() < wanted) {
        scatterBuffer = ByteBuffer.allocate(wanted);
      }
      scatterBuffer.clear().limit(room ? wanted : 0);
      int n = readLocked(scatterBuffer);
      scatterBuffer.flip();
      Scatter.spread(scatterBuffer, targets, offset);
      return n;
    } finally {
      directions.read.unlock();
    }
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    Objects.requireNonNull(source);
    directions.write.lock();
    try {
      return writeLocked(source);
    } finally {
      directions.write.unlock();
    }
  }

  private int writeLocked(ByteBuffer source) throws IOException {
    ensureOpen();
    boolean blocking = isBlocking();
    int length = source.remaining();
    boolean sent = false;
    boolean interrupted = false;
    try {
      begin(blocking, true);
      sent = transmit(source, null);
      while (!sent && blocking && isOpen()) {
        interrupted |= await(Pollable.WRITE, 0);
        sent = isOpen() && transmit(source, null);
      }
      return sent ? length : 0;
    } finally {
      end(blocking, sent, interrupted);
    }
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, sources.length);
    directions.write.lock();
    try {
      int wanted = Scatter.remaining(sources, offset, length);
      if (wanted > MAX_DATAGRAM) {
        throw new SocketException("Message too long");
      }
      if (gatherBuffer == null || gatherBuffer.capacity() < wanted) {
        gatherBuffer = ByteBuffer.allocate(wanted);
      }
      gatherBuffer.clear();
      for (int i = offset; i < offset + length; i++) {
        gatherBuffer.put(sources[i].duplicate());
      }
      int n = writeLocked(gatherBuffer.flip());
      if (n == wanted) {
        for (int i = offset; i < offset + length; i++) {
          sources[i].position(sources[i].limit());
        }
      }
      return n;
    } finally {
      directions.write.unlock();
    }
  }

  @Override
  protected void implConfigureBlocking(boolean block) throws IOException {
    // Waits for a receiver and a sender to leave, since each keeps the mode it began in.
    directions.lockBoth();
    try {
      ensureOpen();
    } finally {
      directions.unlockBoth();
    }
  }

  @Override
  public DatagramChannel bind(SocketAddress local) throws IOException {
    directions.lockBoth();
    try {
      synchronized (stateLock) {
        ensureOpen();
        if (localAddress != null) {
          throw new AlreadyBoundException();
        }
        bindLocked(local);
      }
    } finally {
      directions.unlockBoth();
    }
    return this;
  }

  private void bindLocked(SocketAddress local) throws IOException {
    udp.bind(SocketErrors.checkBindAddress(local, family));
    localAddress = udp.localAddress();
  }

  @Override
  public boolean isConnected() {
    return remoteAddress() != null;
  }

  @Override
  public DatagramChannel connect(SocketAddress remote) throws IOException {
    return connect(remote, true);
  }

  /**
   * Connects; what had arrived from others before is dropped.
   *
   * @param once whether a channel that is connected already refuses
   */
  DatagramChannel connect(SocketAddress remote, boolean once) throws IOException {
    InetSocketAddress inet = SocketErrors.checkAddress(remote, family);
    directions.lockBoth();
    try {
      synchronized (stateLock) {
        ensureOpen();
        if (once && remoteAddress != null) {
          throw new AlreadyConnectedException();
        }
        if (inet.getPort() == 0) {
          throw new SocketException("Can't connect to port 0");
        }
        if (localAddress == null) {
          bindLocked(null);
        }
        InetSocketAddress before = remoteAddress == null ? localAddress : unconnectedLocalAddress;
        udp.connect(Addresses.target(inet));
        unconnectedLocalAddress = before;
        remoteAddress = inet;
        localAddress = udp.localAddress();
        ByteBuffer dropped = ByteBuffer.allocate(DRAIN_SIZE);
        while (udp.receive(dropped) != null) {
          dropped.clear();
        }
      }
    } finally {
      directions.unlockBoth();
    }
    return this;
  }

  @Override
  public DatagramChannel disconnect() throws IOException {
    directions.lockBoth();
    try {
      synchronized (stateLock) {
        if (isOpen() && remoteAddress != null) {
          udp.disconnect();
          remoteAddress = null;
          localAddress = unconnectedLocalAddress;
          unconnectedLocalAddress = null;
        }
      }
    } finally {
      directions.unlockBoth();
    }
    return this;
  }

  @Override
  public MembershipKey join(InetAddress group, NetworkInterface networkInterface)
      throws IOException {
    return joinGroup(group, networkInterface, null);
  }

  @Override
  public MembershipKey join(
      InetAddress group, NetworkInterface networkInterface, InetAddress source) throws IOException {
    return joinGroup(group, networkInterface, Objects.requireNonNull(source));
  }

  private MembershipKey joinGroup(
      InetAddress group, NetworkInterface networkInterface, InetAddress source) throws IOException {
    Memberships.check(group, source, family);
    synchronized (stateLock) {
      ensureOpen();
      if (memberships == null) {
        memberships = new Memberships();
      }
      Membership present = memberships.find(group, networkInterface, source);
      if (present != null) {
        return present;
      }
      int index = Memberships.index(networkInterface);
      udp.join(group, index, source);
      Membership joined = new Membership(this, group, networkInterface, index, source);
      memberships.add(joined);
      return joined;
    }
  }

  /** Returns the membership for all sources, or null. */
  MembershipKey membership(InetAddress group, NetworkInterface networkInterface) {
    synchronized (stateLock) {
      return memberships == null ? null : memberships.find(group, networkInterface, null);
    }
  }

  void drop(Membership membership) {
    synchronized (stateLock) {
      if (!membership.isValid()) {
        return;
      }
      memberships.remove(membership);
      membership.invalidate();
      try {
        udp.leave(membership.group(), membership.index(), membership.sourceAddress());
      } catch (IOException e) {
        throw new AssertionError("a group that was joined can be left", e);
      }
    }
  }

  @Override
  protected void implCloseSelectableChannel() {
    synchronized (stateLock) {
      if (memberships != null) {
        memberships.invalidateAll();
      }
    }
    if (!isBlocking()) {
      directions.await();
    }
    if (abandoned != null) {
      abandoned.clean();
    } else {
      udp.close();
    }
    waiters.end(Pollable.READ | Pollable.WRITE);
  }

  @Override
  public Waiters waiters() {
    return waiters;
  }

  @Override
  public int events(int interestOps) {
    return ReadyOps.events(interestOps);
  }

  @Override
  public int readyOps(int readiness, int interestOps) {
    return ReadyOps.of(readiness, interestOps);
  }
}

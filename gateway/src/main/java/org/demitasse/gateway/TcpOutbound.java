package org.demitasse.gateway;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;
import org.demitasse.net.socket.TcpListener;
import org.demitasse.net.socket.TcpSocket;

/**
 * Connections that the guest opens. Its SYN is held back until the host's socket is connected; then
 * our stack sees it and answers as the far end would. So the guest learns of a refusal as a
 * refusal. Used under the gateway's lock.
 */
final class TcpOutbound {
  /** How long the host's attempt may take; the guest's own patience mostly ends before. */
  private static final long CONNECT_NANOS = 120_000_000_000L;

  /** How long the guest may take to finish its handshake. */
  private static final long HANDSHAKE_NANOS = 30_000_000_000L;

  /** How long a connection that the guest has reset may still turn out to be accepted. */
  private static final long RESET_NANOS = 50_000_000L;

  private static final int SYN_MAX = Packets.ETHERNET + 60 + 60;
  private static final int BACKLOG = 128;

  private final Gateway gateway;
  private final Map<FlowKey, Connection> connections = new HashMap<>();
  private final Map<Long, Door> doors = new HashMap<>();

  TcpOutbound(Gateway gateway) {
    this.gateway = gateway;
  }

  int connectionCount() {
    return connections.size();
  }

  /**
   * Takes a SYN of the guest.
   *
   * @param target where it goes on the host's side, or null where it may not go
   * @return whether the stack should see the packet now
   */
  boolean syn(FlowKey key, InetSocketAddress target, ByteBuffer frame, int ip, int tcp, int end) {
    Connection known = connections.get(key);
    if (known != null) {
      // A repetition: the stack knows what to do once it has seen the first.
      return known.admitted;
    }
    if (target == null || !gateway.connectionAllowed() || end > SYN_MAX) {
      gateway.sendReset(frame, ip, tcp);
      return false;
    }
    ByteBuffer copy = ByteBuffer.allocate(end);
    copy.put(0, frame, 0, end);
    Connection connection = new Connection(key, target, copy, ip, tcp);
    connections.put(key, connection);
    gateway.connectionStarted(connection);
    connection.start();
    return false;
  }

  /**
   * The guest resets a connection. When it does so before we have accepted it, the stack forgets it
   * without a word.
   */
  void reset(FlowKey key) {
    Connection connection = connections.get(key);
    if (connection != null && connection.admitted && !connection.isRelaying()) {
      gateway.schedule(connection, RESET_NANOS);
    }
  }

  private static long doorKey(FlowKey key) {
    return (key.far() & 0xffffffffL) << 16 | key.farPort();
  }

  /** A listener of our stack at an address outside, for as long as handshakes go on there. */
  private final class Door implements Runnable {
    final TcpListener listener;
    final long key;
    int waiting;

    Door(FlowKey flow) throws IOException {
      key = doorKey(flow);
      listener = gateway.sockets().openTcpListener();
      try {
        listener.addListener(this);
        listener.listen(
            new InetSocketAddress(Network.toAddress(flow.far()), flow.farPort()), BACKLOG);
      } catch (IOException e) {
        listener.close();
        throw e;
      }
    }

    @Override
    public void run() {
      gateway.enqueue(this);
    }

    void acceptAll() {
      try {
        for (TcpSocket socket = listener.accept(); socket != null; socket = listener.accept()) {
          InetSocketAddress remote = socket.remoteAddress();
          int address = Network.toInt((java.net.Inet4Address) remote.getAddress());
          FlowKey flow =
              new FlowKey(address, remote.getPort(), (int) (key >>> 16), (int) key & 0xffff);
          Connection connection = connections.get(flow);
          if (connection == null || connection.isRelaying()) {
            socket.close();
          } else {
            connection.accepted(socket);
          }
        }
      } catch (IOException e) {
        // It is closed: nobody waits there any more.
        doors.remove(key, this);
      }
    }

    void leave() {
      waiting--;
      if (waiting == 0) {
        doors.remove(key, this);
        listener.removeListener(this);
        listener.close();
      }
    }
  }

  /** Accepts what has come through a door; called for each that was enqueued. */
  static void acceptAll(Runnable door) {
    ((Door) door).acceptAll();
  }

  /** From the guest to the host. */
  private final class Connection extends TcpRelay {
    private final FlowKey key;
    private final InetSocketAddress target;
    private final int ip;
    private final int tcp;
    private ByteBuffer syn;
    private Door door;
    private boolean admitted;

    Connection(FlowKey key, InetSocketAddress target, ByteBuffer syn, int ip, int tcp) {
      super(TcpOutbound.this.gateway);
      this.key = key;
      this.target = target;
      this.syn = syn;
      this.ip = ip;
      this.tcp = tcp;
    }

    void start() {
      try {
        host = SocketChannel.open();
        host.configureBlocking(false);
        boolean connected = host.connect(target);
        selection = gateway.register(host, connected ? 0 : SelectionKey.OP_CONNECT, this);
        gateway.schedule(this, CONNECT_NANOS);
        if (connected) {
          admit();
        }
      } catch (IOException | IllegalArgumentException e) {
        refuse();
      }
    }

    @Override
    void progress() {
      if (admitted) {
        return;
      }
      try {
        if (host.finishConnect()) {
          gateway.interest(selection, 0);
          admit();
        }
      } catch (IOException e) {
        refuse();
      }
    }

    private void refuse() {
      gateway.sendReset(syn, ip, tcp);
      close();
    }

    private void admit() {
      long doorKey = doorKey(key);
      door = doors.get(doorKey);
      try {
        if (door == null) {
          door = new Door(key);
          doors.put(doorKey, door);
        }
      } catch (IOException e) {
        door = null;
        refuse();
        return;
      }
      door.waiting++;
      admitted = true;
      gateway.cancel(this);
      gateway.schedule(this, HANDSHAKE_NANOS);
      gateway.toStack(syn, syn.capacity());
      syn = null;
    }

    void accepted(TcpSocket socket) {
      guest = socket;
      guest.addListener(this);
      leaveDoor();
      startRelaying();
    }

    private void leaveDoor() {
      if (door != null) {
        Door left = door;
        door = null;
        left.leave();
      }
    }

    @Override
    void timedOut() {
      if (admitted) {
        resetHost();
      } else {
        refuse();
      }
    }

    @Override
    void ended() {
      leaveDoor();
      connections.remove(key, this);
      gateway.connectionEnded(this);
    }
  }
}

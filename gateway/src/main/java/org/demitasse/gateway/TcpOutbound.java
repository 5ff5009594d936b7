package org.demitasse.gateway;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;
import org.demitasse.net.socket.SocketSetting;
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

  /** A SYN with all options that there can be, and some extension headers. */
  private static final int SYN_MAX = Packets.ETHERNET + Packets.IPV6 + 128;

  private static final int BACKLOG = 128;

  private final Gateway gateway;
  private final Map<FlowKey, Connection> connections = new HashMap<>();
  private final Map<FlowKey, Door> doors = new HashMap<>();

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
  boolean syn(GuestPacket packet, FlowKey key, InetSocketAddress target) {
    Connection known = connections.get(key);
    if (known != null) {
      // A repetition: the stack knows what to do once it has seen the first.
      return known.admitted;
    }
    if (target == null || !gateway.connectionAllowed(true) || packet.end > SYN_MAX) {
      gateway.sendReset(packet.mac, key, packet.frame, packet.payload);
      return false;
    }
    Connection connection = new Connection(key, target, packet);
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
    if (connection == null || connection.isRelaying()) {
      return;
    }
    if (connection.admitted) {
      gateway.schedule(connection, RESET_NANOS);
    } else {
      connection.close();
    }
  }

  /** A listener of our stack at an address outside, for as long as handshakes go on there. */
  private final class Door implements Runnable {
    final TcpListener listener;
    final FlowKey key;
    int waiting;

    Door(FlowKey farEnd) throws IOException {
      key = farEnd;
      listener = gateway.sockets().openTcpListener();
      try {
        listener.addListener(this);
        // Other connections with the same far port may be there already.
        listener.setOption(SocketSetting.REUSE_ADDRESS, true);
        listener.listen(new InetSocketAddress(key.farAddress(), key.farPort()), BACKLOG);
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
          Connection connection = connections.get(key.withGuest(socket.remoteAddress()));
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
    private final long mac;
    private final int tcp;
    private final boolean unsummed;
    private ByteBuffer syn;
    private Door door;
    private boolean admitted;

    Connection(FlowKey key, InetSocketAddress target, GuestPacket packet) {
      super(TcpOutbound.this.gateway, true);
      this.key = key;
      this.target = target;
      mac = packet.mac;
      tcp = packet.payload;
      unsummed = packet.unsummed;
      syn = ByteBuffer.allocate(packet.end).put(0, packet.frame, 0, packet.end);
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
      } catch (IOException e) {
        gateway.shortage(e);
        refuse();
      } catch (IllegalArgumentException e) {
        // The host has no such family.
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
      gateway.sendReset(mac, key, syn, tcp);
      close();
    }

    private void admit() {
      FlowKey farEnd = key.farEnd();
      door = doors.get(farEnd);
      try {
        if (door == null) {
          door = new Door(farEnd);
          doors.put(farEnd, door);
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
      gateway.toStack(syn, syn.capacity(), unsummed);
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

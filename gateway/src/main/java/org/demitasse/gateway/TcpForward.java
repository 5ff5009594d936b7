package org.demitasse.gateway;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.demitasse.net.engine.Timer;

/** A TCP port of the host that leads to a port of the guest. Used under the gateway's lock. */
final class TcpForward extends Timer implements HostHandler {
  /**
   * How long a connection may wait for a program that has not opened its port yet: it boots beside
   * the gateway. Once the port has answered, a refusal is a refusal.
   */
  static final long PATIENCE_NANOS = 10_000_000_000L;

  private static final long RETRY_FIRST_NANOS = 2_000_000L;
  private static final long RETRY_LAST_NANOS = 50_000_000L;

  /** How long to wait when the host has no descriptor for a connection. */
  private static final long SHORTAGE_NANOS = 100_000_000L;

  /** Connections taken in a row, so that one flood does not starve the others. */
  private static final int BURST = 64;

  private final Gateway gateway;
  private final ServerSocketChannel listener;
  private final int guestPort;
  private SelectionKey selection;
  private boolean answered;

  TcpForward(Gateway gateway, ServerSocketChannel listener, int guestPort) {
    this.gateway = gateway;
    this.listener = listener;
    this.guestPort = guestPort;
  }

  void start() throws IOException {
    selection = gateway.register(listener, SelectionKey.OP_ACCEPT, this);
  }

  @Override
  public void hostReady() {
    for (int i = 0; i < BURST; i++) {
      if (!gateway.connectionAllowed(false)) {
        // They wait in the host's backlog until a connection ends.
        gateway.interest(selection, 0);
        gateway.whenConnectionsEnd(this);
        return;
      }
      try {
        SocketChannel channel = listener.accept();
        if (channel == null) {
          return;
        }
        new Connection(channel).start();
      } catch (IOException e) {
        // No descriptors left, or the peer is gone already: the connection waits in the backlog.
        gateway.shortage(e);
        gateway.interest(selection, 0);
        gateway.schedule(this, SHORTAGE_NANOS);
        return;
      }
    }
  }

  @Override
  protected void expire(long now) {
    resume();
  }

  /** There is room for connections again. */
  void resume() {
    gateway.interest(selection, SelectionKey.OP_ACCEPT);
  }

  /** From the host to the guest. */
  private final class Connection extends TcpRelay {
    private final long giveUpAt;
    private long retry = RETRY_FIRST_NANOS;

    Connection(SocketChannel channel) {
      super(TcpForward.this.gateway, false);
      host = channel;
      giveUpAt = gateway.now() + PATIENCE_NANOS;
      gateway.connectionStarted(this);
    }

    void start() {
      try {
        host.configureBlocking(false);
        selection = gateway.register(host, 0, this);
      } catch (IOException e) {
        resetHost();
        return;
      }
      connect();
    }

    private void connect() {
      if (!gateway.guestPresent()) {
        gateway.lookForGuest();
        retryLater();
        return;
      }
      try {
        guest = gateway.sockets().openTcp();
        guest.addListener(this);
        guest.connect(
            new InetSocketAddress(Network.toAddress(gateway.network().guest()), guestPort));
      } catch (IOException e) {
        refused();
        return;
      }
      progress();
    }

    @Override
    void progress() {
      if (guest == null) {
        return;
      }
      try {
        if (guest.finishConnect()) {
          answered = true;
          startRelaying();
        } else if (!isArmed()) {
          gateway.schedule(this, PATIENCE_NANOS);
        }
      } catch (IOException e) {
        refused();
      }
    }

    private void refused() {
      if (guest != null) {
        guest.removeListener(this);
        guest.close();
        guest = null;
      }
      if (answered || gateway.now() >= giveUpAt) {
        resetHost();
      } else {
        retryLater();
      }
    }

    private void retryLater() {
      gateway.schedule(this, retry);
      retry = Math.min(retry * 2, RETRY_LAST_NANOS);
    }

    @Override
    void timedOut() {
      if (gateway.now() >= giveUpAt) {
        resetHost();
      } else if (guest == null) {
        connect();
      } else {
        gateway.schedule(this, giveUpAt - gateway.now());
      }
    }

    @Override
    void ended() {
      gateway.connectionEnded(this);
    }
  }
}

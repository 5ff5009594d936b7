package org.demitasse.gateway;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.demitasse.net.engine.Timer;
import org.demitasse.net.socket.SocketSetting;
import org.demitasse.net.socket.TcpSocket;

/**
 * One connection in two halves: a socket of our stack towards the guest, and a socket of the host.
 * Bytes, ends and resets of either half reach the other; neither is read faster than the other one
 * takes. Used under the gateway's lock, but for {@link #run}, which the stack calls on any thread.
 */
abstract class TcpRelay extends Timer implements HostHandler, Runnable {
  /** Bytes moved one way before other connections get their turn. */
  private static final int TURN = 256 << 10;

  /** RFC 5382, requirement 5: two hours and four minutes at least. */
  private static final long IDLE_NANOS = (2 * 60 + 4) * 60 * 1_000_000_000L;

  final Gateway gateway;

  /** Who opened it: the guest, or a client of a forwarded port. */
  final boolean fromGuest;

  SocketChannel host;
  SelectionKey selection;
  TcpSocket guest;

  private volatile boolean queued;
  private boolean relaying;
  private boolean closed;

  /** Bytes that the other half did not take yet; null when there are none. */
  private ByteBuffer toHost;

  private ByteBuffer toGuest;

  private boolean guestEnded;
  private boolean hostShut;
  private boolean hostEnded;
  private boolean guestShut;
  private long lastActive;

  TcpRelay(Gateway gateway, boolean fromGuest) {
    this.gateway = gateway;
    this.fromGuest = fromGuest;
  }

  /** The stack's listener: something changed on the guest's half. */
  @Override
  public final void run() {
    if (!queued) {
      queued = true;
      gateway.enqueue(this);
    }
  }

  /** What the gateway calls for each relay that was enqueued. */
  final void guestReady() {
    queued = false;
    if (closed) {
      return;
    }
    if (relaying) {
      pump();
    } else {
      progress();
    }
  }

  @Override
  public final void hostReady() {
    if (closed) {
      return;
    }
    if (relaying) {
      pump();
    } else {
      progress();
    }
  }

  /** A step of getting both halves connected. */
  abstract void progress();

  /** The connection is over; called once. */
  abstract void ended();

  /** Both halves are connected. */
  final void startRelaying() {
    relaying = true;
    lastActive = gateway.now();
    gateway.cancel(this);
    gateway.schedule(this, IDLE_NANOS);
    try {
      host.setOption(StandardSocketOptions.TCP_NODELAY, true);
      guest.setOption(SocketSetting.NO_DELAY, true);
    } catch (IOException e) {
      reset();
      return;
    }
    pump();
  }

  final boolean isRelaying() {
    return relaying;
  }

  final boolean isClosed() {
    return closed;
  }

  @Override
  protected void expire(long now) {
    if (!relaying) {
      timedOut();
      return;
    }
    long left = lastActive + IDLE_NANOS - now;
    if (left > 0) {
      gateway.schedule(this, left);
    } else {
      reset();
    }
  }

  /** The time to get connected is over. */
  abstract void timedOut();

  private void pump() {
    boolean more;
    try {
      more = pumpToHost();
    } catch (GuestFailure e) {
      resetHost();
      return;
    } catch (IOException e) {
      resetGuest();
      return;
    }
    try {
      more |= pumpToGuest();
    } catch (GuestFailure e) {
      resetHost();
      return;
    } catch (IOException e) {
      resetGuest();
      return;
    }
    if (hostShut && guestShut) {
      close();
      return;
    }
    int interest = 0;
    if (!hostEnded && toGuest == null) {
      interest |= SelectionKey.OP_READ;
    }
    if (toHost != null) {
      interest |= SelectionKey.OP_WRITE;
    }
    gateway.interest(selection, interest);
    if (more) {
      run();
    }
  }

  /** Moves what the guest sent. Returns whether there may be more after this turn. */
  private boolean pumpToHost() throws IOException {
    ByteBuffer scratch = gateway.scratch();
    int moved = 0;
    while (!hostShut) {
      if (toHost != null) {
        moved += host.write(toHost);
        if (toHost.hasRemaining()) {
          lastActive = gateway.now();
          return false;
        }
        toHost = dropped(toHost);
      }
      if (guestEnded) {
        host.shutdownOutput();
        hostShut = true;
        return false;
      }
      if (moved >= TURN) {
        return true;
      }
      scratch.clear().limit(gateway.mayTake());
      int count = readGuest(scratch);
      if (count == 0) {
        break;
      }
      if (count < 0) {
        guestEnded = true;
        continue;
      }
      scratch.flip();
      moved += host.write(scratch);
      if (scratch.hasRemaining()) {
        toHost = rest(scratch);
        break;
      }
    }
    if (moved > 0) {
      lastActive = gateway.now();
    }
    return false;
  }

  /** Moves what the host's peer sent. Returns whether there may be more after this turn. */
  private boolean pumpToGuest() throws IOException {
    ByteBuffer scratch = gateway.scratch();
    int moved = 0;
    while (!guestShut) {
      if (toGuest != null) {
        moved += writeGuest(toGuest);
        if (toGuest.hasRemaining()) {
          lastActive = gateway.now();
          return false;
        }
        toGuest = dropped(toGuest);
      }
      if (hostEnded) {
        shutGuest();
        return false;
      }
      if (moved >= TURN) {
        return true;
      }
      scratch.clear().limit(gateway.mayTake());
      int count = host.read(scratch);
      if (count == 0) {
        break;
      }
      if (count < 0) {
        hostEnded = true;
        continue;
      }
      scratch.flip();
      moved += writeGuest(scratch);
      if (scratch.hasRemaining()) {
        toGuest = rest(scratch);
        // The listener may have run between the write and now: look once more.
        moved += writeGuest(toGuest);
        if (toGuest.hasRemaining()) {
          break;
        }
        toGuest = dropped(toGuest);
      }
    }
    if (moved > 0) {
      lastActive = gateway.now();
    }
    return false;
  }

  private int readGuest(ByteBuffer target) throws GuestFailure {
    try {
      return guest.read(target);
    } catch (IOException e) {
      throw new GuestFailure(e);
    }
  }

  private int writeGuest(ByteBuffer source) throws GuestFailure {
    try {
      return guest.write(source);
    } catch (IOException e) {
      throw new GuestFailure(e);
    }
  }

  private void shutGuest() throws GuestFailure {
    try {
      guest.shutdownOutput();
      guestShut = true;
    } catch (IOException e) {
      throw new GuestFailure(e);
    }
  }

  private ByteBuffer rest(ByteBuffer scratch) {
    gateway.holds(scratch.remaining());
    return ByteBuffer.allocate(scratch.remaining()).put(scratch).flip();
  }

  private ByteBuffer dropped(ByteBuffer held) {
    if (held != null) {
      gateway.holds(-held.capacity());
    }
    return null;
  }

  /** The guest's half failed: the host's peer gets a reset, as it would from the guest. */
  final void resetHost() {
    try {
      host.setOption(StandardSocketOptions.SO_LINGER, 0);
    } catch (IOException | UnsupportedOperationException e) {
      // It is closed then, or fails on its own.
    }
    close();
  }

  /** The host's half failed: the guest gets a reset, as it would from the peer. */
  final void resetGuest() {
    if (guest != null) {
      try {
        guest.setOption(SocketSetting.LINGER, 0);
      } catch (IOException e) {
        // It is closed then.
      }
    }
    close();
  }

  /** Neither half has anything to say for. */
  final void reset() {
    if (guest != null) {
      try {
        guest.setOption(SocketSetting.LINGER, 0);
      } catch (IOException e) {
        // It is closed then.
      }
    }
    resetHost();
  }

  final void close() {
    if (closed) {
      return;
    }
    closed = true;
    gateway.cancel(this);
    if (selection != null) {
      selection.cancel();
    }
    if (host != null) {
      Gateway.closeQuietly(host);
    }
    if (guest != null) {
      guest.removeListener(this);
      guest.close();
    }
    toHost = dropped(toHost);
    toGuest = dropped(toGuest);
    ended();
  }

  /**
   * The guest is gone for good: whether bytes that it sent still wait to be written to the host's
   * socket.
   */
  final boolean drain() {
    if (closed || !relaying) {
      return false;
    }
    try {
      boolean more = pumpToHost();
      return more || toHost != null;
    } catch (IOException e) {
      return false;
    }
  }

  /** An error of the guest's half, so that it is not taken for one of the host's. */
  private static final class GuestFailure extends IOException {
    private static final long serialVersionUID = 1;

    GuestFailure(IOException cause) {
      super(cause);
    }
  }
}

package org.demitasse.net.dhcp;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.demitasse.core.PacketBuffer;
import org.demitasse.net.device.NetInterface;
import org.demitasse.net.engine.Engine;
import org.demitasse.net.engine.Timer;
import org.demitasse.net.ip.InternetChecksum;
import org.demitasse.net.ip.IpAddress;
import org.demitasse.net.ip.IpError;
import org.demitasse.net.ip.IpLayer;
import org.demitasse.net.ip.IpPacket;
import org.demitasse.net.ip.IpProtocol;
import org.demitasse.net.ip.Route;
import org.demitasse.net.link.Arp;

/** The client's state machine on one interface (RFC 2131, section 4.4). */
public final class DhcpClient extends Timer {
  private enum State {
    SELECTING,
    REQUESTING,
    BOUND,
    RENEWING,
    REBINDING
  }

  /** Hears of addresses won and lost. */
  @FunctionalInterface
  public interface LeaseListener {
    /**
     * @param lease null when it is lost
     */
    void leased(NetInterface out, DhcpLease lease);
  }

  private static final int CLIENT_PORT = 68;
  private static final int SERVER_PORT = 67;
  private static final int UDP_HEADER = 8;
  private static final long SECOND = 1_000_000_000L;
  private static final long FIRST_RETRY = SECOND;

  /** RFC 2131, section 4.1. */
  private static final long LAST_RETRY = 64 * SECOND;

  private static final int MAX_REQUESTS = 4;

  /** RFC 2131, section 4.4.5. */
  private static final long MIN_RENEW_RETRY = 60 * SECOND;

  /** RFC 2131, section 3.1, step 5: after a DECLINE the client waits before it asks again. */
  private static final long DECLINE_WAIT = 10 * SECOND;

  /** RFC 5227, section 1.1: probes for an address, and their distance. */
  private static final int PROBES = 3;

  private static final long PROBE_INTERVAL = SECOND;

  /**
   * Looks whether the address is free while it is used already: a program that has just started
   * shall not wait seconds for what is almost always so. RFC 5227 would have it wait.
   */
  private final class Probing extends Timer {
    private int probes;

    void start() {
      probes = 0;
      expire(engine.now());
    }

    @Override
    protected void expire(long now) {
      if (lease == null) {
        return;
      }
      if (probes++ < PROBES) {
        arp.probe(out, lease.address());
        engine.schedule(this, now + PROBE_INTERVAL);
      } else {
        arp.announce(out, lease.address());
      }
    }
  }

  private final Probing probing = new Probing();
  private final Engine engine;
  private final IpLayer ip;
  private final Arp arp;
  private final NetInterface out;
  private final String hostName;
  private final LeaseListener listener;
  private State state = State.SELECTING;
  private int transaction;
  private long started;
  private int attempts;
  private DhcpLease offer;
  private DhcpLease lease;
  private final List<Route> routes = new ArrayList<>(3);

  /** Refusals since there was an address: each makes the client ask later. */
  private int refusals;

  private long renewAt;
  private long rebindAt;
  private long expiresAt;
  private volatile boolean bound;
  private volatile Thread waiter;

  public DhcpClient(
      Engine engine,
      IpLayer ip,
      Arp arp,
      NetInterface out,
      String hostName,
      LeaseListener listener) {
    this.engine = engine;
    this.ip = ip;
    this.arp = arp;
    this.out = out;
    this.hostName = hostName;
    this.listener = listener;
  }

  /** Gives datagrams to the client of the interface they came in on. */
  public static final class Dispatcher implements IpProtocol {
    private final DhcpClient[] clients;

    public Dispatcher(DhcpClient[] clients) {
      this.clients = clients;
    }

    /** Another station uses an address: whether a client gives it back. */
    public boolean conflict(NetInterface in, int address) {
      for (DhcpClient client : clients) {
        if (client.out == in && client.declines(address)) {
          return true;
        }
      }
      return false;
    }

    @Override
    public void receive(IpPacket packet) {
      PacketBuffer buffer = packet.buffer;
      try {
        for (DhcpClient client : clients) {
          if (client.out == packet.in && buffer.getShort(0) == SERVER_PORT) {
            buffer.strip(UDP_HEADER);
            client.receive(buffer);
            return;
          }
        }
      } finally {
        buffer.release();
      }
    }

    @Override
    public void error(IpPacket packet, IpError error, int mtu) {
      // Servers that are gone are noticed by their silence.
    }
  }

  /** Starts to ask. */
  public void start() {
    state = State.SELECTING;
    transaction = (int) engine.random().next();
    started = engine.now();
    attempts = 0;
    discover();
  }

  /** The interface that it asks for. */
  public NetInterface out() {
    return out;
  }

  /** Whether there is an address; any thread may ask. */
  public boolean isBound() {
    return bound;
  }

  /** Waits for an address, or less; one thread at a time, without the lock. */
  public void await(long nanos) {
    waiter = Thread.currentThread();
    if (!bound) {
      LockSupport.parkNanos(this, nanos);
    }
    waiter = null;
  }

  private void discover() {
    send(DhcpMessage.DISCOVER);
    retryLater();
  }

  private void retryLater() {
    long delay = Math.min(FIRST_RETRY << Math.min(attempts, 6), LAST_RETRY);
    attempts++;
    // RFC 2131, section 4.1: randomised by a second either way (less while delays are short).
    long spread = Math.min(delay / 2, SECOND);
    long jitter = Math.floorMod(engine.random().next(), 2 * spread) - spread;
    engine.schedule(this, engine.now() + delay + jitter);
  }

  @Override
  protected void expire(long now) {
    switch (state) {
      case SELECTING -> discover();
      case REQUESTING -> {
        if (attempts >= MAX_REQUESTS) {
          start();
        } else {
          send(DhcpMessage.REQUEST);
          retryLater();
        }
      }
      case BOUND, RENEWING, REBINDING -> keep(now);
    }
  }

  private void keep(long now) {
    if (now >= expiresAt) {
      lose();
      start();
      return;
    }
    if (state == State.BOUND) {
      transaction = (int) engine.random().next();
      started = now;
    }
    state = now >= rebindAt ? State.REBINDING : State.RENEWING;
    send(DhcpMessage.REQUEST);
    long end = state == State.RENEWING ? rebindAt : expiresAt;
    long half = Math.max((end - now) / 2, MIN_RENEW_RETRY);
    engine.schedule(this, Math.min(now + half, end));
  }

  private void receive(PacketBuffer buffer) {
    DhcpMessage message = DhcpMessage.decode(buffer, out.mac());
    if (message == null || message.transaction != transaction) {
      return;
    }
    switch (message.type) {
      case DhcpMessage.OFFER -> {
        if (state == State.SELECTING && message.server != 0 && isUsable(message.lease)) {
          offer = message.lease;
          state = State.REQUESTING;
          attempts = 0;
          send(DhcpMessage.REQUEST);
          retryLater();
        }
      }
      case DhcpMessage.ACK -> {
        boolean rapid = state == State.SELECTING && message.rapidCommit;
        boolean wanted =
            state == State.REQUESTING && message.lease.address() == offer.address()
                || state == State.RENEWING
                || state == State.REBINDING;
        if ((rapid || wanted) && isUsable(message.lease)) {
          bind(message.lease);
        }
      }
      case DhcpMessage.NAK -> {
        if (state == State.RENEWING || state == State.REBINDING) {
          lose();
          start();
        } else if (state == State.REQUESTING) {
          // A server that offers what it refuses must not be asked as fast as it answers.
          state = State.SELECTING;
          transaction = (int) engine.random().next();
          started = engine.now();
          attempts = ++refusals;
          retryLater();
        }
      }
      default -> {}
    }
  }

  private static boolean isUsable(DhcpLease lease) {
    int address = lease.address();
    return address != 0
        && address >>> 24 != 127
        && address >>> 28 < 14
        && lease.prefix() > 0
        && lease.prefix() <= 32
        && lease.seconds() != 0;
  }

  private void bind(DhcpLease newLease) {
    if (lease != null && lease.address() != newLease.address()) {
      lose();
    }
    boolean first = lease == null;
    if (!first && !newLease.hasNetworkOf(lease)) {
      // RFC 2131, section 4.4.5: what a renewal says counts as what the first answer said.
      removeNetwork();
      lease = newLease;
      addNetwork();
    }
    lease = newLease;
    refusals = 0;
    state = State.BOUND;
    long now = engine.now();
    if (lease.seconds() < 0) {
      engine.cancel(this);
      expiresAt = Long.MAX_VALUE;
    } else {
      long total = lease.seconds();
      long rebind = lease.rebindSeconds() > 0 ? lease.rebindSeconds() : total * 7 / 8;
      rebind = Math.min(rebind, total);
      long renew = lease.renewSeconds() > 0 ? lease.renewSeconds() : total / 2;
      renew = Math.min(renew, rebind);
      renewAt = now + renew * SECOND;
      rebindAt = now + rebind * SECOND;
      expiresAt = now + total * SECOND;
      engine.schedule(this, renewAt);
    }
    if (first) {
      addNetwork();
      probing.start();
    }
    out.limitMtu(lease.mtu() >= IpLayer.MIN_MTU ? lease.mtu() : Integer.MAX_VALUE);
    listener.leased(out, lease);
    bound = true;
    Thread waiting = waiter;
    if (waiting != null) {
      LockSupport.unpark(waiting);
    }
  }

  private void removeNetwork() {
    out.removeAddress(0, IpAddress.v4(lease.address()));
    for (Route route : routes) {
      ip.routes().remove(route);
    }
    routes.clear();
  }

  private void addRoute(long destination, int prefix, long gateway) {
    Route route = new Route(0, destination, prefix, 0, gateway, out);
    routes.add(route);
    ip.routes().add(route);
  }

  private void addNetwork() {
    long own = IpAddress.v4(lease.address());
    out.addAddress(0, own, lease.prefix());
    addRoute(own, lease.prefix(), 0);
    // RFC 3442: classless routes take the router option's place.
    if (!lease.routes().isEmpty()) {
      for (int[] route : lease.routes()) {
        long gateway = route[2] == 0 ? 0 : IpAddress.v4(route[2]);
        addRoute(IpAddress.v4(route[0]), route[1], gateway);
      }
    } else if (lease.router() != 0) {
      long gateway = IpAddress.v4(lease.router());
      if (!IpAddress.samePrefix(0, gateway, 0, own, lease.prefix())) {
        // A router beyond the network (as clouds have it): it is on the link all the same.
        addRoute(gateway, 32, 0);
      }
      addRoute(IpAddress.v4(0), 0, gateway);
    }
  }

  /** RFC 2131, section 4.4.1: gives back an address that turns out to be used by another. */
  private boolean declines(int address) {
    if (lease == null || lease.address() != address || !probing.isArmed()) {
      return false;
    }
    offer = lease;
    lose();
    state = State.SELECTING;
    transaction = (int) engine.random().next();
    started = engine.now();
    attempts = 0;
    send(DhcpMessage.DECLINE);
    engine.schedule(this, engine.now() + DECLINE_WAIT);
    return true;
  }

  private void lose() {
    if (lease == null) {
      return;
    }
    engine.cancel(probing);
    removeNetwork();
    out.limitMtu(Integer.MAX_VALUE);
    lease = null;
    bound = false;
    listener.leased(out, null);
  }

  private void send(int type) {
    PacketBuffer p = out.pool().allocate();
    if (p == null) {
      return;
    }
    boolean unicast = state == State.RENEWING && lease.server() != 0;
    boolean hasAddress = lease != null;
    p.append(UDP_HEADER + DhcpMessage.OPTIONS);
    p.zero(0, UDP_HEADER + DhcpMessage.OPTIONS);
    int b = UDP_HEADER;
    p.putInt(b, 0x01010600);
    p.putInt(b + 4, transaction);
    p.putShort(b + 8, (int) Math.min((engine.now() - started) / SECOND, 0xffff));
    p.putInt(b + 12, hasAddress ? lease.address() : 0);
    p.putMac(b + 28, out.mac());
    p.putInt(b + 236, DhcpMessage.MAGIC);
    option(p, DhcpMessage.OPTION_TYPE, 1, type);
    int at = p.length();
    p.append(9);
    p.putByte(at, DhcpMessage.OPTION_CLIENT_ID);
    p.putByte(at + 1, 7);
    p.putByte(at + 2, 1);
    p.putMac(at + 3, out.mac());
    if (state == State.REQUESTING || type == DhcpMessage.DECLINE) {
      option(p, DhcpMessage.OPTION_REQUESTED_ADDRESS, 4, offer.address());
      option(p, DhcpMessage.OPTION_SERVER, 4, offer.server());
    }
    if (type != DhcpMessage.DECLINE) {
      addWishes(p, type);
    }
    at = p.length();
    p.append(1);
    p.putByte(at, 255);
    if (p.length() < UDP_HEADER + 300) {
      // BOOTP's smallest message (RFC 951), which some relays insist on.
      at = p.length();
      p.append(UDP_HEADER + 300 - at);
      p.zero(at, UDP_HEADER + 300 - at);
    }
    int length = p.length();
    p.putInt(0, CLIENT_PORT << 16 | SERVER_PORT);
    p.putShort(4, length);
    long source = IpAddress.v4(hasAddress ? lease.address() : 0);
    long destination = IpAddress.v4(unicast ? lease.server() : -1);
    long sum = InternetChecksum.pseudo(0, source, 0, destination, IpProtocol.UDP, length);
    p.putShort(6, InternetChecksum.finish(InternetChecksum.add(sum, p, 0, length)));
    Route route = unicast ? ip.route(0, destination) : IpLayer.onLink(out);
    if (route == null) {
      p.release();
      return;
    }
    ip.send(
        route, p, IpProtocol.UDP, 0, source, 0, destination, IpLayer.DEFAULT_HOP_LIMIT, 0, false);
  }

  /** What a client that wants an address says of itself and asks for. */
  private void addWishes(PacketBuffer p, int type) {
    option(p, DhcpMessage.OPTION_MAX_SIZE, 2, Math.min(out.mtu(), 1500));
    if (type == DhcpMessage.DISCOVER) {
      int at = p.length();
      p.append(2);
      p.putShort(at, DhcpMessage.OPTION_RAPID_COMMIT << 8);
    }
    if (!hostName.isEmpty() && hostName.length() < 64) {
      byte[] name = hostName.getBytes(StandardCharsets.US_ASCII);
      int at = p.length();
      p.append(2 + name.length);
      p.putByte(at, DhcpMessage.OPTION_HOST_NAME);
      p.putByte(at + 1, name.length);
      p.put(at + 2, name, 0, name.length);
    }
    int at = p.length();
    p.append(11);
    p.putShort(at, DhcpMessage.OPTION_PARAMETERS << 8 | 9);
    p.putByte(at + 10, DhcpMessage.OPTION_MTU);
    p.putLong(
        at + 2,
        (long) DhcpMessage.OPTION_MASK << 56
            | (long) DhcpMessage.OPTION_ROUTES << 48
            | (long) DhcpMessage.OPTION_ROUTER << 40
            | (long) DhcpMessage.OPTION_DNS << 32
            | (long) DhcpMessage.OPTION_HOST_NAME << 24
            | DhcpMessage.OPTION_DOMAIN << 16
            | DhcpMessage.OPTION_SEARCH << 8
            | DhcpMessage.OPTION_LEASE_TIME);
  }

  private static void option(PacketBuffer p, int code, int length, int value) {
    int at = p.length();
    p.append(2 + length);
    p.putByte(at, code);
    p.putByte(at + 1, length);
    switch (length) {
      case 1 -> p.putByte(at + 2, value);
      case 2 -> p.putShort(at + 2, value);
      default -> p.putInt(at + 2, value);
    }
  }
}

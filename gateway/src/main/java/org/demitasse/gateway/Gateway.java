package org.demitasse.gateway;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.demitasse.core.Clock;
import org.demitasse.core.Entropy;
import org.demitasse.net.engine.Timer;
import org.demitasse.net.engine.TimerWheel;
import org.demitasse.net.ip.IpAddress;
import org.demitasse.net.socket.SocketStack;

/**
 * The gateway at work: joins the wire's reader, our stack, the host's sockets and the timers.
 *
 * <p>{@link #lock()} guards all parts, the stack among them. Lock order: first that lock, then the
 * stack's own; the stack calls nothing of ours under its lock except the {@link WireDevice}.
 */
final class Gateway implements Closeable {
  /** Relayed connections at once, both ways; each holds a descriptor and two windows. */
  static final int CONNECTIONS_MAX = 4_096;

  /**
   * Of them, those of one direction: a guest that opens what it can does not shut its own clients
   * out, nor do they take the way out from it.
   */
  static final int CONNECTIONS_ONE_WAY_MAX = 3_072;

  /** Frames taken from the wire before the connections they belong to are looked after. */
  private static final int BATCH = 64;

  /** The largest IPv6 packet that has no jumbo payload. */
  private static final int FRAME_MAX = Packets.ETHERNET + Packets.IPV6 + 65_535;

  private static final int SCRATCH = 128 << 10;

  /**
   * Bytes that connections may hold for a half that takes none; from then on each takes little more
   * at once, so that slow peers of all connections cannot fill the memory.
   */
  private static final int HELD_MAX = 16 << 20;

  private static final int SCRATCH_LITTLE = 4 << 10;

  /** Internal errors that are told in full. */
  private static final int ERRORS_TOLD_MAX = 5;

  /** How long bytes that a gone guest has sent may take to reach the host's sockets. */
  private static final long DRAIN_NANOS = 1_000_000_000L;

  private static final long DRAIN_PAUSE_MILLIS = 5;

  /** How often the guest is asked whether it is there, while somebody waits for it. */
  private static final long LOOK_FIRST_NANOS = 2_000_000L;

  private static final long LOOK_LAST_NANOS = 100_000_000L;

  private final Object lock = new Object();
  private final Options options;
  private final Network network;
  private final Wire wire;
  private final Clock clock;
  private final Selector selector;
  private final WireDevice device;
  private final GuestStack stack;
  private final PacketSender sender;
  private final TimerWheel timers;
  private final UdpRelay udp;
  private final EchoRelay echoes4;
  private final EchoRelay echoes6;
  private final TcpOutbound outbound;
  private final DnsForwarder dns;
  private final FrameRouter router;
  private final ByteBuffer scratch = ByteBuffer.allocateDirect(SCRATCH);
  private final ConcurrentLinkedQueue<Runnable> ready = new ConcurrentLinkedQueue<>();
  private final Set<TcpRelay> relays = new HashSet<>();
  private int relaysFromGuest;
  private final ArrayDeque<TcpForward> paused = new ArrayDeque<>();
  private final GuestSearch search = new GuestSearch();
  private long now;
  private long sleepingUntil = Long.MIN_VALUE;
  private long stackDeadline;
  private long guestMac;
  private long guestMac6;
  private long guestLow6;
  private int errorsTold;
  private boolean shortageTold;
  private long held;
  private volatile Throwable failure;
  private volatile boolean ended;
  private volatile Thread loop;

  Gateway(Options options, Wire wire, Clock clock, Entropy entropy, File resolvConf)
      throws IOException {
    this.options = options;
    this.wire = wire;
    this.clock = clock;
    network = options.network();
    now = clock.monotonicNanos();
    selector = Selector.open();
    device = new WireDevice(wire);
    // No lambdas where every start passes: their first one costs more than all sockets together.
    Runnable wakeUp =
        new Runnable() {
          @Override
          public void run() {
            selector.wakeup();
          }
        };
    stack = new GuestStack(device, network, clock, entropy, wakeUp);
    sender = new PacketSender(wire);
    timers = new TimerWheel(now);
    udp = new UdpRelay(this);
    echoes4 = new EchoRelay(this, true, new HostPings(true));
    echoes6 = new EchoRelay(this, false, new HostPings(false));
    outbound = new TcpOutbound(this);
    dns = new DnsForwarder(this, entropy, resolvConf);
    router = new FrameRouter(this, options, udp, outbound, dns, clock, entropy);
  }

  /** Leads a listening channel of the host to the guest. */
  void forward(ServerSocketChannel listener, int guestPort) throws IOException {
    listener.configureBlocking(false);
    synchronized (lock) {
      new TcpForward(this, listener, guestPort).start();
    }
  }

  /** Leads a bound channel of the host to the guest. */
  void forward(DatagramChannel channel, int guestPort) throws IOException {
    channel.configureBlocking(false);
    synchronized (lock) {
      udp.forward(channel, guestPort);
    }
  }

  /**
   * Works until the wire ends.
   *
   * @throws IllegalStateException when the wire's reader failed for a reason of its own
   */
  void run() throws IOException {
    loop = Thread.currentThread();
    Thread reader =
        new Thread("wire") {
          @Override
          public void run() {
            readWire();
          }
        };
    reader.setDaemon(true);
    reader.start();
    while (!ended) {
      long deadline = work();
      long left = deadline - clock.monotonicNanos();
      if (deadline == Long.MAX_VALUE) {
        selector.select();
      } else if (left > 0) {
        selector.select((left + 999_999) / 1_000_000);
      } else {
        selector.selectNow();
      }
      synchronized (lock) {
        now = clock.monotonicNanos();
        Set<SelectionKey> selected = selector.selectedKeys();
        for (SelectionKey key : selected) {
          HostHandler handler = (HostHandler) key.attachment();
          try {
            handler.hostReady();
          } catch (RuntimeException e) {
            confused(handler, e);
            // Else it would be ready again at once, and for ever.
            closeQuietly(key.channel());
          }
        }
        selected.clear();
      }
    }
    if (failure != null) {
      throw new IllegalStateException("the wire's reader failed", failure);
    }
    drain();
  }

  /** Runs the stack, the relays and the timers; returns when to come again. */
  private long work() {
    synchronized (lock) {
      pollStack();
      now = clock.monotonicNanos();
      try {
        timers.advance(now);
      } catch (RuntimeException e) {
        confused(null, e);
      }
      runReady();
      sleepingUntil = Math.min(stackDeadline, timers.nextDeadline());
      return ready.isEmpty() ? sleepingUntil : now;
    }
  }

  /**
   * Lets the stack work; the loop hears of a deadline that comes before it wakes. Under the lock.
   */
  private void pollStack() {
    stackDeadline = stack.poll();
    wakeBefore(stackDeadline);
  }

  private void wakeBefore(long deadline) {
    if (deadline < sleepingUntil && Thread.currentThread() != loop) {
      sleepingUntil = deadline;
      selector.wakeup();
    }
  }

  /** Looks after relays whose half in the stack has changed; each gets one turn. */
  private void runReady() {
    for (int turns = ready.size(); turns > 0; turns--) {
      Runnable next = ready.poll();
      try {
        if (next instanceof TcpRelay relay) {
          relay.guestReady();
        } else if (next != null) {
          TcpOutbound.acceptAll(next);
        }
      } catch (RuntimeException e) {
        confused(next, e);
      }
    }
  }

  /**
   * Something happened that must not, a mistake of ours. What it happened to ends; the others go
   * on, and the first few are told so that somebody can mend it.
   */
  private void confused(Object what, RuntimeException e) {
    if (errorsTold++ < ERRORS_TOLD_MAX) {
      System.err.println("demi: gateway: an internal error, please report it:");
      e.printStackTrace();
    }
    if (what instanceof TcpRelay relay) {
      relay.reset();
    }
  }

  private void readWire() {
    // Where frames have no header it stays as it is: nothing is left to be done.
    int header = wire.header();
    ByteBuffer whole = ByteBuffer.allocateDirect(FrameHeader.BYTES + FRAME_MAX);
    ByteBuffer frame = whole.slice(FrameHeader.BYTES, FRAME_MAX);
    try {
      while (true) {
        boolean forStack = false;
        int count = 0;
        do {
          whole.clear().position(FrameHeader.BYTES - header);
          int length = wire.read(whole);
          if (length < 0) {
            return;
          }
          length -= header;
          synchronized (lock) {
            now = clock.monotonicNanos();
            try {
              forStack |= length > 0 && take(whole, frame, length);
            } catch (RuntimeException e) {
              confused(null, e);
            }
          }
          count++;
        } while (count < BATCH && wire.hasNext());
        synchronized (lock) {
          if (forStack) {
            pollStack();
          }
          runReady();
        }
        while (!ready.isEmpty()) {
          synchronized (lock) {
            runReady();
          }
        }
      }
    } catch (IOException e) {
      // The same as its end: there is no guest any more.
    } catch (RuntimeException | Error e) {
      failure = e;
    } finally {
      ended = true;
      selector.wakeup();
    }
  }

  /** Takes a frame of the guest; returns whether the stack has got it. */
  private boolean take(ByteBuffer whole, ByteBuffer frame, int length) {
    boolean unsummed = FrameHeader.isUnsummed(whole);
    return FrameHeader.isKnown(whole)
        && router.route(frame, length, unsummed)
        && device.offer(frame, length, unsummed);
  }

  /** Delivers what the guest has sent before it went away. */
  private void drain() {
    long giveUp = clock.monotonicNanos() + DRAIN_NANOS;
    boolean more = true;
    while (more && clock.monotonicNanos() - giveUp < 0) {
      more = false;
      synchronized (lock) {
        for (TcpRelay relay : relays) {
          more |= relay.drain();
        }
      }
      if (more) {
        try {
          Thread.sleep(DRAIN_PAUSE_MILLIS);
        } catch (InterruptedException e) {
          return;
        }
      }
    }
  }

  /** Ends a {@link #run} on another thread, and closes everything. */
  @Override
  public void close() {
    ended = true;
    selector.wakeup();
    Thread running = loop;
    if (running != null && running != Thread.currentThread()) {
      try {
        running.join(2 * DRAIN_NANOS / 1_000_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    synchronized (lock) {
      for (TcpRelay relay : relays.toArray(new TcpRelay[0])) {
        relay.close();
      }
      udp.closeAll();
      echoes4.close();
      echoes6.close();
      for (SelectionKey key : selector.keys()) {
        closeQuietly(key.channel());
      }
      closeQuietly(selector);
    }
  }

  // ---- what the parts share -------------------------------------------------------------------

  Object lock() {
    return lock;
  }

  Network network() {
    return network;
  }

  SocketStack sockets() {
    return stack.sockets();
  }

  /** The clock's reading of this step, monotonic nanoseconds. */
  long now() {
    return now;
  }

  /** A buffer for bytes on their way; nobody keeps it. */
  ByteBuffer scratch() {
    return scratch;
  }

  /** Bytes that a connection may take from one half at once. */
  int mayTake() {
    return held < HELD_MAX ? SCRATCH : SCRATCH_LITTLE;
  }

  /** Notes bytes that a connection holds now, or no longer does. */
  void holds(int bytes) {
    held += bytes;
  }

  /** Bytes that connections hold for a half that takes none. */
  long held() {
    return held;
  }

  UdpRelay udp() {
    return udp;
  }

  EchoRelay echoes(boolean v4) {
    return v4 ? echoes4 : echoes6;
  }

  TcpOutbound outbound() {
    return outbound;
  }

  FrameRouter router() {
    return router;
  }

  /** Internal errors so far. */
  int errorsTold() {
    synchronized (lock) {
      return errorsTold;
    }
  }

  int relayCount() {
    synchronized (lock) {
      return relays.size();
    }
  }

  /** Arms a timer to fire after {@code delay} nanoseconds. */
  void schedule(Timer timer, long delay) {
    long deadline = now + delay;
    timers.schedule(timer, deadline);
    wakeBefore(deadline);
  }

  void cancel(Timer timer) {
    timers.cancel(timer);
  }

  SelectionKey register(SelectableChannel channel, int operations, HostHandler handler)
      throws IOException {
    SelectionKey key = channel.register(selector, operations, handler);
    if (Thread.currentThread() != loop) {
      selector.wakeup();
    }
    return key;
  }

  void interest(SelectionKey key, int operations) {
    try {
      if (key.interestOps() != operations) {
        key.interestOps(operations);
        if (Thread.currentThread() != loop) {
          selector.wakeup();
        }
      }
    } catch (CancelledKeyException e) {
      // Its channel is closed: nothing can happen there.
    }
  }

  /**
   * Puts a relay or a door on the list of those to look after. Called on threads that use the
   * stack: both of ours look at the list before they wait.
   */
  void enqueue(Runnable work) {
    ready.add(work);
  }

  /** Gives a frame that was held back to the stack. */
  void toStack(ByteBuffer frame, int length, boolean unsummed) {
    device.offer(frame, length, unsummed);
    pollStack();
  }

  /** Whether there is room for a connection that the guest opens, or one that the host does. */
  boolean connectionAllowed(boolean fromGuest) {
    int same = fromGuest ? relaysFromGuest : relays.size() - relaysFromGuest;
    return relays.size() < CONNECTIONS_MAX && same < CONNECTIONS_ONE_WAY_MAX;
  }

  void connectionStarted(TcpRelay relay) {
    if (relays.add(relay) && relay.fromGuest) {
      relaysFromGuest++;
    }
  }

  void connectionEnded(TcpRelay relay) {
    if (relays.remove(relay) && relay.fromGuest) {
      relaysFromGuest--;
    }
    while (!paused.isEmpty() && connectionAllowed(false)) {
      // All of them: the first may have nobody waiting any more.
      paused.poll().resume();
    }
  }

  void whenConnectionsEnd(TcpForward forward) {
    paused.add(forward);
  }

  // ---- the guest ------------------------------------------------------------------------------

  /**
   * A packet of this address has come from there. The stack is told, as if the guest had asked for
   * us: connections that wait for the guest start all at once, more than wait for the answer when
   * the stack asks.
   */
  void sawGuest(long high, long low, long mac) {
    if (!IpAddress.isV4(high, low)) {
      sawGuest6(high, low, mac);
    } else if ((int) low == network.guest() && mac != guestMac) {
      guestMac = mac;
      ByteBuffer request = ByteBuffer.allocate(Packets.ETHERNET + Packets.ARP);
      Packets.putArpRequest(request, mac, network.guest(), network.gateway());
      toStack(request, request.capacity(), false);
    }
  }

  private void sawGuest6(long high, long low, long mac) {
    if (high == Network.PREFIX6 && (low != guestLow6 || mac != guestMac6)) {
      guestLow6 = low;
      guestMac6 = mac;
      ByteBuffer question =
          ByteBuffer.allocate(Packets.ETHERNET + Packets.IPV6 + Packets.SOLICITATION);
      Packets.putSolicitation(question, mac, high, low, Network.PREFIX6, Network.GATEWAY6);
      toStack(question, question.capacity(), false);
    }
  }

  /** The guest's hardware address, 0 as long as nothing has come from it. */
  long guestMac() {
    return guestMac;
  }

  boolean guestPresent() {
    return guestMac != 0;
  }

  /** Asks the guest to say that it is there, until it does. */
  void lookForGuest() {
    if (!search.isArmed() && guestMac == 0) {
      search.pause = LOOK_FIRST_NANOS;
      schedule(search, 0);
    }
  }

  /** ARP requests (RFC 826) until somebody answers. */
  private final class GuestSearch extends Timer {
    private final ByteBuffer whole =
        ByteBuffer.allocateDirect(FrameHeader.BYTES + Packets.ETHERNET + Packets.ARP);
    private long pause;

    @Override
    protected void expire(long at) {
      if (guestMac != 0) {
        return;
      }
      whole.clear().position(FrameHeader.BYTES - wire.header());
      Packets.putArpRequest(
          whole.slice(FrameHeader.BYTES, whole.capacity() - FrameHeader.BYTES),
          Network.MAC,
          network.gateway(),
          network.guest());
      try {
        wire.write(whole);
      } catch (IOException e) {
        return;
      }
      schedule(this, pause);
      pause = Math.min(2 * pause, LOOK_LAST_NANOS);
    }
  }

  // ---- packets that do not come from the stack --------------------------------------------------

  void sendUdp(long mac, FlowKey flow, ByteBuffer payload) {
    try {
      sender.sendUdp(mac, flow, payload);
    } catch (IOException e) {
      wireFailed();
    }
  }

  void sendIcmp(long mac, FlowKey flow, ByteBuffer message) {
    try {
      sender.sendIcmp(mac, flow, message);
    } catch (IOException e) {
      wireFailed();
    }
  }

  void sendDiscovery(long mac, FlowKey flow, ByteBuffer message) {
    try {
      sender.sendDiscovery(mac, flow, message);
    } catch (IOException e) {
      wireFailed();
    }
  }

  void sendUnreachable(
      long mac, FlowKey flow, Unreachable why, ByteBuffer quoted, int from, int to) {
    try {
      sender.sendUnreachable(mac, flow, why, quoted, from, to);
    } catch (IOException e) {
      wireFailed();
    }
  }

  void sendReset(long mac, FlowKey flow, ByteBuffer syn, int tcp) {
    try {
      sender.sendReset(mac, flow, syn, tcp);
    } catch (IOException e) {
      wireFailed();
    }
  }

  /**
   * Says once when the host gives no more descriptors, which shows as connections that are refused.
   *
   * @return whether that is what an operation has failed for
   */
  boolean shortage(IOException e) {
    String message = e.getMessage();
    if (message == null || !message.contains("Too many open files")) {
      return false;
    }
    if (!shortageTold) {
      shortageTold = true;
      System.err.println(
          "demi: gateway: the host gives no more descriptors: the program's connections are refused "
              + "until others end; allow more with ulimit -n");
    }
    return true;
  }

  private void wireFailed() {
    ended = true;
    selector.wakeup();
  }

  static void closeQuietly(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException e) {
      // Nothing is lost that anybody still waits for.
    }
  }

  /** The host's own way to ping. */
  private record HostPings(boolean v4) implements Pings.Opener {
    @Override
    public Pings open() throws IOException {
      return new PingSocket(v4);
    }
  }
}

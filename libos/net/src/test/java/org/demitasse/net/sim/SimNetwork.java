package org.demitasse.net.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.demitasse.core.Clock;
import org.demitasse.net.NetworkConfig;
import org.demitasse.net.NetworkStack;
import org.demitasse.net.tcp.TcpInvariants;

/** Hosts on one Ethernet segment, and the clock that moves only when nothing is left to be done. */
public final class SimNetwork implements Clock {
  private final SplittableRandom random;
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final List<SimHost> hosts = new ArrayList<>();
  private Impairment impairment;
  private Consumer<byte[]> tap = frame -> {};
  private long now = 5_000_000_000L;
  private long bufferBytes = 64L << 20;
  private int longest = Integer.MAX_VALUE;
  private double marks;
  private SplittableRandom devices;
  private long sequence;
  private long steps;
  private long maximumSteps = 50_000_000;

  private record Event(long time, long sequence, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(time, other.time);
      return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
  }

  public SimNetwork(long seed, Impairment impairment) {
    random = new SplittableRandom(seed);
    this.impairment = impairment;
  }

  public SplittableRandom random() {
    return random;
  }

  public void impair(Impairment newImpairment) {
    impairment = newImpairment;
  }

  /** Takes the bound off a simulation, for long tests that look after their end themselves. */
  void unbounded() {
    maximumSteps = Long.MAX_VALUE;
  }

  /** Bounds the memory of hosts added from now on. */
  public void bufferBytes(long bytes) {
    bufferBytes = bytes;
  }

  @Override
  public long monotonicNanos() {
    return now;
  }

  @Override
  public long wallNanos() {
    return 1_700_000_000_000_000_000L + now;
  }

  /** Adds a host with the addresses 10.0.0.{@code number}/24 and 2001:db8::{@code number}/64. */
  public SimHost host(int number) {
    return host(number, 1500);
  }

  public SimHost host(int number, int mtu) {
    SimDevice device = device(0x02_00_00_00_00_00L | number, mtu);
    return host(device, config(device, number));
  }

  /**
   * Adds a host whose device completes checksums and cuts what it gathers, as the sandbox's does.
   */
  public SimHost offloadingHost(int number) {
    SimDevice device = new SimDevice(this, 0x02_00_00_00_00_00L | number, 1500).offloading();
    return host(device, config(device, number));
  }

  private SimDevice device(long mac, int mtu) {
    SimDevice device = new SimDevice(this, mac, mtu);
    return devices == null ? device : device.random(devices);
  }

  /** Gives the hosts that are added or restarted from now on devices of all kinds. */
  void variousDevices(long seed) {
    // Numbers of their own, so that a seed's wire is the same with every kind of device.
    devices = new SplittableRandom(seed ^ 0x64657669636573L);
  }

  private NetworkConfig config(SimDevice device, int number) {
    return new NetworkConfig()
        .address("eth0", device, address(number), 24, null)
        .moreAddress(address6(number), 64)
        .ecn(marks > 0)
        .ipv6(true);
  }

  /** Adds a host with a configuration that names the device. */
  public SimHost host(SimDevice device, NetworkConfig config) {
    SimHost host = new SimHost(this, device);
    hosts.add(host);
    start(host, device, config);
    return host;
  }

  /** Takes a host's power away and gives it back: it has its addresses and knows nothing. */
  void restart(SimHost host, int number) {
    SimDevice old = host.device();
    SimDevice device = device(old.macAddress(), old.mtu());
    start(host, device, config(device, number));
  }

  private void start(SimHost host, SimDevice device, NetworkConfig config) {
    config.bufferBytes(bufferBytes);
    host.start(
        device,
        new NetworkStack(
            config,
            this,
            (bytes, offset, length) -> {
              for (int i = 0; i < length; i++) {
                bytes[offset + i] = (byte) random.nextInt();
              }
            },
            host::wake));
  }

  public static InetAddress address(int number) {
    try {
      return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) number});
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  public static InetAddress address6(int number) {
    return InetAddress.ofLiteral("2001:db8::" + number);
  }

  public void at(long time, Runnable action) {
    events.add(new Event(Math.max(time, now), sequence++, action));
  }

  public void after(long nanos, Runnable action) {
    at(now + nanos, action);
  }

  /** Hears every frame that a host sends. */
  public void tap(Consumer<byte[]> listener) {
    tap = listener;
  }

  /** Makes the wire swallow frames longer than this. */
  void swallowAbove(int bytes) {
    longest = bytes;
  }

  /** Makes the wire mark this share of the packets that may be marked (RFC 3168). */
  void markCongestion(double share) {
    marks = share;
  }

  /** Sets congestion experienced in a packet that is capable of it, and mends its header's sum. */
  private static byte[] marked(byte[] frame) {
    boolean v4 = frame[12] == 8 && frame[13] == 0;
    boolean v6 = frame[12] == (byte) 0x86;
    int at = 15;
    int ce = v4 ? 3 : 0x30;
    int capable = frame[at] & ce;
    if (!v4 && !v6 || capable == 0 || capable == ce) {
      return frame;
    }
    byte[] copy = frame.clone();
    copy[at] |= (byte) ce;
    if (v4) {
      // RFC 1624: the old word goes out of the sum, the new one in.
      int sum = ~((copy[24] & 0xff) << 8 | copy[25] & 0xff) & 0xffff;
      sum += (copy[at] & 0xff) - (frame[at] & 0xff);
      sum = (sum & 0xffff) + (sum >>> 16);
      copy[24] = (byte) (~sum >> 8);
      copy[25] = (byte) ~sum;
    }
    return copy;
  }

  /** Carries a frame to the other devices. */
  void transmit(SimDevice from, byte[] frame) {
    tap.accept(frame);
    if (frame.length > longest || !isPlugged(from)) {
      return;
    }
    Impairment wire = impairment;
    if (wire.bitsPerSecond() > 0) {
      long serialization = frame.length * 8L * 1_000_000_000L / wire.bitsPerSecond();
      if (from.wireFreeAt - now > serialization * wire.queueFrames()) {
        return;
      }
      from.wireFreeAt = Math.max(from.wireFreeAt, now) + serialization;
    } else {
      from.wireFreeAt = now;
    }
    // Three lost ARP requests (or neighbour solicitations) make a host unreachable, as they should:
    // not what is tried here. And
    // a real wire's frame check sequence spares ARP, which has no sum of its own, from corruption.
    boolean arp =
        frame[12] == 8 && frame[13] == 6
            || frame[12] == (byte) 0x86 && frame[20] == 58 && (frame[54] & 0xff) >= 133;
    int copies = random.nextDouble() < wire.duplicate() ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      if (random.nextDouble() < wire.loss() && !arp) {
        continue;
      }
      byte[] carried = marks > 0 && random.nextDouble() < marks ? marked(frame) : frame;
      if (random.nextDouble() < wire.corrupt() && !arp) {
        carried = carried.clone();
        carried[random.nextInt(14, carried.length)] ^= (byte) (1 << random.nextInt(8));
      }
      long arrival = from.wireFreeAt + wire.delay();
      if (wire.jitter() > 0) {
        arrival += random.nextLong(wire.jitter());
      }
      byte[] arriving = carried;
      at(arrival, () -> deliver(from, arriving));
    }
  }

  /** Takes a host off the wire, or puts it back. */
  void plug(SimHost host, boolean in) {
    host.setPlugged(in);
  }

  /** The device wants its host's attention. */
  void wake(SimDevice device) {
    for (SimHost host : hosts) {
      if (host.device() == device) {
        host.wake();
      }
    }
  }

  /** Nothing is left of any connection. */
  void assertNothingLeft() {
    for (SimHost host : hosts) {
      assertThat(host.stack().tcp().connectionCount()).as("connections left").isZero();
      assertThat(host.stack().tcp().chunks().used()).as("chunks not given back").isZero();
      assertThat(host.device().pool().outstanding()).as("buffers not given back").isZero();
      if (host.device().largePool() != null) {
        assertThat(host.device().largePool().outstanding()).as("large buffers").isZero();
      }
    }
  }

  private boolean isPlugged(SimDevice device) {
    for (SimHost host : hosts) {
      if (host.device() == device) {
        return host.isPlugged();
      }
    }
    return false;
  }

  private void deliver(SimDevice from, byte[] frame) {
    for (SimHost host : hosts) {
      if (host.device() != from && host.isPlugged()) {
        host.device().arrive(frame);
        host.wake();
      }
    }
  }

  /** Runs until the condition holds; false when the virtual time is over first. */
  public boolean runUntil(BooleanSupplier condition, long nanos) {
    long end = now + nanos;
    while (!condition.getAsBoolean()) {
      if (!step(end)) {
        return condition.getAsBoolean();
      }
    }
    return true;
  }

  /** Runs for a time. */
  public void run(long nanos) {
    runUntil(() -> false, nanos);
  }

  /**
   * Looks at all connections: not after every step, which takes less time than that, and not where
   * thousands are tried for other reasons.
   */
  private void checkInvariants() {
    if (steps % 8 == 0) {
      for (SimHost host : hosts) {
        if (host.stack().tcp().connectionCount() < 64) {
          TcpInvariants.check(host.stack().tcp());
        }
      }
    }
  }

  private boolean step(long end) {
    if (++steps > maximumSteps) {
      throw new AssertionError("the simulation does not come to rest");
    }
    boolean polled = false;
    for (SimHost host : hosts) {
      polled |= host.pollIfDue(now);
    }
    if (polled) {
      checkInvariants();
      return true;
    }
    long next = events.isEmpty() ? Long.MAX_VALUE : events.peek().time();
    for (SimHost host : hosts) {
      next = Math.min(next, host.nextPoll());
    }
    if (next > end) {
      now = end;
      return false;
    }
    now = Math.max(now, next);
    while (!events.isEmpty() && events.peek().time() <= now) {
      events.poll().action().run();
    }
    return true;
  }
}

package org.demitasse.net.script;

import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import org.demitasse.net.NetworkConfig;
import org.demitasse.net.NetworkStack;
import org.demitasse.net.sim.Impairment;
import org.demitasse.net.sim.SimDevice;
import org.demitasse.net.sim.SimHost;
import org.demitasse.net.sim.SimNetwork;

/**
 * The wire between one stack and a script: 10.0.0.1 and 2001:db8::1 on the stack's side, everything
 * else on the script's.
 */
final class ScriptWire {
  private static final long MILLI = 1_000_000L;

  /** A frame that the stack has sent. */
  record Sent(Fields fields, long time) {}

  final Flow.Table flows = new Flow.Table();
  final Set<String> watched = new HashSet<>();

  /** The script's hosts do not answer ARP and neighbour solicitations. */
  boolean silent;

  int mtu = 1500;
  boolean ipv6 = true;
  boolean ecn;

  /** Bound of all connections' buffers together, bytes; 0 for plenty. */
  long memory;

  boolean configured = true;
  private final SimNetwork network = new SimNetwork(7, Impairment.NONE);
  private final FrameReader reader = new FrameReader(flows);
  private final ArrayDeque<Sent> sent = new ArrayDeque<>();
  private final ArrayDeque<byte[]> unread = new ArrayDeque<>();
  private SimHost host;

  /** Makes the stack; before that the fields above may change. */
  void start() {
    SimDevice device = new SimDevice(network, 0x02_00_00_00_00_01L, mtu);
    NetworkConfig config = new NetworkConfig().ipv6(ipv6).ecn(ecn);
    if (configured) {
      config.address(
          "eth0", device, SimNetwork.address(1), 24, InetAddress.ofLiteral("10.0.0.254"));
      if (ipv6) {
        config.moreAddress(SimNetwork.address6(1), 64);
      }
    } else {
      config.dhcp("eth0", device);
    }
    network.tap(unread::add);
    if (memory > 0) {
      network.bufferBytes(memory);
    }
    host = network.host(device, config);
    network.run(MILLI);
    read();
  }

  boolean isStarted() {
    return host != null;
  }

  NetworkStack stack() {
    return host.stack();
  }

  SimDevice device() {
    return host.device();
  }

  long now() {
    return network.monotonicNanos();
  }

  /** Lets time pass. */
  void run(long nanos) {
    long end = now() + nanos;
    do {
      // Frames are answered on the script's behalf as they come.
      network.runUntil(() -> !unread.isEmpty(), end - now());
      read();
    } while (now() < end);
    network.runUntil(() -> !unread.isEmpty(), 0);
    read();
  }

  /** Puts a frame on the wire. */
  void arrive(byte[] frame, boolean batch) {
    device().arrive(frame);
    if (!batch) {
      host.wake();
      run(0);
    }
  }

  /**
   * Returns the next frame sent, waiting no longer than until a moment; null when there is none.
   */
  Sent next(long until) {
    read();
    while (sent.isEmpty() && now() < until) {
      network.runUntil(() -> !unread.isEmpty(), until - now());
      read();
    }
    return sent.poll();
  }

  /** Returns the next frame sent without taking it. */
  Sent peek() {
    run(0);
    return sent.peek();
  }

  int waiting() {
    run(0);
    return sent.size();
  }

  private void read() {
    for (byte[] frame = unread.poll(); frame != null; frame = unread.poll()) {
      Fields fields = reader.read(frame);
      answer(fields);
      if (isWatched(fields)) {
        sent.add(new Sent(fields, now()));
      }
    }
  }

  private boolean isWatched(Fields f) {
    return switch (f.get("proto")) {
      case "arp" -> watched.contains("arp");
      case "ns", "na" -> watched.contains("nd");
      case "rs" -> watched.contains("rs");
      case "igmp" -> watched.contains("igmp");
      case "mld" -> watched.contains("mld");
      default -> true;
    };
  }

  /** Answers questions for addresses as a link full of hosts would. */
  private void answer(Fields f) {
    if (silent) {
      return;
    }
    String target = f.get("target");
    Fields reply;
    if (f.get("proto").equals("arp") && f.get("op").equals("request")) {
      if (target.equals("10.0.0.1") || f.get("sender").equals(target)) {
        return;
      }
      reply = Fields.parse("arp op reply sender " + target + " target " + f.get("sender"));
    } else if (f.get("proto").equals("ns") && !f.get("src").equals("::")) {
      reply =
          Fields.parse(
              "na flags SO target "
                  + target
                  + " src "
                  + target
                  + " lladdr 02:00:00:00:00:02 dst "
                  + f.get("src"));
    } else {
      return;
    }
    byte[] frame = new FrameWriter(flows, new Values()).write(reply, true, 0, 0);
    network.after(
        0,
        () -> {
          device().arrive(frame);
          host.wake();
        });
  }
}

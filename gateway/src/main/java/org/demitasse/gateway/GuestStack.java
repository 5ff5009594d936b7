package org.demitasse.gateway;

import org.demitasse.core.Clock;
import org.demitasse.core.Entropy;
import org.demitasse.net.NetworkConfig;
import org.demitasse.net.NetworkStack;
import org.demitasse.net.device.NetInterface;
import org.demitasse.net.ip.IpAddress;
import org.demitasse.net.ip.Route;
import org.demitasse.net.socket.SocketStack;

/**
 * Our stack on the gateway's side of the wire: it has some addresses, and answers for all others.
 * Used under the gateway's lock.
 */
final class GuestStack {
  /**
   * Bytes that all connections together may hold: some windows at full speed, little of the host.
   */
  private static final long BUFFER_BYTES = 64L << 20;

  private final NetworkStack stack;
  private final Clock clock;

  /**
   * @param wake called when {@link #poll} must come earlier than it said
   */
  GuestStack(WireDevice device, Network network, Clock clock, Entropy entropy, Runnable wake) {
    this.clock = clock;
    NetworkConfig config =
        new NetworkConfig()
            .address("wire", device, Network.toAddress(network.gateway()), network.bits(), null)
            .hostName("gateway")
            .bufferBytes(BUFFER_BYTES);
    stack = new NetworkStack(config, clock, entropy, wake);
    for (NetInterface each : stack.ip().interfaces()) {
      if (each.device() == device) {
        each.addAddress(0, IpAddress.v4(network.dns()), network.bits());
        addV6(each, Network.LINK_LOCAL, Network.ROUTER6);
        addV6(each, Network.PREFIX6, Network.GATEWAY6);
        addV6(each, Network.PREFIX6, Network.DNS6);
        stack.ip().routes().add(new Route(Network.LINK_LOCAL, 0, 10, 0, 0, each));
        stack.ip().routes().add(new Route(Network.PREFIX6, 0, Network.PREFIX6_BITS, 0, 0, each));
        stack.ip().takeAllFrom(each);
      }
    }
  }

  /** Nobody else can have it: whoever says so is not heard. */
  private static void addV6(NetInterface wire, long high, long low) {
    wire.addAddress(high, low, Network.PREFIX6_BITS);
    wire.joinGroup(IpAddress.LINK_GROUPS, IpAddress.solicitedNodeLow(low));
  }

  SocketStack sockets() {
    return stack;
  }

  /** Lets the stack work. Returns when to come again, monotonic nanoseconds. */
  long poll() {
    long left = stack.poll();
    return left == Long.MAX_VALUE ? left : clock.monotonicNanos() + left;
  }
}

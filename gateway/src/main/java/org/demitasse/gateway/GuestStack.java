package org.demitasse.gateway;

import org.demitasse.core.Clock;
import org.demitasse.core.Entropy;
import org.demitasse.net.NetworkConfig;
import org.demitasse.net.NetworkStack;
import org.demitasse.net.device.NetInterface;
import org.demitasse.net.ip.IpAddress;
import org.demitasse.net.socket.SocketStack;

/**
 * Our stack on the gateway's side of the wire: it has two addresses, and answers for all others.
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
        stack.ip().takeAllFrom(each);
      }
    }
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

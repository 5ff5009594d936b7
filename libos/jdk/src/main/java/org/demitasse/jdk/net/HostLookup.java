package org.demitasse.jdk.net;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * The way from a URL's {@code equals} and {@code hashCode} to its host's address. Nearly every
 * program has URLs, few have sockets: the way is open only in images whose program reaches the
 * network by itself. Without it a host is not known, and URLs are compared by their hosts' names,
 * as the JDK does then.
 */
public abstract class HostLookup {
  /** Set at build time, when the network turns out to be reachable. */
  private static HostLookup open;

  /** Opens the way. Build time only. */
  public static void open() {
    open = new ByNetwork();
  }

  /** Returns the address, or null when the host is not known. */
  static InetAddress find(String host) {
    HostLookup lookup = open;
    return lookup == null ? null : lookup.address(host);
  }

  abstract InetAddress address(String host);

  private static final class ByNetwork extends HostLookup {
    @Override
    InetAddress address(String host) {
      try {
        return InetAddress.getByName(host);
      } catch (UnknownHostException e) {
        return null;
      }
    }
  }
}

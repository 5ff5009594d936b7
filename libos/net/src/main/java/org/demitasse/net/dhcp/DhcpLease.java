package org.demitasse.net.dhcp;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/**
 * What a server gave.
 *
 * @param address IPv4
 * @param router 0 when there is none
 * @param routes destination, prefix length and gateway of each classless static route (RFC 3442)
 * @param mtu longest packet on the link, 0 when nothing is said
 * @param seconds for how long; -1 for ever
 */
public record DhcpLease(
    int address,
    int prefix,
    int router,
    int server,
    List<int[]> routes,
    List<InetAddress> nameServers,
    List<String> searchDomains,
    String hostName,
    int mtu,
    long seconds,
    long renewSeconds,
    long rebindSeconds) {

  /** Whether another lease leads to the same routes. */
  boolean hasNetworkOf(DhcpLease other) {
    if (prefix != other.prefix || router != other.router || routes.size() != other.routes.size()) {
      return false;
    }
    for (int i = 0; i < routes.size(); i++) {
      if (!Arrays.equals(routes.get(i), other.routes.get(i))) {
        return false;
      }
    }
    return true;
  }
}

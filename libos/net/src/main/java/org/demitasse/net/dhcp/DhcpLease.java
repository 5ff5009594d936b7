package org.demitasse.net.dhcp;

import java.net.InetAddress;
import java.util.List;

/**
 * What a server gave.
 *
 * @param address IPv4
 * @param router 0 when there is none
 * @param routes destination, prefix length and gateway of each classless static route (RFC 3442)
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
    long seconds,
    long renewSeconds,
    long rebindSeconds) {}

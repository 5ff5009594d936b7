package org.demitasse.net.dns;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Servers, search list and hosts. Servers and domains may change at any time, on any thread. */
public final class DnsConfig {
  private final List<InetAddress> configuredServers;
  private final List<String> configuredDomains;
  private final Map<String, List<InetAddress>> hosts = HashMap.newHashMap(4);
  private List<InetAddress> leased = List.of();
  private List<String> leasedDomains = List.of();
  private List<InetAddress> advertised = List.of();
  private List<String> advertisedDomains = List.of();
  private volatile List<InetAddress> servers;
  private volatile List<String> domains;

  public DnsConfig(List<InetAddress> servers, List<String> domains) {
    configuredServers = List.copyOf(servers);
    configuredDomains = List.copyOf(domains);
    this.servers = configuredServers;
    this.domains = configuredDomains;
  }

  /** Adds a name that needs no server; before the resolver is used. */
  public void addHost(String name, InetAddress address) {
    hosts.computeIfAbsent(name.toLowerCase(Locale.ROOT), key -> new ArrayList<>(1)).add(address);
  }

  /** Sets what DHCP said; what was configured comes first. */
  public synchronized void setLeased(List<InetAddress> newServers, List<String> newDomains) {
    leased = newServers;
    leasedDomains = newDomains;
    join();
  }

  /** Sets what routers advertised; it comes last. */
  public synchronized void setAdvertised(List<InetAddress> newServers, List<String> newDomains) {
    advertised = newServers;
    advertisedDomains = newDomains;
    join();
  }

  private void join() {
    if (configuredDomains.isEmpty()) {
      List<String> all = new ArrayList<>(leasedDomains);
      all.addAll(advertisedDomains);
      domains = all;
    }
    List<InetAddress> all = new ArrayList<>(configuredServers);
    all.addAll(leased);
    all.addAll(advertised);
    servers = all;
  }

  List<InetAddress> servers() {
    return servers;
  }

  List<String> domains() {
    return domains;
  }

  /** Returns the addresses of a name in the hosts, or null. */
  List<InetAddress> host(String lowerCaseName) {
    return hosts.get(lowerCaseName);
  }

  /** Returns a name of an address in the hosts, or null. */
  String hostOf(InetAddress address) {
    for (Map.Entry<String, List<InetAddress>> entry : hosts.entrySet()) {
      if (entry.getValue().contains(address)) {
        return entry.getKey();
      }
    }
    return null;
  }
}

package org.demitasse.net.dns;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.demitasse.core.Clock;
import org.demitasse.net.engine.SipHash;
import org.demitasse.net.ip.IpAddress;
import org.demitasse.net.socket.InterfaceInfo;
import org.demitasse.net.socket.Resolver;
import org.demitasse.net.socket.SocketStack;

/** Names to addresses: hosts, cache, then the servers. */
public final class DnsResolver implements Resolver {
  /** Aliases followed over several questions. */
  private static final int MAX_ALIASES = 8;

  private final DnsConfig config;
  private final SocketStack sockets;
  private final Clock clock;
  private final DnsCache cache = new DnsCache();
  private final DnsExchange exchange;
  private final Supplier<String> hostName;
  private final UnaryOperator<List<InetAddress>> order;

  /**
   * @param order puts the address that should be tried first in front
   */
  public DnsResolver(
      DnsConfig config,
      SocketStack sockets,
      Clock clock,
      SipHash random,
      Supplier<String> hostName,
      UnaryOperator<List<InetAddress>> order) {
    this.config = config;
    this.sockets = sockets;
    this.clock = clock;
    this.hostName = hostName;
    this.order = order;
    exchange = new DnsExchange(sockets, clock, new SipHash(random.next(), random.next()));
  }

  @Override
  public List<InetAddress> lookup(String name, Family family) throws UnknownHostException {
    String lower = name.toLowerCase(Locale.ROOT);
    boolean absolute = lower.endsWith(".");
    String plain = absolute ? lower.substring(0, lower.length() - 1) : lower;
    if (plain.isEmpty()) {
      throw new UnknownHostException("'" + name + "' is not a host name");
    }
    List<byte[]> found = local(plain, family);
    if (found == null) {
      found = ask(plain, absolute, family, name);
    }
    List<InetAddress> addresses = new ArrayList<>(found.size());
    for (byte[] bytes : found) {
      addresses.add(InetAddress.getByAddress(name, bytes));
    }
    if (addresses.isEmpty()) {
      throw new UnknownHostException(name + ": the name has no address of the wanted family");
    }
    return order.apply(addresses);
  }

  /** Answers without any server; null when a server has to say. */
  private List<byte[]> local(String name, Family family) throws UnknownHostException {
    List<byte[]> found = new ArrayList<>(2);
    if (name.indexOf(':') >= 0) {
      try {
        found.add(InetAddress.ofLiteral(name).getAddress());
        return keep(found, family);
      } catch (IllegalArgumentException e) {
        throw new UnknownHostException(name + " is not a host name");
      }
    }
    long literal = IpAddress.parseV4(name);
    if (literal != -1) {
      found.add(IpAddress.bytes(0, literal));
      return keep(found, family);
    }
    List<InetAddress> hosts = config.host(name);
    if (hosts != null) {
      for (InetAddress address : hosts) {
        found.add(address.getAddress());
      }
      return keep(found, family);
    }
    // RFC 6761, section 6.3.
    if (name.equals("localhost") || name.endsWith(".localhost")) {
      addInterfaces(found, true);
      return keep(found, family);
    }
    if (name.equals(hostName.get().toLowerCase(Locale.ROOT))) {
      addInterfaces(found, false);
      if (found.isEmpty()) {
        addInterfaces(found, true);
      }
      return keep(found, family);
    }
    return null;
  }

  private void addInterfaces(List<byte[]> found, boolean loopback) {
    for (InterfaceInfo info : sockets.interfaces()) {
      if (info.loopback() == loopback) {
        for (InterfaceInfo.Address address : info.addresses()) {
          found.add(address.address().getAddress());
        }
      }
    }
  }

  private static List<byte[]> keep(List<byte[]> found, Family family) {
    List<byte[]> kept = new ArrayList<>(found.size());
    for (byte[] bytes : found) {
      if (family == Family.ANY || bytes.length == 4 == (family == Family.IPV4)) {
        kept.add(bytes);
      }
    }
    return kept;
  }

  private List<byte[]> ask(String plain, boolean absolute, Family family, String name)
      throws UnknownHostException {
    if (config.servers().isEmpty()) {
      throw new UnknownHostException(
          name + ": no DNS server is configured (the network gave none and none was set)");
    }
    boolean dotted = plain.indexOf('.') >= 0;
    UnknownHostException failure = null;
    List<String> candidates = new ArrayList<>(2);
    if (absolute || dotted) {
      candidates.add(plain);
    }
    if (!absolute) {
      for (String domain : config.domains()) {
        candidates.add(plain + "." + domain.toLowerCase(Locale.ROOT));
      }
      if (!dotted) {
        candidates.add(plain);
      }
    }
    List<byte[]> empty = null;
    for (String candidate : candidates) {
      try {
        List<byte[]> found = addresses(candidate, family);
        if (!found.isEmpty()) {
          return found;
        }
        empty = found;
      } catch (UnknownHostException e) {
        failure = failure == null ? e : failure;
        if (DnsExchange.isSilence(e)) {
          break;
        }
      }
    }
    if (empty != null) {
      return empty;
    }
    throw failure;
  }

  private List<byte[]> addresses(String name, Family family) throws UnknownHostException {
    List<byte[]> found = new ArrayList<>(2);
    UnknownHostException failure = null;
    // Without an IPv6 address there is nothing to do with one of a peer (RFC 3493's AI_ADDRCONFIG).
    if (family == Family.IPV6 || family == Family.ANY && hasIpv6()) {
      try {
        found.addAll(records(name, DnsMessage.AAAA));
      } catch (UnknownHostException e) {
        failure = e;
      }
    }
    if (family != Family.IPV6) {
      try {
        found.addAll(records(name, DnsMessage.A));
      } catch (UnknownHostException e) {
        failure = e;
      }
    }
    if (found.isEmpty() && failure != null) {
      throw failure;
    }
    return found;
  }

  private boolean hasIpv6() {
    for (InterfaceInfo info : sockets.interfaces()) {
      for (InterfaceInfo.Address address : info.addresses()) {
        if (!info.loopback()
            && !(address.address() instanceof Inet4Address)
            && !address.address().isLinkLocalAddress()) {
          return true;
        }
      }
    }
    return false;
  }

  private List<byte[]> records(String name, int type) throws UnknownHostException {
    String current = name;
    for (int i = 0; i < MAX_ALIASES; i++) {
      DnsCache.Answer cached = cache.get(current, type, clock.monotonicNanos());
      if (cached != null) {
        if (cached.nameError()) {
          throw new UnknownHostException(name + ": no such name");
        }
        return cached.records();
      }
      DnsMessage answer = exchange.ask(config.servers(), current, type);
      boolean nameError = answer.code == DnsMessage.NAME_ERROR;
      boolean followed = answer.records.isEmpty() && !answer.target.equals(current);
      if (!followed || nameError) {
        long seconds = answer.seconds == Long.MAX_VALUE ? 0 : answer.seconds;
        cache.put(current, type, answer.records, nameError, seconds, clock.monotonicNanos());
        if (nameError) {
          throw new UnknownHostException(name + ": no such name");
        }
        return answer.records;
      }
      current = answer.target;
    }
    throw new UnknownHostException(name + ": more than " + MAX_ALIASES + " aliases");
  }

  @Override
  public String reverse(InetAddress address) throws UnknownHostException {
    String host = config.hostOf(address);
    if (host != null) {
      return host;
    }
    if (address.isLoopbackAddress()) {
      return "localhost";
    }
    for (InterfaceInfo info : sockets.interfaces()) {
      for (InterfaceInfo.Address own : info.addresses()) {
        if (own.address().equals(address)) {
          return hostName.get();
        }
      }
    }
    if (config.servers().isEmpty()) {
      throw new UnknownHostException(address.getHostAddress() + ": no DNS server is configured");
    }
    List<byte[]> names = records(reverseName(address.getAddress()), DnsMessage.PTR);
    if (names.isEmpty()) {
      throw new UnknownHostException(address.getHostAddress() + ": the address has no name");
    }
    return new String(names.get(0), StandardCharsets.UTF_8);
  }

  /** RFC 1035, section 3.5, and RFC 3596, section 2.5. */
  private static String reverseName(byte[] bytes) {
    StringBuilder name = new StringBuilder();
    for (int i = bytes.length - 1; i >= 0; i--) {
      if (bytes.length == 4) {
        name.append(bytes[i] & 0xff).append('.');
      } else {
        name.append(Character.forDigit(bytes[i] & 15, 16)).append('.');
        name.append(Character.forDigit(bytes[i] >> 4 & 15, 16)).append('.');
      }
    }
    return name.append(bytes.length == 4 ? "in-addr.arpa" : "ip6.arpa").toString();
  }

  /** Lets {@link DnsExchange} throw what callers expect. */
  static UnknownHostException unknown(String message, IOException cause) {
    UnknownHostException e = new UnknownHostException(message);
    if (cause != null) {
      e.initCause(cause);
    }
    return e;
  }
}

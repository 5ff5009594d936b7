package org.demitasse.net.icmp;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.demitasse.core.PacketBuffer;
import org.demitasse.net.ip.IpAddress;

/** Name servers and search domains that routers advertise, each for its lifetime (RFC 8106). */
final class AdvertisedNames {
  static final int OPTION_SERVERS = 25;
  static final int OPTION_DOMAINS = 31;

  /** RFC 8106, section 5.3.1, wants three at least. */
  private static final int MAX_EACH = 4;

  private static final int MAX_NAME = 253;
  private static final long SECOND = 1_000_000_000L;

  private record Entry<T>(T value, long expires) {}

  private final List<Entry<InetAddress>> servers = new ArrayList<>(2);
  private final List<Entry<String>> domains = new ArrayList<>(1);

  /**
   * Reads an option.
   *
   * @param length in bytes, all of them there, a multiple of eight
   * @return whether what is known has changed
   */
  boolean read(PacketBuffer p, int at, int length, long now) {
    if (length < 16) {
      return false;
    }
    long expires = now + (p.getInt(at + 4) & 0xffffffffL) * SECOND;
    boolean changed = false;
    int end = at + length;
    if (p.getByte(at) == OPTION_SERVERS) {
      for (int i = at + 8; i + 16 <= end; i += 16) {
        InetAddress server = IpAddress.toInetAddress(p.getLong(i), p.getLong(i + 8));
        changed |= put(servers, server, expires, now);
      }
      return changed;
    }
    for (int i = at + 8; i < end && p.getByte(i) != 0; ) {
      StringBuilder name = new StringBuilder();
      i = readName(p, i, end, name);
      if (i < 0) {
        break;
      }
      changed |= put(domains, name.toString(), expires, now);
    }
    return changed;
  }

  /** RFC 1035, section 3.1, not compressed; returns where the name ends, -1 when it is none. */
  private static int readName(PacketBuffer p, int from, int end, StringBuilder name) {
    int i = from;
    while (i < end) {
      int label = p.getByte(i++);
      if (label == 0) {
        return i;
      }
      if (label > 63 || i + label > end || name.length() + label + 1 > MAX_NAME) {
        return -1;
      }
      if (!name.isEmpty()) {
        name.append('.');
      }
      for (int j = 0; j < label; j++) {
        char c = (char) p.getByte(i + j);
        boolean usual = c == '-' || c == '_' || Character.isLetterOrDigit(c) && c < 128;
        if (!usual) {
          return -1;
        }
        name.append(c);
      }
      i += label;
    }
    return -1;
  }

  private static <T> boolean put(List<Entry<T>> entries, T value, long expires, long now) {
    for (int i = 0; i < entries.size(); i++) {
      if (entries.get(i).value.equals(value)) {
        if (expires <= now) {
          entries.remove(i);
          return true;
        }
        entries.set(i, new Entry<>(value, expires));
        return false;
      }
    }
    return expires > now && entries.size() < MAX_EACH && entries.add(new Entry<>(value, expires));
  }

  /** Returns whether anything was forgotten. */
  boolean forgetExpired(long now) {
    return servers.removeIf(each -> each.expires <= now)
        | domains.removeIf(each -> each.expires <= now);
  }

  /** Returns when {@link #forgetExpired} has something to do next. */
  long nextChange() {
    long next = Long.MAX_VALUE;
    for (Entry<InetAddress> each : servers) {
      next = Math.min(next, each.expires);
    }
    for (Entry<String> each : domains) {
      next = Math.min(next, each.expires);
    }
    return next;
  }

  void addAll(AdvertisedNames other) {
    servers.addAll(other.servers);
    domains.addAll(other.domains);
  }

  List<InetAddress> servers() {
    List<InetAddress> values = new ArrayList<>(servers.size());
    for (Entry<InetAddress> each : servers) {
      values.add(each.value);
    }
    return values;
  }

  List<String> domains() {
    List<String> values = new ArrayList<>(domains.size());
    for (Entry<String> each : domains) {
      values.add(each.value);
    }
    return values;
  }
}

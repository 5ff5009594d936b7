package org.demitasse.net.dhcp;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.demitasse.core.PacketBuffer;
import org.demitasse.net.ip.IpAddress;

/**
 * The options of a server's message (RFC 2132). What stands in several options of one code is one
 * value (RFC 3396), also across the fields that options may overflow into.
 */
final class DhcpOptions {
  private static final int FILE = 108;
  private static final int SERVER_NAME = 44;
  private static final int PAD = 0;
  private static final int END = 255;
  private static final int MAX_SERVERS = 8;
  private static final int MAX_ROUTES = 64;
  private static final int MAX_DOMAINS = 6;
  private static final int MAX_NAME = 253;

  private final byte[][] values = new byte[256][];

  private DhcpOptions() {}

  /**
   * Reads all options.
   *
   * @param p a message with all its fixed fields
   * @return null when an option is cut off
   */
  static DhcpOptions read(PacketBuffer p, int from) {
    DhcpOptions options = new DhcpOptions();
    if (!options.scan(p, from, p.length())) {
      return null;
    }
    int overload = options.number(DhcpMessage.OPTION_OVERLOAD);
    boolean whole =
        ((overload & 1) == 0 || options.scan(p, FILE, from - 4))
            && ((overload & 2) == 0 || options.scan(p, SERVER_NAME, FILE));
    return whole ? options : null;
  }

  private boolean scan(PacketBuffer p, int from, int to) {
    int i = from;
    while (i < to && p.getByte(i) != END) {
      int code = p.getByte(i);
      if (code == PAD) {
        i++;
        continue;
      }
      if (i + 2 > to || i + 2 + p.getByte(i + 1) > to) {
        return false;
      }
      int length = p.getByte(i + 1);
      byte[] before = values[code] == null ? new byte[0] : values[code];
      byte[] joined = Arrays.copyOf(before, before.length + length);
      p.get(i + 2, joined, before.length, length);
      values[code] = joined;
      i += 2 + length;
    }
    return true;
  }

  boolean has(int code) {
    return values[code] != null;
  }

  private byte[] value(int code) {
    return values[code] == null ? new byte[0] : values[code];
  }

  /** Returns an option of one or two bytes, 0 without it. */
  int number(int code) {
    byte[] value = value(code);
    return switch (value.length) {
      case 1 -> value[0] & 0xff;
      case 2 -> (value[0] & 0xff) << 8 | value[1] & 0xff;
      default -> 0;
    };
  }

  /** Returns the first four bytes of an option, 0 without it. */
  int word(int code) {
    return word(value(code), 0);
  }

  private static int word(byte[] bytes, int at) {
    return at + 4 > bytes.length
        ? 0
        : bytes[at] << 24
            | (bytes[at + 1] & 0xff) << 16
            | (bytes[at + 2] & 0xff) << 8
            | bytes[at + 3] & 0xff;
  }

  List<InetAddress> addresses(int code) {
    byte[] value = value(code);
    List<InetAddress> addresses = new ArrayList<>(2);
    for (int i = 0; i + 4 <= value.length && addresses.size() < MAX_SERVERS; i += 4) {
      addresses.add(IpAddress.toInetAddress(0, IpAddress.v4(word(value, i))));
    }
    return addresses;
  }

  /** Returns a name, empty when it is none. */
  String text(int code) {
    byte[] value = value(code);
    return text(value, 0, value.length);
  }

  private static String text(byte[] bytes, int from, int to) {
    int end = to;
    while (end > from && bytes[end - 1] == 0) {
      end--;
    }
    for (int i = from; i < end; i++) {
      boolean allowed =
          bytes[i] >= 'a' && bytes[i] <= 'z'
              || bytes[i] >= 'A' && bytes[i] <= 'Z'
              || bytes[i] >= '0' && bytes[i] <= '9'
              || bytes[i] == '-'
              || bytes[i] == '.'
              || bytes[i] == '_';
      if (!allowed) {
        return "";
      }
    }
    return new String(bytes, from, end - from, StandardCharsets.US_ASCII);
  }

  /** RFC 3442: prefix length, as many octets of the destination as count, gateway. */
  List<int[]> routes(int code) {
    byte[] value = value(code);
    List<int[]> routes = new ArrayList<>(1);
    int i = 0;
    while (i < value.length && routes.size() < MAX_ROUTES) {
      int prefix = value[i++] & 0xff;
      int octets = (prefix + 7) / 8;
      if (prefix > 32 || i + octets + 4 > value.length) {
        break;
      }
      int destination = 0;
      for (int o = 0; o < octets; o++) {
        destination |= (value[i + o] & 0xff) << 24 - 8 * o;
      }
      i += octets;
      routes.add(new int[] {destination, prefix, word(value, i)});
      i += 4;
    }
    return routes;
  }

  /** The search list, or the domain in its place. */
  List<String> searchDomains() {
    List<String> search = search(value(DhcpMessage.OPTION_SEARCH));
    String domain = text(DhcpMessage.OPTION_DOMAIN);
    return search.isEmpty() && !domain.isEmpty() ? List.of(domain) : search;
  }

  /** RFC 3397: names in DNS form, with pointers into the option. */
  private static List<String> search(byte[] value) {
    List<String> names = new ArrayList<>(1);
    int i = 0;
    while (i < value.length && names.size() < MAX_DOMAINS) {
      StringBuilder name = new StringBuilder();
      i = readName(value, i, name);
      if (i < 0) {
        break;
      }
      if (!name.isEmpty()) {
        names.add(name.toString());
      }
    }
    return names;
  }

  /** Returns where the name ends, -1 when it is broken. */
  private static int readName(byte[] value, int from, StringBuilder name) {
    int at = from;
    int next = -1;
    for (int steps = 0; steps <= 64 && at < value.length; steps++) {
      int length = value[at] & 0xff;
      if (length == 0) {
        return next < 0 ? at + 1 : next;
      }
      if (length >= 192) {
        if (at + 1 >= value.length) {
          return -1;
        }
        next = next < 0 ? at + 2 : next;
        at = (length & 63) << 8 | value[at + 1] & 0xff;
        continue;
      }
      if (length > 63 || at + 1 + length > value.length || name.length() + length > MAX_NAME) {
        return -1;
      }
      name.append(name.isEmpty() ? "" : ".").append(text(value, at + 1, at + 1 + length));
      at += 1 + length;
    }
    return -1;
  }
}

package org.demitasse.net.dhcp;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.demitasse.core.PacketBuffer;
import org.demitasse.net.ip.IpAddress;

/** The message of RFC 2131, section 2, read from a packet. */
public final class DhcpMessage {
  public static final int DISCOVER = 1;
  public static final int OFFER = 2;
  public static final int REQUEST = 3;
  public static final int DECLINE = 4;
  public static final int ACK = 5;
  public static final int NAK = 6;
  public static final int RELEASE = 7;

  static final int MAGIC = 0x63825363;
  static final int OPTIONS = 240;

  static final int OPTION_MASK = 1;
  static final int OPTION_ROUTER = 3;
  static final int OPTION_DNS = 6;
  static final int OPTION_HOST_NAME = 12;
  static final int OPTION_DOMAIN = 15;
  static final int OPTION_REQUESTED_ADDRESS = 50;
  static final int OPTION_LEASE_TIME = 51;
  static final int OPTION_OVERLOAD = 52;
  static final int OPTION_TYPE = 53;
  static final int OPTION_SERVER = 54;
  static final int OPTION_PARAMETERS = 55;
  static final int OPTION_MAX_SIZE = 57;
  static final int OPTION_RENEWAL = 58;
  static final int OPTION_REBINDING = 59;
  static final int OPTION_CLIENT_ID = 61;
  static final int OPTION_RAPID_COMMIT = 80;
  static final int OPTION_SEARCH = 119;
  static final int OPTION_ROUTES = 121;

  final int transaction;
  final int type;
  final int server;
  final boolean rapidCommit;
  final DhcpLease lease;

  private DhcpMessage(int transaction, int type, int server, boolean rapid, DhcpLease lease) {
    this.transaction = transaction;
    this.type = type;
    this.server = server;
    rapidCommit = rapid;
    this.lease = lease;
  }

  /**
   * Reads a server's message.
   *
   * @param mac the client's hardware address, which the message must name
   * @return null when it is none, or not for this client
   */
  static DhcpMessage decode(PacketBuffer p, long mac) {
    if (p.length() < OPTIONS
        || p.getByte(0) != 2
        || p.getShort(1) != 0x0106
        || p.getInt(236) != MAGIC
        || p.getMac(28) != mac) {
      return null;
    }
    Options options = new Options(p);
    if (!options.scan(OPTIONS, p.length())) {
      return null;
    }
    if ((options.overload & 1) != 0 && !options.scan(108, 236)) {
      return null;
    }
    if ((options.overload & 2) != 0 && !options.scan(44, 108)) {
      return null;
    }
    int address = p.getInt(16);
    DhcpLease lease =
        new DhcpLease(
            address,
            options.mask == 0 ? classfulPrefix(address) : Integer.bitCount(options.mask),
            options.router,
            options.server,
            options.routes,
            options.nameServers,
            options.searchDomains(),
            options.hostName,
            options.seconds == 0xffffffffL ? -1 : options.seconds,
            options.renew,
            options.rebind);
    return new DhcpMessage(p.getInt(4), options.type, options.server, options.rapid, lease);
  }

  private static int classfulPrefix(int address) {
    return address >= 0 ? 8 : address >>> 30 == 2 ? 16 : 24;
  }

  /** The options, as they are met. */
  private static final class Options {
    private final PacketBuffer p;
    int type;
    int mask;
    int router;
    int server;
    int overload;
    long seconds;
    long renew;
    long rebind;
    boolean rapid;
    String hostName = "";
    String domain = "";
    final List<String> search = new ArrayList<>(1);
    final List<int[]> routes = new ArrayList<>(1);
    final List<InetAddress> nameServers = new ArrayList<>(2);

    Options(PacketBuffer p) {
      this.p = p;
    }

    boolean scan(int from, int to) {
      int i = from;
      while (i < to) {
        int code = p.getByte(i);
        if (code == 255) {
          return true;
        }
        if (code == 0) {
          i++;
          continue;
        }
        if (i + 2 > to || i + 2 + p.getByte(i + 1) > to) {
          return false;
        }
        int length = p.getByte(i + 1);
        read(code, i + 2, length);
        i += 2 + length;
      }
      return true;
    }

    private void read(int code, int at, int length) {
      int word = length >= 4 ? p.getInt(at) : 0;
      switch (code) {
        case OPTION_TYPE -> type = length == 1 ? p.getByte(at) : 0;
        case OPTION_OVERLOAD -> overload = length == 1 ? p.getByte(at) : 0;
        case OPTION_MASK -> mask = word;
        case OPTION_ROUTER -> router = word;
        case OPTION_SERVER -> server = word;
        case OPTION_LEASE_TIME -> seconds = word & 0xffffffffL;
        case OPTION_RENEWAL -> renew = word & 0xffffffffL;
        case OPTION_REBINDING -> rebind = word & 0xffffffffL;
        case OPTION_RAPID_COMMIT -> rapid = true;
        case OPTION_HOST_NAME -> hostName = text(at, length);
        case OPTION_DOMAIN -> domain = text(at, length);
        case OPTION_DNS -> {
          for (int i = 0; i + 4 <= length && nameServers.size() < 8; i += 4) {
            nameServers.add(IpAddress.toInetAddress(0, IpAddress.v4(p.getInt(at + i))));
          }
        }
        case OPTION_ROUTES -> readRoutes(at, at + length);
        case OPTION_SEARCH -> readSearch(at, at + length);
        default -> {}
      }
    }

    private String text(int at, int length) {
      byte[] bytes = new byte[length];
      p.get(at, bytes, 0, length);
      int end = length;
      while (end > 0 && bytes[end - 1] == 0) {
        end--;
      }
      for (int i = 0; i < end; i++) {
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
      return new String(bytes, 0, end, StandardCharsets.US_ASCII);
    }

    /** RFC 3442: prefix length, as many octets of the destination as count, gateway. */
    private void readRoutes(int from, int to) {
      int i = from;
      while (i < to && routes.size() < 64) {
        int prefix = p.getByte(i++);
        int octets = (prefix + 7) / 8;
        if (prefix > 32 || i + octets + 4 > to) {
          return;
        }
        int destination = 0;
        for (int o = 0; o < octets; o++) {
          destination |= p.getByte(i + o) << 24 - 8 * o;
        }
        i += octets;
        routes.add(new int[] {destination, prefix, p.getInt(i)});
        i += 4;
      }
    }

    /** RFC 3397: names in DNS form, with pointers into the option. */
    private void readSearch(int from, int to) {
      int i = from;
      while (i < to && search.size() < 6) {
        StringBuilder name = new StringBuilder();
        int at = i;
        int next = -1;
        for (int steps = 0; ; steps++) {
          if (at >= to || steps > 64) {
            return;
          }
          int length = p.getByte(at);
          if (length == 0) {
            next = next < 0 ? at + 1 : next;
            break;
          }
          if (length >= 192) {
            if (at + 1 >= to) {
              return;
            }
            next = next < 0 ? at + 2 : next;
            at = from + ((length & 63) << 8 | p.getByte(at + 1));
            continue;
          }
          if (length > 63 || at + 1 + length > to || name.length() + length > 253) {
            return;
          }
          name.append(name.isEmpty() ? "" : ".").append(text(at + 1, length));
          at += 1 + length;
        }
        if (!name.isEmpty()) {
          search.add(name.toString());
        }
        i = next;
      }
    }

    List<String> searchDomains() {
      return search.isEmpty() && !domain.isEmpty() ? List.of(domain) : search;
    }
  }
}

package org.demitasse.net.dhcp;

import org.demitasse.core.PacketBuffer;

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
  static final int OPTION_MTU = 26;
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
    DhcpOptions options = DhcpOptions.read(p, OPTIONS);
    if (options == null) {
      return null;
    }
    int address = p.getInt(16);
    int mask = options.word(OPTION_MASK);
    int server = options.word(OPTION_SERVER);
    long seconds = options.word(OPTION_LEASE_TIME) & 0xffffffffL;
    DhcpLease lease =
        new DhcpLease(
            address,
            mask == 0 ? classfulPrefix(address) : Integer.bitCount(mask),
            options.word(OPTION_ROUTER),
            server,
            options.routes(OPTION_ROUTES),
            options.addresses(OPTION_DNS),
            options.searchDomains(),
            options.text(OPTION_HOST_NAME),
            options.number(OPTION_MTU),
            seconds == 0xffffffffL ? -1 : seconds,
            options.word(OPTION_RENEWAL) & 0xffffffffL,
            options.word(OPTION_REBINDING) & 0xffffffffL);
    int type = options.number(OPTION_TYPE);
    return new DhcpMessage(p.getInt(4), type, server, options.has(OPTION_RAPID_COMMIT), lease);
  }

  private static int classfulPrefix(int address) {
    return address >= 0 ? 8 : address >>> 30 == 2 ? 16 : 24;
  }
}

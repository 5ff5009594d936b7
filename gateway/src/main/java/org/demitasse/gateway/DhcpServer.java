package org.demitasse.gateway;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The DHCP server (RFC 2131, RFC 2132) of a network with one guest and one address to give, which
 * is the guest's for as long as the gateway runs. Knows rapid commit (RFC 4039).
 */
final class DhcpServer {
  static final int SERVER_PORT = 67;
  static final int CLIENT_PORT = 68;

  private static final int XID = 4;
  private static final int FLAGS = 10;
  private static final int CLIENT_ADDRESS = 12;
  private static final int YOUR_ADDRESS = 16;
  private static final int SERVER_ADDRESS = 20;
  private static final int RELAY_ADDRESS = 24;
  private static final int HARDWARE_ADDRESS = 28;
  private static final int COOKIE = 236;
  private static final int OPTIONS = 240;
  private static final int COOKIE_VALUE = 0x63825363;

  /** RFC 951's size, which old clients insist on. */
  private static final int ANSWER_MIN = 300;

  private static final int DISCOVER = 1;
  private static final int OFFER = 2;
  private static final int REQUEST = 3;
  private static final int ACK = 5;
  private static final int NAK = 6;
  private static final int INFORM = 8;

  private static final int OPTION_PAD = 0;
  private static final int OPTION_MASK = 1;
  private static final int OPTION_ROUTER = 3;
  private static final int OPTION_DNS = 6;
  private static final int OPTION_MTU = 26;
  private static final int OPTION_BROADCAST = 28;
  private static final int OPTION_REQUESTED = 50;
  private static final int OPTION_LEASE = 51;
  private static final int OPTION_TYPE = 53;
  private static final int OPTION_SERVER = 54;
  private static final int OPTION_RENEW = 58;
  private static final int OPTION_REBIND = 59;
  private static final int OPTION_CLIENT = 61;
  private static final int OPTION_RAPID_COMMIT = 80;
  private static final int OPTION_END = 255;

  /** A day; the address never changes, so renewing is only a sign of life. */
  private static final int LEASE_SECONDS = 86_400;

  private final Network network;
  private final ByteBuffer answer = ByteBuffer.allocate(576);

  private int type;
  private int requested;
  private int server;
  private boolean rapidCommit;
  private byte[] client;
  private int destination;

  DhcpServer(Network network) {
    this.network = network;
  }

  /**
   * Answers a message.
   *
   * @param message the UDP payload, from position to limit
   * @return the payload of the answer, or null when there is none; valid until the next call.
   *     {@link #destination()} says where it goes
   */
  ByteBuffer answer(ByteBuffer message) {
    ByteBuffer m = message.slice();
    if (m.limit() < OPTIONS
        || m.get(0) != 1
        || m.get(1) != 1
        || m.get(2) != 6
        || m.getInt(COOKIE) != COOKIE_VALUE
        || m.getInt(RELAY_ADDRESS) != 0
        || !readOptions(m)) {
      return null;
    }
    int clientAddress = m.getInt(CLIENT_ADDRESS);
    int answerType;
    switch (type) {
      case DISCOVER -> answerType = rapidCommit ? ACK : OFFER;
      case REQUEST -> {
        if (server != 0 && server != network.gateway()) {
          return null;
        }
        // RFC 2131, section 4.3.2: the address is in the option, or in use already (renewing).
        int wanted = requested != 0 ? requested : clientAddress;
        answerType = wanted == network.guest() ? ACK : NAK;
      }
      case INFORM -> answerType = ACK;
      default -> {
        return null;
      }
    }
    write(m, answerType, clientAddress);
    boolean broadcast = (m.getShort(FLAGS) & 0x8000) != 0;
    if (answerType == NAK) {
      destination = -1;
    } else if (clientAddress != 0) {
      destination = clientAddress;
    } else {
      destination = broadcast ? -1 : network.guest();
    }
    return answer;
  }

  /** Where the last answer goes: an address, or -1 for everybody. */
  int destination() {
    return destination;
  }

  /** Whether the last answer gave the guest its address for good. */
  boolean acknowledged() {
    return answer.limit() > OPTIONS + 2 && answer.get(OPTIONS + 2) == ACK;
  }

  private boolean readOptions(ByteBuffer m) {
    type = 0;
    requested = 0;
    server = 0;
    rapidCommit = false;
    client = null;
    int at = OPTIONS;
    while (at < m.limit()) {
      int option = m.get(at) & 0xff;
      if (option == OPTION_END) {
        return type != 0;
      }
      if (option == OPTION_PAD) {
        at++;
        continue;
      }
      if (at + 2 > m.limit()) {
        return false;
      }
      int length = m.get(at + 1) & 0xff;
      int value = at + 2;
      if (value + length > m.limit()) {
        return false;
      }
      if (option == OPTION_TYPE && length == 1) {
        type = m.get(value);
      } else if (option == OPTION_REQUESTED && length == 4) {
        requested = m.getInt(value);
      } else if (option == OPTION_SERVER && length == 4) {
        server = m.getInt(value);
      } else if (option == OPTION_RAPID_COMMIT && length == 0) {
        rapidCommit = true;
      } else if (option == OPTION_CLIENT) {
        client = new byte[length];
        m.get(value, client);
      }
      at = value + length;
    }
    return false;
  }

  private void write(ByteBuffer m, int answerType, int clientAddress) {
    ByteBuffer a = answer;
    Arrays.fill(a.array(), (byte) 0);
    a.clear();
    a.put(0, (byte) 2).put(1, (byte) 1).put(2, (byte) 6);
    a.putInt(XID, m.getInt(XID));
    a.putShort(FLAGS, m.getShort(FLAGS));
    for (int i = 0; i < 16; i++) {
      a.put(HARDWARE_ADDRESS + i, m.get(HARDWARE_ADDRESS + i));
    }
    a.putInt(COOKIE, COOKIE_VALUE);
    a.position(OPTIONS);
    a.put((byte) OPTION_TYPE).put((byte) 1).put((byte) answerType);
    put(OPTION_SERVER, network.gateway());
    if (answerType != NAK) {
      if (type != INFORM) {
        a.putInt(YOUR_ADDRESS, network.guest());
        put(OPTION_LEASE, LEASE_SECONDS);
        put(OPTION_RENEW, LEASE_SECONDS / 2);
        put(OPTION_REBIND, LEASE_SECONDS / 8 * 7);
      }
      a.putInt(CLIENT_ADDRESS, clientAddress);
      a.putInt(SERVER_ADDRESS, 0);
      put(OPTION_MASK, network.mask());
      put(OPTION_BROADCAST, network.broadcast());
      put(OPTION_ROUTER, network.gateway());
      put(OPTION_DNS, network.dns());
      a.put((byte) OPTION_MTU).put((byte) 2).putShort((short) Network.MTU);
      if (rapidCommit && type == DISCOVER) {
        a.put((byte) OPTION_RAPID_COMMIT).put((byte) 0);
      }
    }
    if (client != null) {
      // RFC 6842: the client finds its own answer by this.
      a.put((byte) OPTION_CLIENT).put((byte) client.length).put(client);
    }
    a.put((byte) OPTION_END);
    a.limit(Math.max(a.position(), ANSWER_MIN));
    a.position(0);
  }

  private void put(int option, int value) {
    answer.put((byte) option).put((byte) 4).putInt(value);
  }
}

package org.demitasse.gateway;

import java.net.InetAddress;

/**
 * A port of the host that leads to a port of the guest.
 *
 * @param udp datagrams; else connections
 * @param address the host's address to listen at
 * @param hostPort 0 takes a free one
 * @param guestPort 1 to 65535
 */
record Forward(boolean udp, InetAddress address, int hostPort, int guestPort) {
  /**
   * Reads {@code tcp:HOST_ADDRESS:HOST_PORT:GUEST_PORT} or {@code udp:...}; an IPv6 address stands
   * in brackets, and {@code HOST_ADDRESS:} may be left out for 127.0.0.1.
   */
  static Forward parse(String text) throws GatewayException {
    boolean udp = text.startsWith("udp:");
    int guestAt = text.lastIndexOf(':');
    int hostAt = guestAt < 0 ? -1 : text.lastIndexOf(':', guestAt - 1);
    if (!udp && !text.startsWith("tcp:") || hostAt < 3) {
      throw wrong(text);
    }
    String address = hostAt == 3 ? "127.0.0.1" : text.substring(4, hostAt);
    boolean brackets = address.startsWith("[") && address.endsWith("]");
    if (brackets) {
      address = address.substring(1, address.length() - 1);
    }
    if (address.indexOf(':') >= 0 != brackets) {
      throw wrong(text);
    }
    try {
      return new Forward(
          udp,
          InetAddress.ofLiteral(address),
          port(text, text.substring(hostAt + 1, guestAt), 0),
          port(text, text.substring(guestAt + 1), 1));
    } catch (IllegalArgumentException e) {
      throw wrong(text);
    }
  }

  private static int port(String text, String digits, int least) throws GatewayException {
    try {
      int port = Integer.parseInt(digits);
      if (port >= least && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw wrong(text);
  }

  private static GatewayException wrong(String text) {
    return new GatewayException(
        GatewayException.USAGE,
        "--forward wants tcp:HOST_ADDRESS:HOST_PORT:GUEST_PORT or udp:..., not '" + text + "'");
  }
}

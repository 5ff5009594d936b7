package org.demitasse.machine;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A port of the host that leads to a port of the program.
 *
 * @param protocol TCP or UDP
 * @param address numeric address of the host on which the port is opened
 * @param host port of the host, 1 to 65535
 * @param guest port of the program, 1 to 65535
 */
public record PortForward(Protocol protocol, String address, int host, int guest) {

  /** Transport protocol of a forwarded port. */
  public enum Protocol {
    /** Connections. */
    TCP,
    /** Datagrams. */
    UDP;

    /** The name as it is written in options. */
    public String text() {
      return this == TCP ? "tcp" : "udp";
    }
  }

  /** The host's address when none is given: reachable from this machine alone. */
  public static final String LOOPBACK = "127.0.0.1";

  private static final Pattern FORM =
      Pattern.compile(
          "(?:(?<v4>[0-9.]+):|\\[(?<v6>[0-9a-fA-F:.]+)]:)?"
              + "(?<host>[0-9]{1,5}):(?<guest>[0-9]{1,5})(?:/(?<protocol>tcp|udp))?");

  private static final Pattern IPV4 =
      Pattern.compile("((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(\\.(?!$)|$)){4}");

  /** Checks the ports. */
  public PortForward {
    checkPort(host);
    checkPort(guest);
  }

  /**
   * Reads {@code [ADDRESS:]HOST:GUEST[/tcp|/udp]}; an IPv6 address stands in brackets.
   *
   * @throws IllegalArgumentException when the text has another form or a port is out of range
   */
  public static PortForward parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()
        || (form.group("v4") != null && !IPV4.matcher(form.group("v4")).matches())) {
      throw new IllegalArgumentException(
          "expected [ADDRESS:]HOST:GUEST[/udp], for example 8080:80, not '" + text + "'");
    }
    String address = form.group("v4");
    if (address == null) {
      address = form.group("v6") == null ? LOOPBACK : form.group("v6");
    }
    return new PortForward(
        "udp".equals(form.group("protocol")) ? Protocol.UDP : Protocol.TCP,
        address,
        Integer.parseInt(form.group("host")),
        Integer.parseInt(form.group("guest")));
  }

  /** The text that {@link #parse} reads. */
  @Override
  public String toString() {
    String at = address.indexOf(':') >= 0 ? "[" + address + "]" : address;
    return at + ":" + host + ":" + guest + "/" + protocol.text();
  }

  private static void checkPort(int port) {
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("a port is 1 to 65535, not " + port);
    }
  }
}

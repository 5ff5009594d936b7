package org.demitasse.net.script;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Map;

/** What reading and writing of frames share; written apart from the stack's own code. */
final class Inet {
  static final byte[] STACK_MAC = {2, 0, 0, 0, 0, 1};
  static final byte[] SCRIPT_MAC = {2, 0, 0, 0, 0, 2};
  static final int IPV4 = 0x0800;
  static final int ARP = 0x0806;
  static final int IPV6 = 0x86dd;
  static final int TCP = 6;
  static final int UDP = 17;
  static final int ICMP = 1;
  static final int IGMP = 2;
  static final int ICMPV6 = 58;
  static final int FRAGMENT = 44;

  /** Types of ICMP messages by family: the name is the RFC's. */
  static final Map<String, Integer> ICMP_TYPES =
      Map.of(
          "echo-reply",
          0,
          "unreachable",
          3,
          "redirect",
          5,
          "echo-request",
          8,
          "time-exceeded",
          11,
          "parameter-problem",
          12,
          "timestamp-request",
          13);

  static final Map<String, Integer> ICMP6_TYPES =
      Map.of(
          "unreachable",
          1,
          "too-big",
          2,
          "time-exceeded",
          3,
          "parameter-problem",
          4,
          "echo-request",
          128,
          "echo-reply",
          129,
          "redirect",
          137);

  static final Map<String, Integer> IGMP_TYPES =
      Map.of("query", 0x11, "report1", 0x12, "report2", 0x16, "leave", 0x17, "report3", 0x22);

  static final Map<String, Integer> MLD_TYPES =
      Map.of("query", 130, "report1", 131, "done", 132, "report2", 143);

  private Inet() {}

  static byte[] address(String text) {
    return InetAddress.ofLiteral(text).getAddress();
  }

  static String name(byte[] address) {
    try {
      InetAddress inet = InetAddress.getByAddress(address);
      String text = inet.getHostAddress();
      return address.length == 4 ? text : compress(text);
    } catch (java.net.UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  /** RFC 5952, as far as one run of zeros goes. */
  private static String compress(String text) {
    String best = "";
    java.util.regex.Matcher runs =
        java.util.regex.Pattern.compile("(?:^|:)0(?::0)+(?::|$)").matcher(text);
    while (runs.find()) {
      best = runs.group().length() > best.length() ? runs.group() : best;
    }
    return best.isEmpty() ? text : text.replaceFirst(java.util.regex.Pattern.quote(best), "::");
  }

  static String mac(ByteBuffer bytes, int at) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 6; i++) {
      text.append(i == 0 ? "" : ":").append(String.format("%02x", bytes.get(at + i)));
    }
    return text.toString();
  }

  static byte[] mac(String text) {
    return java.util.HexFormat.ofDelimiter(":").parseHex(text);
  }

  /** The Internet checksum (RFC 1071) over a pseudo header and some bytes: 0 when they hold one. */
  static int sum(byte[] source, byte[] destination, int protocol, byte[] bytes, int from, int to) {
    long sum = 0;
    if (source != null) {
      sum = words(source, 0, source.length) + words(destination, 0, destination.length);
      sum += protocol + (to - from);
    }
    sum += words(bytes, from, to);
    while (sum >>> 16 != 0) {
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return (int) (~sum & 0xffff);
  }

  private static long words(byte[] bytes, int from, int to) {
    long sum = 0;
    for (int i = from; i < to; i++) {
      sum += (i - from) % 2 == 0 ? (bytes[i] & 0xff) << 8 : bytes[i] & 0xff;
    }
    return sum;
  }

  static String nameOf(Map<String, Integer> names, int type) {
    for (Map.Entry<String, Integer> each : names.entrySet()) {
      if (each.getValue() == type) {
        return each.getKey();
      }
    }
    return String.valueOf(type);
  }
}

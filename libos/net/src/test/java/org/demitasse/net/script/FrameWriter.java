package org.demitasse.net.script;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * Makes the frames that arrive, from the same names that {@link FrameReader} gives. More names:
 * {@code badsum}, {@code nosum} (UDP without a checksum), {@code badheader} (a wrong IPv4 header
 * checksum), {@code offset N} (TCP's data offset in words), {@code urg N}, {@code options HEX} (of
 * the IPv4 header), {@code hop HEX}, {@code dest HEX} and {@code route HEX} (IPv6 extension
 * headers' content), {@code extra N} (zeros behind an IGMP or MLD message), {@code smac} and {@code
 * dmac} (Ethernet), {@code about FIRST(LENGTH)} or {@code about udp:FROM:TO} or {@code about echo}
 * (the packet of the stack that an ICMP error quotes, the last an echo reply; {@code noquote}
 * leaves it out), {@code cut N} (only the first N bytes of the IP packet arrive).
 */
final class FrameWriter {
  private final Flow.Table flows;
  private final Values values;

  FrameWriter(Flow.Table flows, Values values) {
    this.flows = flows;
    this.values = values;
  }

  private int number(Fields f, String name, int otherwise) {
    String text = f.get(name);
    return text == null ? otherwise : (int) values.number(text);
  }

  /**
   * @param v6 the family where the fields do not say it
   */
  byte[] write(Fields f, boolean v6, int stackPort, int scriptPort) {
    String protocol = f.get("proto");
    if (protocol.equals("arp")) {
      return ethernet(f, arp(f), Inet.ARP, Inet.STACK_MAC);
    }
    if (protocol.equals("raw")) {
      return ethernet(
          f, HexFormat.of().parseHex(f.get("bytes")), number(f, "type", 0), Inet.STACK_MAC);
    }
    boolean six =
        switch (protocol) {
          case "icmp", "igmp" -> false;
          case "icmp6", "ns", "na", "ra", "rs", "mld" -> true;
          default -> v6;
        };
    byte[] source = Inet.address(f.has("src") ? f.get("src") : six ? defaultSource(f) : "10.0.0.2");
    byte[] destination =
        Inet.address(f.has("dst") ? f.get("dst") : six ? defaultDestination(f) : "10.0.0.1");
    byte[] payload = transport(f, six, source, destination, stackPort, scriptPort);
    return wrap(f, six, source, destination, protocolNumber(f, six), payload);
  }

  private static String defaultSource(Fields f) {
    return switch (f.get("proto")) {
      case "ra", "mld" -> "fe80::2";
      default -> "2001:db8::2";
    };
  }

  private static String defaultDestination(Fields f) {
    return switch (f.get("proto")) {
      case "ra", "mld" -> "ff02::1";
      default -> "2001:db8::1";
    };
  }

  private int protocolNumber(Fields f, boolean six) {
    return switch (f.get("proto")) {
      case "tcp" -> Inet.TCP;
      case "udp" -> Inet.UDP;
      case "igmp" -> Inet.IGMP;
      case "fragment" -> number(f, "of", Inet.UDP);
      case "ip" -> number(f, "protocol", 255);
      default -> six ? Inet.ICMPV6 : Inet.ICMP;
    };
  }

  /** The transport's header and payload, its checksum filled in. */
  byte[] transport(
      Fields f, boolean six, byte[] source, byte[] destination, int stackPort, int scriptPort) {
    int checksumAt;
    byte[] p;
    switch (f.get("proto")) {
      case "tcp" -> {
        p = tcp(f, six, stackPort, scriptPort);
        checksumAt = 16;
      }
      case "udp" -> {
        p = udp(f);
        checksumAt = 6;
      }
      case "igmp" -> {
        p = igmp(f);
        checksumAt = 2;
      }
      case "icmp", "icmp6" -> {
        p = icmp(f, six, stackPort, scriptPort);
        checksumAt = 2;
      }
      case "ip" -> {
        return new byte[number(f, "len", 0)];
      }
      default -> {
        p = discovery(f);
        checksumAt = 2;
      }
    }
    if (!f.has("nosum")) {
      int protocol = protocolNumber(f, six);
      boolean pseudo = protocol != Inet.ICMP && protocol != Inet.IGMP;
      int sum = Inet.sum(pseudo ? source : null, destination, protocol, p, 0, p.length);
      sum = sum == 0 && protocol == Inet.UDP ? 0xffff : sum;
      ByteBuffer.wrap(p).putShort(checksumAt, (short) (f.has("badsum") ? sum ^ 0x5555 : sum));
    }
    return p;
  }

  /** Puts IP and Ethernet in front. */
  byte[] wrap(
      Fields f, boolean six, byte[] source, byte[] destination, int protocol, byte[] payload) {
    byte[] packet =
        six
            ? ipv6(f, source, destination, protocol, payload)
            : ipv4(f, source, destination, protocol, payload);
    if (f.has("cut")) {
      packet = java.util.Arrays.copyOf(packet, number(f, "cut", packet.length));
    }
    byte[] to = Inet.STACK_MAC;
    if (six && destination[0] == (byte) 0xff) {
      to =
          new byte[] {
            0x33, 0x33, destination[12], destination[13], destination[14], destination[15]
          };
    } else if (!six && (destination[0] & 0xf0) == 0xe0) {
      to = new byte[] {1, 0, 0x5e, (byte) (destination[1] & 0x7f), destination[2], destination[3]};
    } else if (!six && destination[3] == -1) {
      to = new byte[] {-1, -1, -1, -1, -1, -1};
    }
    return ethernet(f, packet, six ? Inet.IPV6 : Inet.IPV4, to);
  }

  private byte[] ethernet(Fields f, byte[] packet, int type, byte[] to) {
    ByteBuffer b = ByteBuffer.allocate(14 + packet.length);
    b.put(f.has("dmac") ? Inet.mac(f.get("dmac")) : to);
    b.put(f.has("smac") ? Inet.mac(f.get("smac")) : Inet.SCRIPT_MAC);
    return b.putShort((short) type).put(packet).array();
  }

  private int trafficClass(Fields f) {
    int ecn =
        switch (f.has("ecn") ? f.get("ecn") : "not") {
          case "not" -> 0;
          case "ect1" -> 1;
          case "ect0" -> 2;
          case "ce" -> 3;
          default -> throw new ScriptFailure("ecn is not, ect0, ect1 or ce");
        };
    return number(f, "tos", 0) | ecn;
  }

  private byte[] ipv4(Fields f, byte[] source, byte[] destination, int protocol, byte[] payload) {
    byte[] options = f.has("options") ? HexFormat.of().parseHex(f.get("options")) : new byte[0];
    int header = 20 + options.length;
    boolean fragment = f.get("proto").equals("fragment");
    int flags = (f.has("df") ? 0x4000 : 0) | (f.has("more") ? 0x2000 : 0);
    ByteBuffer b = ByteBuffer.allocate(header + payload.length);
    b.put((byte) (number(f, "version", 4) << 4 | number(f, "ihl", header / 4)));
    b.put((byte) trafficClass(f));
    b.putShort((short) number(f, "iplen", b.capacity()));
    b.putShort((short) (fragment || !f.get("proto").equals("icmp") ? number(f, "id", 1) : 1));
    b.putShort((short) (flags | (fragment ? number(f, "first", 0) / 8 : 0)));
    b.put((byte) number(f, "ttl", f.get("proto").equals("igmp") ? 1 : 64));
    b.put((byte) protocol).putShort((short) 0).put(source).put(destination).put(options);
    int sum = Inet.sum(null, null, 0, b.array(), 0, header);
    b.putShort(10, (short) (f.has("badheader") ? sum ^ 0x5555 : sum));
    return b.put(payload).array();
  }

  private byte[] ipv6(Fields f, byte[] source, byte[] destination, int protocol, byte[] payload) {
    ByteArrayOutputStream extensions = new ByteArrayOutputStream();
    int next = protocol;
    boolean fragment = f.get("proto").equals("fragment");
    if (fragment) {
      ByteBuffer b = ByteBuffer.allocate(8).put((byte) next).put((byte) 0);
      b.putShort((short) (number(f, "first", 0) | (f.has("more") ? 1 : 0)));
      b.putInt(number(f, "id", 1));
      extensions.writeBytes(b.array());
      next = Inet.FRAGMENT;
    }
    String[] names = {"dest", "route", "hop"};
    int[] kinds = {60, 43, 0};
    for (int i = 0; i < 3; i++) {
      if (f.has(names[i])) {
        byte[] content = HexFormat.of().parseHex(f.get(names[i]));
        byte[] inner = extensions.toByteArray();
        extensions.reset();
        extensions.write(next);
        extensions.write((content.length + 2) / 8 - 1);
        extensions.writeBytes(content);
        extensions.writeBytes(inner);
        next = kinds[i];
      }
    }
    boolean discovery = java.util.Set.of("ns", "na", "ra", "rs").contains(f.get("proto"));
    ByteBuffer b = ByteBuffer.allocate(40 + extensions.size() + payload.length);
    b.putInt(number(f, "version", 6) << 28 | trafficClass(f) << 20 | number(f, "label", 0));
    b.putShort((short) number(f, "iplen", extensions.size() + payload.length));
    int ttl = discovery ? 255 : f.get("proto").equals("mld") ? 1 : 64;
    b.put((byte) next).put((byte) number(f, "ttl", ttl)).put(source).put(destination);
    return b.put(extensions.toByteArray()).put(payload).array();
  }

  private byte[] arp(Fields f) {
    ByteBuffer b = ByteBuffer.allocate(28).putInt(0x00010800).putShort((short) 0x0604);
    b.putShort((short) (f.get("op").equals("request") ? 1 : 2));
    b.put(f.has("mac") ? Inet.mac(f.get("mac")) : Inet.SCRIPT_MAC);
    b.put(Inet.address(f.get("sender"))).put(new byte[6]);
    return b.put(Inet.address(f.get("target"))).array();
  }

  private byte[] tcp(Fields f, boolean six, int stackPort, int scriptPort) {
    int to = number(f, "to", stackPort);
    int from = number(f, "from", scriptPort);
    Flow flow = flows.of(six, to, from);
    int length = number(f, "len", 0);
    long sequence = values.number(f.get("seq"));
    if (!f.get("end").equals("*") && values.number(f.get("end")) != sequence + length) {
      throw new ScriptFailure("the last sequence number is not the first and the length");
    }
    byte[] options = options(f, flow);
    ByteBuffer b = ByteBuffer.allocate(20 + options.length + length);
    int flags = 0;
    for (char c : f.get("flags").toCharArray()) {
      flags |= c == '-' ? 0 : 1 << "FSRP.UEW".indexOf(c);
    }
    b.putShort((short) from).putShort((short) to);
    b.putInt(flow.scriptInitial + (int) sequence);
    b.putInt(f.has("ack") ? flow.stackInitial + number(f, "ack", 0) : 0);
    b.put((byte) (number(f, "offset", 5 + options.length / 4) << 4)).put((byte) flags);
    b.putShort((short) number(f, "win", 65535)).putShort((short) 0);
    b.putShort((short) number(f, "urg", 0)).put(options);
    for (int i = 0; i < length; i++) {
      b.put(Flow.pattern(false, sequence + i));
    }
    return b.array();
  }

  private byte[] options(Fields f, Flow flow) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String option : f.options) {
      String[] words = option.split("[ :]+");
      ByteBuffer b = ByteBuffer.allocate(40);
      switch (words[0]) {
        case "mss" -> b.put((byte) 2).put((byte) 4).putShort((short) values.number(words[1]));
        case "wscale" -> b.put((byte) 3).put((byte) 3).put((byte) values.number(words[1]));
        case "sackOK" -> b.put((byte) 4).put((byte) 2);
        case "nop" -> b.put((byte) 1);
        case "eol" -> b.put((byte) 0);
        case "sack" -> {
          b.put((byte) 5).put((byte) (2 + 4 * (words.length - 1)));
          for (int i = 1; i < words.length; i++) {
            b.putInt(flow.stackInitial + (int) values.number(words[i]));
          }
        }
        case "TS" -> {
          b.put((byte) 8).put((byte) 10).putInt((int) values.number(words[2]));
          b.putInt(words[4].equals("last") ? flow.lastTimestamp : (int) values.number(words[4]));
        }
        case "hex" -> b.put(HexFormat.of().parseHex(words[1]));
        default -> throw new ScriptFailure("the TCP option '" + option + "' is not known");
      }
      out.write(b.array(), 0, b.position());
    }
    while (out.size() % 4 != 0) {
      out.write(0);
    }
    return out.toByteArray();
  }

  private byte[] udp(Fields f) {
    int length = number(f, "len", 0);
    ByteBuffer b = ByteBuffer.allocate(8 + length);
    b.putShort((short) number(f, "from", 6000)).putShort((short) number(f, "to", 5000));
    b.putShort((short) number(f, "udplen", 8 + length)).putShort((short) 0);
    for (int i = 0; i < length; i++) {
      b.put(Flow.pattern(false, i));
    }
    return b.array();
  }

  private byte[] icmp(Fields f, boolean six, int stackPort, int scriptPort) {
    Integer named = (six ? Inet.ICMP6_TYPES : Inet.ICMP_TYPES).get(f.get("type"));
    int type = named == null ? number(f, "type", 0) : named;
    boolean echo = six ? type == 128 || type == 129 : type == 0 || type == 8;
    byte[] quote = echo || f.has("noquote") ? new byte[0] : quote(f, six, stackPort, scriptPort);
    ByteBuffer b = ByteBuffer.allocate(8 + (echo ? number(f, "len", 32) : quote.length));
    b.put((byte) type).put((byte) number(f, "code", 0)).putShort((short) 0);
    if (echo) {
      b.putShort((short) number(f, "id", 1)).putShort((short) number(f, "seq", 1));
      while (b.hasRemaining()) {
        b.put(Flow.pattern(false, b.position()));
      }
    } else if (f.has("gateway")) {
      b.put(Inet.address(f.get("gateway"))).put(quote);
    } else {
      b.putInt(number(f, "mtu", 0)).put(quote);
    }
    return b.array();
  }

  /** The front of a packet that the stack has sent. */
  private byte[] quote(Fields f, boolean six, int stackPort, int scriptPort) {
    String about = f.has("about") ? f.get("about") : "1(0)";
    ByteBuffer b = ByteBuffer.allocate(six ? 60 : 28);
    boolean udp = about.startsWith("udp:");
    boolean echo = about.equals("echo");
    String[] ports = about.split(":");
    int length = 8;
    int from = stackPort;
    int to = scriptPort;
    int sequence = 0;
    if (udp) {
      from = (int) values.number(ports[1]);
      to = (int) values.number(ports[2]);
    } else if (!echo) {
      int open = about.indexOf('(');
      length = 20 + (int) values.number(about.substring(open + 1, about.length() - 1));
      sequence = (int) values.number(about.substring(0, open));
    }
    byte[] source = Inet.address(f.has("qsrc") ? f.get("qsrc") : six ? "2001:db8::1" : "10.0.0.1");
    byte[] destination =
        Inet.address(f.has("qdst") ? f.get("qdst") : six ? "2001:db8::2" : "10.0.0.2");
    int protocol = udp ? Inet.UDP : echo ? (six ? Inet.ICMPV6 : Inet.ICMP) : Inet.TCP;
    if (six) {
      b.putInt(6 << 28).putShort((short) length).put((byte) protocol).put((byte) 60);
      b.put(source).put(destination);
    } else {
      b.putShort((short) 0x4500).putShort((short) (20 + length)).putInt(0x4000);
      b.put((byte) 60).put((byte) protocol).putShort((short) 0).put(source).put(destination);
      b.putShort(10, (short) Inet.sum(null, null, 0, b.array(), 0, 20));
    }
    if (echo) {
      return b.put((byte) (six ? 129 : 0)).array();
    }
    b.putShort((short) from).putShort((short) to);
    if (udp) {
      b.putShort((short) length);
    } else {
      b.putInt(flows.of(six, from, to).stackInitial + sequence);
    }
    return b.array();
  }

  private byte[] igmp(Fields f) {
    int type = Inet.IGMP_TYPES.get(f.get("type"));
    boolean third = f.has("robustness");
    ByteBuffer b = ByteBuffer.allocate((third ? 12 : 8) + number(f, "extra", 0));
    b.put((byte) type).put((byte) number(f, "code", 100)).putShort((short) 0);
    b.put(Inet.address(f.has("group") ? f.get("group") : "0.0.0.0"));
    if (third) {
      b.put((byte) number(f, "robustness", 2)).put((byte) number(f, "interval", 125));
    }
    return b.array();
  }

  private byte[] discovery(Fields f) {
    ByteBuffer b = ByteBuffer.allocate(300);
    switch (f.get("proto")) {
      case "ns", "na" -> {
        boolean solicit = f.get("proto").equals("ns");
        String flags = f.has("flags") ? f.get("flags") : "";
        int bits = flags.contains("R") ? 4 : 0;
        bits |= (flags.contains("S") ? 2 : 0) | (flags.contains("O") ? 1 : 0);
        b.put((byte) (solicit ? 135 : 136)).put((byte) number(f, "code", 0)).putShort((short) 0);
        b.putInt(bits << 29).put(Inet.address(f.get("target")));
        linkAddress(f, b, solicit ? 1 : 2);
        if (f.has("nonce")) {
          b.putLong(0x0e01L << 48 | values.number(f.get("nonce")));
        }
      }
      case "rs" -> {
        b.put((byte) 133).put(new byte[7]);
        linkAddress(f, b, 1);
      }
      case "ra" -> {
        b.put((byte) 134).put((byte) 0).putShort((short) 0);
        b.put((byte) number(f, "hoplimit", 64)).put((byte) (number(f, "preference", 0) << 3));
        b.putShort((short) number(f, "lifetime", 1800));
        b.putInt(number(f, "reachable", 0)).putInt(number(f, "retrans", 0));
        linkAddress(f, b, 1);
        if (f.has("prefix")) {
          String[] prefix = f.get("prefix").split("/");
          int valid = number(f, "valid", 3600);
          b.put((byte) 3).put((byte) 4).put((byte) Integer.parseInt(prefix[1]));
          b.put((byte) number(f, "bits", 0xc0)).putInt(valid);
          b.putInt(number(f, "preferred", valid)).putInt(0).put(Inet.address(prefix[0]));
        }
        if (f.has("linkmtu")) {
          b.put((byte) 5).put((byte) 1).putShort((short) 0).putInt(number(f, "linkmtu", 0));
        }
      }
      case "mld" -> {
        b.put(Inet.MLD_TYPES.get(f.get("type")).byteValue()).put((byte) 0).putShort((short) 0);
        b.putShort((short) number(f, "delay", 1000)).putShort((short) 0);
        b.put(Inet.address(f.has("group") ? f.get("group") : "::"));
        if (f.has("robustness")) {
          b.put((byte) 2).put((byte) 125).putShort((short) 0);
        }
        b.put(new byte[number(f, "extra", 0)]);
      }
      default -> throw new ScriptFailure("'" + f + "' cannot be made");
    }
    if (f.has("optlen")) {
      // An option of whatever length it claims.
      b.put((byte) 1).put((byte) number(f, "optlen", 0)).put(new byte[6]);
    }
    return java.util.Arrays.copyOf(b.array(), b.position());
  }

  private void linkAddress(Fields f, ByteBuffer b, int kind) {
    if (f.has("lladdr")) {
      b.put((byte) kind).put((byte) 1).put(Inet.mac(f.get("lladdr")));
    }
  }
}

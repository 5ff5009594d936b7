package org.demitasse.net.script;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Turns a frame that the stack has sent into {@link Fields}, and checks every checksum and the
 * payload's pattern on the way.
 *
 * <p>Of all IP packets: {@code family src dst ttl tos ecn} ({@code not}, {@code ect0}, {@code
 * ect1}, {@code ce}) {@code id df alert} (router alert). Then by protocol: {@code udp from to len};
 * {@code icmp} and {@code icmp6 type code id seq mtu pointer quoted} (bytes of the quoted packet);
 * {@code ns target lladdr nonce}; {@code na target flags} (of RSO) {@code lladdr}; {@code rs
 * lladdr}; {@code arp op sender target mac targetmac}; {@code igmp} and {@code mld type group
 * records} (mode and group of each); {@code fragment first end more of}; {@code ip protocol len}.
 */
final class FrameReader {
  private static final String[] ECN = {"not", "ect1", "ect0", "ce"};
  private static final String FLAGS = "FSRP.UEW";

  private final Flow.Table flows;

  FrameReader(Flow.Table flows) {
    this.flows = flows;
  }

  Fields read(byte[] frame) {
    ByteBuffer b = ByteBuffer.wrap(frame);
    Fields f = new Fields();
    int type = b.getShort(12) & 0xffff;
    String destination = Inet.mac(b, 0);
    switch (type) {
      case Inet.ARP -> arp(f, b);
      case Inet.IPV4 -> ipv4(f, b);
      case Inet.IPV6 -> ipv6(f, b);
      default -> throw new ScriptFailure("the stack has sent a frame of type " + type);
    }
    f.put("tomac", destination);
    return f;
  }

  private static void arp(Fields f, ByteBuffer b) {
    f.put("proto", "arp");
    f.put("op", b.getShort(20) == 1 ? "request" : "reply");
    f.put("sender", Inet.name(Arrays.copyOfRange(b.array(), 28, 32)));
    f.put("target", Inet.name(Arrays.copyOfRange(b.array(), 38, 42)));
    f.put("mac", Inet.mac(b, 22));
    f.put("targetmac", Inet.mac(b, 32));
  }

  private void ipv4(Fields f, ByteBuffer b) {
    byte[] bytes = b.array();
    int header = (b.get(14) & 15) * 4;
    int total = b.getShort(16) & 0xffff;
    if (Inet.sum(null, null, 0, bytes, 14, 14 + header) != 0) {
      throw new ScriptFailure("the stack has sent a wrong IPv4 header checksum");
    }
    if (14 + total > bytes.length) {
      throw new ScriptFailure("the stack has sent a cut IPv4 packet");
    }
    byte[] source = Arrays.copyOfRange(bytes, 26, 30);
    byte[] destination = Arrays.copyOfRange(bytes, 30, 34);
    byte[] payload = Arrays.copyOfRange(bytes, 14 + header, 14 + total);
    int fragment = b.getShort(20) & 0xffff;
    f.put("proto", "ip");
    if ((fragment & 0x3fff) != 0) {
      fragment(f, (fragment & 0x1fff) * 8, payload.length, (fragment & 0x2000) != 0, b.get(23));
    } else {
      transport(f, 4, source, destination, b.get(23) & 0xff, payload);
    }
    common(f, 4, source, destination, b.get(22) & 0xff, b.get(15) & 0xff);
    if (!f.has("id")) {
      f.put("id", b.getShort(18) & 0xffff);
    }
    if ((fragment & 0x4000) != 0) {
      f.put("df", "");
    }
    if (header == 24 && b.getInt(34) == 0x94040000) {
      f.put("alert", "yes");
    }
  }

  private void ipv6(Fields f, ByteBuffer b) {
    byte[] bytes = b.array();
    int length = b.getShort(18) & 0xffff;
    if (54 + length > bytes.length) {
      throw new ScriptFailure("the stack has sent a cut IPv6 packet");
    }
    byte[] source = Arrays.copyOfRange(bytes, 22, 38);
    byte[] destination = Arrays.copyOfRange(bytes, 38, 54);
    int next = bytes[20] & 0xff;
    int at = 54;
    boolean alert = false;
    if (next == 0) {
      next = bytes[at] & 0xff;
      alert = b.getInt(at + 2) == 0x05020000;
      at += 8 + (bytes[at + 1] & 0xff) * 8;
    }
    f.put("proto", "ip");
    if (next == Inet.FRAGMENT) {
      int offset = b.getShort(at + 2) & 0xffff;
      fragment(f, offset & 0xfff8, 54 + length - at - 8, (offset & 1) != 0, bytes[at]);
    } else {
      transport(f, 6, source, destination, next, Arrays.copyOfRange(bytes, at, 54 + length));
    }
    common(f, 6, source, destination, bytes[21] & 0xff, b.getInt(14) >>> 20 & 0xff);
    f.put("label", b.getInt(14) & 0xfffff);
    if (alert) {
      f.put("alert", "yes");
    }
  }

  private static void common(
      Fields f, int family, byte[] source, byte[] destination, int ttl, int tos) {
    f.put("family", family);
    f.put("src", Inet.name(source));
    f.put("dst", Inet.name(destination));
    f.put("ttl", ttl);
    f.put("tos", tos & 0xfc);
    f.put("ecn", ECN[tos & 3]);
  }

  private static void fragment(Fields f, int first, int length, boolean more, int protocol) {
    f.put("proto", "fragment");
    f.put("first", first);
    f.put("end", first + length);
    f.put("of", protocol & 0xff);
    if (more) {
      f.put("more", "");
    } else {
      f.put("last", "");
    }
  }

  private void transport(
      Fields f, int family, byte[] source, byte[] destination, int protocol, byte[] p) {
    boolean pseudo = protocol != Inet.ICMP && protocol != Inet.IGMP;
    boolean unsummed = protocol == Inet.UDP && p[6] == 0 && p[7] == 0;
    boolean known =
        protocol == Inet.TCP
            || protocol == Inet.UDP
            || protocol == Inet.ICMP
            || protocol == Inet.IGMP
            || protocol == Inet.ICMPV6;
    if (known
        && !unsummed
        && Inet.sum(pseudo ? source : null, destination, protocol, p, 0, p.length) != 0) {
      throw new ScriptFailure("the stack has sent a wrong checksum in protocol " + protocol);
    }
    ByteBuffer b = ByteBuffer.wrap(p);
    switch (protocol) {
      case Inet.TCP -> tcp(f, family, b);
      case Inet.UDP -> {
        f.put("proto", "udp");
        f.put("from", b.getShort(0) & 0xffff);
        f.put("to", b.getShort(2) & 0xffff);
        f.put("len", p.length - 8);
        if (unsummed) {
          f.put("nosum", "");
        }
      }
      case Inet.ICMP -> {
        f.put("proto", "icmp");
        f.put("type", Inet.nameOf(Inet.ICMP_TYPES, p[0] & 0xff));
        icmp(f, b, p[0] == 0 || p[0] == 8);
      }
      case Inet.IGMP -> igmp(f, b);
      case Inet.ICMPV6 -> icmp6(f, b);
      default -> {
        f.put("protocol", protocol);
        f.put("len", p.length);
      }
    }
  }

  private void tcp(Fields f, int family, ByteBuffer b) {
    int from = b.getShort(0) & 0xffff;
    int to = b.getShort(2) & 0xffff;
    Flow flow = flows.of(family == 6, from, to);
    int flags = b.get(13) & 0xff;
    if ((flags & 2) != 0) {
      flow.stackInitial = b.getInt(4);
    }
    int header = (b.get(12) >> 4 & 15) * 4;
    int length = b.limit() - header;
    long sequence = b.getInt(4) - flow.stackInitial & 0xffffffffL;
    StringBuilder names = new StringBuilder();
    for (char c : "SFRPUEW.".toCharArray()) {
      if ((flags >> FLAGS.indexOf(c) & 1) != 0) {
        names.append(c);
      }
    }
    f.put("proto", "tcp");
    f.put("flags", names.isEmpty() ? "-" : names);
    f.put("seq", sequence);
    f.put("end", sequence + length & 0xffffffffL);
    f.put("len", length);
    if ((flags & 16) != 0) {
      f.put("ack", b.getInt(8) - flow.scriptInitial & 0xffffffffL);
    } else if (b.getInt(8) != 0) {
      f.put("ackfield", b.getInt(8));
    }
    f.put("win", b.getShort(14) & 0xffff);
    f.put("from", from);
    f.put("to", to);
    f.put("iss", b.getInt(4) & 0xffffffffL);
    options(f, b, header, flow);
    for (int i = 0; i < length; i++) {
      if (b.get(header + i) != Flow.pattern(true, sequence + i)) {
        throw new ScriptFailure("wrong byte at offset " + i + " of the payload of " + f);
      }
    }
  }

  private static void options(Fields f, ByteBuffer b, int header, Flow flow) {
    int i = 20;
    while (i < header) {
      int kind = b.get(i) & 0xff;
      if (kind <= 1) {
        f.options.add(kind == 0 ? "eol" : "nop");
        i++;
        continue;
      }
      int size = b.get(i + 1) & 0xff;
      f.options.add(
          switch (kind) {
            case 2 -> "mss " + (b.getShort(i + 2) & 0xffff);
            case 3 -> "wscale " + b.get(i + 2);
            case 4 -> "sackOK";
            case 5 -> {
              StringBuilder blocks = new StringBuilder("sack");
              for (int at = i + 2; at < i + size; at += 8) {
                blocks
                    .append(' ')
                    .append(b.getInt(at) - flow.scriptInitial & 0xffffffffL)
                    .append(':')
                    .append(b.getInt(at + 4) - flow.scriptInitial & 0xffffffffL);
              }
              yield blocks.toString();
            }
            case 8 -> {
              flow.lastTimestamp = b.getInt(i + 2);
              yield "TS val "
                  + (b.getInt(i + 2) & 0xffffffffL)
                  + " ecr "
                  + (b.getInt(i + 6) & 0xffffffffL);
            }
            default -> "option " + kind;
          });
      i += size;
    }
  }

  private static void icmp(Fields f, ByteBuffer b, boolean echo) {
    f.put("code", b.get(1) & 0xff);
    if (echo) {
      f.put("id", b.getShort(4) & 0xffff);
      f.put("seq", b.getShort(6) & 0xffff);
      f.put("len", b.limit() - 8);
    } else {
      f.put("mtu", b.getShort(6) & 0xffff);
      f.put("pointer", b.getInt(4));
      f.put("quoted", b.limit() - 8);
    }
  }

  private static void igmp(Fields f, ByteBuffer b) {
    int type = b.get(0) & 0xff;
    f.put("proto", "igmp");
    f.put("type", Inet.nameOf(Inet.IGMP_TYPES, type));
    if (type == 0x22) {
      records(f, b, b.getShort(6), 4);
    } else {
      f.put("group", Inet.name(Arrays.copyOfRange(b.array(), 4, 8)));
    }
  }

  /** Group records (RFC 3376, section 4.2.4, and RFC 3810, section 5.2.4). */
  private static void records(Fields f, ByteBuffer b, int count, int width) {
    StringBuilder text = new StringBuilder();
    int at = 8;
    for (int i = 0; i < count; i++) {
      int sources = b.getShort(at + 2);
      text.append(i == 0 ? "" : ",").append(b.get(at)).append('@');
      text.append(Inet.name(Arrays.copyOfRange(b.array(), at + 4, at + 4 + width)));
      at += 4 + width;
      for (int s = 0; s < sources; s++) {
        text.append('/').append(Inet.name(Arrays.copyOfRange(b.array(), at, at + width)));
        at += width;
      }
    }
    f.put("records", text);
  }

  private static void icmp6(Fields f, ByteBuffer b) {
    int type = b.get(0) & 0xff;
    byte[] p = b.array();
    switch (type) {
      case 133 -> {
        f.put("proto", "rs");
        linkAddress(f, b, 8);
      }
      case 135, 136 -> {
        f.put("proto", type == 135 ? "ns" : "na");
        f.put("target", Inet.name(Arrays.copyOfRange(p, 8, 24)));
        if (type == 136) {
          int bits = p[4] >> 5 & 7;
          String flags = (bits & 4) != 0 ? "R" : "";
          flags += (bits & 2) != 0 ? "S" : "";
          flags += (bits & 1) != 0 ? "O" : "";
          f.put("flags", flags.isEmpty() ? "-" : flags);
        }
        linkAddress(f, b, 24);
      }
      case 130, 131, 132, 143 -> {
        f.put("proto", "mld");
        f.put("type", Inet.nameOf(Inet.MLD_TYPES, type));
        if (type == 143) {
          records(f, b, b.getShort(6), 16);
        } else {
          f.put("group", Inet.name(Arrays.copyOfRange(p, 8, 24)));
        }
      }
      default -> {
        f.put("proto", "icmp6");
        f.put("type", Inet.nameOf(Inet.ICMP6_TYPES, type));
        icmp(f, b, type == 128 || type == 129);
      }
    }
  }

  private static void linkAddress(Fields f, ByteBuffer b, int from) {
    for (int i = from; i + 8 <= b.limit(); i += (b.get(i + 1) & 0xff) * 8) {
      if (b.get(i) == 14) {
        f.put("nonce", b.getLong(i) & 0xffff_ffff_ffffL);
      } else {
        f.put("lladdr", Inet.mac(b, i + 2));
      }
    }
  }
}

package org.demitasse.gateway;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.demitasse.net.ip.InternetChecksum;

/**
 * Makes packets that do not come from the stack and sends them to the guest. Each goes from the far
 * end of its flow to the guest's.
 */
final class PacketSender {
  private static final int LARGEST_DATAGRAM = 65_535 - Packets.IPV4;
  private static final int FRAGMENT = 44;
  private static final int FRAGMENT_HEADER = 8;
  private static final int TCP_HEADER = 20;
  private static final int UNREACHABLE4 = 3;
  private static final int UNREACHABLE6 = 1;

  /** RFC 4443, section 2.4: an error with what it quotes fits what every link carries. */
  private static final int ERROR6_MAX = 1_280 - Packets.IPV6;

  /** Neighbours must see that a message has passed no router (RFC 4861). */
  private static final int NEIGHBOR_HOPS = 255;

  private final Wire wire;
  private final ByteBuffer whole =
      ByteBuffer.allocateDirect(FrameHeader.BYTES + Packets.ETHERNET + Network.MTU);
  private final ByteBuffer frame =
      whole.slice(FrameHeader.BYTES, whole.capacity() - FrameHeader.BYTES);
  private final ByteBuffer datagram = ByteBuffer.allocateDirect(LARGEST_DATAGRAM);
  private int identification;

  PacketSender(Wire wire) {
    this.wire = wire;
  }

  /** Sends a datagram, in fragments where it must be; its payload is what remains. */
  void sendUdp(long mac, FlowKey flow, ByteBuffer payload) throws IOException {
    int count = payload.remaining();
    int length = Packets.UDP_HEADER + count;
    if (length > LARGEST_DATAGRAM) {
      return;
    }
    datagram.clear();
    datagram.putShort(0, (short) flow.farPort());
    datagram.putShort(2, (short) flow.guestPort());
    datagram.putShort(4, (short) length);
    datagram.putShort(6, (short) 0);
    datagram.put(Packets.UDP_HEADER, payload, payload.position(), count);
    int checksum = checksum(flow, Packets.UDP, length);
    // RFC 768: zero means that there is none.
    datagram.putShort(6, (short) (checksum == 0 ? 0xffff : checksum));
    sendDatagram(mac, flow, Packets.UDP, Packets.TTL, length);
  }

  /** Sends an ICMP message whose checksum is made here, in fragments where it must be. */
  void sendIcmp(long mac, FlowKey flow, ByteBuffer message) throws IOException {
    int length = message.remaining();
    if (length > LARGEST_DATAGRAM) {
      return;
    }
    datagram.clear();
    datagram.put(0, message, message.position(), length);
    finishIcmp(mac, flow, Packets.TTL, length);
  }

  /** Sends a message of neighbour discovery whose checksum is made here. */
  void sendDiscovery(long mac, FlowKey flow, ByteBuffer message) throws IOException {
    datagram.clear();
    datagram.put(0, message, message.position(), message.remaining());
    finishIcmp(mac, flow, NEIGHBOR_HOPS, message.remaining());
  }

  /**
   * Sends ICMP destination unreachable (RFC 792, RFC 4443).
   *
   * @param flow from who says so to the guest
   * @param quoted holds the packet that it is about, from its IP header at {@code from} on, with at
   *     least eight bytes behind its headers
   */
  void sendUnreachable(long mac, FlowKey flow, Unreachable why, ByteBuffer quoted, int from, int to)
      throws IOException {
    boolean v4 = flow.isV4();
    int most = v4 ? Packets.headerLength(quoted, from) + 8 : ERROR6_MAX - Packets.ICMP_HEADER;
    int quote = Math.min(to - from, most);
    datagram.clear();
    datagram.putInt(
        0, v4 ? UNREACHABLE4 << 24 | why.code4 << 16 : UNREACHABLE6 << 24 | why.code6 << 16);
    datagram.putInt(4, 0);
    datagram.put(Packets.ICMP_HEADER, quoted, from, quote);
    finishIcmp(mac, flow, Packets.TTL, Packets.ICMP_HEADER + quote);
  }

  /**
   * Refuses a connection attempt: a reset in answer to the SYN at {@code tcp} (RFC 9293, 3.10.7.1).
   */
  void sendReset(long mac, FlowKey flow, ByteBuffer syn, int tcp) throws IOException {
    datagram.clear();
    datagram.putShort(0, (short) flow.farPort());
    datagram.putShort(2, (short) flow.guestPort());
    datagram.putInt(4, 0);
    datagram.putInt(8, syn.getInt(tcp + 4) + 1);
    datagram.putInt(12, 5 << 28 | 0x14 << 16);
    datagram.putInt(16, 0);
    datagram.putShort(16, (short) checksum(flow, Packets.TCP, TCP_HEADER));
    sendDatagram(mac, flow, Packets.TCP, Packets.TTL, TCP_HEADER);
  }

  private void finishIcmp(long mac, FlowKey flow, int hops, int length) throws IOException {
    datagram.putShort(2, (short) 0);
    if (flow.isV4()) {
      int sum = InternetChecksum.finish(Packets.sum(0, datagram, 0, length));
      datagram.putShort(2, (short) sum);
      sendDatagram(mac, flow, Packets.ICMP, hops, length);
    } else {
      datagram.putShort(2, (short) checksum(flow, Packets.ICMPV6, length));
      sendDatagram(mac, flow, Packets.ICMPV6, hops, length);
    }
  }

  private int checksum(FlowKey flow, int protocol, int length) {
    long pseudo =
        InternetChecksum.pseudo(
            flow.farHigh(), flow.farLow(), flow.guestHigh(), flow.guestLow(), protocol, length);
    return InternetChecksum.finish(Packets.sum(pseudo, datagram, 0, length));
  }

  private void sendDatagram(long mac, FlowKey flow, int protocol, int hops, int length)
      throws IOException {
    identification++;
    if (flow.isV4()) {
      int step = Network.MTU - Packets.IPV4 & ~7;
      for (int offset = 0; offset < length; offset += step) {
        int part = Math.min(step, length - offset);
        int more = offset + part < length ? Packets.MORE_FRAGMENTS : 0;
        sendV4(mac, flow, protocol, more | offset / 8, offset, part);
      }
    } else if (length <= Network.MTU - Packets.IPV6) {
      startV6(mac, flow, protocol, hops, length);
      finishFrame(Packets.ETHERNET + Packets.IPV6, 0, length);
    } else {
      int step = Network.MTU - Packets.IPV6 - FRAGMENT_HEADER & ~7;
      int at = Packets.ETHERNET + Packets.IPV6;
      for (int offset = 0; offset < length; offset += step) {
        int part = Math.min(step, length - offset);
        startV6(mac, flow, FRAGMENT, hops, FRAGMENT_HEADER + part);
        frame.putShort(at, (short) (protocol << 8));
        frame.putShort(at + 2, (short) (offset | (offset + part < length ? 1 : 0)));
        frame.putInt(at + 4, identification);
        finishFrame(at + FRAGMENT_HEADER, offset, part);
      }
    }
  }

  private void sendV4(long mac, FlowKey flow, int protocol, int fragment, int from, int count)
      throws IOException {
    frame.clear();
    Packets.putEthernet(frame, mac, Packets.TYPE_IPV4);
    Packets.putIpv4(
        frame,
        Packets.ETHERNET,
        Packets.IPV4 + count,
        identification,
        fragment,
        protocol,
        (int) flow.farLow(),
        (int) flow.guestLow());
    finishFrame(Packets.ETHERNET + Packets.IPV4, from, count);
  }

  private void startV6(long mac, FlowKey flow, int nextHeader, int hops, int length) {
    frame.clear();
    Packets.putEthernet(frame, mac, Packets.TYPE_IPV6);
    Packets.putIpv6(
        frame,
        Packets.ETHERNET,
        length,
        nextHeader,
        hops,
        flow.farHigh(),
        flow.farLow(),
        flow.guestHigh(),
        flow.guestLow());
  }

  /** Puts a part of the datagram behind the headers, which end at {@code at}, and sends. */
  private void finishFrame(int at, int from, int count) throws IOException {
    frame.put(at, datagram, from, count);
    whole.limit(FrameHeader.BYTES + at + count).position(FrameHeader.BYTES - wire.header());
    wire.write(whole);
  }
}

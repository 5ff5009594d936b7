package org.demitasse.gateway;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Makes packets that do not come from the stack and sends them to the guest. */
final class PacketSender {
  private static final int LARGEST_DATAGRAM = 65_535 - Packets.IPV4 - Packets.UDP_HEADER;

  private final Wire wire;
  private final ByteBuffer frame = ByteBuffer.allocateDirect(Packets.ETHERNET + Network.MTU);
  private final ByteBuffer datagram =
      ByteBuffer.allocateDirect(Packets.UDP_HEADER + LARGEST_DATAGRAM);
  private int identification;

  PacketSender(Wire wire) {
    this.wire = wire;
  }

  /**
   * Sends a datagram, in fragments where it must be (RFC 791); its payload is what remains in
   * {@code payload}.
   */
  void sendUdp(
      long mac,
      int source,
      int sourcePort,
      int destination,
      int destinationPort,
      ByteBuffer payload)
      throws IOException {
    int count = payload.remaining();
    if (count > LARGEST_DATAGRAM) {
      return;
    }
    int length = Packets.UDP_HEADER + count;
    datagram.clear();
    datagram.putShort(0, (short) sourcePort);
    datagram.putShort(2, (short) destinationPort);
    datagram.putShort(4, (short) length);
    datagram.putShort(6, (short) 0);
    datagram.put(Packets.UDP_HEADER, payload, payload.position(), count);
    long sum = Packets.pseudoHeader(source, destination, Packets.UDP, length);
    int checksum = ~Packets.fold(Packets.sum(sum, datagram, 0, length)) & 0xffff;
    // RFC 768: zero means that there is none.
    datagram.putShort(6, (short) (checksum == 0 ? 0xffff : checksum));
    sendDatagram(mac, source, destination, Packets.UDP, length);
  }

  /** Sends an ICMP message whose checksum is made here, in fragments where it must be. */
  void sendIcmp(long mac, int source, int destination, ByteBuffer message) throws IOException {
    int length = message.remaining();
    if (length > LARGEST_DATAGRAM) {
      return;
    }
    datagram.clear();
    datagram.put(0, message, message.position(), length);
    datagram.putShort(2, (short) 0);
    datagram.putShort(2, (short) ~Packets.fold(Packets.sum(0, datagram, 0, length)));
    sendDatagram(mac, source, destination, Packets.ICMP, length);
  }

  private void sendDatagram(long mac, int source, int destination, int protocol, int length)
      throws IOException {
    identification++;
    int step = Network.MTU - Packets.IPV4 & ~7;
    for (int offset = 0; offset < length; offset += step) {
      int part = Math.min(step, length - offset);
      boolean whole = part == length;
      int more = offset + part < length ? Packets.MORE_FRAGMENTS : 0;
      send(
          mac,
          source,
          destination,
          protocol,
          whole ? 0 : more | offset / 8,
          datagram,
          offset,
          part);
    }
  }

  private void send(
      long mac,
      int source,
      int destination,
      int protocol,
      int fragment,
      ByteBuffer payload,
      int from,
      int count)
      throws IOException {
    frame.clear();
    Packets.putEthernet(frame, mac, Packets.TYPE_IPV4);
    int total = Packets.IPV4 + count;
    Packets.putIpv4(
        frame, Packets.ETHERNET, total, identification, fragment, protocol, source, destination);
    frame.put(Packets.ETHERNET + Packets.IPV4, payload, from, count);
    frame.limit(Packets.ETHERNET + total);
    wire.write(frame);
  }

  /**
   * Answers a packet with ICMP destination unreachable (RFC 792): {@code quoted} holds its IPv4
   * header and at least eight bytes more, from {@code at}.
   */
  void sendUnreachable(long mac, int source, int code, ByteBuffer quoted, int at)
      throws IOException {
    int quote = Packets.headerLength(quoted, at) + 8;
    datagram.clear();
    datagram.putInt(0, 3 << 24 | code << 16);
    datagram.putInt(4, 0);
    datagram.put(8, quoted, at, quote);
    datagram.putShort(2, (short) ~Packets.fold(Packets.sum(0, datagram, 0, 8 + quote)));
    identification++;
    send(mac, source, quoted.getInt(at + 12), Packets.ICMP, 0, datagram, 0, 8 + quote);
  }

  /**
   * Refuses a connection attempt: a reset in answer to the SYN at {@code tcp} (RFC 9293, 3.10.7.1).
   */
  void sendReset(ByteBuffer syn, int ip, int tcp) throws IOException {
    int source = syn.getInt(ip + 16);
    int destination = syn.getInt(ip + 12);
    datagram.clear();
    datagram.putInt(0, Integer.rotateLeft(syn.getInt(tcp), 16));
    datagram.putInt(4, 0);
    datagram.putInt(8, syn.getInt(tcp + 4) + 1);
    datagram.putInt(12, 5 << 28 | 0x14 << 16);
    datagram.putInt(16, 0);
    long sum = Packets.pseudoHeader(source, destination, Packets.TCP, 20);
    datagram.putShort(16, (short) ~Packets.fold(Packets.sum(sum, datagram, 0, 20)));
    identification++;
    send(Packets.mac(syn, 6), source, destination, Packets.TCP, 0, datagram, 0, 20);
  }
}

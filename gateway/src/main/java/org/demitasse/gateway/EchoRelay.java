package org.demitasse.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.demitasse.net.ip.InternetChecksum;

/**
 * Pings of the guest to the outside, of one family: its echo requests go out of a ping socket of
 * the host, and what comes back goes to whoever asked (RFC 3022, section 4.1, ICMP echo). Called
 * under the gateway's lock but for {@link #listen()}.
 */
final class EchoRelay {
  /** Requests under way at once; the oldest makes room. */
  static final int REQUESTS_MAX = 1_024;

  /** RFC 792 and RFC 4443: types of ICMP and of ICMPv6. */
  private static final int ECHO_REQUEST4 = 8;

  private static final int ECHO_REPLY4 = 0;
  private static final int ECHO_REQUEST6 = 128;
  private static final int ECHO_REPLY6 = 129;

  /** What the guest asked, by the low bits of the sequence number that stands for it outside. */
  private record Request(
      int outsideSequence, long mac, FlowKey flow, InetAddress far, int identifierAndSequence) {}

  private final Gateway gateway;
  private final boolean v4;
  private final Request[] requests = new Request[REQUESTS_MAX];
  private final ByteBuffer message = ByteBuffer.allocateDirect(65_535);
  private final Pings.Opener opener;
  private Pings socket;
  private boolean refused;
  private int next;

  EchoRelay(Gateway gateway, boolean v4, Pings.Opener opener) {
    this.gateway = gateway;
    this.v4 = v4;
    this.opener = opener;
  }

  /**
   * Passes an ICMP message of the guest on.
   *
   * @param flow its two addresses
   * @param icmp from position to limit
   * @return what the guest should hear: null when it was an echo request that goes out
   */
  Unreachable fromGuest(long mac, FlowKey flow, ByteBuffer icmp) {
    int at = icmp.position();
    int length = icmp.remaining();
    int request = v4 ? ECHO_REQUEST4 : ECHO_REQUEST6;
    if (length < Packets.ICMP_HEADER
        || icmp.getShort(at) != (short) (request << 8)
        || Packets.fold(Packets.sum(pseudo(flow, length), icmp, at, length)) != 0xffff) {
      return Unreachable.PROHIBITED;
    }
    InetAddress far = flow.farAddress();
    if (!open(far)) {
      return Unreachable.PROHIBITED;
    }
    int sequence = next++ & 0xffff;
    requests[sequence % REQUESTS_MAX] = new Request(sequence, mac, flow, far, icmp.getInt(at + 4));
    message.clear();
    message.put(0, icmp, at, length);
    message.putShort(6, (short) sequence);
    return socket.send(far, message.limit(length)) ? null : Unreachable.NETWORK;
  }

  private long pseudo(FlowKey flow, int length) {
    return v4
        ? 0
        : InternetChecksum.pseudo(
            flow.guestHigh(),
            flow.guestLow(),
            flow.farHigh(),
            flow.farLow(),
            Packets.ICMPV6,
            length);
  }

  private boolean open(InetAddress far) {
    if (socket == null && !refused) {
      try {
        socket = opener.open();
        Thread listener = new Thread(this::listen, "pings");
        listener.setDaemon(true);
        listener.start();
      } catch (IOException e) {
        if (gateway.shortage(e)) {
          return false;
        }
        refused = true;
        System.err.println(
            "demi: gateway: the program's ping of "
                + far.getHostAddress()
                + " is refused: "
                + e.getMessage());
      }
    }
    return socket != null;
  }

  private void listen() {
    ByteBuffer answer = ByteBuffer.allocateDirect(65_535);
    for (InetAddress from = socket.receive(answer); from != null; from = socket.receive(answer)) {
      synchronized (gateway.lock()) {
        toGuest(from, answer);
      }
    }
  }

  /** An answer that belongs to a request; each is answered once. */
  void toGuest(InetAddress from, ByteBuffer answer) {
    int reply = v4 ? ECHO_REPLY4 : ECHO_REPLY6;
    if (answer.remaining() < Packets.ICMP_HEADER || answer.getShort(0) != (short) (reply << 8)) {
      return;
    }
    int sequence = Packets.unsignedShort(answer, 6);
    Request request = requests[sequence % REQUESTS_MAX];
    if (request == null || request.outsideSequence != sequence || !request.far.equals(from)) {
      return;
    }
    requests[sequence % REQUESTS_MAX] = null;
    answer.putInt(4, request.identifierAndSequence);
    gateway.sendIcmp(request.mac, request.flow, answer);
  }

  void close() {
    if (socket != null) {
      socket.close();
    }
  }
}

package org.demitasse.gateway;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Pings of the guest to the outside: its echo requests go out of a ping socket of the host, and
 * what comes back goes to whoever asked (RFC 3022, section 4.1, ICMP echo). Called under the
 * gateway's lock but for {@link #listen()}.
 */
final class EchoRelay {
  /** Requests under way at once; the oldest makes room. */
  static final int REQUESTS_MAX = 1_024;

  private static final int HEADER = 8;
  private static final int ECHO_REQUEST = 8;
  private static final int ECHO_REPLY = 0;

  /** What the guest asked, by the low bits of the sequence number that stands for it outside. */
  private record Request(
      int outsideSequence, long mac, int guest, int far, int identifierAndSequence) {}

  private final Gateway gateway;
  private final Request[] requests = new Request[REQUESTS_MAX];
  private final ByteBuffer message = ByteBuffer.allocateDirect(65_535);
  private final Pings.Opener opener;
  private Pings socket;
  private boolean refused;
  private int next;

  EchoRelay(Gateway gateway, Pings.Opener opener) {
    this.gateway = gateway;
    this.opener = opener;
  }

  /**
   * Passes an ICMP message of the guest on.
   *
   * @param icmp from position to limit
   * @return whether it was an echo request that goes out; else the guest should hear that it may
   *     not
   */
  boolean fromGuest(long mac, int guest, int far, ByteBuffer icmp) {
    int at = icmp.position();
    int length = icmp.remaining();
    if (length < HEADER
        || icmp.getShort(at) != ECHO_REQUEST << 8
        || Packets.fold(Packets.sum(0, icmp, at, length)) != 0xffff
        || !open(far)) {
      return false;
    }
    int sequence = next++ & 0xffff;
    requests[sequence % REQUESTS_MAX] = new Request(sequence, mac, guest, far, icmp.getInt(at + 4));
    message.clear();
    message.put(0, icmp, at, length);
    message.putShort(6, (short) sequence);
    // A full socket buffer loses the request, as any network may.
    socket.send(far, message.limit(length));
    return true;
  }

  private boolean open(int far) {
    if (socket == null && !refused) {
      try {
        socket = opener.open();
        Thread listener = new Thread(this::listen, "pings");
        listener.setDaemon(true);
        listener.start();
      } catch (IOException e) {
        refused = true;
        System.err.println(
            "demi: gateway: the program's ping of "
                + Network.toAddress(far).getHostAddress()
                + " is refused: "
                + e.getMessage());
      }
    }
    return socket != null;
  }

  private void listen() {
    ByteBuffer answer = ByteBuffer.allocateDirect(65_535);
    for (int from = socket.receive(answer); from != 0; from = socket.receive(answer)) {
      synchronized (gateway.lock()) {
        toGuest(from, answer);
      }
    }
  }

  /** An answer that belongs to a request; each is answered once. */
  void toGuest(int from, ByteBuffer answer) {
    if (answer.remaining() < HEADER || answer.getShort(0) != ECHO_REPLY << 8) {
      return;
    }
    int sequence = Packets.unsignedShort(answer, 6);
    Request request = requests[sequence % REQUESTS_MAX];
    if (request == null || request.outsideSequence != sequence || request.far != from) {
      return;
    }
    requests[sequence % REQUESTS_MAX] = null;
    answer.putInt(4, request.identifierAndSequence);
    gateway.sendIcmp(request.mac, from, request.guest, answer);
  }

  void close() {
    if (socket != null) {
      socket.close();
    }
  }
}

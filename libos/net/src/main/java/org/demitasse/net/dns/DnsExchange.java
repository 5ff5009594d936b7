package org.demitasse.net.dns;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.demitasse.core.Clock;
import org.demitasse.net.engine.SipHash;
import org.demitasse.net.socket.Pollable;
import org.demitasse.net.socket.SocketStack;
import org.demitasse.net.socket.TcpSocket;
import org.demitasse.net.socket.UdpSocket;

/** One question put to the servers, over UDP and where that is too narrow over TCP. */
final class DnsExchange {
  private static final int PORT = 53;

  /** How long a server may take, in the first and in the second round. */
  private static final long[] TIMEOUTS = {2_000_000_000L, 5_000_000_000L};

  private static final long TCP_TIMEOUT = 5_000_000_000L;

  private final SocketStack sockets;
  private final Clock clock;
  private final SipHash random;

  DnsExchange(SocketStack sockets, Clock clock, SipHash random) {
    this.sockets = sockets;
    this.clock = clock;
    this.random = random;
  }

  /** Returns the answer of the first server that has one. */
  DnsMessage ask(List<InetAddress> servers, String name, int type) throws UnknownHostException {
    IOException last = null;
    InetAddress asked = null;
    for (int round = 0; round < TIMEOUTS.length; round++) {
      for (InetAddress server : servers) {
        asked = server;
        try {
          DnsMessage answer = ask(server, name, type, round);
          if (answer.code == DnsMessage.NO_ERROR || answer.code == DnsMessage.NAME_ERROR) {
            return answer;
          }
          last = new IOException("the server answered with error code " + answer.code);
        } catch (UnknownHostException e) {
          throw e;
        } catch (IOException e) {
          last = e;
        }
      }
    }
    throw DnsResolver.unknown(
        name
            + ": no DNS server answered; "
            + (asked == null ? "" : asked.getHostAddress() + " last: ")
            + (last == null ? "" : last.getMessage()),
        last);
  }

  /** Whether a question failed because servers were silent: it is the same with the next one. */
  static boolean isSilence(UnknownHostException failure) {
    return failure.getCause() instanceof SocketTimeoutException;
  }

  private DnsMessage ask(InetAddress server, String name, int type, int round) throws IOException {
    long deadline = clock.monotonicNanos() + TIMEOUTS[round];
    DnsMessage answer = round > 0 ? null : ask(server, name, type, deadline, false);
    return answer == null ? ask(server, name, type, deadline, true) : answer;
  }

  /**
   * Asks one server once.
   *
   * @param careful whether to do without what some servers cannot do: to repeat the case of letters
   *     (for which there is no answer but null otherwise), and EDNS0
   */
  private DnsMessage ask(InetAddress server, String name, int type, long deadline, boolean careful)
      throws IOException {
    int id;
    long mix;
    synchronized (random) {
      id = random.next(0x10000);
      mix = careful ? -1 : random.next();
    }
    byte[] query = DnsMessage.query(id, name, type, !careful, mix);
    if (query == null) {
      throw new UnknownHostException(name + " is not a host name");
    }
    try {
      DnsMessage answer = askUdp(server, query, type, deadline, careful);
      if (answer == null) {
        return null;
      }
      boolean understood =
          answer.code != DnsMessage.FORMAT_ERROR && answer.code != DnsMessage.NOT_IMPLEMENTED;
      if (!careful && !understood) {
        return null;
      }
      return answer.truncated
          ? askTcp(server, query, type, clock.monotonicNanos() + TCP_TIMEOUT, careful)
          : answer;
    } catch (DnsMessage.MalformedException e) {
      throw new IOException("the server's answer is malformed: " + e.getMessage(), e);
    }
  }

  private DnsMessage askUdp(
      InetAddress server, byte[] query, int type, long deadline, boolean careful)
      throws IOException, DnsMessage.MalformedException {
    byte[] bytes = new byte[DnsMessage.UDP_SIZE];
    try (UdpSocket socket = sockets.openUdp()) {
      // A socket for one question alone has a port that nobody can foresee (RFC 5452).
      socket.connect(new InetSocketAddress(server, PORT));
      while (!socket.send(ByteBuffer.wrap(query), null)) {
        await(socket, Pollable.WRITE, deadline);
      }
      while (true) {
        ByteBuffer answer = ByteBuffer.wrap(bytes);
        if (socket.receive(answer) == null) {
          await(socket, Pollable.READ, deadline);
          continue;
        }
        int length = answer.position();
        DnsMessage refusal = DnsMessage.refusal(query, bytes, length);
        if (refusal != null) {
          return refusal;
        }
        if (DnsMessage.answers(query, bytes, length, careful)) {
          return DnsMessage.decode(query, bytes, length, type);
        }
        if (!careful && DnsMessage.answers(query, bytes, length, true)) {
          return null;
        }
      }
    }
  }

  private DnsMessage askTcp(
      InetAddress server, byte[] query, int type, long deadline, boolean careful)
      throws IOException, DnsMessage.MalformedException {
    try (TcpSocket socket = sockets.openTcp()) {
      boolean connected = socket.connect(new InetSocketAddress(server, PORT));
      while (!connected) {
        await(socket, Pollable.WRITE, deadline);
        connected = socket.finishConnect();
      }
      ByteBuffer out = ByteBuffer.allocate(2 + query.length);
      out.putShort((short) query.length).put(query).flip();
      while (out.hasRemaining()) {
        if (socket.write(out) == 0) {
          await(socket, Pollable.WRITE, deadline);
        }
      }
      byte[] size = new byte[2];
      readFully(socket, size, deadline);
      byte[] bytes = new byte[(size[0] & 0xff) << 8 | size[1] & 0xff];
      readFully(socket, bytes, deadline);
      DnsMessage answer = DnsMessage.refusal(query, bytes, bytes.length);
      if (answer == null) {
        if (!DnsMessage.answers(query, bytes, bytes.length, careful)) {
          throw new IOException("the server answered another question over TCP");
        }
        answer = DnsMessage.decode(query, bytes, bytes.length, type);
      }
      if (answer.truncated) {
        throw new IOException("the server's answer is truncated over TCP too");
      }
      return answer;
    }
  }

  private void readFully(TcpSocket socket, byte[] bytes, long deadline) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    while (in.hasRemaining()) {
      int count = socket.read(in);
      if (count < 0) {
        throw new EOFException("the server closed the connection in the middle of its answer");
      }
      if (count == 0) {
        await(socket, Pollable.READ, deadline);
      }
    }
  }

  /** Waits for readiness. An interrupt does not end a lookup, as in the JDK; it is kept. */
  private void await(Pollable socket, int bit, long deadline) throws SocketTimeoutException {
    Thread thread = Thread.currentThread();
    Runnable listener = () -> LockSupport.unpark(thread);
    boolean interrupted = false;
    socket.addListener(listener);
    try {
      while ((socket.readiness() & (bit | Pollable.HANGUP)) == 0) {
        long left = deadline - clock.monotonicNanos();
        if (left <= 0) {
          throw new SocketTimeoutException("no answer in time");
        }
        LockSupport.parkNanos(this, left);
        interrupted |= Thread.interrupted();
      }
    } finally {
      socket.removeListener(listener);
      if (interrupted) {
        thread.interrupt();
      }
    }
  }
}

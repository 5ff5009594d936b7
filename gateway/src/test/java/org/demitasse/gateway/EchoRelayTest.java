package org.demitasse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Pings through the gateway, with a host that answers what the test says. */
class EchoRelayTest {
  private static final int GUEST = 0x0a00020f;
  private static final int OUTSIDE = 0xc0000207;
  private static final long MAC = 0x525400000001L;

  private record Sent(InetAddress address, byte[] message) {}

  private static final class Host implements Pings {
    final LinkedBlockingQueue<Sent> sent = new LinkedBlockingQueue<>();
    final LinkedBlockingQueue<Sent> answers = new LinkedBlockingQueue<>();

    @Override
    public boolean send(InetAddress address, ByteBuffer message) {
      byte[] bytes = new byte[message.remaining()];
      message.get(message.position(), bytes);
      return sent.add(new Sent(address, bytes));
    }

    @Override
    public InetAddress receive(ByteBuffer target) {
      try {
        Sent answer = answers.take();
        target.clear().put(0, answer.message).limit(answer.message.length);
        return answer.address;
      } catch (InterruptedException e) {
        return null;
      }
    }

    @Override
    public void close() {
      answers.add(new Sent(null, new byte[0]));
    }

    Sent next() throws InterruptedException {
      Sent next = sent.poll(10, TimeUnit.SECONDS);
      assertThat(next).as("a request on the host").isNotNull();
      return next;
    }

    void answer(Sent request) {
      byte[] message = request.message.clone();
      message[0] = 0;
      message[4] = 0x77; // the kernel's identifier
      answers.add(new Sent(request.address, message));
    }
  }

  private static ByteBuffer echo(int identifier, int sequence, int data) {
    ByteBuffer icmp = ByteBuffer.allocate(8 + data);
    icmp.putShort(0, (short) 0x0800).putShort(4, (short) identifier).putShort(6, (short) sequence);
    for (int i = 8; i < 8 + data; i++) {
      icmp.put(i, (byte) i);
    }
    icmp.putShort(2, (short) ~Packets.fold(Packets.sum(0, icmp, 0, 8 + data)));
    return icmp;
  }

  private static ByteBuffer nextIcmp(RunningGateway running) throws Exception {
    while (true) {
      byte[] bytes = running.wire.receive();
      assertThat(bytes).as("an answer").isNotNull();
      ByteBuffer frame = ByteBuffer.wrap(bytes);
      if (Packets.unsignedShort(frame, 12) == Packets.TYPE_IPV4 && frame.get(23) == 1) {
        return frame;
      }
    }
  }

  private static boolean ping(RunningGateway running, EchoRelay relay, ByteBuffer icmp) {
    synchronized (running.gateway.lock()) {
      return relay.fromGuest(MAC, new FlowKey(GUEST, 0, OUTSIDE, 0), icmp) == null;
    }
  }

  @Test
  void answersComeBackToWhoAsked() throws Exception {
    Host host = new Host();
    try (RunningGateway running = new RunningGateway()) {
      EchoRelay relay = new EchoRelay(running.gateway, true, () -> host);
      assertThat(ping(running, relay, echo(7, 40_000, 56))).isTrue();
      assertThat(ping(running, relay, echo(9, 40_000, 56))).isTrue();
      Sent first = host.next();
      Sent second = host.next();
      assertThat(first.address).isEqualTo(Network.toAddress(OUTSIDE));
      assertThat(first.message).as("told apart outside").isNotEqualTo(second.message);
      host.answer(second);
      host.answer(second);
      host.answer(first);
      for (int identifier : new int[] {9, 7}) {
        ByteBuffer frame = nextIcmp(running);
        assertThat(frame.getInt(26)).isEqualTo(OUTSIDE);
        assertThat(frame.getInt(30)).isEqualTo(GUEST);
        assertThat(frame.getInt(34) >>> 16).as("echo reply").isZero();
        assertThat(Packets.unsignedShort(frame, 38)).isEqualTo(identifier);
        assertThat(Packets.unsignedShort(frame, 40)).isEqualTo(40_000);
        assertThat(Packets.fold(Packets.sum(0, frame, 34, 64))).isEqualTo(0xffff);
      }
      relay.close();
    }
  }

  @Test
  void largeAnswersComeInFragments() throws Exception {
    Host host = new Host();
    try (RunningGateway running = new RunningGateway()) {
      EchoRelay relay = new EchoRelay(running.gateway, true, () -> host);
      assertThat(ping(running, relay, echo(7, 1, 4_000))).isTrue();
      host.answer(host.next());
      int total = 0;
      for (boolean more = true; more; ) {
        ByteBuffer frame = nextIcmp(running);
        total += Packets.unsignedShort(frame, 16) - 20;
        more = (frame.getShort(20) & Packets.MORE_FRAGMENTS) != 0;
      }
      assertThat(total).isEqualTo(4_008);
      relay.close();
    }
  }

  @Test
  void whatIsNoRequestOrNoAnswerGoesNowhere() throws Exception {
    Host host = new Host();
    try (RunningGateway running = new RunningGateway()) {
      EchoRelay relay = new EchoRelay(running.gateway, true, () -> host);
      ByteBuffer damaged = echo(7, 1, 56);
      damaged.put(20, (byte) 99);
      assertThat(ping(running, relay, damaged)).isFalse();
      assertThat(ping(running, relay, ByteBuffer.allocate(3))).isFalse();
      ByteBuffer reply = echo(7, 1, 56);
      reply.put(0, (byte) 0);
      assertThat(ping(running, relay, reply)).isFalse();
      assertThat(host.sent).isEmpty();
      assertThat(ping(running, relay, echo(7, 2, 8))).isTrue();
      Sent request = host.next();
      host.answer(new Sent(Network.toAddress(OUTSIDE + 1), request.message)); // from somebody else
      host.answers.add(new Sent(Network.toAddress(OUTSIDE), new byte[5]));
      host.answer(request);
      assertThat(Packets.unsignedShort(nextIcmp(running), 40)).isEqualTo(2);
      relay.close();
    }
  }

  @Test
  void aHostWithoutPingSocketsIsARefusal() throws Exception {
    try (RunningGateway running = new RunningGateway()) {
      int[] tries = new int[1];
      EchoRelay relay =
          new EchoRelay(
              running.gateway,
              true,
              () -> {
                tries[0]++;
                throw new IOException("not permitted");
              });
      assertThat(ping(running, relay, echo(7, 1, 56))).isFalse();
      assertThat(ping(running, relay, echo(7, 2, 56))).isFalse();
      assertThat(tries[0]).as("asked once").isEqualTo(1);
      relay.close();
    }
  }
}

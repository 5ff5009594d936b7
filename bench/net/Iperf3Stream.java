import java.io.IOException;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * One stream of a test of {@link Iperf3Server}: it sends or receives on a thread of its own until
 * it is closed, and counts. The counters have one writer; others may read them at any time.
 */
final class Iperf3Stream {
  /** Seconds, microseconds, and a number of four or eight bytes, at the head of each datagram. */
  private static final int HEAD = 12;

  private static final int WIDE_HEAD = 16;

  private static final long ORIGIN = System.nanoTime();

  final int id;
  final boolean sends;
  private final ByteChannel channel;
  private final Iperf3Parameters parameters;

  volatile long bytes;
  volatile long datagrams;
  volatile long lost;
  volatile long outOfOrder;

  /** Seconds: the mean deviation of datagrams' transit times (RFC 3550 6.4.1). */
  volatile double jitter;

  private volatile long omittedBytes;
  private volatile long omittedDatagrams;
  private volatile long omittedLost;
  private double transit = Double.NaN;

  Iperf3Stream(int id, boolean sends, ByteChannel channel, Iperf3Parameters parameters) {
    this.id = id;
    this.sends = sends;
    this.channel = channel;
    this.parameters = parameters;
  }

  /** Returns the JSON that a client expects of each stream. */
  String result(double seconds) {
    return "{\"id\":%d,\"bytes\":%d,\"retransmits\":-1,\"jitter\":%s,\"errors\":%d,\"omitted_errors\":%d"
            .formatted(id, bytes - omittedBytes, jitter, lost, omittedLost)
        + ",\"packets\":%d,\"omitted_packets\":%d,\"start_time\":0,\"end_time\":%s}"
            .formatted(datagrams, omittedDatagrams, seconds);
  }

  /** Returns a line about this stream for people. */
  String summary(double seconds) {
    long counted = bytes - omittedBytes;
    String line =
        "[%3d] %s %d bytes in %.2f s, %.1f Mbit/s"
            .formatted(
                id, sends ? "sent" : "received", counted, seconds, counted * 8 / seconds / 1e6);
    return parameters.udp()
        ? line
            + ", %d datagrams, %d lost, %d out of order, jitter %.3f ms"
                .formatted(
                    datagrams - omittedDatagrams, lost - omittedLost, outOfOrder, jitter * 1000)
        : line;
  }

  /** What was counted until now does not count. */
  void omit() {
    omittedBytes = bytes;
    omittedDatagrams = datagrams;
    omittedLost = lost;
  }

  /** Ends the stream's thread. */
  void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // Then there is nothing left to close.
    }
  }

  /** Runs until the channel is closed, by this end or the other. */
  void run() {
    try {
      if (sends) {
        send();
      } else if (channel instanceof DatagramChannel datagramChannel) {
        receiveDatagrams(datagramChannel);
      } else {
        receive();
      }
    } catch (IOException e) {
      // The test is over, or the peer is gone, which its control connection tells as well.
    }
  }

  private void receive() throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(parameters.length());
    for (int n = channel.read(buffer); n >= 0; n = channel.read(buffer.clear())) {
      bytes += n;
    }
  }

  private void receiveDatagrams(DatagramChannel datagramChannel) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(65_536);
    int head = parameters.wideNumbers() ? WIDE_HEAD : HEAD;
    while (true) {
      int n;
      try {
        n = datagramChannel.read(buffer.clear());
      } catch (PortUnreachableException e) {
        continue; // the client may be late or early; it says on the control connection when it ends
      }
      if (n < head) {
        continue;
      }
      double sent = (buffer.getInt(0) & 0xffffffffL) + (buffer.getInt(4) & 0xffffffffL) / 1e6;
      long number = parameters.wideNumbers() ? buffer.getLong(8) : buffer.getInt(8) & 0xffffffffL;
      bytes += n;
      if (number > datagrams) {
        lost += number - 1 - datagrams;
        datagrams = number;
      } else {
        outOfOrder++;
        lost = Math.max(0, lost - 1); // it was counted as lost when a later one overtook it
      }
      double now = micros() / 1e6 - sent;
      if (!Double.isNaN(transit)) {
        jitter += (Math.abs(now - transit) - jitter) / 16;
      }
      transit = now;
    }
  }

  private void send() throws IOException {
    byte[] random = new byte[parameters.length()];
    ThreadLocalRandom.current().nextBytes(random);
    ByteBuffer buffer = ByteBuffer.allocateDirect(random.length).put(random);
    long start = System.nanoTime();
    while (true) {
      for (int i = Math.max(parameters.burst(), 1); i > 0; i--) {
        buffer.clear();
        if (parameters.udp()) {
          stamp(buffer, datagrams + 1);
        }
        try {
          for (int n; buffer.hasRemaining() && (n = channel.write(buffer)) >= 0; bytes += n) {
            // A stream's write may take a part.
          }
          datagrams++;
        } catch (PortUnreachableException e) {
          // As above.
        }
      }
      if (parameters.rate() > 0) {
        long due = (long) (bytes * 8e9 / parameters.rate()) - (System.nanoTime() - start);
        if (due > 0) {
          LockSupport.parkNanos(this, due);
        }
      }
    }
  }

  private void stamp(ByteBuffer buffer, long number) {
    long micros = micros();
    buffer.putInt(0, (int) (micros / 1_000_000)).putInt(4, (int) (micros % 1_000_000));
    if (parameters.wideNumbers()) {
      buffer.putLong(8, number);
    } else {
      buffer.putInt(8, (int) number);
    }
  }

  /** The time, from any point on: only differences of transit times are looked at. */
  private static long micros() {
    return (System.nanoTime() - ORIGIN) / 1000;
  }
}

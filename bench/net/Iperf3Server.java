import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A server for clients of iperf3 (its protocol since 3.1): TCP and UDP, both directions, several
 * streams. One test at a time, as iperf3's own server has it. It cannot tell how often TCP had to
 * send again, nor how busy the processor was: Java programs are not told.
 *
 * <p>A test begins with a connection that sends a cookie of 37 bytes and stays as the test's
 * control connection: one byte for each change of state, and JSON behind a length of four bytes.
 * Streams are connections that begin with the same cookie, or datagrams from an address that has
 * said hello.
 */
public final class Iperf3Server {
  private static final int COOKIE = 37;
  private static final int JSON_MAX = 1 << 16;
  private static final byte TEST_START = 1;
  private static final byte TEST_RUNNING = 2;
  private static final byte TEST_END = 4;
  private static final byte PARAM_EXCHANGE = 9;
  private static final byte CREATE_STREAMS = 10;
  private static final byte CLIENT_TERMINATE = 12;
  private static final byte EXCHANGE_RESULTS = 13;
  private static final byte DISPLAY_RESULTS = 14;
  private static final byte IPERF_DONE = 16;
  private static final byte ACCESS_DENIED = -1;
  private static final byte SERVER_ERROR = -2;

  /** The code of iperf3 for parameters that could not be had. */
  private static final int BAD_PARAMETERS = 114;

  /** A client's first datagram and what it is answered, in the order of x86's and ARM's bytes. */
  private static final int HELLO = 0x39383736;

  private static final int WELCOME = 0x36373839;

  /** Milliseconds that a client may take to say the next thing while it says things. */
  private static final int PATIENCE = 10_000;

  /** Milliseconds after which a test in which nothing moves has ended. */
  private static final int STANDSTILL = 120_000;

  private final int port;
  private Test current;
  private long connections;

  public Iperf3Server(int port) {
    this.port = port;
  }

  public static void main(String[] arguments) throws IOException {
    new Iperf3Server(arguments.length == 0 ? 5201 : Integer.parseInt(arguments[0])).serve();
  }

  /** Serves for ever. */
  public void serve() throws IOException {
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(port), 256);
      while (true) {
        SocketChannel peer = listener.accept();
        long number = connections++;
        Thread.ofVirtual().name("iperf3 connection " + number).start(() -> greet(peer, number));
      }
    }
  }

  /** Finds out by its cookie what a connection is for. */
  private void greet(SocketChannel peer, long number) {
    boolean taken = false;
    try {
      peer.socket().setSoTimeout(PATIENCE);
      byte[] cookie = new DataInputStream(peer.socket().getInputStream()).readNBytes(COOKIE);
      if (cookie.length < COOKIE) {
        return;
      }
      Test test = testOf(cookie, peer);
      if (test == null) {
        send(peer, ByteBuffer.wrap(new byte[] {ACCESS_DENIED}));
      } else if (test.control == peer) {
        test.run();
      } else {
        taken = test.join(peer, number);
      }
    } catch (IOException e) {
      // The client is gone, or was none; the next one is served.
    } finally {
      if (!taken) {
        close(peer);
      }
    }
  }

  /** Returns the test of this cookie, a new one when there is no other; null when there is. */
  private synchronized Test testOf(byte[] cookie, SocketChannel peer) {
    if (current != null && Arrays.equals(current.cookie, cookie)) {
      return current;
    }
    for (int tries = 0; current != null && current.ending && tries < 20; tries++) {
      try {
        wait(100); // the client before has its results and is about to leave
      } catch (InterruptedException e) {
        return null;
      }
    }
    if (current != null) {
      return null;
    }
    current = new Test(cookie, peer);
    return current;
  }

  private synchronized void forget() {
    current = null;
    notifyAll();
  }

  private static void send(ByteChannel to, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      to.write(bytes);
    }
  }

  private static void close(NetworkChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // Then there is nothing left to close.
    }
  }

  private final class Test {
    final byte[] cookie;
    final SocketChannel control;
    private final DataInputStream in;

    /** The client has been told to fetch its results. */
    volatile boolean ending;

    private volatile Iperf3Parameters parameters;
    private DatagramChannel doorbell;

    /** By the order in which they came. */
    private final TreeMap<Long, ByteChannel> channels = new TreeMap<>();

    private final List<Iperf3Stream> streams = new ArrayList<>();
    private boolean running;
    private boolean over;
    private volatile long start;

    Test(byte[] cookie, SocketChannel control) {
      this.cookie = cookie;
      this.control = control;
      try {
        in = new DataInputStream(control.socket().getInputStream());
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    void run() throws IOException {
      try {
        control.setOption(StandardSocketOptions.TCP_NODELAY, true);
        state(PARAM_EXCHANGE);
        if (!begin()) {
          return;
        }
        while (true) {
          switch (nextState()) {
            case TEST_END -> end();
            case IPERF_DONE, CLIENT_TERMINATE -> {
              return;
            }
            default -> throw new IOException("a state that a client does not announce");
          }
        }
      } finally {
        closeStreams();
        forget();
      }
    }

    private boolean begin() throws IOException {
      try {
        parameters = Iperf3Parameters.of(json());
        if (parameters.udp()) {
          synchronized (this) {
            doorbell = openDoorbell();
          }
          Thread.ofVirtual().name("iperf3 datagrams").start(this::admit);
        }
      } catch (IOException e) {
        System.out.println("iperf3: refused: " + e.getMessage());
        state(SERVER_ERROR);
        send(control, ByteBuffer.allocate(8).putInt(BAD_PARAMETERS).putInt(0).flip());
        return false;
      }
      state(CREATE_STREAMS);
      return true;
    }

    private void state(byte state) throws IOException {
      send(control, ByteBuffer.wrap(new byte[] {state}));
    }

    /** Waits for the client's next state, as long as something moves. */
    private byte nextState() throws IOException {
      long moved = -1;
      for (int quiet = 0; quiet < STANDSTILL; quiet += PATIENCE) {
        try {
          return in.readByte();
        } catch (SocketTimeoutException e) {
          synchronized (this) {
            if (!running) {
              throw e;
            }
            long now = streams.stream().mapToLong(stream -> stream.bytes).sum();
            quiet = now == moved ? quiet : -PATIENCE;
            moved = now;
          }
        }
      }
      throw new IOException("nothing has moved for " + STANDSTILL + " ms");
    }

    private java.util.Map<?, ?> json() throws IOException {
      int length = in.readInt();
      if (length < 0 || length > JSON_MAX) {
        throw new IOException("JSON of " + Integer.toUnsignedString(length) + " bytes");
      }
      byte[] bytes = new byte[length];
      in.readFully(bytes);
      return Json.object(new String(bytes, StandardCharsets.UTF_8));
    }

    private DatagramChannel openDoorbell() throws IOException {
      DatagramChannel channel = DatagramChannel.open();
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      return channel.bind(new InetSocketAddress(port));
    }

    /**
     * Turns the socket that a client's hello arrives at into its stream, and opens the next one.
     */
    private void admit() {
      ByteBuffer word = ByteBuffer.allocate(64);
      for (long number = 0; ; ) {
        DatagramChannel channel;
        synchronized (this) {
          channel = doorbell;
        }
        if (channel == null) {
          return;
        }
        try {
          SocketAddress from = channel.receive(word.clear());
          if (word.flip().remaining() != 4 || word.getInt() != HELLO) {
            continue;
          }
          channel.connect(from);
          synchronized (this) {
            doorbell = over ? null : openDoorbell();
          }
          send(channel, ByteBuffer.allocate(4).putInt(WELCOME).flip());
          if (!join(channel, number++)) {
            close(channel);
          }
        } catch (IOException e) {
          close(channel);
          return;
        }
      }
    }

    /**
     * Takes a stream's channel, and starts the test with the last one. Returns false for too many.
     */
    synchronized boolean join(ByteChannel channel, long number) throws IOException {
      if (over
          || running
          || parameters == null
          || parameters.udp() == channel instanceof SocketChannel) {
        return false;
      }
      channels.put(number, channel);
      if (channels.size() < parameters.streams() * (parameters.both() ? 2 : 1)) {
        return true;
      }
      if (doorbell != null) {
        close(doorbell);
        doorbell = null;
      }
      for (ByteChannel each : channels.values()) {
        prepare((NetworkChannel) each);
        int index = streams.size();
        boolean sends = parameters.both() ? index >= parameters.streams() : parameters.reverse();
        // As iperf3 counts: 1, 3, 4, ...
        streams.add(new Iperf3Stream(index == 0 ? 1 : index + 2, sends, each, parameters));
      }
      running = true;
      state(TEST_START);
      state(TEST_RUNNING);
      start = System.nanoTime();
      for (Iperf3Stream stream : streams) {
        Thread.ofPlatform().name("iperf3 stream " + stream.id).start(stream::run);
      }
      if (parameters.omit() > 0) {
        Thread.ofVirtual().name("iperf3 omit").start(this::omit);
      }
      return true;
    }

    private void prepare(NetworkChannel channel) throws IOException {
      int window = parameters.window();
      if (parameters.udp()
          && window == 0
          && channel.getOption(StandardSocketOptions.SO_RCVBUF) < parameters.length() + 1024) {
        window = parameters.length() + 1024;
      }
      if (window > 0) {
        channel.setOption(StandardSocketOptions.SO_RCVBUF, window);
        channel.setOption(StandardSocketOptions.SO_SNDBUF, window);
      }
      if (!parameters.udp()) {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, parameters.noDelay());
      }
      channel.setOption(StandardSocketOptions.IP_TOS, parameters.trafficClass());
    }

    private void omit() {
      try {
        Thread.sleep(parameters.omit() * 1000L);
      } catch (InterruptedException e) {
        return;
      }
      synchronized (this) {
        streams.forEach(Iperf3Stream::omit);
        start = System.nanoTime();
      }
    }

    private void end() throws IOException {
      synchronized (this) {
        if (!running || ending) {
          throw new IOException("the end of a test that does not run");
        }
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      closeStreams();
      String said =
          streams.stream()
              .map(stream -> stream.summary(seconds) + "\n")
              .collect(Collectors.joining());
      state(EXCHANGE_RESULTS);
      json(); // the client's own counts, which it shows itself
      send(control, ByteBuffer.wrap(framed(results(seconds, said))));
      ending = true;
      state(DISPLAY_RESULTS);
      System.out.print(said);
    }

    private String results(double seconds, String said) {
      return streams.stream()
          .map(stream -> stream.result(seconds))
          .collect(
              Collectors.joining(
                  ",",
                  "{\"cpu_util_total\":0,\"cpu_util_user\":0,\"cpu_util_system\":0,"
                      + "\"sender_has_retransmits\":0,"
                      + (parameters.wantsOutput()
                          ? "\"server_output_text\":" + Json.quoted(said) + ","
                          : "")
                      + "\"streams\":[",
                  "]}"));
    }

    private static byte[] framed(String json) {
      byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
      return ByteBuffer.allocate(4 + bytes.length).putInt(bytes.length).put(bytes).array();
    }

    private synchronized void closeStreams() {
      over = true;
      if (doorbell != null) {
        close(doorbell);
        doorbell = null;
      }
      streams.forEach(Iperf3Stream::close);
      for (ByteChannel channel : channels.values()) {
        close((NetworkChannel) channel);
      }
    }
  }
}

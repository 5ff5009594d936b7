package org.demitasse.net.tap;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.concurrent.LinkedBlockingQueue;
import org.demitasse.core.Clock;
import org.demitasse.core.NetDevice;
import org.demitasse.net.NetworkConfig;
import org.demitasse.net.NetworkStack;
import org.demitasse.net.socket.SocketSetting;
import org.demitasse.net.socket.TcpListener;
import org.demitasse.net.socket.TcpSocket;
import org.demitasse.net.socket.UdpSocket;

/**
 * Serves real clients over a tap device: HTTP on port 80 ({@code /bytes/N} gives N bytes), echo on
 * 7 (TCP and UDP), discard on 9, an endless stream on 19. Arguments: tap name, address, prefix
 * length, gateway ({@code dhcp} alone in place of the last three); it is fd00::2/64 too. Commands
 * on standard input: {@code lookup NAME}, {@code ping ADDRESS}, {@code get ADDRESS PORT PATH},
 * {@code stats}, {@code connections}, {@code capture FILE}, {@code quit}. With {@code
 * -Dtap.loss=0.05 -Dtap.delay=25 -Dtap.jitter=5} (milliseconds) the wire is bad in both directions;
 * with {@code -Dtap.offload=true} the kernel cuts and joins segments (make the tap with {@code
 * vnet_hdr}).
 */
public final class TapMain {
  private static final byte[] HELLO = "Hello, World!\n".getBytes(StandardCharsets.US_ASCII);

  private final NetworkStack stack;
  private final LinkedBlockingQueue<Service> ready = new LinkedBlockingQueue<>();

  private TapMain(NetworkStack stack) {
    this.stack = stack;
  }

  public static void main(String[] args) throws Exception {
    TapDevice device =
        new TapDevice(args[0], 0x02_00_00_00_00_02L, Boolean.getBoolean("tap.offload"));
    new ProcessBuilder("ip", "link", "set", args[0], "up").inheritIO().start().waitFor();
    ImpairedDevice wire =
        new ImpairedDevice(
            device,
            Double.parseDouble(System.getProperty("tap.loss", "0")),
            Long.getLong("tap.delay", 0) * 1_000_000L,
            Long.getLong("tap.jitter", 0) * 1_000_000L);
    boolean impaired = System.getProperties().keySet().stream().anyMatch("tap.loss"::equals);
    NetDevice used = impaired ? wire : device;
    SecureRandom random = new SecureRandom();
    NetworkConfig config = new NetworkConfig().bufferBytes(256L << 20);
    if (args[1].equals("dhcp")) {
      config.dhcp("eth0", used).hostName("tap");
    } else {
      config.address(
          "eth0",
          used,
          InetAddress.getByName(args[1]),
          Integer.parseInt(args[2]),
          InetAddress.getByName(args[3]));
      config.nameServer(InetAddress.getByName(args[3]));
      config.moreAddress(InetAddress.getByName("fd00::2"), 64);
    }
    config.ipv6(true);
    NetworkStack stack =
        new NetworkStack(
            config,
            Clock.system(),
            (bytes, offset, length) -> {
              byte[] fresh = new byte[length];
              random.nextBytes(fresh);
              System.arraycopy(fresh, 0, bytes, offset, length);
            },
            device::wake);
    Thread loop =
        new Thread(
            () -> {
              while (true) {
                long nanos = Math.min(stack.poll(), impaired ? wire.nextDue() : Long.MAX_VALUE);
                if (nanos > 0) {
                  device.await(nanos);
                }
              }
            },
            "network");
    loop.setDaemon(true);
    loop.start();
    System.out.println("configured: " + stack.awaitConfigured(10_000_000_000L));
    stack.interfaces().forEach(System.out::println);
    TapMain main = new TapMain(stack);
    main.listen(80, Http::new);
    main.listen(7, Echo::new);
    main.listen(9, Discard::new);
    main.listen(19, Generate::new);
    main.echoDatagrams();
    Thread serving = new Thread(main::serve, "serve");
    serving.setDaemon(true);
    serving.start();
    System.out.println("serving");
    main.commands();
  }

  private void commands() throws IOException {
    java.io.BufferedReader in =
        new java.io.BufferedReader(new java.io.InputStreamReader(System.in));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ");
      try {
        switch (words[0]) {
          case "lookup" ->
              System.out.println(
                  stack.resolver().lookup(words[1], org.demitasse.net.socket.Resolver.Family.ANY));
          case "reverse" ->
              System.out.println(stack.resolver().reverse(InetAddress.getByName(words[1])));
          case "ping" -> System.out.println(stack.ping(InetAddress.getByName(words[1]), 0, 2000));
          case "get" -> get(InetAddress.getByName(words[1]), Integer.parseInt(words[2]), words[3]);
          case "stats" -> stats();
          case "connections" -> stack.connections().forEach(System.out::println);
          case "capture" ->
              stack.capture(
                  2,
                  words.length < 2
                      ? null
                      : new java.io.BufferedOutputStream(new java.io.FileOutputStream(words[1])),
                  65535);
          case "quit" -> {
            return;
          }
          default -> System.out.println("?");
        }
      } catch (IOException e) {
        System.out.println(e);
      }
    }
  }

  private void stats() {
    Object[] all = {
      stack.tcp().counters(),
      stack.udp().counters(),
      stack.ip().counters(),
      stack.ip().interfaces()[1].counters()
    };
    for (Object counters : all) {
      StringBuilder text = new StringBuilder(counters.getClass().getSimpleName());
      for (java.lang.reflect.Field field : counters.getClass().getFields()) {
        try {
          text.append(' ').append(field.getName()).append('=').append(field.getLong(counters));
        } catch (IllegalAccessException e) {
          throw new IllegalStateException(e);
        }
      }
      System.out.println(text);
    }
    System.out.println(
        "connections="
            + stack.tcp().connectionCount()
            + " chunks="
            + stack.tcp().chunks().used()
            + " buffers="
            + stack.ip().interfaces()[1].pool().outstanding());
  }

  private void get(InetAddress address, int port, String path) throws IOException {
    long begin = System.nanoTime();
    long total = 0;
    try (TcpSocket socket = stack.openTcp()) {
      boolean connected = socket.connect(new InetSocketAddress(address, port));
      while (!connected) {
        Thread.onSpinWait();
        connected = socket.finishConnect();
      }
      socket.write(
          ByteBuffer.wrap(
              ("GET " + path + " HTTP/1.0\r\n\r\n").getBytes(StandardCharsets.US_ASCII)));
      ByteBuffer in = ByteBuffer.allocateDirect(65536);
      for (int n = socket.read(in); n >= 0; n = socket.read(in.clear())) {
        total += n;
      }
    }
    System.out.println(total + " bytes in " + (System.nanoTime() - begin) / 1_000_000 + " ms");
  }

  private interface Maker {
    Service make(TapMain main, TcpSocket socket);
  }

  private void listen(int port, Maker maker) throws IOException {
    TcpListener listener = stack.openTcpListener();
    listener.setOption(SocketSetting.REUSE_ADDRESS, true);
    listener.listen(new InetSocketAddress(port), 1024);
    Service accepting =
        new Service(this, null) {
          @Override
          void serve() throws IOException {
            for (TcpSocket s = listener.accept(); s != null; s = listener.accept()) {
              s.setOption(SocketSetting.NO_DELAY, true);
              Service service = maker.make(TapMain.this, s);
              s.addListener(service);
              service.run();
            }
          }
        };
    listener.addListener(accepting);
  }

  private void echoDatagrams() throws IOException {
    UdpSocket datagrams = stack.openUdp();
    datagrams.bind(new InetSocketAddress(7));
    ByteBuffer buffer = ByteBuffer.allocateDirect(65536);
    Service echo =
        new Service(this, null) {
          @Override
          void serve() throws IOException {
            for (InetSocketAddress from = datagrams.receive(buffer.clear());
                from != null;
                from = datagrams.receive(buffer.clear())) {
              datagrams.send(buffer.flip(), from);
            }
          }
        };
    datagrams.addListener(echo);
  }

  private void serve() {
    while (true) {
      try {
        Service service = ready.take();
        service.queued = false;
        try {
          service.serve();
        } catch (IOException e) {
          service.socket.close();
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** What one connection does when it is ready; as a listener it queues itself. */
  private abstract static class Service implements Runnable {
    final TapMain main;
    final TcpSocket socket;
    volatile boolean queued;

    Service(TapMain main, TcpSocket socket) {
      this.main = main;
      this.socket = socket;
    }

    abstract void serve() throws IOException;

    @Override
    public void run() {
      if (!queued) {
        queued = true;
        main.ready.add(this);
      }
    }
  }

  private static final class Http extends Service {
    private final ByteBuffer in = ByteBuffer.allocate(8192);
    private ByteBuffer head = ByteBuffer.allocate(0);
    private long body;
    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(65536);

    Http(TapMain main, TcpSocket socket) {
      super(main, socket);
    }

    @Override
    void serve() throws IOException {
      while (true) {
        if (!flush()) {
          return;
        }
        int end = requestEnd();
        if (end < 0) {
          int n = socket.read(in);
          if (n < 0) {
            socket.close();
            return;
          }
          if (n == 0) {
            return;
          }
          continue;
        }
        answer(new String(in.array(), 0, end, StandardCharsets.US_ASCII));
        in.flip().position(end);
        in.compact();
      }
    }

    private int requestEnd() {
      byte[] bytes = in.array();
      for (int i = 3; i < in.position(); i++) {
        if (bytes[i] == '\n' && bytes[i - 2] == '\n') {
          return i + 1;
        }
      }
      return -1;
    }

    private void answer(String request) {
      String path = request.substring(4, request.indexOf(' ', 4));
      boolean bytes = path.startsWith("/bytes/");
      body = bytes ? Long.parseLong(path.substring(7)) : 0;
      String header =
          "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: "
              + (bytes ? body : HELLO.length)
              + "\r\n\r\n";
      head = ByteBuffer.allocate(header.length() + HELLO.length);
      head.put(header.getBytes(StandardCharsets.US_ASCII));
      if (!bytes) {
        head.put(HELLO);
      }
      head.flip();
    }

    private boolean flush() throws IOException {
      while (head.hasRemaining()) {
        if (socket.write(head) == 0) {
          return false;
        }
      }
      while (body > 0) {
        ZEROS.clear().limit((int) Math.min(body, ZEROS.capacity()));
        int n = socket.write(ZEROS);
        if (n == 0) {
          return false;
        }
        body -= n;
      }
      return true;
    }
  }

  private static final class Echo extends Service {
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(65536);

    Echo(TapMain main, TcpSocket socket) {
      super(main, socket);
    }

    @Override
    void serve() throws IOException {
      while (true) {
        int n = socket.read(buffer);
        buffer.flip();
        int written = socket.write(buffer);
        boolean rest = buffer.hasRemaining();
        buffer.compact();
        if (n < 0 && !rest) {
          socket.close();
          return;
        }
        if (n <= 0 && written == 0 || n < 0) {
          return;
        }
      }
    }
  }

  private static final class Discard extends Service {
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(65536);

    Discard(TapMain main, TcpSocket socket) {
      super(main, socket);
    }

    @Override
    void serve() throws IOException {
      for (int n = socket.read(buffer.clear()); n != 0; n = socket.read(buffer.clear())) {
        if (n < 0) {
          socket.close();
          return;
        }
      }
    }
  }

  private static final class Generate extends Service {
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(65536);

    Generate(TapMain main, TcpSocket socket) {
      super(main, socket);
    }

    @Override
    void serve() throws IOException {
      if (socket.read(ByteBuffer.allocate(1)) < 0) {
        socket.close();
        return;
      }
      while (socket.write(buffer.clear()) > 0) {
        // As much as there is room for.
      }
    }
  }
}

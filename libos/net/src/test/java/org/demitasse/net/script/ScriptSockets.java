package org.demitasse.net.script;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.demitasse.net.socket.Pollable;
import org.demitasse.net.socket.SocketSetting;
import org.demitasse.net.socket.TcpListener;
import org.demitasse.net.socket.TcpSocket;
import org.demitasse.net.socket.UdpSocket;

/**
 * The calls that a script makes. Each may end in {@code = RESULT}: a value, or the simple name of
 * an exception with its message in quotes; without one the call must not fail.
 *
 * <ul>
 *   <li>{@code listen [backlog N]}, {@code listen any} (every address of both families), {@code
 *       accept} ({@code = none}), {@code listener close}, {@code listener new}, {@code listener set
 *       NAME VALUE};
 *   <li>{@code connect}, {@code finish = true}, {@code write N [= M]}, {@code read N = M}, {@code
 *       available = N}, {@code shutdown input|output}, {@code close}, {@code set NAME VALUE},
 *       {@code get NAME = VALUE}, {@code ready = read,write,hangup} ({@code = none}), {@code socket
 *       NAME} (another socket from now on);
 *   <li>{@code udp bind PORT}, {@code udp connect PORT}, {@code udp send N [PORT [ADDRESS]]},
 *       {@code udp receive = N PORT} ({@code = none}), {@code udp join|leave GROUP [SOURCE]},
 *       {@code udp set NAME VALUE}, {@code udp close}, {@code udp socket NAME}.
 * </ul>
 */
final class ScriptSockets {
  private static final class Tcp {
    final TcpSocket socket;
    long written = 1;
    long read = 1;

    Tcp(TcpSocket socket) {
      this.socket = socket;
    }
  }

  @FunctionalInterface
  private interface Call {
    Object run() throws IOException;
  }

  private static final Map<String, SocketSetting<?>> SETTINGS = new HashMap<>();

  static {
    for (java.lang.reflect.Field field : SocketSetting.class.getFields()) {
      try {
        SocketSetting<?> setting = (SocketSetting<?>) field.get(null);
        SETTINGS.put(setting.name(), setting);
      } catch (IllegalAccessException e) {
        throw new AssertionError(e);
      }
    }
  }

  private final ScriptWire wire;
  private final Values values;
  private final Map<String, Tcp> sockets = new HashMap<>();
  private final Map<String, UdpSocket> udps = new HashMap<>();
  private TcpListener listener;
  private String current = "";
  private String currentUdp = "";
  private Tcp tcp;
  boolean v6;
  int stackPort = 80;
  int scriptPort = 40000;

  ScriptSockets(ScriptWire wire, Values values) {
    this.wire = wire;
    this.values = values;
  }

  private InetAddress local() {
    return InetAddress.ofLiteral(v6 ? "2001:db8::1" : "10.0.0.1");
  }

  private InetAddress remote() {
    return InetAddress.ofLiteral(v6 ? "2001:db8::2" : "10.0.0.2");
  }

  void call(String text) {
    int equals = text.indexOf(" = ");
    String wanted = equals < 0 ? null : text.substring(equals + 3).strip();
    String[] words = (equals < 0 ? text : text.substring(0, equals)).split("\\s+");
    Supplier<String> known = () -> "there is no step '" + text + "'";
    Call call =
        switch (words[0]) {
          case "udp" -> udp(words, known);
          case "listener" -> listener(words, known);
          default -> tcp(words, known);
        };
    String seen;
    try {
      Object result = call.run();
      seen = result == null ? "" : result.toString();
    } catch (IOException e) {
      seen = e.getClass().getSimpleName() + " \"" + e.getMessage() + "\"";
      if (wanted == null) {
        throw ScriptFailure.expected("no exception", seen);
      }
    }
    if (wanted != null && !values.matches(wanted, seen)) {
      throw ScriptFailure.expected(wanted, seen);
    }
    // What the call has sent, and answers on the script's behalf.
    wire.run(0);
  }

  private int number(String text) {
    return (int) values.number(text);
  }

  private Call tcp(String[] w, Supplier<String> unknown) {
    return switch (w[0]) {
      case "listen" ->
          () -> listen(w.length > 2 ? number(w[2]) : 10, w.length == 2 && w[1].equals("any"));
      case "accept" -> this::accept;
      case "connect" -> this::connect;
      case "socket" -> () -> select(w[1]);
      case "finish" -> () -> tcp.socket.finishConnect();
      case "write" -> () -> write(number(w[1]));
      case "read" -> () -> read(number(w[1]));
      case "available" -> () -> tcp.socket.available();
      case "shutdown" ->
          () -> {
            if (w[1].equals("output")) {
              tcp.socket.shutdownOutput();
            } else {
              tcp.socket.shutdownInput();
            }
            return null;
          };
      case "close" ->
          () -> {
            tcp.socket.close();
            return null;
          };
      case "set" ->
          () -> {
            if (tcp == null) {
              select(current);
            }
            set(tcp.socket, setting(w[1]), w[2]);
            return null;
          };
      case "get" -> () -> tcp.socket.getOption(setting(w[1]));
      case "ready" -> () -> ready(tcp.socket);
      default -> throw new ScriptFailure(unknown.get());
    };
  }

  private static String ready(Pollable pollable) {
    int bits = pollable.readiness();
    StringBuilder text = new StringBuilder();
    String[] names = {"read", "write", "hangup"};
    for (int i = 0; i < 3; i++) {
      if ((bits >> i & 1) != 0) {
        text.append(text.isEmpty() ? "" : ",").append(names[i]);
      }
    }
    return text.isEmpty() ? "none" : text.toString();
  }

  private Object listen(int backlog, boolean any) throws IOException {
    if (listener == null) {
      listener = wire.stack().openTcpListener();
    }
    InetAddress at = any ? InetAddress.ofLiteral("::") : local();
    listener.listen(new InetSocketAddress(at, stackPort), backlog);
    return null;
  }

  private Object accept() throws IOException {
    TcpSocket accepted = listener.accept();
    if (accepted == null) {
      return "none";
    }
    tcp = new Tcp(accepted);
    sockets.put(current, tcp);
    return accepted.remoteAddress().getPort();
  }

  private Object select(String name) throws IOException {
    current = name;
    tcp = sockets.get(name);
    if (tcp == null) {
      tcp = new Tcp(wire.stack().openTcp());
      sockets.put(name, tcp);
    }
    return null;
  }

  private Object connect() throws IOException {
    if (tcp == null) {
      select(current);
    }
    if (scriptPort == 40000) {
      scriptPort = 8080;
    }
    boolean done = tcp.socket.connect(new InetSocketAddress(remote(), scriptPort));
    stackPort = tcp.socket.localAddress().getPort();
    return done;
  }

  private Object write(int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    for (int i = 0; i < count; i++) {
      bytes.put(Flow.pattern(true, tcp.written + i));
    }
    int taken = tcp.socket.write(bytes.flip());
    tcp.written += taken;
    return taken;
  }

  private Object read(int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    int read = tcp.socket.read(bytes);
    for (int i = 0; i < read; i++) {
      if (bytes.get(i) != Flow.pattern(false, tcp.read + i)) {
        throw new ScriptFailure("wrong byte at " + (tcp.read + i) + " of the stream");
      }
    }
    tcp.read += Math.max(read, 0);
    return read;
  }

  private static SocketSetting<?> setting(String name) {
    SocketSetting<?> setting = SETTINGS.get(name);
    if (setting == null) {
      throw new ScriptFailure("there is no socket option " + name);
    }
    return setting;
  }

  private static <T> T value(SocketSetting<T> setting, String text) {
    return setting
        .type()
        .cast(
            setting.type() == Boolean.class
                ? Boolean.valueOf(text)
                : (Object) Integer.decode(text));
  }

  private static <T> void set(TcpSocket socket, SocketSetting<T> setting, String text)
      throws IOException {
    socket.setOption(setting, value(setting, text));
  }

  private Call listener(String[] w, Supplier<String> unknown) {
    return switch (w[1]) {
      case "close" ->
          () -> {
            listener.close();
            return null;
          };
      case "new" ->
          () -> {
            listener = null;
            return null;
          };
      case "ready" -> () -> ready(listener);
      case "set" ->
          () -> {
            if (listener == null) {
              listener = wire.stack().openTcpListener();
            }
            set(listener, setting(w[2]), w[3]);
            return null;
          };
      default -> throw new ScriptFailure(unknown.get());
    };
  }

  private static <T> void set(TcpListener socket, SocketSetting<T> setting, String text)
      throws IOException {
    socket.setOption(setting, value(setting, text));
  }

  private UdpSocket udp() throws IOException {
    UdpSocket socket = udps.get(currentUdp);
    if (socket == null) {
      socket = wire.stack().openUdp();
      udps.put(currentUdp, socket);
    }
    return socket;
  }

  private Call udp(String[] w, Supplier<String> unknown) {
    return switch (w[1]) {
      case "socket" ->
          () -> {
            currentUdp = w[2];
            return null;
          };
      case "bind" ->
          () -> {
            InetAddress any = InetAddress.ofLiteral(v6 ? "::" : "0.0.0.0");
            InetAddress at = w.length > 3 ? InetAddress.ofLiteral(w[3]) : any;
            udp().bind(new InetSocketAddress(at, number(w[2])));
            return null;
          };
      case "connect" ->
          () -> {
            udp().connect(new InetSocketAddress(remote(), number(w[2])));
            return null;
          };
      case "send" -> () -> send(w);
      case "receive" -> this::receive;
      case "join", "leave" -> () -> membership(w);
      case "set" ->
          () -> {
            set(udp(), setting(w[2]), w[3]);
            return null;
          };
      case "ready" -> () -> ready(udp());
      case "close" ->
          () -> {
            udp().close();
            return null;
          };
      default -> throw new ScriptFailure(unknown.get());
    };
  }

  private static <T> void set(UdpSocket socket, SocketSetting<T> setting, String text)
      throws IOException {
    socket.setOption(setting, value(setting, text));
  }

  private Object send(String[] w) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(number(w[2]));
    for (int i = 0; i < bytes.capacity(); i++) {
      bytes.put(i, Flow.pattern(true, i));
    }
    InetSocketAddress to = null;
    if (w.length > 3) {
      to =
          new InetSocketAddress(
              w.length > 4 ? InetAddress.ofLiteral(w[4]) : remote(), number(w[3]));
    }
    return udp().send(bytes, to);
  }

  private Object receive() throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(70_000);
    InetSocketAddress from = udp().receive(bytes);
    if (from == null) {
      return "none";
    }
    for (int i = 0; i < bytes.position(); i++) {
      if (bytes.get(i) != Flow.pattern(false, i)) {
        throw new ScriptFailure("wrong byte at " + i + " of the datagram");
      }
    }
    return bytes.position() + " " + from.getPort();
  }

  private Object membership(String[] w) throws IOException {
    InetAddress group = InetAddress.ofLiteral(w[2]);
    InetAddress source = w.length > 3 ? InetAddress.ofLiteral(w[3]) : null;
    if (w[1].equals("join")) {
      udp().join(group, 2, source);
    } else {
      udp().leave(group, 2, source);
    }
    return null;
  }
}

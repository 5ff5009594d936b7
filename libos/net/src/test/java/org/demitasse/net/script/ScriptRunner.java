package org.demitasse.net.script;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.demitasse.net.ip.IpLayer;
import org.demitasse.net.tcp.TcpConnectionInfo;

/**
 * Runs one case. Steps besides frames:
 *
 * <ul>
 *   <li>before anything else: {@code mtu N}, {@code noipv6}, {@code ecn} (asked for), {@code memory
 *       N} (bytes of all connections' buffers), {@code unconfigured} (no address, DHCP instead),
 *       {@code silent}, {@code watch KIND};
 *   <li>{@code ipv6}, {@code ipv4}: the family of what follows; {@code port N}: the script's TCP
 *       port; {@code isn N}: the sequence number of its SYN; {@code tolerance TIME};
 *   <li>{@code established <options>}, {@code connected <options>}: a whole handshake, begun by the
 *       script or by the stack, with the options of the script's SYN;
 *   <li>{@code let $a EXPRESSION}, {@code check A = B} (or {@code != < >}), {@code repeat N} up to
 *       {@code end} (with {@code $i} counting from 0);
 *   <li>{@code drain N} takes N frames, {@code drain data N} all waiting TCP segments, of N bytes
 *       together; {@code run TIME};
 *   <li>{@code datagram udp ...} makes the packet that {@code < fragment first A end B} sends in
 *       pieces;
 *   <li>{@code count tcp.NAME VALUE} (or {@code udp}, {@code ip}, {@code icmp}): a counter; {@code
 *       state NAME}, {@code info NAME VALUE} (of {@link TcpConnectionInfo}): this connection;
 *       {@code connections N}, {@code chunks N};
 *   <li>the calls of {@link ScriptSockets}.
 * </ul>
 */
final class ScriptRunner {
  private static final int HISTORY = 12;
  private static final Pattern STAMP = Pattern.compile("TS val (\\d+)");

  private final ScriptFile.Case script;
  private final Values values = new Values();
  private final ScriptWire wire = new ScriptWire();
  private final FrameWriter writer = new FrameWriter(wire.flows, values);
  private final ScriptSockets sockets = new ScriptSockets(wire, values);
  private final Map<String, byte[]> datagrams = new HashMap<>();
  private final ArrayDeque<String> history = new ArrayDeque<>();
  private long tolerance = 5_000_000L;
  private long lastStep;

  private ScriptRunner(ScriptFile.Case script) {
    this.script = script;
  }

  static void run(ScriptFile.Case script) {
    new ScriptRunner(script).run();
  }

  private void run() {
    ScriptFile.Line line = script.head();
    try {
      steps(script.steps());
      line = script.head();
      if (!wire.isStarted()) {
        throw new ScriptFailure("the case does nothing");
      }
      ScriptWire.Sent more = wire.peek();
      if (more != null) {
        throw ScriptFailure.expected("nothing more", "> " + more.fields());
      }
    } catch (ScriptFailure e) {
      throw new ScriptFailure(line == null ? e.getMessage() : where(e, line));
    }
  }

  private String where(ScriptFailure e, ScriptFile.Line line) {
    return e.getMessage().startsWith("\n  at ") ? e.getMessage() : located(line, e.getMessage());
  }

  private String located(ScriptFile.Line line, String message) {
    return "\n  at "
        + line.where()
        + ": "
        + line.text()
        + message
        + "\n  before:\n    "
        + String.join("\n    ", history);
  }

  private void steps(List<ScriptFile.Line> lines) {
    for (int i = 0; i < lines.size(); i++) {
      ScriptFile.Line line = lines.get(i);
      if (line.text().startsWith("repeat ")) {
        int end = i + 1;
        while (end < lines.size() && !lines.get(end).text().equals("end")) {
          end++;
        }
        long times = values.number(line.text().substring(7).strip());
        for (long n = 0; n < times; n++) {
          values.set("$i", n);
          steps(lines.subList(i + 1, Math.min(end, lines.size())));
        }
        i = end;
        continue;
      }
      try {
        step(line.text());
      } catch (ScriptFailure e) {
        throw e.getMessage().startsWith("\n  at ")
            ? e
            : new ScriptFailure(located(line, "\n  " + e.getMessage().strip()));
      } catch (RuntimeException e) {
        throw new IllegalStateException(located(line, "\n  " + e), e);
      }
      remember(line.text());
    }
  }

  private void remember(String text) {
    long now = wire.isStarted() ? wire.now() : 0;
    history.add(String.format("%10.4f s  %s", (now - 5_000_000_000L) / 1e9, text));
    if (history.size() > HISTORY) {
      history.poll();
    }
  }

  private void step(String line) {
    String text = line;
    if (!wire.isStarted()) {
      if (prepare(text.split("\\s+"))) {
        return;
      }
      wire.start();
      lastStep = wire.now();
    }
    long from = -1;
    long to = -1;
    if (text.startsWith("+")) {
      String[] parts = text.split("\\s+", 2);
      String[] times = parts[0].substring(1).split("~");
      from = Values.time(times[0]);
      to = times.length > 1 ? Values.time(times[1]) : from;
      text = parts.length > 1 ? parts[1] : "";
    }
    if (text.startsWith(">")) {
      expect(text.substring(1).strip(), from, to);
      return;
    }
    if (from > 0) {
      wire.run(from);
    }
    if (text.startsWith("<")) {
      boolean batch = text.startsWith("<&");
      inject(text.substring(batch ? 2 : 1).strip(), batch);
    } else if (!text.isEmpty()) {
      command(text);
    }
    lastStep = wire.now();
  }

  /** Does what has to be done before the stack starts; false when it can start. */
  private boolean prepare(String[] words) {
    switch (words[0]) {
      case "mtu" -> wire.mtu = (int) values.number(words[1]);
      case "noipv6" -> wire.ipv6 = false;
      case "ecn" -> wire.ecn = true;
      case "memory" -> wire.memory = values.number(words[1]);
      case "unconfigured" -> wire.configured = false;
      case "silent" -> wire.silent = true;
      case "watch" -> wire.watched.addAll(Arrays.asList(words).subList(1, words.length));
      default -> {
        return false;
      }
    }
    return true;
  }

  // ---- frames ----

  private void inject(String text, boolean batch) {
    Fields f = Fields.parse(text);
    byte[] frame;
    if (f.get("proto").equals("fragment")) {
      byte[] whole = datagrams.get(f.has("name") ? f.get("name") : "");
      if (whole == null) {
        throw new ScriptFailure("no 'datagram' was made to take a fragment of");
      }
      byte[] piece =
          Arrays.copyOfRange(
              whole,
              (int) values.number(f.has("bytes") ? f.get("bytes") : f.get("first")),
              (int) values.number(f.get("end")));
      boolean v6 = sockets.v6;
      byte[] source = Inet.address(f.has("src") ? f.get("src") : v6 ? "2001:db8::2" : "10.0.0.2");
      byte[] target = Inet.address(v6 ? "2001:db8::1" : "10.0.0.1");
      int protocol = f.has("of") ? (int) values.number(f.get("of")) : Inet.UDP;
      frame = writer.wrap(f, v6, source, target, protocol, piece);
    } else {
      frame = writer.write(f, sockets.v6, sockets.stackPort, sockets.scriptPort);
    }
    wire.arrive(frame, batch);
  }

  private void expect(String text, long from, long to) {
    long base = lastStep;
    long until = to < 0 ? wire.now() : base + to + tolerance;
    if (text.equals("nothing")) {
      wire.run(Math.max(until - (to < 0 ? 0 : tolerance) - wire.now(), 0));
      ScriptWire.Sent sent = wire.peek();
      if (sent != null) {
        throw ScriptFailure.expected("nothing", seen(sent, base));
      }
      lastStep = wire.now();
      return;
    }
    Fields wanted = Fields.parse(text);
    wire.run(0);
    ScriptWire.Sent sent = wire.next(until);
    if (sent == null) {
      throw ScriptFailure.expected("> " + wanted, "nothing");
    }
    Fields seen = sent.fields();
    if (seen.get("proto").equals("tcp") && wanted.get("proto").equals("tcp")) {
      if (!wanted.has("from")) {
        wanted.put("from", sockets.stackPort);
      }
      if (!wanted.has("to")) {
        wanted.put("to", sockets.scriptPort);
      }
    }
    String mismatch = wanted.mismatch(seen, values);
    if (mismatch != null) {
      throw ScriptFailure.expected("> " + wanted, seen(sent, base) + "  (" + mismatch + ")");
    }
    long after = sent.time() - base;
    long slack = from == to ? tolerance : 0;
    if (from >= 0 && (after < from - slack || after > to + tolerance)) {
      throw ScriptFailure.expected(
          String.format("after %.3f to %.3f s", from / 1e9, to / 1e9), seen(sent, base));
    }
    lastStep = sent.time();
  }

  private static String seen(ScriptWire.Sent sent, long base) {
    return String.format("> %s  (after %.4f s)", sent.fields(), (sent.time() - base) / 1e9);
  }

  // ---- commands ----

  private void command(String text) {
    String[] words = text.split("\\s+");
    switch (words[0]) {
      case "tolerance" -> tolerance = Values.time(words[1]);
      case "silent" -> wire.silent = true;
      case "answering" -> wire.silent = false;
      case "watch" -> wire.watched.addAll(Arrays.asList(words).subList(1, words.length));
      case "ipv6" -> sockets.v6 = true;
      case "ipv4" -> sockets.v6 = false;
      case "port" -> sockets.scriptPort = (int) values.number(words[1]);
      case "stackport" -> sockets.stackPort = (int) values.number(words[1]);
      case "isn" -> flow().scriptInitial = (int) values.number(words[1]);
      case "run" -> wire.run(Values.time(words[1]));
      case "let" -> values.set(words[1], values.number(words[2]));
      case "check" -> check(words);
      case "drain" -> drain(words);
      case "datagram" -> datagram(text.substring(8).strip());
      case "count" -> {
        String seen = String.valueOf(counter(words[1]));
        require(values.matches(words[2], seen), words[1] + " is " + words[2], seen);
      }
      case "connections" -> {
        String seen = String.valueOf(wire.stack().tcp().connectionCount());
        require(values.matches(words[1], seen), words[1] + " connections", seen);
      }
      case "chunks" -> {
        String seen = String.valueOf(wire.stack().tcp().chunks().used());
        require(values.matches(words[1], seen), words[1] + " chunks of memory in use", seen);
      }
      case "buffers" -> {
        IpLayer ip = wire.stack().ip();
        int all = wire.device().pool().outstanding() + ip.largePool().outstanding();
        String seen = String.valueOf(all);
        require(values.matches(words[1], seen), words[1] + " packet buffers in use", seen);
      }
      case "state" -> {
        TcpConnectionInfo info = info();
        String seen = info == null ? "none" : info.state().name();
        require(seen.equals(words[1]), "the state " + words[1], seen);
      }
      case "info" -> {
        String seen = String.valueOf(component(words[1]));
        require(values.matches(words[2], seen), words[1] + " of " + words[2], seen);
      }
      case "addresses" -> {
        List<String> own = new ArrayList<>();
        for (var address : wire.stack().interfaces().get(1).addresses()) {
          own.add(Inet.name(address.address().getAddress()));
        }
        List<String> wanted = Arrays.asList(words).subList(1, words.length);
        require(own.equals(wanted), "the addresses " + wanted, own.toString());
      }
      case "established" -> handshake(text, false);
      case "connected" -> handshake(text, true);
      default -> sockets.call(text);
    }
  }

  private Flow flow() {
    return wire.flows.of(sockets.v6, sockets.stackPort, sockets.scriptPort);
  }

  private static void require(boolean condition, String expected, String seen) {
    if (!condition) {
      throw ScriptFailure.expected(expected, seen);
    }
  }

  private void check(String[] words) {
    long a = values.number(words[1]);
    long b = values.number(words[3]);
    boolean holds =
        switch (words[2]) {
          case "=" -> a == b;
          case "!=" -> a != b;
          case "<" -> a < b;
          case ">" -> a > b;
          default -> throw new ScriptFailure("check compares with = != < >");
        };
    require(holds, String.join(" ", words), a + " and " + b);
  }

  private void drain(String[] words) {
    boolean data = words[1].equals("data");
    long sum = 0;
    for (int left = wire.waiting(); left > 0; left--) {
      Fields f = wire.next(0).fields();
      sum += data ? f.get("proto").equals("tcp") ? Long.parseLong(f.get("len")) : 0 : 1;
    }
    String wanted = words[data ? 2 : 1];
    require(
        values.matches(wanted, String.valueOf(sum)),
        wanted + (data ? " bytes sent" : " frames sent"),
        String.valueOf(sum));
  }

  private void datagram(String text) {
    Fields f = Fields.parse(text);
    boolean v6 = sockets.v6;
    byte[] source = Inet.address(v6 ? "2001:db8::2" : "10.0.0.2");
    byte[] target = Inet.address(v6 ? "2001:db8::1" : "10.0.0.1");
    String name = f.has("name") ? f.get("name") : "";
    datagrams.put(
        name, writer.transport(f, v6, source, target, sockets.stackPort, sockets.scriptPort));
  }

  private Object counter(String name) {
    String[] parts = name.split("\\.");
    Object counters =
        switch (parts[0]) {
          case "tcp" -> wire.stack().tcp().counters();
          case "udp" -> wire.stack().udp().counters();
          case "ip" -> wire.stack().ip().counters();
          case "icmp" -> wire.stack().icmp().counters();
          default -> throw new ScriptFailure("there are no counters of " + parts[0]);
        };
    try {
      return counters.getClass().getField(parts[1]).get(counters);
    } catch (ReflectiveOperationException e) {
      throw new ScriptFailure("there is no counter " + name);
    }
  }

  private TcpConnectionInfo info() {
    for (TcpConnectionInfo info : wire.stack().connections()) {
      if (info.local().getPort() == sockets.stackPort
          && info.remote().getPort() == sockets.scriptPort) {
        return info;
      }
    }
    return null;
  }

  private Object component(String name) {
    TcpConnectionInfo info = info();
    if (info == null) {
      throw new ScriptFailure("there is no such connection");
    }
    try {
      return TcpConnectionInfo.class.getMethod(name).invoke(info);
    } catch (ReflectiveOperationException e) {
      throw new ScriptFailure("a connection has no " + name);
    }
  }

  private void handshake(String text, boolean active) {
    int open = text.indexOf('<');
    String options = open < 0 ? "" : " " + text.substring(open);
    Matcher stamp = STAMP.matcher(options);
    String end = stamp.find() ? " <TS val " + stamp.group(1) + "+1" + " ecr last>" : "";
    if (active) {
      step("connect");
      step("> S 0:0(0)");
      step("< S. 0:0(0) ack 1 win 65535" + options);
      step("> . 1:1(0) ack 1");
      step("finish = true");
    } else {
      step("listen");
      step("< S 0:0(0) win 65535" + options);
      step("> S. 0:0(0) ack 1");
      if (end.isEmpty()) {
        // Twice, so that the handshake measures no round trip: the timers of what follows begin
        // as RFC 6298 has them.
        step("< S 0:0(0) win 65535" + options);
        step("> S. 0:0(0) ack 1");
      }
      step("< . 1:1(0) ack 1 win 65535" + end);
      step("accept = " + sockets.scriptPort);
    }
  }
}

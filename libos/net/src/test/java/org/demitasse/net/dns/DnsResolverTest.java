package org.demitasse.net.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.demitasse.core.Clock;
import org.demitasse.net.NetworkConfig;
import org.demitasse.net.NetworkStack;
import org.demitasse.net.socket.Resolver.Family;
import org.demitasse.net.socket.TcpListener;
import org.demitasse.net.socket.TcpSocket;
import org.demitasse.net.socket.UdpSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The resolver against a server on the same stack's loopback. */
class DnsResolverTest {
  private final Map<String, List<byte[]>> records = new HashMap<>();
  private final List<String> asked = new ArrayList<>();
  private final Random random = new Random(1);
  private NetworkStack stack;
  private boolean truncate;
  private boolean truncateTcp;
  private int refuseEdns;
  private boolean bare;
  private boolean lowerCase;
  private boolean upperCase;
  private boolean forge;

  private static byte[] name(String text) {
    ByteBuffer out = ByteBuffer.allocate(300);
    for (String label : text.split("\\.")) {
      out.put((byte) label.length()).put(label.getBytes(StandardCharsets.US_ASCII));
    }
    out.put((byte) 0);
    return java.util.Arrays.copyOf(out.array(), out.position());
  }

  private static byte[] record(String owner, int type, int ttl, byte[] data) {
    ByteBuffer out = ByteBuffer.allocate(600);
    out.put(name(owner)).putShort((short) type).putShort((short) 1).putInt(ttl);
    out.putShort((short) data.length).put(data);
    return java.util.Arrays.copyOf(out.array(), out.position());
  }

  private void add(String question, int type, byte[]... answers) {
    records.put(type + " " + question, List.of(answers));
  }

  @BeforeEach
  void start() throws IOException {
    NetworkConfig config =
        new NetworkConfig()
            .nameServer(InetAddress.ofLiteral("127.0.0.1"))
            .searchDomain("example.org")
            .host("fixed", InetAddress.ofLiteral("192.0.2.77"))
            .hostName("demi");
    stack =
        new NetworkStack(
            config,
            Clock.system(),
            (bytes, offset, length) -> {
              byte[] fresh = new byte[length];
              random.nextBytes(fresh);
              System.arraycopy(fresh, 0, bytes, offset, length);
            },
            () -> {});
    UdpSocket udp = stack.openUdp();
    udp.bind(new InetSocketAddress(53));
    ByteBuffer in = ByteBuffer.allocate(2000);
    udp.addListener(
        () -> {
          try {
            for (var from = udp.receive(in.clear()); from != null; from = udp.receive(in.clear())) {
              in.flip();
              if (forge) {
                byte[] forged = answer(in.duplicate(), false);
                forged[1]++;
                forged[forged.length - 1]++;
                udp.send(ByteBuffer.wrap(forged), from);
              }
              udp.send(ByteBuffer.wrap(answer(in, truncate)), from);
            }
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
    TcpListener tcp = stack.openTcpListener();
    tcp.listen(new InetSocketAddress(53), 5);
    tcp.addListener(
        () -> {
          try {
            TcpSocket socket = tcp.accept();
            if (socket != null) {
              socket.addListener(() -> answerTcp(socket));
              answerTcp(socket);
            }
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  private void answerTcp(TcpSocket socket) {
    try {
      ByteBuffer in = ByteBuffer.allocate(2000);
      if (socket.readiness() != 0 && socket.read(in) > 2) {
        byte[] answer = answer(in.flip().position(2).slice(), truncateTcp);
        ByteBuffer out = ByteBuffer.allocate(answer.length + 2);
        socket.write(out.putShort((short) answer.length).put(answer).flip());
        socket.close();
      }
    } catch (IOException e) {
      // The client has closed.
    }
  }

  private byte[] answer(ByteBuffer query, boolean cut) {
    StringBuilder text = new StringBuilder();
    int at = 12;
    while (query.get(at) != 0) {
      int length = query.get(at);
      byte[] label = new byte[length];
      query.get(at + 1, label);
      text.append(text.isEmpty() ? "" : ".").append(new String(label, StandardCharsets.US_ASCII));
      at += 1 + length;
    }
    int type = query.getShort(at + 1);
    String question = text.toString().toLowerCase(java.util.Locale.ROOT);
    asked.add(type + " " + question);
    boolean edns = query.getShort(10) != 0;
    List<byte[]> answers = records.getOrDefault(type + " " + question, List.of());
    boolean known = records.keySet().stream().anyMatch(k -> k.endsWith(" " + question));
    boolean refused = refuseEdns != 0 && edns;
    ByteBuffer out = ByteBuffer.allocate(2000);
    byte[] head = new byte[at + 5];
    query.get(0, head);
    if (refused && bare) {
      out.put(head, 0, 12).put(2, (byte) 0x81).put(3, (byte) refuseEdns);
      return java.util.Arrays.copyOf(out.putLong(4, 0).array(), 12);
    }
    for (int i = 12; i < at && (lowerCase || upperCase); i++) {
      head[i] =
          (byte) (lowerCase ? Character.toLowerCase(head[i]) : Character.toUpperCase(head[i]));
    }
    out.put(head);
    out.put(2, (byte) (0x81 | (cut ? 2 : 0)));
    out.put(3, (byte) (refused ? refuseEdns : known ? 0 : 3));
    out.putShort(6, (short) (cut || refused ? 0 : answers.size()));
    out.putShort(10, (short) 0);
    if (!cut && !refused) {
      answers.forEach(out::put);
      if (answers.isEmpty()) {
        out.putShort(8, (short) 1);
        byte[] soa = new byte[22];
        soa[21] = 60;
        out.put(record("example.org", 6, 300, soa));
      }
    }
    return java.util.Arrays.copyOf(out.array(), out.position());
  }

  private List<String> lookup(String name) throws UnknownHostException {
    return stack.resolver().lookup(name, Family.ANY).stream()
        .map(InetAddress::getHostAddress)
        .toList();
  }

  @Test
  void rfc1035_addressesOfAName() throws Exception {
    add(
        "www.example.com",
        1,
        record("www.example.com", 1, 60, new byte[] {(byte) 192, 0, 2, 1}),
        record("www.example.com", 1, 60, new byte[] {(byte) 192, 0, 2, 2}));
    assertThat(lookup("www.example.com")).containsExactly("192.0.2.1", "192.0.2.2");
    assertThat(stack.resolver().lookup("WWW.example.com", Family.IPV4).get(0).getHostName())
        .isEqualTo("WWW.example.com");
  }

  @Test
  void rfc1035_answersAreKeptForTheirTtl() throws Exception {
    add("a.example.com", 1, record("a.example.com", 1, 60, new byte[] {1, 2, 3, 4}));
    add("b.example.com", 1, record("b.example.com", 1, 0, new byte[] {1, 2, 3, 4}));
    lookup("a.example.com");
    lookup("a.example.com");
    lookup("b.example.com");
    lookup("b.example.com");
    assertThat(asked).containsExactly("1 a.example.com", "1 b.example.com", "1 b.example.com");
  }

  @Test
  void rfc2308_negativeAnswersAreKept() {
    assertThatThrownBy(() -> lookup("nothing.example.com."))
        .isInstanceOf(UnknownHostException.class)
        .hasMessageContaining("nothing.example.com");
    assertThatThrownBy(() -> lookup("nothing.example.com."))
        .isInstanceOf(UnknownHostException.class);
    assertThat(asked).hasSize(1);
  }

  @Test
  void rfc1034_3_6_2_aliasesAreFollowed() throws Exception {
    add(
        "alias.example.com",
        1,
        record("alias.example.com", 5, 60, name("real.example.com")),
        record("real.example.com", 1, 60, new byte[] {9, 9, 9, 9}));
    add("far.example.com", 1, record("far.example.com", 5, 60, name("real.example.com")));
    add("real.example.com", 1, record("real.example.com", 1, 60, new byte[] {9, 9, 9, 9}));
    add("loop.example.com", 1, record("loop.example.com", 5, 60, name("pool.example.com")));
    add("pool.example.com", 1, record("pool.example.com", 5, 60, name("loop.example.com")));
    assertThat(lookup("alias.example.com")).containsExactly("9.9.9.9");
    assertThat(lookup("far.example.com")).containsExactly("9.9.9.9");
    assertThatThrownBy(() -> lookup("loop.example.com"))
        .isInstanceOf(UnknownHostException.class)
        .hasMessageContaining("aliases");
  }

  @Test
  void recordsOfOtherNamesAreIgnored() throws Exception {
    add(
        "www.example.com",
        1,
        record("evil.example.net", 1, 60, new byte[] {6, 6, 6, 6}),
        record("www.example.com", 1, 60, new byte[] {1, 1, 1, 1}));
    assertThat(lookup("www.example.com")).containsExactly("1.1.1.1");
  }

  @Test
  void searchListCompletesShortNames() throws Exception {
    add("db.example.org", 1, record("db.example.org", 1, 60, new byte[] {10, 0, 0, 9}));
    assertThat(lookup("db")).containsExactly("10.0.0.9");
    assertThat(asked).containsExactly("1 db.example.org");
  }

  @Test
  void rfc7766_truncatedAnswersAreAskedForOverTcp() throws Exception {
    truncate = true;
    add("big.example.com", 1, record("big.example.com", 1, 60, new byte[] {1, 2, 3, 4}));
    assertThat(lookup("big.example.com")).containsExactly("1.2.3.4");
  }

  @Test
  void rfc6891_7_serversWithoutEdnsAreAskedWithout() throws Exception {
    refuseEdns = 1;
    add("old.example.com", 1, record("old.example.com", 1, 60, new byte[] {1, 2, 3, 4}));
    assertThat(lookup("old.example.com")).containsExactly("1.2.3.4");
  }

  @Test
  void rfc6891_7_serversMayRefuseWithAHeaderAlone() throws Exception {
    refuseEdns = 1;
    bare = true;
    add("old.example.com", 1, record("old.example.com", 1, 60, new byte[] {1, 2, 3, 4}));
    assertThat(lookup("old.example.com")).containsExactly("1.2.3.4");
    assertThat(asked).hasSize(2);
  }

  @Test
  void rfc6891_serversThatFailWithEdnsAreAskedWithoutInTheEnd() throws Exception {
    refuseEdns = 2;
    add("old.example.com", 1, record("old.example.com", 1, 60, new byte[] {1, 2, 3, 4}));
    assertThat(lookup("old.example.com")).containsExactly("1.2.3.4");
  }

  @Test
  void rfc7766_whatIsTruncatedOverTcpTooIsNoAnswer() {
    truncate = true;
    truncateTcp = true;
    add("big.example.com", 1, record("big.example.com", 1, 60, new byte[] {1, 2, 3, 4}));
    assertThatThrownBy(() -> lookup("big.example.com."))
        .isInstanceOf(UnknownHostException.class)
        .hasMessageContaining("truncated");
  }

  @Test
  void serversThatForgetLetterCaseAreAskedInLowerCase() throws Exception {
    lowerCase = true;
    add("case.example.com", 1, record("case.example.com", 1, 60, new byte[] {1, 2, 3, 4}));
    assertThat(lookup("case.example.com")).containsExactly("1.2.3.4");
    assertThat(asked).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void serversThatMakeLettersLargeAreUnderstood() throws Exception {
    upperCase = true;
    add("case.example.com", 1, record("case.example.com", 1, 60, new byte[] {1, 2, 3, 4}));
    assertThat(lookup("case.example.com")).containsExactly("1.2.3.4");
    assertThat(asked).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void rfc5452_answersWithAnotherIdAreNotHeard() throws Exception {
    forge = true;
    add("safe.example.com", 1, record("safe.example.com", 1, 60, new byte[] {1, 2, 3, 4}));
    assertThat(lookup("safe.example.com")).containsExactly("1.2.3.4");
  }

  @Test
  void namesThatNeedNoServer() throws Exception {
    assertThat(lookup("localhost")).contains("127.0.0.1");
    assertThat(lookup("a.localhost")).contains("127.0.0.1");
    assertThat(lookup("fixed")).containsExactly("192.0.2.77");
    assertThat(lookup("FIXED")).containsExactly("192.0.2.77");
    assertThat(lookup("demi")).contains("127.0.0.1");
    assertThat(lookup("2001:db8::9")).containsExactly("2001:db8:0:0:0:0:0:9");
    assertThatThrownBy(() -> stack.resolver().lookup("2001:db8::9", Family.IPV4))
        .isInstanceOf(UnknownHostException.class);
    assertThat(stack.resolver().reverse(InetAddress.ofLiteral("192.0.2.77"))).isEqualTo("fixed");
    assertThat(stack.resolver().reverse(InetAddress.ofLiteral("127.0.0.1"))).isEqualTo("localhost");
    assertThat(asked).isEmpty();
  }

  @Test
  void rfc1035_3_5_reverse() throws Exception {
    add(
        "1.2.0.192.in-addr.arpa",
        12,
        record("1.2.0.192.in-addr.arpa", 12, 60, name("host.example.com")));
    assertThat(stack.resolver().reverse(InetAddress.ofLiteral("192.0.2.1")))
        .isEqualTo("host.example.com");
  }

  @Test
  void wordsThatAreNoNames() {
    for (String wrong : new String[] {"", "a..b", "a b", ".", "1::2::3", "x".repeat(64)}) {
      assertThatThrownBy(() -> lookup(wrong)).isInstanceOf(UnknownHostException.class);
    }
  }
}

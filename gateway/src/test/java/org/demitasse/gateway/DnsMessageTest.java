package org.demitasse.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** RFC 1035. */
class DnsMessageTest {
  static byte[] query(String name, int type) {
    ByteBuffer q = ByteBuffer.allocate(512);
    q.putShort((short) 0x1234).putShort((short) 0x0100).putShort((short) 1);
    q.putShort((short) 0).putInt(0);
    for (String label : name.split("\\.")) {
      q.put((byte) label.length()).put(label.getBytes());
    }
    q.put((byte) 0).putShort((short) type).putShort((short) 1);
    return java.util.Arrays.copyOf(q.array(), q.position());
  }

  @Test
  void readsQuestions() {
    byte[] query = query("www.Example.org", 28);
    int end = DnsMessage.questionEnd(query);
    assertThat(end).isEqualTo(query.length);
    assertThat(DnsMessage.isQuery(query)).isTrue();
    assertThat(DnsMessage.name(query, end)).isEqualTo("www.Example.org");
    assertThat(DnsMessage.type(query, end)).isEqualTo(28);
    assertThat(DnsMessage.isInternet(query, end)).isTrue();
  }

  @Test
  void refusesQuestionsThatAreNone() {
    byte[] cut = java.util.Arrays.copyOf(query("www.example.org", 1), 20);
    assertThat(DnsMessage.questionEnd(cut)).isEqualTo(-1);
    byte[] pointer = query("www.example.org", 1);
    pointer[12] = (byte) 0xc0;
    assertThat(DnsMessage.questionEnd(pointer)).isEqualTo(-1);
    byte[] two = query("www.example.org", 1);
    two[5] = 2;
    assertThat(DnsMessage.questionEnd(two)).isEqualTo(-1);
  }

  @Test
  void matchesAnswersToQuestions() {
    byte[] query = query("a.example", 1);
    assertThat(DnsMessage.answers(query, DnsMessage.answer(query("A.eXample", 1), 0))).isTrue();
    assertThat(DnsMessage.answers(query, DnsMessage.answer(query("b.example", 1), 0))).isFalse();
    assertThat(DnsMessage.answers(query, DnsMessage.answer(query("a.example", 28), 0))).isFalse();
  }

  @Test
  void answersWithAddressesOfTheTypeAskedFor() throws Exception {
    byte[] query = query("a.example", 1);
    InetAddress[] addresses = {
      InetAddress.ofLiteral("2001:db8::1"), InetAddress.ofLiteral("192.0.2.7")
    };
    ByteBuffer answer = ByteBuffer.wrap(DnsMessage.answer(query, query.length, addresses));
    assertThat(answer.getShort(0)).isEqualTo((short) 0x1234);
    assertThat(answer.getShort(2)).isEqualTo((short) 0x8180);
    assertThat(answer.getShort(6)).isEqualTo((short) 1);
    int record = query.length;
    assertThat(answer.getShort(record)).isEqualTo((short) 0xc00c);
    assertThat(answer.getShort(record + 2)).isEqualTo((short) 1);
    assertThat(answer.getShort(record + 10)).isEqualTo((short) 4);
    assertThat(answer.getInt(record + 12)).isEqualTo(0xc0000207);
    assertThat(answer.limit()).isEqualTo(record + 16);
  }

  @Test
  void answersWithANameAndWithFailures() {
    byte[] query = query("7.2.0.192.in-addr.arpa", 12);
    byte[] answer = DnsMessage.answer(query, query.length, "host.example");
    assertThat(new String(answer, answer.length - 14, 14)).isEqualTo("\4host\7example\0");
    byte[] failure = DnsMessage.answer(query, DnsMessage.SERVER_FAILURE);
    assertThat(failure[3] & 15).isEqualTo(2);
    assertThat(failure).hasSize(query.length);
  }

  @Test
  void readsReverseNames() {
    assertThat(DnsMessage.reverseAddress("7.2.0.192.in-addr.arpa")).containsExactly(192, 0, 2, 7);
    String six = "1" + ".0".repeat(23) + ".8.b.d.0.1.0.0.2.ip6.arpa";
    assertThat(DnsMessage.reverseAddress(six)).startsWith(0x20, 0x01, 0x0d, 0xb8).endsWith(1);
    assertThat(DnsMessage.reverseAddress("300.2.0.192.in-addr.arpa")).isNull();
    assertThat(DnsMessage.reverseAddress("www.example.org")).isNull();
  }

  @Property(tries = 500)
  void anyBytesAreReadWithinTheirBounds(@ForAll @Size(max = 300) byte[] bytes) {
    byte[] message = bytes.clone();
    if (message.length > 5) {
      message[4] = 0;
      message[5] = 1;
    }
    int end = DnsMessage.questionEnd(message);
    if (end >= 0) {
      assertThat(end).isLessThanOrEqualTo(message.length);
      String name = DnsMessage.name(message, end);
      if (name != null) {
        DnsMessage.reverseAddress(name);
      }
      assertThat(DnsMessage.questionEnd(DnsMessage.answer(message, 2))).isEqualTo(end);
    }
  }
}
